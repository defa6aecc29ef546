"""The rules tier: a row's own fields become facts and parties, each with its place in the exchange's text."""

from __future__ import annotations

from decimal import Decimal
from importlib import resources

from backfin.enrichment.prompts import FilePromptSet
from backfin.enrichment.rules.quotes import Extract, derived, evidence_of
from backfin.errors import ParseError
from backfin.interfaces import RulesReading
from backfin.models import Announcement, EventType, Evidence, Fact, Money, Page, Party, Reading

from backfin_deals.records import KIND, KINDS, Record, record_of
from backfin_deals.told import plain, sentence_of

_LABELS = {"bulk": "Bulk Deal", "block": "Block Deal", "insider": "Insider Trade"}
_ROLES = {"buy": "buyer", "sell": "seller", "pledge": "pledgor", "revoke": "pledgor", "invoke": "pledgor"}
_ACTS = {
    "buy": "acquires",
    "sell": "disposes of",
    "pledge": "pledges",
    "revoke": "gets back from pledge",
    "invoke": "loses from pledge",
}


class _File:
    """The file beside this module, found when it is read."""

    def read_text(self, encoding: str | None = None) -> str:
        return resources.files(__package__).joinpath("deals.md").read_text(encoding=encoding)


class DealPrompts(FilePromptSet):
    """The prompt set of deals and insider trades. No model is asked: their rows state everything in fields."""

    by_rules_alone = True

    def __init__(self) -> None:
        super().__init__(_File())

    def applies_to(self, announcement: Announcement) -> bool:
        """Whether it comes from one of the feeds."""
        return announcement.exchange in ("bse_deals", "nse_deals") and announcement.raw.get(KIND) in KINDS

    def read_by_rules(self, reading: Reading, event_type: EventType) -> RulesReading | None:
        """The label and the facts of the row; no facts where its sentence does not stand on page 0 as it was."""
        try:
            record = record_of(reading.announcement.raw)
        except ParseError:
            return None
        sentence = sentence_of(record)
        page = next((page for page in reading.pages if page.number == 0 and sentence in page.text), None)
        if page is None:
            return RulesReading(_LABELS[record.kind])
        return _read(record, page, sentence, reading.announcement.issuer_name)


def _read(record: Record, page: Page, sentence: str, issuer: str) -> RulesReading:
    place = evidence_of(page, sentence)
    # The kind of a deal stands in the subject, everything else in the sentence.
    subject = evidence_of(page, page.text.partition("\n")[0])
    found = _deal(record, place, subject) if record.is_deal else _trade(record, place)
    parties = (_party(record, place),) if record.person else ()
    return RulesReading(_LABELS[record.kind], found.facts, parties, headline=_headline(record, issuer))


def _deal(record: Record, place: Evidence, subject: Evidence) -> Extract:
    found = Extract()
    found.put("deal_kind", Fact(value=record.kind, evidence=(subject,)))
    _put(found, place, client=record.person, side=record.side, date=record.day.isoformat())
    _put(found, place, quantity=_count(record.quantity), price=_money(record.price))
    if record.quantity and record.price:
        worth = derived(_money(record.quantity * record.price), found.facts["quantity"], found.facts["price"])
        found.put("value", worth)
    return found


def _trade(record: Record, place: Evidence) -> Extract:
    found = Extract()
    security = "equity" if record.security.lower().startswith("equity") else record.security.lower()
    _put(found, place, person=record.person, category=record.category.lower(), security_type=security)
    _put(found, place, side=record.side, quantity=_count(record.quantity), value=_money(record.value))
    _put(found, place, pre_pct=_share(record.pre_pct), post_pct=_share(record.post_pct))
    _put(found, place, mode=record.mode.lower(), exchange=record.venue)
    for name, day in (
        ("trade_date_from", record.first),
        ("trade_date_to", record.last),
        ("intimated_at", record.told),
    ):
        _put(found, place, **{name: day.isoformat() if day else None})
    return found


def _put(found: Extract, place: Evidence, **values: str | int | float | Money | None) -> None:
    for name, value in values.items():
        if value is not None and value != "":
            found.put(name, Fact(value=value, evidence=(place,)))


def _party(record: Record, place: Evidence) -> Party:
    count = _count(record.quantity)
    return Party(
        name_as_written=record.person,
        role=_ROLES.get(record.side, "insider" if not record.is_deal else "client"),
        quantity=count if isinstance(count, int) else None,
        price_inr=record.price if record.is_deal else None,
        amount_inr=None if record.is_deal else record.value,
        pre_pct=record.pre_pct,
        post_pct=record.post_pct,
        evidence=(place,),
    )


def _headline(record: Record, issuer: str) -> str:
    """A headline of its own where the core's would speak of shares that are none, or has none."""
    is_shares = record.is_deal or record.security.lower().startswith("equity")
    if not record.person or not record.quantity or record.side not in _ACTS:
        return ""
    if is_shares and record.side in ("buy", "sell"):
        return ""
    things = "shares" if is_shares else "securities"
    return f"{record.person} {_ACTS[record.side]} {plain(record.quantity)} {things} of {issuer}"


def _count(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _share(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _money(value: Decimal | None) -> Money | None:
    return None if value is None else Money(amount=value, as_written=f"Rs. {plain(value)}")
