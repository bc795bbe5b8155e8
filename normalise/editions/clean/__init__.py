"""The clean edition: an `Article` as Markdown that every program shows as the page was.

docs/exports.md 2 has its rules.

document      blocks that hold either blocks or running text
outline       the tree of a page as such blocks
blocks        blocks in CommonMark, with tables of GFM
blanks        the blanks and breaks that a browser shows
inline        running text and its emphasis
text          literal text, escaped where it would mean something
addresses     where links, pictures and videos lead
front_matter  what stands above the text
edition       a whole file
"""
