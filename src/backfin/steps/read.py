"""Read: an announcement's attachments become documents with text by page.

Key: ``announcement_id``; each document by the SHA-256 of its bytes.
Reads/Writes: archive, documents, pages; state ``read``.
Next: ``backfin.enrich``; the flash, where it waited for the file.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from backfin.context import Context
from backfin.documents.tesseract import find_tesseract
from backfin.errors import AttachmentGone, ExchangeUnavailable, UnreadableDocument
from backfin.identity import missing_document_id
from backfin.interfaces import Exchange
from backfin.models import Announcement, Attachment, Document, Method, State
from backfin.models.events import DocumentRead
from backfin.specs import Next
from backfin.steps.filing import filing_behind
from backfin.steps.issuers import with_issuers
from backfin.steps.item import announcement_of, documents_of, filing_of, has_reached, keep, tries_of
from backfin.steps.twins import has_twins, issuer_day

log = logging.getLogger("backfin")

#: Answers in place of a file that say more about the file than about the exchange.
_ODD_FILES = frozenset({"html_200", "empty_body", "page", "truncated"})

#: Tries after which such an answer is taken for the exchange's last word.
_PATIENCE = 5


def read(ctx: Context, key: str) -> list[Next]:
    """Downloads and reads what an announcement refers to. A file that cannot be read is stored as such."""
    following = [Next("backfin.enrich", key, inline=not ctx.enriching_is_remote)]
    if has_reached(ctx, key, State.READ):
        return following
    announcement = _resolved(ctx, announcement_of(ctx, key))
    exchange = ctx.exchange(announcement.exchange)
    documents = kept_documents(ctx, key) or _fetched(ctx, exchange, key, announcement)
    known = filing_of(ctx, key)
    shown = issuer_day(ctx, announcement)
    filing = known if known != key else filing_behind(ctx, announcement, documents, exchange, shown)
    ctx.store.documents.record(key, documents, filing_id=filing, due_at=_next_due(ctx))
    keep(ctx, key, announcement=announcement, documents=documents, filing=filing, state=State.READ)
    ids = tuple(document.document_id for document in documents)
    ctx.emit(DocumentRead(at=ctx.clock.now(), announcement_id=key, document_ids=ids))
    if has_twins(announcement, shown):
        following.append(Next("backfin.flash", key))
    return following


def _next_due(ctx: Context) -> datetime:
    return ctx.remote_due_at if ctx.enriching_is_remote else ctx.due_at


def _resolved(ctx: Context, announcement: Announcement) -> Announcement:
    (resolved,) = with_issuers(ctx, announcement.exchange, [announcement])
    if resolved.isin != announcement.isin:
        ctx.store.announcements.set_issuer(
            announcement.announcement_id,
            isin=resolved.isin,
            symbol=resolved.symbol,
            issuer_name=resolved.issuer_name,
        )
    return resolved


def kept_documents(ctx: Context, key: str) -> list[Document]:
    """Documents of an earlier reading, read again from the archive when every file is there."""
    kept = documents_of(ctx, key)
    if not all(item.size_bytes and ctx.archive.has(item.document_id) for item in kept):
        return []
    documents = []
    for item in kept:
        with ctx.archive.open_path(item.document_id) as path:
            documents.append(ctx.reader.read(path))
    return documents


def _fetched(ctx: Context, exchange: Exchange, key: str, announcement: Announcement) -> Sequence[Document]:
    """Its files as the exchange has them now, or what was read of them before, where there are fewer now."""
    found = [_document(ctx, exchange, key, attachment) for attachment in announcement.attachments]
    before = documents_of(ctx, key)
    has_fewer = sum(item.size_bytes > 0 for item in found) < sum(item.size_bytes > 0 for item in before)
    return before if has_fewer else found


def _document(ctx: Context, exchange: Exchange, key: str, attachment: Attachment) -> Document:
    try:
        download = exchange.fetch_attachment(attachment)
    except AttachmentGone as error:
        log.warning("%s: %s", key, error)
        return _missing(key, attachment, "attachment_gone")
    except ExchangeUnavailable as error:
        if error.facts.get("fault") not in _ODD_FILES or tries_of(ctx, key) < _PATIENCE:
            raise
        log.warning("%s: %s The exchange's own text is used.", key, error)
        return _missing(key, attachment, "attachment_gone")
    except UnreadableDocument as error:
        log.warning("%s: %s", key, error)
        return _missing(key, attachment, error.facts.get("reason", "broken"))
    try:
        return _read_file(ctx, download.path)
    finally:
        download.path.unlink(missing_ok=True)


def _read_file(ctx: Context, path: Path) -> Document:
    kept = ctx.archive.put_file(path)
    known = None if kept.is_new else ctx.store.documents.find(kept.content_id)
    if known is not None and _is_settled(ctx, known):
        return known
    return ctx.reader.read_shared(kept.content_id, path)


def _is_settled(ctx: Context, document: Document) -> bool:
    """Whether another reading would find no more: not of a file that failed, or that OCR can read by now."""
    if document.has_lost_text or {"timed_out", "crashed_reader"} & set(document.flags):
        return False
    if document.method is not Method.NONE or "needs_ocr" not in document.flags:
        return True
    return not ctx.settings.documents.ocr or find_tesseract() is None


def _missing(key: str, attachment: Attachment, flag: str) -> Document:
    return Document(
        document_id=missing_document_id(key, attachment.name),
        media_type="application/octet-stream",
        size_bytes=0,
        method=Method.NONE,
        flags=(flag,),
    )
