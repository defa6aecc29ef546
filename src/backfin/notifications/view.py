"""What an alert shows, made once and given to every template: facts first, then what is uncertain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from backfin.clock import IST
from backfin.models import Alert, Announcement, Enrichment, Fact, Mention, Money, Phase, Status
from backfin.models.money import format_indian
from backfin.notifications.clean import fit, one_line, paragraphs, web_link
from backfin.notifications.flags import doubts_of, warnings_of

_HEADLINE_CHARS = 300
_SUMMARY_CHARS = 1200
_VALUE_CHARS = 200
_LISTED_ITEMS = 5

#: Below this a fact is listed as uncertain.
_SURE = 0.5


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact as shown. ``page`` is where it stands, 0 for the exchange's own text."""

    label: str
    value: str
    page: int | None

    @property
    def place(self) -> str:
        """Where it stands, in words; empty when that is not known."""
        if self.page is None:
            return ""
        return "exchange text" if self.page == 0 else f"page {self.page}"


@dataclass(frozen=True, slots=True)
class AlertView:
    """Everything a template shows. Every string is clean and still unescaped."""

    watch: str
    has_many_watches: bool
    headline: str
    issuer: str
    codes: str
    category: str | None
    materiality: int | None
    summary: str
    facts: tuple[FactLine, ...]
    parties: tuple[str, ...]
    warnings: tuple[str, ...]
    uncertain: tuple[str, ...]
    source_url: str | None
    document_url: str | None
    disseminated_at: str
    is_flash: bool
    delivery_id: str


def view_of(alert: Alert) -> AlertView:
    """What there is to show of an alert."""
    item, enrichment = alert.announcement, alert.enrichment
    own_words = item.headline or item.subject or item.body
    headline = enrichment.headline if enrichment and enrichment.headline.strip() else own_words
    return AlertView(
        watch=one_line(alert.watch_name),
        has_many_watches=len(alert.watch_names) > 1,
        headline=fit(one_line(headline), _HEADLINE_CHARS) or "Announcement without a subject",
        issuer=one_line(item.issuer_name),
        codes=" · ".join(one_line(code) for code in (item.symbol, item.scrip_code, item.isin) if code),
        category=one_line(enrichment.category) if enrichment else None,
        materiality=enrichment.materiality if enrichment else None,
        summary=fit(paragraphs(enrichment.summary if enrichment else item.body), _SUMMARY_CHARS),
        facts=fact_lines(enrichment) if enrichment else (),
        parties=tuple(_party_line(mention) for mention in alert.mentions),
        warnings=warnings_of(map(one_line, enrichment.flags)) if enrichment else (),
        uncertain=uncertainties(enrichment) if enrichment else (),
        source_url=web_link(item.page_url),
        document_url=_document_url(item),
        disseminated_at=ist_text(item.disseminated_at),
        is_flash=alert.phase is Phase.FLASH or enrichment is None,
        delivery_id=one_line(alert.delivery_id),
    )


def ist_text(moment: datetime) -> str:
    """A moment as people in India read it, e.g. ``1 Jul 2026, 15:54:07 IST``."""
    local = moment.astimezone(IST)
    return f"{local.day} {local:%b %Y, %H:%M:%S} IST"


def fact_lines(enrichment: Enrichment) -> tuple[FactLine, ...]:
    """The stated facts of an enrichment, in its order."""
    return tuple(
        FactLine(fact_label(name), value_text(name, fact), _page(fact))
        for name, fact in enrichment.facts.items()
        if fact.status is not Status.NOT_STATED and fact.value not in (None, "", [], {})
    )


def uncertainties(enrichment: Enrichment) -> tuple[str, ...]:
    """One sentence for each doubt: flags of the reading, and facts that are not sure."""
    doubts = list(doubts_of(map(one_line, enrichment.flags)))
    for name, fact in enrichment.facts.items():
        if fact.status is Status.AMBIGUOUS:
            doubts.append(f"{fact_label(name)}: the filing can be read in two ways.")
        elif fact.status is not Status.NOT_STATED and fact.confidence < _SURE:
            doubts.append(f"{fact_label(name)}: read with little confidence.")
    return tuple(dict.fromkeys(doubts))


def fact_label(name: str) -> str:
    """A field's name for people.

    >>> fact_label("order_value"), fact_label("post_pct"), fact_label("eps_basic")
    ('Order value', 'Post %', 'EPS basic')
    """
    words = one_line(name.replace("_", " ")).split(" ")
    shown = [{"pct": "%", "eps": "EPS", "ebitda": "EBITDA", "din": "DIN"}.get(word, word) for word in words]
    text = " ".join(shown)
    return text[:1].upper() + text[1:]


def value_text(name: str, fact: Fact) -> str:
    """A fact's value for people: amounts in lakh and crore, numbers in Indian grouping."""
    text = fit(one_line(_plain(fact.value)), _VALUE_CHARS)
    return f"{text} %" if name.endswith("pct") and text and not text.endswith("%") else text


def _plain(value: Any) -> str:
    if isinstance(value, Money):
        return f"about {value.format()}" if value.approx else value.format()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | Decimal):
        return format_indian(Decimal(value)) if Decimal(value).is_finite() else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return ", ".join(f"{fact_label(str(key))}: {_plain(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        shown = "; ".join(_plain(part) for part in value[:_LISTED_ITEMS])
        rest = len(value) - _LISTED_ITEMS
        return f"{shown}; and {rest} more" if rest > 0 else shown
    return str(value)


def _party_line(mention: Mention) -> str:
    details = [mention.role.replace("_", " ")]
    if mention.quantity is not None:
        details.append(f"{format_indian(Decimal(mention.quantity))} securities")
    if mention.amount_inr is not None:
        details.append(Money(amount=mention.amount_inr).format())
    if mention.pct is not None:
        details.append(f"{mention.pct} %")
    doubt = "" if mention.tier == "auto" else " (identity not certain)"
    return one_line(f"{mention.name_as_written}: {', '.join(details)}{doubt}")


def _page(fact: Fact) -> int | None:
    return fact.evidence[0].page if fact.evidence else None


def _document_url(item: Announcement) -> str | None:
    urls = [url for attachment in item.attachments for url in attachment.urls]
    return web_link(urls[0]) if urls else None
