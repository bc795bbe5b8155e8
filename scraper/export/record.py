"""What an export says of an article: one record, the same in all formats of data."""

from __future__ import annotations

import json
from typing import Any, TypeGuard

from normalise import Article, tree
from normalise.editions.clean.addresses import Addresses, ArticlePath, ImagePaths
from normalise.editions.clean.blocks import BlockWriter
from normalise.editions.clean.front_matter import metadata
from normalise.editions.clean.outline import outline
from normalise.editions.json import as_json_tree
from normalise.editions.plain import paragraphs

# A tree can't hold itself.
_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))


def describe(
    article: Article,
    warnings: tuple[str, ...],
    article_path: ArticlePath,
    *,
    has_tree: bool = True,
    images: ImagePaths | None = None,
) -> dict[str, Any]:
    """Return the record of an article (docs/exports.md 4), without its tree if so wanted.

    `images` are the paths of its pictures, `None` where pictures were never fetched.
    """
    addresses = Addresses(article.capture, article_path, images)
    values = metadata(article, addresses)
    del values["url"]
    record = {"article_id": values.pop("article_id"), **values}
    record.setdefault("date", None)
    record.setdefault("lastmod", None)
    record.setdefault("author_box", None)
    blocks = outline(article.body)
    record["text"] = "\n\n".join(paragraphs(blocks))
    record["markdown"] = BlockWriter(addresses).write(blocks)
    nodes = list(tree.walk(article.body))
    record["figures"] = _figures(nodes, addresses, images)
    if images is not None and article.box is not None:
        avatar = article.box.avatar
        record["author_box"]["avatar"] = addresses.archived_image(avatar) if avatar else ""
        record["author_box"]["avatar_file"] = _file(avatar, addresses, images)
    record["videos"] = [addresses.video(node.address) for node in nodes if _is_video(node)]
    record["links"] = [_link(node, addresses) for node in nodes if _is_link(node)]
    record["rules"] = dict(article.provenance.rules) if article.provenance else {}
    record["warnings"] = list(warnings)
    if has_tree:
        record["body"] = as_json_tree(article.body)
    return record


def compact_json(value: object) -> str:
    """Return a record, or a part of one, as JSON without blanks."""
    return _ENCODER.encode(value)


def _is_video(node: tree.Node) -> TypeGuard[tree.Embed | tree.Media]:
    return isinstance(node, (tree.Embed, tree.Media)) and bool(node.address)


def _is_link(node: tree.Node) -> TypeGuard[tree.Link]:
    return type(node) is tree.Link and bool(tree.plain_text(node.content).strip())


def _link(node: tree.Link, addresses: Addresses) -> dict[str, Any]:
    return {
        "address": addresses.link(node.address),
        "text": " ".join(tree.plain_text(node.content).split()),
        "article_id": addresses.linked_article(node.address),
    }


def _file(address: str, addresses: Addresses, images: ImagePaths) -> str:
    return images.get(addresses.original(address) or "", "") if address else ""


def _figures(
    nodes: list[tree.Node], addresses: Addresses, images: ImagePaths | None
) -> list[dict[str, str]]:
    """Every picture, with the caption of its figure."""
    found: list[dict[str, str]] = []
    captions: dict[int, str] = {}
    for node in nodes:
        if type(node) is tree.Figure:
            inside = list(tree.walk(node.content))
            texts = [each for each in inside if type(each) is tree.Caption]
            caption = " ".join(" ".join(tree.plain_text(each.content).split()) for each in texts)
            captions |= {id(each): caption for each in inside if type(each) is tree.Image}
        elif type(node) is tree.Image and node.address:
            figure = {"address": addresses.archived_image(node.source), "alt": node.alt}
            figure["caption"] = captions.get(id(node), "")
            if images is not None:
                figure["file"] = _file(node.source, addresses, images)
            found.append(figure)
    return found
