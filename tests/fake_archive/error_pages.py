"""Error pages of the service: made up, but for the sentences by which clients recognise them."""

from __future__ import annotations

OUTAGE_BYTES = 11_832
BOT_BYTES = 620
BOT_SENTENCE = (
    "Your request is being blocked because our system has flagged it as suspected abusive bot "
    "traffic that is degrading the performance of the Wayback Machine."
)
NEEDS_AUTHORIZATION = "This type of CDX query requires authorization."
BLOCKED_SITE = "AdministrativeAccessControlException: Blocked Site Error"
BLOCKED_SITE_2020 = (
    "org.archive.util.io.RuntimeIOException: org.archive.wayback.exception." + BLOCKED_SITE
)
BLOCKED_BY_ROBOTS = "RobotAccessControlException: Blocked By Robots"
GATEWAY = {502: "502 Bad Gateway", 503: "503 Service Unavailable", 504: "504 Gateway Time-out"}


def _page(title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n  <head>\n    <title>{title}</title>\n  </head>\n'
        f'  <body class="navia">\n<div id="error">\n{body}\n</div>\n  </body>\n</html>\n'
    )


def _padded(page: str, size: int) -> str:
    return page + "<!--" + "." * (size - len(page) - 8) + "-->\n"


def outage() -> str:
    """The outage page: 11,832 bytes that begin with a newline (docs/wayback.md 2.9)."""
    title = "Internet Archive: Temporarily Offline"
    page = "\n" + _page(title, "<h1>Temporarily Offline</h1>\n<p>Try again later.</p>")
    return _padded(page, OUTAGE_BYTES)


def bot_traffic() -> str:
    """The page of a 429: 620 bytes (docs/wayback.md 2.7)."""
    body = f"<h1>Too Many Requests</h1>\n<p>{BOT_SENTENCE}</p>"
    return _padded(_page("429 Too Many Requests", body), BOT_BYTES)


def gateway(status: int) -> str:
    """The page of nginx for 502, 503 and 504 (docs/wayback.md 2.9)."""
    title = GATEWAY[status]
    head = f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
    return (
        f"{head}<center><h1>{title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body></html>"
    )


def hrm(url: str) -> str:
    """The 404 page of an address that was never archived (docs/wayback.md 2.6)."""
    return _page(
        "Wayback Machine",
        "<h2>Hrm.</h2>\n<p>The Wayback Machine has not archived that URL.</p>\n"
        "    <p>Click here to search for all archived pages under\n"
        f'      <a href="http://web.archive.org/web/*/{url}*">{url}</a>.\n    </p>',
    )


def excluded() -> str:
    """The page of an address that its owner has excluded (docs/wayback.md 2.6)."""
    sentence = "This URL has been excluded from the Wayback Machine."
    return _page("Internet Archive Wayback Machine", f"<h2>Sorry.</h2>\n      <p>{sentence}</p>")


def robots() -> str:
    """The page of an address that robots.txt forbids (docs/wayback.md 2.6)."""
    return _page(
        "Wayback Machine",
        "<h2>Page cannot be displayed due to robots.txt.</h2>\n<p>See the site's robots.txt.</p>",
    )


def redirect_page(url: str, when: str, status: int, target: str, link: str) -> str:
    """The page that shows a captured redirect in the view form (docs/wayback.md 2.5)."""
    return _page(
        "",
        '<script type="text/javascript">\n'
        f'    function go() {{\n      document.location.href = "{link}";\n    }}\n'
        "    window.setTimeout(go,  5000);\n  </script>\n"
        '  <p class="code">Loading...</p>\n'
        f'  <p class="code shift target">{url} |\n    {when}</p>\n'
        f'  <p class="code shift red">Got an HTTP {status} response at crawl time</p>\n'
        '  <p class="code">Redirecting to...</p>\n'
        f'  <p class="code shift target">{target}</p>\n'
        f'  <p class="impatient"><a href="{link}">Impatient?</a></p>',
    )
