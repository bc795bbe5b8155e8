"""Bodies of articles as the site's editors wrote them (../shared/real), and the files expected.

The rest of a page (title, info line, category, tags, promo, author box) is taken from the reference
archive's file. A page built of both must give that file again, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from support.pages import hidden
from support.templates import Box, Parts

from normalise import Capture

# The pages as served named this host by https, where the editors had written http.
SERVED_BY_HTTPS = frozenset({43373, 43588, 45933, 47131, 49908})
_HOST_BY_HTTP, _HOST_BY_HTTPS = 'href="http://bit.ly/', 'href="https://bit.ly/'
# The e-mail addresses of these are masked on the page (docs/site.md 2.9).
MASKED = frozenset({44854, 49135, 49496})

_MAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]*")
_IS_MAIL = re.compile(r"[^@]+@[^@]+")
_MASK = re.compile(r"\[\[email\xa0protected\]\]\([^)]*\)|\[email\xa0protected\]")

_FIELD = re.compile(r'^(\w+): "(.*)"$', re.MULTILINE)
_TAG = re.compile(r'^  - "(.*)"$', re.MULTILINE)
_BOX = re.compile(
    r"\n\n---\n\n!\[[^\]\n]*\]\((?P<avatar>\S*)\)\n\n\*\*(?P<label>\S+) \| (?P<name>[^*]+)\*\*\n\n"
    r"(?P<bio>[^\n]*)\n\Z"
)
_BEFORE_PATH = re.compile(r"https://web\.archive\.org/web/\d{14}im_/https://[^/]+")
_PROMO = re.compile(r"\n---\n\n\n請加入成為眾新聞的月費訂戶")


@dataclass(frozen=True)
class RealBody:
    """An article of the site, and the file that its page must give."""

    capture: Capture
    parts: Parts
    expected: str

    @property
    def kind(self) -> str:
        """How what was served differs from what the editors wrote."""
        if self.capture.article_id in MASKED:
            return "with e-mail addresses masked and decoded"
        if self.capture.article_id in SERVED_BY_HTTPS:
            return "with a host served by https"
        return "byte for byte"


def read_bodies(folder: Path) -> Iterator[RealBody]:
    """Yield every body of the folder, as it was served."""
    for path in sorted(folder.glob("*.html")):
        content = path.read_bytes().decode("utf-8")
        file = path.with_suffix(".md").read_bytes().decode("utf-8")
        article_id = int(path.stem)
        if article_id in SERVED_BY_HTTPS:
            content = content.replace(_HOST_BY_HTTP, _HOST_BY_HTTPS)
        if article_id in MASKED:
            content, file = _masked(content), _unmasked(file, _MAIL.findall(_text_of(content)))
        yield _body(content, file)


def _body(content: str, file: str) -> RealBody:
    front, _, text = file.partition("\n---\n\n")
    fields = dict(_FIELD.findall(front))
    year, month, day = fields["date"].split("-")
    info = [f"撰文: {fields['author']}", f"發佈日期: {day}.{month}.{year[2:]}"]
    if "last_updated" in fields:
        info.append(f"最後更新: {fields['last_updated']}")
    parts = Parts(
        content,
        title=fields["title"],
        info=tuple(info),
        category=fields["category"],
        tags=tuple(_TAG.findall(front)),
        has_promo=_PROMO.search(text) is not None,
        box=_box(text),
    )
    return RealBody(Capture.from_url(fields["url"]), parts, file)


def _box(text: str) -> Box | None:
    match = _BOX.search(text)
    if match is None:
        return None
    avatar = _BEFORE_PATH.sub("", match["avatar"])
    return Box(match["label"], match["name"], avatar, match["bio"])


# --- e-mail addresses -----------------------------------------------------------------------


def _text_of(html: str) -> str:
    return re.sub(r"<[^>]*>", "<>", html)


def _masked(html: str) -> str:
    """Mask the e-mail addresses of a text as Cloudflare does: with a key, in a link of its own.

    Inside a link the element is a span.
    """
    parts = re.split(r"(<[^>]*>)", html)
    in_link = False
    for at, part in enumerate(parts):
        if part.startswith("<"):
            in_link = part.startswith("<a ") or (in_link and part != "</a>")
        else:
            mask = _span if in_link else _link
            parts[at] = _MAIL.sub(mask, part)
    return "".join(parts)


def _span(mail: re.Match[str]) -> str:
    key = hidden(mail[0])
    return f'<span class="__cf_email__" data-cfemail="{key}">[email&#160;protected]</span>'


def _link(mail: re.Match[str]) -> str:
    key, page = hidden(mail[0]), "/cdn-cgi/l/email-protection"
    return f'<a href="{page}" class="__cf_email__" data-cfemail="{key}">[email&#160;protected]</a>'


def _unmasked(file: str, mails: list[str]) -> str:
    """Return the file with its masks decoded; what is no whole address stays masked."""
    remaining = iter(mails)

    def decoded(mask: re.Match[str]) -> str:
        mail = next(remaining)
        if not _IS_MAIL.fullmatch(mail):
            return mask[0]
        return f"[{mail}](mailto:{mail})" if mask[0].startswith("[[") else mail

    return _MASK.sub(decoded, file)
