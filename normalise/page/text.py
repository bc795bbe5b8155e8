"""The text of an element on one line, hidden e-mail addresses decoded."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

from normalise.page import cloudflare_email
from normalise.page.dom import one_line


def line_text(element: LexborNode) -> str:
    """Return the text of an element on one line; blanks within a line stay as they are."""
    text = element.text() or ""
    if cloudflare_email.PLACEHOLDER in text:
        text = _with_email(element, text)
    return one_line(text)


def _with_email(element: LexborNode, text: str) -> str:
    for hidden in element.css(f"[{cloudflare_email.ATTRIBUTE}]"):
        plain = cloudflare_email.decode_key(hidden.attributes.get(cloudflare_email.ATTRIBUTE))
        if plain:
            shown = cloudflare_email.address_only(plain)
            text = text.replace(cloudflare_email.PLACEHOLDER, shown, 1)
    return text


def meta_content(tree: LexborHTMLParser, selector: str) -> str:
    """Return the `content` of the first `meta` that a selector finds, stripped; "" for none."""
    meta = tree.css_first(selector)
    return ((meta.attributes.get("content") or "") if meta is not None else "").strip()
