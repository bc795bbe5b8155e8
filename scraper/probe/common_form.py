"""The text of an article file without what may differ between two right readings of a page.

The files of the reference show hidden e-mail addresses and a few other things as they were before
the repairs (docs/seed-format.md 7), and a capture leaves its time and host in addresses. Both
files are brought to this form before they are compared.
"""

from __future__ import annotations

import re

from normalise import Capture
from normalise.page import cloudflare_email
from normalise.playback_address import ARCHIVE, MODIFIER, TIMESTAMP
from scraper.corpus.document import ArticleDocument, Part, Piece
from scraper.corpus.files import with_unix_line_ends

_MAIL_MARK = "<mail>"

# Where the edition writes the address of a link.
_LINK = r"(?<=\]\()"
_PREFIX = rf"(?:{re.escape(ARCHIVE)})?/web/{TIMESTAMP}(?:{MODIFIER})?/"
_PREFIX_OF_OTHER_SCHEME = re.compile(
    rf"{_LINK}{_PREFIX}(?=(?!https?:)[a-z][a-z0-9+.-]*:)", re.IGNORECASE
)
_MAIL_TARGET = re.compile(
    rf"{_LINK}(?:mailto:[^)\s]*|{_PREFIX}https?://[^)\s]+"
    rf"{re.escape(cloudflare_email.PATH)}(?:#[^)\s]*)?)(?=\))",
    re.IGNORECASE,
)
# An address, hidden or plain, with all ASCII next to it: captions and bios are written without
# blanks between their pieces, so nothing says where the plain address ends. The quantifiers are
# possessive, and a match begins where such a run does: the time grows with the length only.
_MAIL_CHARACTER = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]"
_ONE_MAIL = rf"(?:{_MAIL_CHARACTER}*+(?:@|\[email[ \xa0]protected\]))++{_MAIL_CHARACTER}*+"
_MAILS = re.compile(rf"(?<!{_MAIL_CHARACTER}){_ONE_MAIL}(?:, ?{_ONE_MAIL})*+")

_ESCAPED = (Part.TITLE, Part.AUTHOR, Part.CATEGORY, Part.TAGS)
_YAML_ESCAPE = re.compile(r'\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(["\\]))')


def common_pieces(text: str) -> tuple[Piece, ...]:
    """Return the pieces of an article file, each in the common form, in the order of the file."""
    document = ArticleDocument.parse(with_unix_line_ends(text))
    return tuple((part, _common_form(part, piece)) for part, piece in document.pieces)


def _common_form(part: Part, piece: str) -> str:
    if part in _ESCAPED:
        piece = _YAML_ESCAPE.sub(_unescaped, piece)
    if part is Part.URL or part is Part.ORIGINAL_URL:
        return piece
    piece = _PREFIX_OF_OTHER_SCHEME.sub("", piece)
    piece = _MAIL_TARGET.sub(_MAIL_MARK, piece)
    return _MAILS.sub(_MAIL_MARK, piece)


def _unescaped(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else escape[3]


def move_to_capture(text: str, served: Capture, asked: Capture) -> str:
    """Return the file of a served capture with the addresses that the one asked for would have.

    The time in all addresses of the archive is changed, and with it the host where that of the
    captured address was another one.
    """
    if served == asked:
        return text
    text = text.replace(f'"{served.url}"\n', f'"{asked.url}"\n', 1)
    text = text.replace(f'"{served.original}"\n', f'"{asked.original}"\n', 1)
    prefix = re.compile(rf"/web/{served.timestamp}((?:{MODIFIER})?/)")
    text = prefix.sub(rf"/web/{asked.timestamp}\1", text)
    if served.origin != asked.origin:
        origin = re.escape(served.origin)
        own = re.compile(rf"(/web/{asked.timestamp}(?:{MODIFIER})?/){origin}(?=[/?#)\"\s])")
        text = own.sub(lambda match: match[1] + asked.origin, text)
    return text
