"""What a record states, as one sentence: the exchange's own text, from which every fact is quoted. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from backfin.models.money import format_indian

from backfin_deals.records import Record

_DEEDS = {
    "buy": "purchase",
    "sell": "sale",
    "pledge": "pledge",
    "revoke": "release of a pledge",
    "invoke": "invocation of a pledge",
}


def subject_of(record: Record, market: str) -> str:
    """What it is, in three or four words.

    An insider's trade is reported to every exchange that lists the company; the words are then the same on all.
    """
    return f"{record.kind.capitalize()} deal on {market}" if record.is_deal else "Insider trade"


def sentence_of(record: Record) -> str:
    """Everything the row states, in words and numbers that are the same however the row wrote them."""
    who = record.person or "A person whose name is not stated"
    told = _deal(record) if record.is_deal else _trade(record)
    role = f" ({record.category})" if record.category else ""
    copy = f"; row {record.copy} of those that state the same" if record.copy > 1 else ""
    return f"{who}{role}: {told}{copy}."


def _deal(record: Record) -> str:
    price = f" at Rs. {plain(record.price)} each" if record.price else ""
    return f"{_what(record, 'shares')}{price} on {day(record.day)}"


def _trade(record: Record) -> str:
    parts = [_what(record, record.security or "securities")]
    if record.value:
        parts[0] += f" worth Rs. {plain(record.value)}"
    days = [day(one) for one in dict.fromkeys((record.first, record.last)) if one]
    if days:
        parts.append(("on " if len(days) == 1 else "from ") + " to ".join(days))
    if record.mode:
        parts.append(f"by {record.mode}")
    for when, count, share in (
        ("before", record.pre_quantity, record.pre_pct),
        ("after", record.post_quantity, record.post_pct),
    ):
        if held := _held(count, share):
            parts.append(f"holding {when} {held}")
    if record.told:
        parts.append(f"the company was told on {day(record.told)}")
    if record.venue:
        parts.append(f"traded on {record.venue}")
    return "; ".join(parts)


def _what(record: Record, things: str) -> str:
    deed = _DEEDS.get(record.side) or record.side_written or "a deal whose side is not stated"
    return f"{deed} of {plain(record.quantity)} {things}" if record.quantity else f"{deed} of {things}"


def _held(count: Decimal | None, share: Decimal | None) -> str:
    parts = [plain(count)] if count is not None else []
    if share is not None:
        parts.append(f"({plain(share)} %)" if parts else f"{plain(share)} %")
    return " ".join(parts)


def plain(value: Decimal | None) -> str:
    """A number in Indian grouping, without zeros at its end."""
    return "" if value is None else format_indian(value)


def day(one: date) -> str:
    """A day in words: 1 December 2025."""
    return f"{one.day} {one:%B %Y}"
