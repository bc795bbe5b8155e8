"""A crawl and its folder: from the index to the report."""
