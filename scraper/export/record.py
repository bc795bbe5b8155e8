"""What an export says of an article: one record, the same in all formats of data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from normalise import Article, tree
from normalise.editions.clean.addresses import Addresses, ArticlePath
from normalise.editions.clean.blocks import BlockWriter
from normalise.editions.clean.front_matter import metadata
from normalise.editions.clean.outline import outline
from normalise.editions.json import as_json_tree
from normalise.editions.plain import paragraphs_of


def describe(
    article: Article,
    warnings: tuple[str, ...],
    article_path: ArticlePath,
    *,
    has_tree: bool = True,
) -> dict[str, Any]:
    """Return the record of an article (docs/exports.md 4), without its tree if so wanted."""
    addresses = Addresses(article.capture, article_path)
    values = metadata(article, addresses)
    del values["url"]
    record = {"article_id": values.pop("article_id"), **values}
    record.setdefault("date", None)
    record.setdefault("lastmod", None)
    record.setdefault("author_box", None)
    blocks = outline(article.body)
    record["text"] = "\n\n".join(paragraphs_of(blocks))
    record["markdown"] = BlockWriter(addresses).write(blocks)
    record["figures"] = _figures(article, addresses)
    record["videos"] = [addresses.video(node.address) for node in _nodes(article, _is_video)]
    record["links"] = [_link(node, addresses) for node in _nodes(article, _is_link)]
    record["rules"] = dict(article.provenance.rules) if article.provenance else {}
    record["warnings"] = list(warnings)
    if has_tree:
        record["body"] = as_json_tree(article.body)
    return record


def linked_ids(article: Article, addresses: Addresses) -> frozenset[int]:
    """Return the articles that an article links to."""
    links = (addresses.linked_article(node.address) for node in _nodes(article, _is_link))
    return frozenset(each for each in links if each is not None)


def _nodes(article: Article, is_wanted: Callable[[Any], bool]) -> list[Any]:
    return [node for node in tree.walk(article.body) if is_wanted(node)]


def _is_video(node: tree.Node) -> bool:
    return isinstance(node, tree.Embed | tree.Media) and bool(node.address)


def _is_link(node: tree.Node) -> bool:
    return type(node) is tree.Link and bool(tree.plain_text(node.content).strip())


def _link(node: tree.Link, addresses: Addresses) -> dict[str, Any]:
    return {
        "address": addresses.link(node.address),
        "text": " ".join(tree.plain_text(node.content).split()),
        "article_id": addresses.linked_article(node.address),
    }


def _figures(article: Article, addresses: Addresses) -> list[dict[str, str]]:
    """Every picture, with the caption of its figure."""
    found: list[dict[str, str]] = []
    captions: dict[int, str] = {}
    for node in tree.walk(article.body):
        if type(node) is tree.Figure:
            texts = [each for each in tree.walk(node.content) if type(each) is tree.Caption]
            caption = " ".join(" ".join(tree.plain_text(each.content).split()) for each in texts)
            captions |= {id(image): caption for image in tree.walk(node.content)}
        elif type(node) is tree.Image and node.address:
            figure = {"address": addresses.image(node.address), "alt": node.alt}
            found.append(figure | {"caption": captions.get(id(node), "")})
    return found
