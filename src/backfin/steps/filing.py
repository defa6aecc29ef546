"""The filing behind an announcement: one for every copy of it, on whatever exchange.

Two copies are one filing when they are of one issuer and day and their files have the same bytes, or when two
exchanges show them and they say the same on every page. Words that an exchange puts beside a file prove nothing: they
are the same for different filings.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from backfin.clock import day_of
from backfin.context import Context
from backfin.identity import document_id, filing_id, normalised_text
from backfin.interfaces import Exchange
from backfin.models import Announcement, Document, Method
from backfin.storage.records import Status

#: Shortest text by which two announcements without a file are taken for one filing, in characters.
_TELLING_TEXT = 80

#: Least text of every page, and of a whole file, by which files of different bytes are taken for copies.
#: A page that says less may show a picture that says more.
_TELLING_PAGE = 150
_TELLING_FILE = 500


def filing_behind(
    ctx: Context,
    announcement: Announcement,
    documents: Sequence[Document],
    exchange: Exchange,
    shown: Sequence[Status],
) -> str:
    """The filing an announcement belongs to, now that its files are read.

    Decided once: alerts are told apart by it, and what is learnt later must not make a second one.

    Args:
        ctx: The context.
        announcement: The announcement, with what is known of its issuer.
        documents: Its files.
        exchange: Its exchange.
        shown: What all exchanges show of the issuer on that day; empty where only one is read.
    """
    issuer = announcement.isin or f"{announcement.exchange}:{announcement.scrip_code or announcement.symbol}"
    day: date = day_of(announcement.disseminated_at, exchange.zone)
    files = [document for document in documents if document.size_bytes]
    if files:
        # The same bytes are the same filing, also where one of two readings of them failed.
        known = _with_same_bytes(ctx, announcement, day, files)
        return known or _with_same_words(announcement, issuer, day, files, shown)
    text = normalised_text(announcement.text)
    if len(text) >= _TELLING_TEXT and not announcement.attachments:
        return filing_id(issuer, day, text)
    return filing_id(issuer, day, announcement.announcement_id)


def _with_same_bytes(
    ctx: Context, announcement: Announcement, day: date, files: Sequence[Document]
) -> str | None:
    if announcement.isin is None:
        return None
    wanted = {document.document_id for document in files}
    return ctx.store.documents.filing_with(wanted, isin=announcement.isin, day=day)


def _with_same_words(
    announcement: Announcement, issuer: str, day: date, files: Sequence[Document], shown: Sequence[Status]
) -> str:
    """The filing of these words, unless the same exchange shows it already: it does not show one filing twice."""
    of_bytes = filing_id(issuer, day, ",".join(sorted(document.document_id for document in files)))
    if not shown:
        return of_bytes
    of_words = filing_id(issuer, day, ",".join(sorted(map(_content_of, files))))
    is_taken = any(
        one.filing_id == of_words
        and one.exchange == announcement.exchange
        and one.announcement_id != announcement.announcement_id
        for one in shown
    )
    return of_bytes if is_taken else of_words


def _content_of(document: Document) -> str:
    """What a file is known by: its words where they tell it from every other file, else its bytes."""
    pages = [" ".join(page.text.split()) for page in document.pages]
    is_read = document.method is Method.TEXT and not document.flags and len(pages) == document.page_count
    is_telling = sum(map(len, pages)) >= _TELLING_FILE and all(len(page) >= _TELLING_PAGE for page in pages)
    if is_read and is_telling:
        return document_id("\f".join(pages).encode("utf-8", "replace"))
    return document.document_id
