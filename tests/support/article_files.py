"""Builds article files, as this tool and the published archive write them."""

from __future__ import annotations

from pathlib import Path

from scraper.corpus.document import Field

TIMESTAMP, OTHER_TIMESTAMP = "20210629183215", "20220122204323"
ARCHIVE = "https://web.archive.org/web"
SITE = "https://www.hkcnews.com"
TEXT = "纜車停在半山，乘客輪流講笑話。"
FIGURE = (
    f'<figure>\n<img src="{ARCHIVE}/{TIMESTAMP}im_/{SITE}/news_新聞/hk-discuss/2021/04/'
    '纜車-20210424_ab12_large.jpg" alt="">\n</figure>'
)
PROMO = (
    "\n---\n\n\n請加入成為眾新聞的月費訂戶，多謝。"
    f"\n\n月費訂戶 [網址](/web/{TIMESTAMP}/{SITE}/aboutus/)"
)
HIDDEN_MAIL = "[email\xa0protected]"
FAREWELL = "眾新聞告別 \xa0 \xa0感謝讀者"
OUTAGE = "Temporarily Offline"


def author_box(bio: str = "修鐘、養貓。", label: str = "博客 | 葉知秋") -> str:
    """Return the blocks of an author box."""
    avatar = f"{ARCHIVE}/{TIMESTAMP}im_/{SITE}/uploads/avatars/default.jpg"
    return f"---\n\n![{label}]({avatar})\n\n**{label}**\n\n{bio}"


def article_file(
    *blocks: str,
    article_id: int = 7,
    title: str = "半山的笑話",
    date: str = "2021-04-24",
    author: str = "葉知秋",
    category: str = "眾說",
    tags: tuple[str, ...] = ("半山", "纜車"),
    slug: str = "%E7%BA%9C%E8%BB%8A-7/%E5%8D%8A%E5%B1%B1",
    original_url: str | None = None,
) -> str:
    """Return the text of a file with these blocks below its headline; without any it is empty."""
    address = f"{SITE}/article/{article_id}/{slug}"
    lines = [
        f'title: "{title}"',
        f'date: "{date}"',
        f'author: "{author}"',
        *([f'category: "{category}"'] if category else []),
        *(["tags:"] if tags else []),
        *(f'  - "{tag}"' for tag in tags),
        f'url: "{ARCHIVE}/{TIMESTAMP}/{address}"',
        f'original_url: "{address if original_url is None else original_url}"',
    ]
    front_matter = "\n".join(["---", *lines, "---"])
    body = "\n\n".join([f"# {title}", *blocks]) if blocks else ""
    return f"{front_matter}\n\n{body}\n"


def other_page_file(title: str, article_id: int = 7) -> str:
    """Return the file of a page that is no article: a title in the front matter, and no more."""
    return article_file(
        title=title, date="", author="", category="", tags=(), article_id=article_id
    )


def write_article(
    folder: Path, article_id: int, text: str | bytes, name: str | None = None
) -> None:
    """Put the file of an article into an archive, or one of another name where it would be."""
    path = folder / "articles" / "1-1000" / (name or f"article_{article_id}.md")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


# --- a complete file, with everything that the format has -------------------------------------

COMPLETE_ID = 4321
NEWER, OLDER = "20210503112233", "20210424080910"
WWW, BARE = "https://www.hkcnews.com", "https://hkcnews.com"
STANDARD_PROMO = (
    "請加入成為眾新聞的月費訂戶，長期支持我們的工作。所有訂戶都可以收到我們的「每周時事」通訊 。"
)


def standard_promo(timestamp: str, origin: str = WWW) -> str:
    """Return the promo of 2018 to 2021 as a capture shows it, with the newlines before it."""
    link = f"[網址：hkcnews.com/aboutus/#subscribe](/web/{timestamp}/{origin}/aboutus/#subscribe)"
    return f"\n\n\n---\n\n\n{STANDARD_PROMO}\n\n月費訂戶 {link}"


def complete_segments(
    timestamp: str = NEWER, origin: str = WWW, *, mail: str = "", bio: str = ""
) -> list[tuple[Field, str]]:
    """Return a whole file in its order, each piece with the field that it is of."""
    original = f"{origin}/article/{COMPLETE_ID}/%E7%A2%BC%E9%A0%AD-{COMPLETE_ID}/x"
    web = f"{ARCHIVE}/{timestamp}"
    return [
        (Field.LAYOUT, "---\n"),
        (Field.TITLE, 'title: "末班船"\n'),
        (Field.DATE, 'date: "2021-04-20"\n'),
        (Field.LAST_UPDATED, 'last_updated: "2021-04-21 09:08:07"\n'),
        (Field.AUTHOR, 'author: "顧晴川"\n'),
        (Field.CATEGORY, 'category: "眾說"\n'),
        (Field.TAGS, 'tags:\n  - "碼頭"\n  - "渡輪"\n'),
        (Field.URL, f'url: "{web}/{original}"\noriginal_url: "{original}"\n'),
        (Field.LAYOUT, "---\n\n"),
        (Field.TITLE, "# 末班船"),
        (
            Field.BODY,
            (
                f"\n\n渡輪泊岸， [甲板]({web}/https://example.org/a) 上只剩 **一把傘** 。"
                f"\n\n見 [前文](/web/{timestamp}/{origin}/article/12) 。{mail}"
                f'\n\n<figure>\n<img src="{web}im_/{origin}/a.jpg" alt="">\n'
                "<figcaption>碼頭</figcaption>\n</figure>"
                f'\n\n\n{{{{< video src="{web[6:]}if_/https://v.io/1" >}}}}\n'
            ),
        ),
        (Field.PROMO, standard_promo(timestamp, origin)),
        (
            Field.BOX,
            (
                f"\n\n---\n\n![博客 | 顧晴川]({web}im_/{origin}/uploads/avatars/a.png?1)"
                f"\n\n**博客 | 顧晴川**\n\n拍照。\n等船。{bio}"
            ),
        ),
        (Field.LAYOUT, "\n"),
    ]


def complete_file(
    timestamp: str = NEWER, origin: str = WWW, *, mail: str = "", bio: str = ""
) -> str:
    """Return a whole file, with a text behind a link of its body and one at the end of its bio."""
    return "".join(text for _, text in complete_segments(timestamp, origin, mail=mail, bio=bio))


def with_title(value: str, headline: str) -> str:
    """Return the complete file with another title, as written in the front matter and below it."""
    text = complete_file().replace('title: "末班船"', f'title: "{value}"')
    return text.replace("# 末班船", f"# {headline}")
