"""The base that exchanges over HTTP start from, as a stranger uses it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from backfin.errors import AttachmentGone, ExchangeUnavailable
from backfin.exchanges import Patience, PoliteClient, PoliteExchange, Politeness, api_headers
from backfin.interfaces import FeedPage
from backfin.models import Attachment
from backfin.testing import LocalServer, Reply, Request, StillPacer

DAY = date(2026, 7, 1)
AT_ONCE = Patience(tries=2, sleep=lambda seconds: None)


class Small(PoliteExchange):
    """An exchange of one page that wants a cookie."""

    name = "small"
    mic = "XSML"

    def __init__(self, url: str, politeness: Politeness) -> None:
        super().__init__(politeness, StillPacer(), urls=(url,), patience=AT_ONCE)
        self._url = url
        self._client = PoliteClient(self.http, self.patience, "Small", f"{url}/page")

    def fetch_day(self, day: date) -> Iterator[FeedPage]:
        faults: list[str] = []
        content = self._client.read(f"{self._url}/rows", bytes, faults, params={"day": day.isoformat()})
        yield FeedPage(1, (), 0, content, faults=tuple(faults))


def serving(request: Request) -> Reply:
    if request.path == "/page":
        return Reply(403, headers={"Set-Cookie": "token=1; Path=/"})
    if request.path == "/a.pdf":
        return Reply(body=b"%PDF-1.4 %%EOF", media_type="application/pdf")
    if request.path == "/rows" and request.headers.get("cookie") == "token=1":
        return Reply(body=b"[]")
    return Reply(401 if request.path == "/rows" else 404)


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with LocalServer(serving) as server:
        yield server


@pytest.fixture
def exchange(server: LocalServer) -> Iterator[Small]:
    exchange = Small(server.url, Politeness(poll_interval=7.0, user_agent="tests"))
    yield exchange
    exchange.close()


def test_its_section_says_how_it_is_asked(server: LocalServer, exchange: Small) -> None:
    list(exchange.fetch_day(DAY))

    assert exchange.poll_interval_s == 7.0
    assert {request.headers["user-agent"] for request in server.requests} == {"tests"}


def test_a_page_is_visited_for_its_cookies_where_the_exchange_refuses(
    server: LocalServer, exchange: Small
) -> None:
    [page] = exchange.fetch_day(DAY)
    [again] = exchange.fetch_day(DAY)

    assert (page.content, page.faults, again.faults) == (b"[]", ("refused",), ())
    assert [request.path for request in server.requests] == ["/rows", "/page", "/rows", "/rows"]


def test_cookies_that_do_not_help_are_dropped(server: LocalServer, exchange: Small) -> None:
    server.answer = lambda request: Reply(401) if request.path == "/rows" else serving(request)

    with pytest.raises(ExchangeUnavailable, match="Small refuses us"):
        list(exchange.fetch_day(DAY))

    server.answer = serving
    assert next(exchange.fetch_day(DAY)).content == b"[]"


def test_attachments_are_fetched(server: LocalServer, exchange: Small) -> None:
    saved = exchange.fetch_attachment(Attachment(name="a.pdf", urls=(f"{server.url}/a.pdf",)))

    assert saved.path.read_bytes() == b"%PDF-1.4 %%EOF"
    saved.path.unlink()
    with pytest.raises(AttachmentGone):
        exchange.fetch_attachment(Attachment(name="b.pdf", urls=(f"{server.url}/b.pdf",)))


def test_every_session_is_closed_with_the_exchange(server: LocalServer) -> None:
    exchange = Small(server.url, Politeness())
    more = exchange.open_session({"User-Agent": "more"})
    closed: list[object] = []
    for session in (exchange.http, more):
        session.close = lambda session=session: closed.append(session)  # type: ignore[method-assign, misc]

    exchange.close()

    assert closed == [exchange.http, more]


def test_headers_are_those_of_a_page_that_asks_its_own_site_or_another() -> None:
    page = "https://www.exchange.example/filings"
    own = api_headers("agent", page, "https://www.exchange.example/api")
    other = api_headers("agent", page, "https://api.exchange.example/v1")

    assert (own["Sec-Fetch-Site"], "Origin" in own, own["Referer"]) == ("same-origin", False, page)
    assert (other["Sec-Fetch-Site"], other["Origin"]) == ("same-site", "https://www.exchange.example")
