"""Documents: text by page, and which announcements they belong to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, Text, bindparam, case, cast, delete, or_, select, update

from backfin.identity import is_missing_document
from backfin.models import Document, Method, State
from backfin.storage.database import Database
from backfin.storage.positions import span
from backfin.storage.prepared import Prepared
from backfin.storage.statements import ByDialect, insert_ignore
from backfin.storage.tables import announcement_documents, announcements, documents, pages
from backfin.storage.types import UtcDateTime

_FIELDS = tuple(name for name in Document.model_fields if name not in ("pages", "tables"))

#: Since when a part of a document is no longer kept; reading its file again brings it back.
_GONE = ("text_gone_at", "file_gone_at")


def _replacing_unread(insert: Callable[[Table], Any]) -> Any:
    statement = insert(documents)
    return statement.on_conflict_do_update(
        index_elements=["document_id"],
        set_={name: statement.excluded[name] for name in _FIELDS} | dict.fromkeys(_GONE),
        where=or_(
            documents.c.method == Method.NONE.value,
            cast(documents.c.flags, Text).like("%needs_ocr%"),
            *(documents.c[name].is_not(None) for name in _GONE),
        ),
    ).returning(documents.c.document_id)


_ADD = Prepared(ByDialect(_replacing_unread))
_ADD_PAGES = Prepared(insert_ignore(pages))
_DROP_PAGES = Prepared(delete(pages).where(pages.c.document_id.in_(bindparam("ids", expanding=True))))
_LINK = Prepared(insert_ignore(announcement_documents))
_LINKED = Prepared(
    select(announcement_documents.c.document_id).where(
        announcement_documents.c.announcement_id == bindparam("id")
    )
)
_UNLINK = Prepared(
    delete(announcement_documents).where(
        announcement_documents.c.announcement_id == bindparam("id"),
        announcement_documents.c.document_id == bindparam("document"),
    )
)
_ADVANCE = Prepared(
    update(announcements)
    .where(announcements.c.announcement_id == bindparam("id"))
    .values(
        state=case(
            (announcements.c.state.in_([State.STORED.value, State.FAILED.value]), State.READ.value),
            else_=announcements.c.state,
        ),
        due_at=case(
            (announcements.c.state == State.MATCHED.value, None), else_=bindparam("due", type_=UtcDateTime())
        ),
        filing_id=bindparam("filing"),
        tries=0,
        failed_step=None,
        error=None,
    )
)
_WITH_PAGES = (
    select(
        *(documents.c[name] for name in _FIELDS),
        pages.c.number,
        pages.c.text,
        pages.c.method.label("page_method"),
        pages.c.tables,
        pages.c.hidden,
    )
    .select_from(documents.outerjoin(pages))
    .order_by(pages.c.number)
)
_FIND = _WITH_PAGES.where(documents.c.document_id == bindparam("id"))
_OF = (
    _WITH_PAGES.join(announcement_documents, announcement_documents.c.document_id == documents.c.document_id)
    .where(announcement_documents.c.announcement_id == bindparam("id"))
    .order_by(None)
    .order_by(announcement_documents.c.ordinal, documents.c.document_id, pages.c.number)
)
_OF_ISSUER_DAY = (
    select(announcements.c.announcement_id, announcements.c.filing_id, announcement_documents.c.document_id)
    .join(announcement_documents)
    .where(
        announcements.c.isin == bindparam("isin"),
        announcements.c.position.between(bindparam("low"), bindparam("high")),
        announcements.c.day == bindparam("on"),
        announcements.c.filing_id.is_not(None),
    )
    .order_by(announcements.c.announcement_id)
)


class Documents:
    """The tables ``documents``, ``pages`` and ``announcement_documents``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self, announcement_id: str, documents: Sequence[Document], *, filing_id: str, due_at: datetime
    ) -> None:
        """Stores what was read of an announcement and moves it to ``read``, unless it has come further.

        A document that is there already stays as it is; one that could not be read whole, or of which a part is no
        longer kept, is replaced. An attachment that was missing and is found now is no longer noted as missing.

        Args:
            announcement_id: Whose attachments they are.
            documents: In the order of the attachments; may be empty.
            filing_id: Key of the company's disclosure, now that the bytes are known.
            due_at: When the sweep may send the announcement again.
        """
        rows = {document.document_id: document.model_dump(include={*_FIELDS}) for document in documents}
        links = [
            {"announcement_id": announcement_id, "document_id": key, "ordinal": ordinal}
            for ordinal, key in enumerate(rows)
        ]

        def store(connection: Connection) -> None:
            if rows:
                written = set(_ADD.scalars(connection, *(rows[key] for key in sorted(rows))))
                _replace_pages(connection, documents, written)
                _unlink_found(connection, announcement_id, rows)
                _LINK.run(connection, *links)
            _ADVANCE.run(connection, {"id": announcement_id, "filing": filing_id, "due": due_at})

        self._database.change(store)

    def of(self, announcement_id: str) -> list[Document]:
        """The documents of an announcement with their pages, in the order of its attachments."""
        with self._database.read() as connection:
            return _assembled(connection.execute(_OF, {"id": announcement_id}).mappings().all())

    def find(self, document_id: str) -> Document | None:
        """The document with its pages, or ``None``."""
        with self._database.read() as connection:
            found = _assembled(connection.execute(_FIND, {"id": document_id}).mappings().all())
        return found[0] if found else None

    def filing_with(self, document_ids: Collection[str], *, isin: str, day: date) -> str | None:
        """The filing that has exactly these files, among those of an issuer on a day; ``None`` without one."""
        low, high = span(day, day)
        values = {"isin": isin, "on": day, "low": low, "high": high}
        with self._database.read() as connection:
            rows = connection.execute(_OF_ISSUER_DAY, values).all()
        for _, group in groupby(rows, key=lambda row: row.announcement_id):
            lines = list(group)
            if {line.document_id for line in lines} == set(document_ids):
                return str(lines[0].filing_id)
        return None


