"""What enrichers are handed: pages and tables of all documents, numbered through, without what nobody sees."""

from __future__ import annotations

from datetime import UTC, datetime

from backfin.models import Announcement, Document, Method, Page, Table
from backfin.steps.enrich import reading_of


def document(name: str, texts: list[str], *tables: Table) -> Document:
    """A document of these pages, each with text that nobody sees."""
    pages = tuple(Page(number=n, text=text, hidden="unseen") for n, text in enumerate(texts, 1))
    return Document(
        document_id=name,
        media_type="application/pdf",
        size_bytes=1,
        method=Method.TEXT,
        pages=pages,
        page_count=len(pages),
        tables=tables,
        flags=(name,),
    )


def test_pages_and_tables_of_all_documents_are_numbered_through() -> None:
    announcement = Announcement(
        announcement_id="x:1", exchange="x", native_id="1", issuer_name="A", disseminated_at=datetime.now(UTC)
    )
    first = document("one", ["a", "b"], Table(page=2, rows=(("1", "2"),)))
    second = document("two", ["c", "d"], Table(page=1, rows=(("3", "4"),)), Table(page=2, rows=(("5", "6"),)))

    reading = reading_of(announcement, [first, second])

    assert [(page.number, page.text) for page in reading.pages] == [
        (0, ""),
        (1, "a"),
        (2, "b"),
        (3, "c"),
        (4, "d"),
    ]
    assert [(table.page, table.rows) for table in reading.tables] == [
        (2, (("1", "2"),)),
        (3, (("3", "4"),)),
        (4, (("5", "6"),)),
    ]
    assert all(page.hidden == "" for page in reading.pages)
    assert reading.document_flags == ("one", "two")
