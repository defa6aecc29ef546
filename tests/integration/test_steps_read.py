"""Reading attachments, on a real store, archive and reader: what cannot be read is said, never raised."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backfin import Backfin, Document
from backfin.errors import ExchangeUnavailable, UnreadableDocument
from backfin.identity import document_id
from backfin.models import Method, State
from backfin.models.announcement import Attachment
from backfin.specs import Next
from backfin.steps.read import read
from backfin.steps.scrape import scrape
from backfin.testing import FakeExchange, make_app, make_row
from backfin.testing.pdf import one_page_pdf
from pdf_bytes import encrypted

LETTER = one_page_pdf("Receipt of an order worth Rs. 12.5 crore.")
ENRICH = [Next("backfin.enrich", "fake:1", inline=True)]


@pytest.fixture
def exchange() -> FakeExchange:
    return FakeExchange([make_row(1, file="a.pdf"), make_row(2, file="b.pdf")], files={"a.pdf": LETTER})


@pytest.fixture
def app(exchange: FakeExchange) -> Iterator[Backfin]:
    with make_app(exchanges=[exchange], settings={"documents": {"processes": 1, "timeout": 20}}) as made:
        scrape(made.context, "fake")
        exchange.requests.clear()
        yield made


def read_one(app: Backfin, key: str = "fake:1") -> Document:
    read(app.context.for_message(None), key)
    (document,) = app.store.documents.of(key)
    return document


def test_a_letter_is_archived_read_and_passed_on(app: Backfin) -> None:
    following = read(app.context.for_message(None), "fake:1")

    (document,) = app.store.documents.of("fake:1")
    status = app.store.announcements.status("fake:1")
    assert following == ENRICH
    assert "Rs. 12.5 crore" in document.pages[0].text
    assert app.context.archive.get(document_id(LETTER)) == LETTER
    assert (status.state, status.filing_id is not None) == (State.READ, True)


def test_reading_again_asks_nobody_again(app: Backfin, exchange: FakeExchange) -> None:
    read_one(app)

    assert read(app.context.for_message(None), "fake:1") == ENRICH
    assert exchange.requests == ["file a.pdf"]


@pytest.mark.parametrize(
    ("data", "flag"),
    [
        (None, "attachment_gone"),
        (LETTER[:200], "broken"),
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 90, "wrong_type"),
        (encrypted(), "encrypted"),
    ],
)
def test_a_file_that_cannot_be_read_is_stored_with_its_flag_and_the_item_goes_on(
    app: Backfin, exchange: FakeExchange, data: bytes | None, flag: str
) -> None:
    exchange.files = {} if data is None else {"a.pdf": data}

    following = read(app.context.for_message(None), "fake:1")

    (document,) = app.store.documents.of("fake:1")
    assert following == ENRICH
    assert (document.method, flag in document.flags) == (Method.NONE, True), document.flags
    assert app.store.announcements.status("fake:1").state is State.READ


def test_a_file_above_the_limit_is_stored_as_too_large(app: Backfin, exchange: FakeExchange) -> None:
    exchange.fault = UnreadableDocument("a.pdf is larger than 50 MiB.", reason="too_large")

    document = read_one(app)

    assert (document.method, document.flags) == (Method.NONE, ("too_large",))


def test_an_announcement_without_a_file_is_read_at_once(app: Backfin, exchange: FakeExchange) -> None:
    exchange.rows.append(make_row(3))
    scrape(app.context, "fake")

    read(app.context.for_message(None), "fake:3")

    assert app.store.documents.of("fake:3") == []
    assert app.store.announcements.status("fake:3").state is State.READ


def test_an_exchange_that_is_down_leaves_the_item_where_it_was(app: Backfin, exchange: FakeExchange) -> None:
    exchange.fault = ExchangeUnavailable("The exchange does not answer.", fault="timeout")

    with pytest.raises(ExchangeUnavailable):
        read(app.context.for_message(None), "fake:1")

    assert app.store.announcements.status("fake:1").state is State.STORED
    assert app.store.documents.of("fake:1") == []


def test_the_same_bytes_are_read_once(
    app: Backfin, exchange: FakeExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange.files["b.pdf"] = LETTER
    read_one(app)

    def refuse(path: object) -> Document:
        raise AssertionError(f"{path} is read a second time")

    monkeypatch.setattr(app.reader, "read", refuse)

    assert read_one(app, "fake:2").document_id == document_id(LETTER)


def test_a_replay_reads_from_the_archive_when_the_exchange_is_gone(
    app: Backfin, exchange: FakeExchange
) -> None:
    read_one(app)
    app.store.announcements.rewind(["fake:1"], State.STORED)
    exchange.files.clear()

    document = read_one(app)

    assert (document.method, document.flags) == (Method.TEXT, ())
    assert exchange.requests == ["file a.pdf"]


def test_a_replay_asks_again_for_what_was_gone(app: Backfin, exchange: FakeExchange) -> None:
    exchange.files.clear()
    assert read_one(app).flags == ("attachment_gone",)
    app.store.announcements.rewind(["fake:1"], State.STORED)
    exchange.files["a.pdf"] = LETTER

    document = read_one(app)

    assert (document.method, document.flags) == (Method.TEXT, ())


def test_a_replay_asks_again_when_one_of_two_files_was_gone(app: Backfin, exchange: FakeExchange) -> None:
    both = tuple(
        Attachment(name=name, urls=(f"https://files.example/{name}",)) for name in ("a.pdf", "c.pdf")
    )
    parse = exchange.parse
    exchange.parse = lambda row: parse(row).model_copy(update={"attachments": both})  # type: ignore[method-assign]
    exchange.rows.append(make_row(3, file="a.pdf"))
    scrape(app.context, "fake")
    read(app.context.for_message(None), "fake:3")
    app.store.announcements.rewind(["fake:3"], State.STORED)
    exchange.files = {"c.pdf": one_page_pdf("The second file.")}

    read(app.context.for_message(None), "fake:3")

    found = app.store.documents.of("fake:3")
    assert document_id(LETTER) in {document.document_id for document in found}, "what was read stays"
    assert "The second file." in " ".join(page.text for document in found for page in document.pages)


def test_no_temporary_file_is_left_behind(app: Backfin, exchange: FakeExchange) -> None:
    fetch = exchange.fetch_attachment
    paths = []

    def fetch_and_note(attachment: Attachment) -> object:
        download = fetch(attachment)
        paths.append(download.path)
        return download

    exchange.fetch_attachment = fetch_and_note  # type: ignore[assignment,method-assign]
    exchange.files["b.pdf"] = b"%PDF-1.4 broken"

    read_one(app)
    read_one(app, "fake:2")

    assert [path.exists() for path in paths] == [False, False]
