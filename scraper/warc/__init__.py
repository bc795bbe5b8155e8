"""WARC files: what a crawl writes, and what any program may have written.

inputs        what a SOURCE of the command line holds: WARC files, folders of them, saved pages
file_kinds    which files are WARC files
wacz          the WARC files in a WACZ
scan          the captures of a WARC file, and where it is damaged
texts         what records are read from: the file itself, or an unpacked copy
members       gzip members and zstd frames, unpacked one at a time
recovery      whole records, and places at which one may begin
framing       where a record ends, and a record read whole
header        the header of a record
fields        fields of a header: which capture a record holds
digests       digests in every spelling
payload       the page of one capture
http_message  the HTTP response in a record
saved_page    a page saved beside its capture
writer        the store of a crawl
"""
