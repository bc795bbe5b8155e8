"""What is made of an archive for people: clean Markdown, a Hugo site, data (docs/exports.md).

formats   the formats, and the folder that an export may be written into
record    what a row or a line says of an article
images    the pictures: where they are, and a copy of them in the export
source    what is exported: the captures of each article
job       one article, in a worker process
capture_texts  what the captures of one article say
run       all articles of some sources, into one format
stream    records written as they come
lines     JSON lines
columns   Parquet
tables    SQLite: what fills the tables
schema    SQLite: the tables
search_text  SQLite: text as it is searched
sinks     where records go
site      the layouts of a Hugo site
next_step    what to do with an export
"""
