"""Blocks in CommonMark, with tables of GFM."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from normalise.editions.clean.addresses import Addresses
from normalise.editions.clean.document import (
    Block,
    FigureBlock,
    ListBlock,
    Para,
    QuoteBlock,
    RuleBlock,
    TableBlock,
    VideoBlock,
)
from normalise.editions.clean.inline import InlineWriter, image_html
from normalise.editions.clean.text import escape_heading, escape_html, escape_line

_RULE = "___"  # hyphens would underline a line before them, asterisks begin an item
VIDEO_SIGN = "▶"


class BlockWriter:
    """Writes the blocks of one article."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._lines = InlineWriter(addresses)
        self._one_line = InlineWriter(addresses, breaks_line=False)
        self._in_cell = InlineWriter(addresses, breaks_line=False, in_table=True)

    def write(self, blocks: list[Block], *, in_item: bool = False) -> str:
        """Return blocks with an empty line between them."""
        parts: list[str] = []
        last_list: tuple[bool, bool] | None = None
        for block in blocks:
            if type(block) is Para and not block.level:  # as most
                text, now = self._paragraph(block, in_item=in_item and not parts), None
            elif type(block) is ListBlock:
                # Lists of one kind that follow one another would be one list.
                is_other = last_list is not None and last_list == (block.ordered, False)
                text = self._list(block, is_other=is_other)
                now = (block.ordered, is_other) if text else last_list
            else:
                text, now = self._block(block), None
            if text:
                parts.append(text)
                last_list = now
        return "\n\n".join(parts)

    def _block(self, block: Block) -> str:
        match block:
            case Para(leaves, level):
                text = escape_heading(self._one_line.markdown(leaves))
                return f"{'#' * level} {text}" if text else ""
            case QuoteBlock(inner):
                return _prefixed(self.write(inner), "> ", "> ")
            case TableBlock():
                return self._table(block)
            case FigureBlock():
                return self._figure(block)
            case VideoBlock(address):
                return self._video(address)
            case RuleBlock():
                return _RULE
        raise TypeError(block)

    def _paragraph(self, block: Para, *, in_item: bool) -> str:
        text = self._lines.markdown(block.leaves)
        if "\n" not in text:  # as most
            return escape_line(text, is_item_start=in_item)
        lines = text.split("\n")
        return "\n".join(
            escape_line(
                line.removesuffix("  "), is_first=not number, is_item_start=in_item and not number
            )
            + ("  " if line.endswith("  ") else "")
            for number, line in enumerate(lines)
        )

    def _list(self, block: ListBlock, *, is_other: bool) -> str:
        texts = [self.write(item, in_item=True) for item in block.items]
        if not any(texts):
            return ""
        is_tight = all(_is_tight(item) for item in block.items)
        lines = []
        for number, text in enumerate(texts, start=block.start):
            if block.ordered:
                marker = f"{number}{')' if is_other else '.'} "
            elif text:
                marker = "* " if is_other else "- "
            else:
                continue
            lines.append(_prefixed(text, marker, " " * len(marker)) if text else marker.rstrip())
        return ("\n" if is_tight else "\n\n").join(lines)

    def _figure(self, block: FigureBlock) -> str:
        if not block.has_image:
            return self.write(block.captions)
        lines = ["<figure>"]
        for part in block.parts:
            if isinstance(part, list):
                caption = self._caption(part)
                lines += [f"<figcaption>{caption}</figcaption>"] if caption else []
            else:
                lines.append(image_html(part, self._addresses))
        return "\n".join([*lines, "</figure>"])

    def _caption(self, blocks: list[Block]) -> str:
        """A caption as HTML on one line."""
        return "<br>".join(filter(None, map(self._html_line, blocks)))

    def _html_line(self, block: Block) -> str:
        if type(block) is Para:
            return self._one_line.html(block.leaves)
        return self._html(block)

    def _video(self, address: str) -> str:
        page, host = self._video_page(address)
        return f"[{VIDEO_SIGN} {escape_line(host)}]({_plain_target(page)})"

    def _video_page(self, address: str) -> tuple[str, str]:
        """The page of a video, and its host."""
        page = self._addresses.video(address)
        return page, urlsplit(page).hostname or page

    # --- tables ---------------------------------------------------------------------------------

    def _table(self, block: TableBlock) -> str:
        if any(type(part) is not Para or part.level for part in _inner(block)):
            return self._html(block)
        rows = [[self._cell(cell) for cell in row] for row in block.rows]
        if not any(map(any, rows)):
            return ""
        width = max(map(len, rows))
        header = rows.pop(0) if block.has_header else [""] * width
        lines = [header, ["---"] * width, *rows]
        return "\n".join(f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in lines)

    def _cell(self, blocks: list[Block]) -> str:
        texts = (self._in_cell.markdown(block.leaves) for block in blocks if type(block) is Para)
        return "<br>".join(map(escape_heading, filter(None, texts)))

    def _html(self, block: Block) -> str:
        """A block as HTML without an empty line: what no table of Markdown can hold."""
        match block:
            case Para(leaves, level):
                tag, text = (f"h{level}" if level else "p"), self._one_line.html(leaves)
                return f"<{tag}>{text}</{tag}>" if text else ""
            case QuoteBlock(inner):
                return f"<blockquote>{self._all_html(inner)}</blockquote>"
            case ListBlock(ordered, start, items):
                tag = "ol" if ordered else "ul"
                number = f' start="{start}"' if ordered and start != 1 else ""
                inside = "".join(f"<li>{self._all_html(item)}</li>" for item in items)
                return f"<{tag}{number}>{inside}</{tag}>"
            case TableBlock(rows, has_header):
                inside = "".join(
                    self._row_html(row, is_header=has_header and not number)
                    for number, row in enumerate(rows)
                )
                return f"<table>\n{inside}</table>"
            case FigureBlock():
                return self._figure(block) if block.has_image else self._all_html(block.captions)
            case VideoBlock(address):
                page, host = map(escape_html, self._video_page(address))
                return f'<p><a href="{page}">{VIDEO_SIGN} {host}</a></p>'
            case RuleBlock():
                return "<hr>"

    def _all_html(self, blocks: list[Block]) -> str:
        return "".join(map(self._html, blocks))

    def _row_html(self, row: list[list[Block]], *, is_header: bool) -> str:
        cells = "".join(self._cell_html(cell, is_header=is_header) for cell in row)
        return f"<tr>{cells}</tr>\n"

    def _cell_html(self, blocks: list[Block], *, is_header: bool) -> str:
        tag = "th" if is_header else "td"
        is_line = len(blocks) == 1 and type(blocks[0]) is Para and not blocks[0].level
        inside = self._html_line(blocks[0]) if is_line else self._all_html(blocks)
        return f"<{tag}>{inside}</{tag}>"


def _inner(block: TableBlock) -> Iterator[Block]:
    for row in block.rows:
        for cell in row:
            yield from cell


def _is_tight(item: list[Block]) -> bool:
    """Whether an item is a line, perhaps with a list below it."""
    kinds = [type(block) for block in item]
    return kinds in ([], [Para], [ListBlock], [Para, ListBlock])


def _prefixed(text: str, first: str, others: str) -> str:
    """A text with something before its first line and before the others."""
    if not text:
        return ""
    lines = text.split("\n")
    rest = (f"{others}{line}" if line else others.rstrip() for line in lines[1:])
    return "\n".join([first + lines[0], *rest])


def _plain_target(address: str) -> str:
    return address.replace(" ", "%20").replace("(", "%28").replace(")", "%29")
