"""The reading room: an archive.db shown to readers on this machine (docs/reading-room.md).

database   finds the database of an archive, or makes it
models     what the pages show
catalogue  what is known of all articles at once, in memory
library    what the database says
search     searching, with hits marked
article    the page of an article as HTML that can do no harm
changes    how a text changed from one capture to another, word by word
language   the words of the pages, in Chinese and English
calendar   the days of a month, with counts
site       the pages, as a plugin of Datasette
safety     what every answer allows a browser to do, and which hosts are answered
server     serves it on a port of this machine
"""
