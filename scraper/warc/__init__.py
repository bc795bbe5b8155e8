"""WARC files: what a crawl writes, and what any program may have written."""
