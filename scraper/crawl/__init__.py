"""A crawl and its folder: from the index to the report.

layout       the names of the files in the folder (docs/crawl-folder.md 1)
lock         the lock of the folder
folder       the folder opened: locked, its files and its ledger made to agree
schema       the tables of the ledger, and the way from older versions of them
database     the SQLite file that the ledger is in
notes        single values that the ledger keeps
ledger       what the index lists, what was tried, what became of each article
totals       what the ledger tells of many articles at once
outcomes     the values that the ledger keeps
outcome_counts  how many came to each end, for reports
image_ledger what the ledger knows of pictures
image_values the values that it keeps of them
image_report what became of the pictures
session      one client of the archive, with its throttle and Ctrl-C
enumeration  the captures: read from the index or from a list
plan         what a crawl is asked to do
selector     which articles are to be done, and which of their captures first
fetcher      one capture: requested, followed to what is served, stored
judging      one capture: what its page is
crawler      each article to its end
together     several coroutines at once, of which the first error ends all
alarm        notices that the rules don't fit the pages
fields       how many articles have each field
grouping     messages without what differs from page to page
run          a crawl as a whole
progress     how far a crawl is
report       what became of a crawl
refetch      one article again
rerender     all articles again, from the store
history      what has changed in an article
"""
