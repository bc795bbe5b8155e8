"""A crawl as one page for people, with plots: `report.html` (docs/report.md).

run        from a crawl's folder to the page
ledger_facts  what the ledger tells, all at one moment
articles   what the files of articles tell, read in worker processes
dating     the month of an article that was not recovered, by its neighbours
months     months as numbers, and what is counted by them
fields     which rule found each field, by year
topics     the most frequent categories, authors and tags
missing    what was not recovered, and why
aliases    articles with several addresses, and texts with several ids
survey     all of it together: what the page shows
plots      plots as SVG, drawn by Vega
page       the page from its template
words      the words of the ledger in English and Chinese
"""
