"""Many captures into files, on all cores; one bad page stops nothing.

judge      what one page is: an article with its text, or why it is none
extractor  which extractor has judged it
convert    the first usable capture of an article, into its file
outcome    what became of one article, and of all articles of a run
run        all captures of some sources, or articles whose captures are chosen already
"""
