"""WARC files: what a crawl writes, and what any program may have written.

inputs      what a SOURCE of the command line holds: WARC files, folders of them, saved pages
file_kinds  which files are WARC files
unpacking   unpacked copies of files that are compressed as a whole
scan        the captures of a WARC file, and where it is damaged
recovery    whole records, and places at which one may begin
framing     one record, read whole
fields      fields of a record's header: which capture it holds
payload     the page of one capture
saved_page  a page saved beside its capture
writer      the store of a crawl
"""