def _unlink_found(connection: Connection, announcement_id: str, still: Collection[str]) -> None:
    """Attachments that were missing, and are missing no more, are no longer noted as such."""
    linked = _LINKED.scalars(connection, {"id": announcement_id})
    found = [key for key in linked if is_missing_document(key) and key not in still]
    _UNLINK.run(connection, *({"id": announcement_id, "document": key} for key in found))


def _replace_pages(connection: Connection, documents: Iterable[Document], written: set[str]) -> None:
    """Stores the pages of documents that are new, or take the place of a worse reading."""
    if not written:
        return
    _DROP_PAGES.run(connection, {"ids": sorted(written)})
    rows = [row for document in documents if document.document_id in written for row in _page_rows(document)]
    _ADD_PAGES.run(connection, *rows)


def _page_rows(document: Document) -> list[dict[str, Any]]:
    tables: dict[int, list[dict[str, Any]]] = {}
    for table in document.tables:
        tables.setdefault(table.page, []).append({"rows": table.rows, "boxes": table.boxes})
    return [
        {
            "document_id": document.document_id,
            "number": page.number,
            "text": page.text,
            "method": page.method,
            "tables": tables.get(page.number),
            "hidden": page.hidden or None,
        }
        for page in document.pages
    ]


def _assembled(rows: Sequence[Any]) -> list[Document]:
    found = []
    for _, group in groupby(rows, key=lambda row: row["document_id"]):
        lines = list(group)
        numbered = [line for line in lines if line["number"] is not None]
        parts = {"pages": [_page(line) for line in numbered], "tables": _tables(numbered)}
        found.append(Document.model_validate({name: lines[0][name] for name in _FIELDS} | parts))
    return found


def _page(line: Any) -> dict[str, Any]:
    return {
        "number": line["number"],
        "text": line["text"],
        "method": line["page_method"],
        "hidden": line["hidden"] or "",
    }


def _tables(lines: Iterable[Any]) -> list[dict[str, Any]]:
    return [{"page": line["number"], **table} for line in lines for table in line["tables"] or ()]
