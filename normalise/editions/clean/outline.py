"""The tree of a page as blocks that hold either blocks or running text.

Text that stands beside blocks becomes a paragraph. An inline element round blocks (`strong` round a
figure) goes on inside them. Of running text there is what a browser shows: blanks and breaks are
those of `blanks`, and a link to a script is no link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from normalise import tree
from normalise.editions.clean.blanks import shown
from normalise.editions.clean.document import (
    EMPHASIS,
    LINK,
    STRONG,
    Block,
    FigureBlock,
    Leaf,
    Leaves,
    ListBlock,
    Mark,
    Marks,
    Para,
    QuoteBlock,
    RuleBlock,
    TableBlock,
    VideoBlock,
    is_visible,
)
from normalise.tree import Flow, is_block

_HTML_MARKS = {
    **{tag: tag for tag in ("sub", "sup", "u", "s", "del", "ins", "mark", "small", "code", "kbd")},
    "strike": "s",
}
_NO_WEB = re.compile(r"(?:javascript|data|vbscript|about):", re.IGNORECASE)
_OWN_LINES = "pre"  # line ends are shown


def outline(content: Flow, marks: Marks = ()) -> list[Block]:
    """Return the blocks of a content; a run of blanks is a paragraph without leaves."""
    outliner = _Outliner()
    outliner.add(content, marks)
    return outliner.finish()


class _Outliner:
    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._run: Leaves = []
        self._links = 0

    def finish(self) -> list[Block]:
        """Return all blocks."""
        self._end_run()
        return self._blocks

    def add(self, content: Flow, marks: Marks, *, keeps_lines: bool = False) -> None:
        """Add a content under marks."""
        for node in content:
            if type(node) is tree.Text:
                if keeps_lines:
                    self._add_lines(node.value, marks)
                elif node.value:
                    self._run.append(Leaf(marks, node.value))
            elif type(node) is tree.Break:
                self._run.append(Leaf(marks))
            elif type(node) is tree.Image:
                if node.address:
                    self._run.append(Leaf(marks, image=node))
            elif (read := self._readers.get(type(node))) is not None:
                read(self, node, marks)
            else:
                self._add_other(node, marks)

    def _add_lines(self, value: str, marks: Marks) -> None:
        for number, line in enumerate(value.split("\n")):
            if number:
                self._run.append(Leaf(marks))
            if line:
                self._run.append(Leaf(marks, line))

    def _end_run(self) -> None:
        if self._run:
            self._blocks.append(Para(shown(self._run)))
            self._run = []

    def _add_block(self, *blocks: Block) -> None:
        self._end_run()
        self._blocks += blocks

    def _add_other(self, node: tree.Node, marks: Marks) -> None:
        """Any other element: inline with a mark or without, or round a part of the page."""
        if not is_block(node):
            name = _HTML_MARKS.get(node.tag, "") if type(node) is tree.Other else ""
            self.add(node.content, _with(marks, Mark(name)) if name else marks)
            return
        self._end_run()
        is_pre = type(node) is tree.Other and node.tag == _OWN_LINES
        self.add(node.content, marks, keeps_lines=is_pre)
        self._end_run()

    def _paragraph(self, node: tree.Paragraph, marks: Marks) -> None:
        self._end_run()
        self.add(node.content, marks)
        self._end_run()

    def _strong(self, node: tree.Strong, marks: Marks) -> None:
        self.add(node.content, _with(marks, Mark(STRONG)))

    def _emphasis(self, node: tree.Emphasis, marks: Marks) -> None:
        self.add(node.content, _with(marks, Mark(EMPHASIS)))

    def _link(self, node: tree.Link, marks: Marks) -> None:
        outer = tuple(mark for mark in marks if mark.name != LINK)
        if _NO_WEB.match(node.address.strip()):  # it must not lead anywhere
            self.add(node.content, outer)
            return
        self._links += 1
        self.add(node.content, (*outer, Mark(LINK, node.address, self._links)))

    def _heading(self, node: tree.Heading, marks: Marks) -> None:
        self._add_block(
            *(
                Para(block.leaves, block.level or node.level) if type(block) is Para else block
                for block in outline(node.content, marks)
            )
        )

    def _quote(self, node: tree.Quote, marks: Marks) -> None:
        self._add_block(QuoteBlock(outline(node.content, marks)))

    def _item(self, node: tree.ListItem, marks: Marks) -> None:
        self._add_block(ListBlock(ordered=False, start=1, items=[outline(node.content, marks)]))

    def _list(self, node: tree.List, marks: Marks) -> None:
        items: list[list[Block]] = []
        for item in _items(node.content):
            if type(item) is tree.ListItem:
                items.append(outline(item.content, marks))
            elif blocks := [each for each in outline((item,), marks) if is_visible(each)]:
                items[-1:] = [[*items[-1], *blocks]] if items else [blocks]
        self._add_block(ListBlock(node.ordered, node.start, items))

    def _figure(self, node: tree.Figure, marks: Marks) -> None:
        """Pictures and captions in one figure, whatever else stands in it behind."""
        self._end_run()
        parts: list[tree.Image | list[Block]] = []
        rest: list[Block] = []
        for part in figure_parts(node.content):
            if type(part) is tree.Image:
                parts += [part] if part.address else []
            elif type(part) is tree.Caption:
                parts.append(outline(part.content, marks))
            else:
                rest += outline((part,), marks)
        self._blocks += [FigureBlock(parts), *rest]

    def _table(self, node: tree.Table, marks: Marks) -> None:
        self._end_run()
        rows: list[list[list[Block]]] = []
        headers: list[bool] = []
        for row in table_rows(node.content):
            if type(row) is not tree.Row:
                self._blocks += outline((row,), marks)
                continue
            cells = [cell for cell in row.content if type(cell) is tree.Cell]
            loose = tuple(cell for cell in row.content if type(cell) is not tree.Cell)
            self._blocks += outline(loose, marks)
            if cells:
                rows.append([outline(cell.content, marks) for cell in cells])
                headers.append(all(cell.header for cell in cells))
        if rows:
            self._blocks.append(TableBlock(rows, headers[0]))

    def _embed(self, node: tree.Embed, _: Marks) -> None:
        self._add_block(*([VideoBlock(node.address)] if node.address else []))

    def _media(self, node: tree.Media, marks: Marks) -> None:
        self._add_block(*([VideoBlock(node.address)] if node.address else []))
        self.add(node.content, marks)

    def _rule(self, _node: tree.Rule, _: Marks) -> None:
        self._add_block(RuleBlock())

    _readers: ClassVar[dict[type, Callable[[Any, Any, Marks], None]]] = {
        tree.Paragraph: _paragraph,
        tree.Strong: _strong,
        tree.Emphasis: _emphasis,
        tree.Link: _link,
        tree.Heading: _heading,
        tree.Quote: _quote,
        tree.ListItem: _item,
        tree.List: _list,
        tree.Figure: _figure,
        tree.Table: _table,
        tree.Embed: _embed,
        tree.Media: _media,
        tree.Rule: _rule,
    }


def _with(marks: Marks, mark: Mark) -> Marks:
    return marks if mark in marks else (*marks, mark)


def _items(content: Flow) -> Iterator[tree.Node]:
    """What stands in a list, elements round its items left out."""
    for node in content:
        if type(node) is tree.Other and any(type(inner) is tree.ListItem for inner in node.content):
            yield from _items(node.content)
        else:
            yield node


def figure_parts(content: Flow) -> Iterator[tree.Node]:
    """Yield what stands in a figure, elements round its pictures and captions left out."""
    for node in content:
        if type(node) in (tree.Other, tree.Strong, tree.Emphasis, tree.Link) and _has_picture(node):
            yield from figure_parts(node.content)
        else:
            yield node


def _has_picture(node: tree.Node) -> bool:
    return any(type(inner) in (tree.Image, tree.Caption) for inner in tree.walk(node.content))


def table_rows(content: Flow) -> Iterator[tree.Node]:
    """Yield what stands in a table, its parts (`tbody`) left out."""
    for node in content:
        if type(node) is tree.Other and node.tag in {"tbody", "thead", "tfoot"}:
            yield from table_rows(node.content)
        else:
            yield node
