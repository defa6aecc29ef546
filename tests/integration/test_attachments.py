"""Attachments: moved, cut, disguised, too large, or gone."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from backfin.errors import AttachmentGone, ExchangeUnavailable, RateLimited, UnreadableDocument
from backfin.exchanges.bse import BseExchange
from backfin.models import Attachment
from backfin.testing.exchange_server import ExchangeServer
from backfin.testing.exchange_site import BLOCK_PAGE, SHELL
from bse_rows import PDF, exchange_at, reading, row

#: One name for which the server says 404 where a file is not, and one for which it shows its site.
NAMES = ["file-1.pdf", "file-2.pdf", "file-3.pdf", "file-4.pdf"]


@pytest.fixture(autouse=True)
def _no_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test does not take over is deleted by the client."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))

    yield

    assert list(folder.iterdir()) == []


@contextmanager
def answering(server: HTTPServer, *answers: Response | bytes, **settings: Any) -> Iterator[BseExchange]:
    """A client of a server that gives these answers in turn, then the last one for ever."""
    waiting = list(answers)

    def answer(request: Request) -> Response:
        given = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return given if isinstance(given, Response) else Response(given)

    server.expect_request("/a/f.pdf").respond_with_handler(answer)
    base = server.url_for("")
    with exchange_at(base, base, **settings) as exchange:
        yield exchange


def attachment_at(server: HTTPServer, *paths: str) -> Attachment:
    """An attachment with these addresses."""
    return Attachment(name="f.pdf", urls=tuple(server.url_for(path) for path in paths))


def fetched(exchange: BseExchange, attachment: Attachment) -> bytes:
    """The bytes of an attachment."""
    download = exchange.fetch_attachment(attachment)
    content = download.path.read_bytes()
    download.path.unlink()
    assert download.size_bytes == len(content)
    return content


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("flag_now", [0, 1, 2])
@pytest.mark.parametrize("flag_then", [0, 1, 2])
def test_a_moved_file_is_found_where_it_is_now(name: str, flag_then: int, flag_now: int) -> None:
    then = row(1, PDFFLAG=flag_then, ATTACHMENTNAME=name)
    now = {**then, "PDFFLAG": flag_now}

    with ExchangeServer([now], lambda _: PDF) as server, reading(server) as exchange:
        attachment = exchange.parse(then).attachments[0]

        assert fetched(exchange, attachment) == PDF


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_is_nowhere_is_gone(name: str) -> None:
    named = row(1, ATTACHMENTNAME=name)

    with (
        ExchangeServer([named], lambda _: None) as server,
        reading(server) as exchange,
        pytest.raises(AttachmentGone),
    ):
        exchange.fetch_attachment(exchange.parse(named).attachments[0])


@pytest.mark.parametrize(
    "fault", ["block_page", "html_200", "reset", "error_500", "truncated", "empty_body", "redirect"]
)
def test_a_single_fault_does_not_lose_the_file(fault: str) -> None:
    with ExchangeServer([row(1)], lambda _: PDF) as server, reading(server) as exchange:
        server.faults.once(fault)

        assert fetched(exchange, exchange.parse(row(1)).attachments[0]) == PDF

    assert server.faults.happened == {fault: 1}


@pytest.mark.parametrize("fault", ["html_200", "reset", "error_500", "truncated", "empty_body", "redirect"])
def test_a_fault_that_stays_can_be_tried_again_later(fault: str) -> None:
    with (
        ExchangeServer([row(1)], lambda _: PDF, faults=[f"{fault}:1"]) as server,
        reading(server) as exchange,
        pytest.raises(ExchangeUnavailable),
    ):
        exchange.fetch_attachment(exchange.parse(row(1)).attachments[0])


def test_blocks_that_stay_close_the_host() -> None:
    with (
        ExchangeServer([row(1)], lambda _: PDF, faults=["block_page:1"]) as server,
        reading(server) as exchange,
        pytest.raises(RateLimited),
    ):
        exchange.fetch_attachment(exchange.parse(row(1)).attachments[0])


def test_a_file_without_its_end_is_fetched_again(httpserver: HTTPServer) -> None:
    with answering(httpserver, PDF[:500], PDF) as exchange:
        assert fetched(exchange, attachment_at(httpserver, "/a/f.pdf")) == PDF


def test_a_file_that_never_has_an_end_is_kept_as_it_is(httpserver: HTTPServer) -> None:
    with answering(httpserver, PDF[:500]) as exchange:
        assert fetched(exchange, attachment_at(httpserver, "/a/f.pdf")) == PDF[:500]


def test_bytes_of_no_known_kind_are_handed_on_when_the_exchange_insists(httpserver: HTTPServer) -> None:
    with answering(httpserver, b"no kind of file") as exchange:
        assert fetched(exchange, attachment_at(httpserver, "/a/f.pdf")) == b"no kind of file"


def test_bytes_of_no_known_kind_give_way_to_the_real_file(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/b/f.pdf").respond_with_data(PDF)

    with answering(httpserver, b"no kind of file") as exchange:
        assert fetched(exchange, attachment_at(httpserver, "/a/f.pdf", "/b/f.pdf")) == PDF


def test_the_sites_shell_everywhere_means_gone(httpserver: HTTPServer) -> None:
    with answering(httpserver, SHELL) as exchange, pytest.raises(AttachmentGone):
        exchange.fetch_attachment(attachment_at(httpserver, "/a/f.pdf"))


def test_a_block_page_with_status_200_is_not_gone(httpserver: HTTPServer) -> None:
    with answering(httpserver, BLOCK_PAGE) as exchange, pytest.raises(ExchangeUnavailable):
        exchange.fetch_attachment(attachment_at(httpserver, "/a/f.pdf"))


def test_a_zip_is_taken_for_what_it_is(httpserver: HTTPServer) -> None:
    with answering(httpserver, b"PK\x03\x04" + b"0" * 100) as exchange:
        download = exchange.fetch_attachment(attachment_at(httpserver, "/a/f.pdf"))

    assert download.media_type == "application/zip"
    download.path.unlink()


@pytest.mark.parametrize("announced", [True, False])
def test_a_file_over_the_limit_is_refused(httpserver: HTTPServer, announced: bool) -> None:
    answer = Response(PDF) if announced else Response(PDF[at : at + 100] for at in range(0, len(PDF), 100))

    with (
        answering(httpserver, answer, max_attachment_bytes=1000) as exchange,
        pytest.raises(UnreadableDocument) as raised,
    ):
        exchange.fetch_attachment(attachment_at(httpserver, "/a/f.pdf"))

    assert raised.value.reason == "too_large"


@pytest.mark.parametrize("value", ["120", "Wed, 01 Jan 2099 00:00:00 GMT"])
def test_a_retry_after_closes_the_host(httpserver: HTTPServer, value: str) -> None:
    busy = Response(b"", 503, {"Retry-After": value})

    with answering(httpserver, busy) as exchange:
        with pytest.raises(RateLimited) as first:
            exchange.fetch_attachment(attachment_at(httpserver, "/a/f.pdf"))
        with pytest.raises(RateLimited):
            exchange.fetch_attachment(attachment_at(httpserver, "/a/f.pdf"))

    assert first.value.delay in (120.0, 24 * 3600.0)
    assert len(httpserver.log) == 1


def test_compressed_files_are_unpacked_within_the_limit(httpserver: HTTPServer) -> None:
    bomb = Response(gzip.compress(b"%PDF-" + b"0" * 5_000_000), headers={"Content-Encoding": "gzip"})

    with (
        answering(httpserver, bomb, max_attachment_bytes=100_000) as exchange,
        pytest.raises(UnreadableDocument),
    ):
        exchange.fetch_attachment(attachment_at(httpserver, "/a/f.pdf"))
