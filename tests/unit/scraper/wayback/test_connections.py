"""Connections through what the environment names: proxies and certificates, over real sockets."""

from __future__ import annotations

import asyncio
import importlib.util
import ssl
from functools import partial
from pathlib import Path

import httpx
import pytest
from fake_archive import Archive, FakeMemento, replay
from support import sockets
from support.certificate import CERTIFICATE
from support.proxy import Proxy, proxying

from normalise import Capture
from scraper.errors import (
    CertificateError,
    Paused,
    ProxyRefusal,
    RetriesExhausted,
    UsageError,
)
from scraper.models import ArchiveRedirect, Memento
from scraper.wayback import connections, playback
from scraper.wayback.client import RequestStats, WaybackClient
from scraper.wayback.connections import open_connections
from scraper.wayback.stop import StopSignal
from scraper.wayback.throttle import Endpoint, Throttle

CAPTURE = Capture("20200101000000", "https://www.hkcnews.com/article/1/x-1/one?a=b%2Fc//d")
PAGE = b"<html>a page</html>"
HTTPS = httpx.URL("https://web.archive.org")


async def fetch(origin: str) -> Memento | ArchiveRedirect:
    stop = StopSignal()
    throttle = Throttle(stop, rate=0, cooldown=0.004)
    read = partial(playback.parse_response, CAPTURE, "")
    async with WaybackClient(origin, throttle, stop, "tests/1", 2, wait=0.001) as client:
        target = playback.request_target(CAPTURE)
        return await client.get(Endpoint.PLAYBACK, target, read, RequestStats())


def fetch_page(origin: str) -> bytes:
    answer = asyncio.run(fetch(origin))
    assert isinstance(answer, Memento)
    return answer.body


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h", ""])
def test_requests_go_through_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, variable: str, scheme: str
) -> None:
    with replay(Archive([FakeMemento(CAPTURE.original, CAPTURE.timestamp, PAGE)])) as server:
        with proxying() as proxy:
            url = proxy.url(scheme) if scheme else proxy.url().removeprefix("http://")
            monkeypatch.setenv(variable, url)
            assert fetch_page(server.origin) == PAGE
        asked = playback.request_target(CAPTURE).decode()
        assert [entry.target for entry in server.log] == [asked]
        host = server.origin.partition("://")[2]
        through = f"SOCKS {host}" if "socks" in scheme else f"GET {server.origin}{asked} HTTP/1.1"
        assert proxy.asked == [through]


@pytest.mark.parametrize("excluded", ["127.0.0.1", "*", "a.example, 127.0.0.1"])
def test_a_host_in_no_proxy_is_asked_directly(
    monkeypatch: pytest.MonkeyPatch, excluded: str
) -> None:
    with replay(Archive([FakeMemento(CAPTURE.original, CAPTURE.timestamp, PAGE)])) as server:
        with proxying() as proxy:
            monkeypatch.setenv("HTTP_PROXY", proxy.url())
            monkeypatch.setenv("NO_PROXY", excluded)
            assert fetch_page(server.origin) == PAGE
        assert proxy.asked == []


def test_the_proxy_of_another_scheme_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    with replay(Archive([FakeMemento(CAPTURE.original, CAPTURE.timestamp, PAGE)])) as server:
        assert fetch_page(server.origin) == PAGE


def test_a_proxy_gets_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive([FakeMemento(CAPTURE.original, CAPTURE.timestamp, PAGE)])
    with replay(archive) as server, proxying("lamp:p@ss") as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url(user="lamp:p%40ss"))
        assert fetch_page(server.origin) == PAGE


def test_tls_goes_through_a_tunnel_with_the_certificates_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "server.pem"
    file.write_text(CERTIFICATE)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file)
    reply = sockets.answer(PAGE, "Memento-Datetime: Wed, 01 Jan 2020 00:00:00 GMT")

    async def scenario(proxy: Proxy) -> Memento | ArchiveRedirect:
        async with sockets.answering(reply, tls=tls) as server:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url())
            with pytest.raises(CertificateError):
                await fetch(server.origin)
            monkeypatch.setenv("SSL_CERT_FILE", str(file))
            answer = await fetch(server.origin)
            assert proxy.asked[-1] == f"CONNECT {server.origin.partition('://')[2]} HTTP/1.1"
            return answer

    with proxying() as proxy:
        answer = asyncio.run(scenario(proxy))
    assert isinstance(answer, Memento)
    assert answer.body == PAGE


@pytest.mark.parametrize(
    "origin", ["http://archive.example", "https://archive.example"], ids=["forwarded", "tunnel"]
)
def test_a_proxy_that_wants_a_password_ends_the_run(
    monkeypatch: pytest.MonkeyPatch, origin: str
) -> None:
    with proxying("lamp:oil") as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url(user="lamp:water"))
        with pytest.raises(ProxyRefusal, match=r"refuses: 407 .*HTTPS_PROXY") as caught:
            asyncio.run(fetch(origin))
        assert proxy.url() in str(caught.value)
        assert "water" not in str(caught.value)
        assert len(proxy.asked) == 1


def test_a_proxy_that_can_not_connect_now_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with proxying(refusal="502 Bad Gateway") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url())
        with pytest.raises(RetriesExhausted, match=f"the proxy {proxy.url()} answers: 502"):
            asyncio.run(fetch("https://archive.example"))


def test_a_proxy_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with proxying() as proxy:
        pass
    monkeypatch.setenv("HTTP_PROXY", proxy.url())
    with pytest.raises(Paused, match=f"the proxy {proxy.url()} takes no connection"):
        asyncio.run(fetch("http://archive.example"))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("ftp://127.0.0.1:1", "a proxy that is none.*HTTPS_PROXY"),
        ("http://", "unknown kind"),
        ("http://127.0.0.1:port", "HTTPS_PROXY"),
    ],
)
def test_a_proxy_that_is_none_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, value: str, words: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    with pytest.raises(UsageError, match=words):
        open_connections(HTTPS, 1)


def test_socks_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    monkeypatch.setattr(connections, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"pip install 'hkcnews-archive\[socks\]'"):
        open_connections(HTTPS, 1)
    assert importlib.util.find_spec("socksio")


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_certificates_are_those_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    (tmp_path / "none.pem").write_text("no certificate")
    path = tmp_path / "gone.pem" if variable == "SSL_CERT_FILE" else tmp_path
    monkeypatch.setenv(variable, str(path))
    if variable == "SSL_CERT_FILE":
        with pytest.raises(UsageError, match="SSL_CERT_FILE"):
            open_connections(HTTPS, 1)
        monkeypatch.setenv(variable, str(tmp_path / "none.pem"))
        with pytest.raises(UsageError, match="SSL_CERT_FILE"):
            open_connections(HTTPS, 1)
        assert open_connections(httpx.URL("http://127.0.0.1"), 1).proxy == ""
        monkeypatch.setenv("HTTP_PROXY", "https://127.0.0.1:1")
        with pytest.raises(UsageError, match="SSL_CERT_FILE"):
            open_connections(httpx.URL("http://127.0.0.1"), 1)
    else:
        assert open_connections(HTTPS, 1).proxy == ""
