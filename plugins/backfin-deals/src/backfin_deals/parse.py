"""A raw row → an announcement without attachment. Pure."""

from __future__ import annotations

import re

from backfin import Announcement
from backfin.identity import announcement_id

from backfin_deals.fields import at_ist
from backfin_deals.records import Row, native_id, record_of
from backfin_deals.told import sentence_of, subject_of

_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]", re.ASCII)
_WEB = re.compile(r"https?://[^\s/]+/\S+", re.ASCII | re.IGNORECASE)

_LABELS = {"bulk": "Bulk Deal", "block": "Block Deal", "insider": "Insider Trade"}


def parse_row(row: Row, name: str, market: str) -> Announcement:
    """Turns one row into an announcement whose text states everything in it.

    Args:
        row: The row, with the feed's marks.
        name: Name of the feed, prefix of the id.
        market: The exchange as people call it.

    Raises:
        ParseError: As :func:`backfin_deals.records.record_of`.
    """
    record, key = record_of(row), native_id(row)
    moment = at_ist(record.day, record.at)
    return Announcement(
        announcement_id=announcement_id(name, key),
        exchange=name,
        native_id=key,
        isin=record.isin if _ISIN.fullmatch(record.isin) else None,
        scrip_code=record.code or None,
        symbol=record.symbol or None,
        issuer_name=record.issuer or record.symbol or record.code,
        subject=subject_of(record, market),
        headline=sentence_of(record),
        exchange_category=_LABELS[record.kind],
        submitted_at=moment,
        disseminated_at=moment,
        xbrl_url=record.xbrl if _WEB.fullmatch(record.xbrl) else None,
        raw=dict(row),
    )
