"""The headline: one short sentence made of found facts, else the filing's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from backfin.enrichment.advice import gives_advice
from backfin.enrichment.rules.figures import day_of, rounded
from backfin.enrichment.rules.quotes import tidy
from backfin.enrichment.rules.source import Source
from backfin.enrichment.rules.spoken import own_words
from backfin.enrichment.taxonomy import DEFAULT_LABEL, slug_of
from backfin.models import EventType, Fact, Money
from backfin.models.money import format_indian

LONGEST = 160

Facts = dict[str, Fact]

_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:T|$)")
_OPTION = re.compile(r"\[([^\]]*)\]")
_FIELD = re.compile(r"\{(\w+)\}")
_PERCENTAGES = frozenset({"stake_before", "stake_after", "coupon", "acceptance_ratio"})
_PLURALS = {
    "warrant": "warrants",
    "CCPS": "preference shares",
    "NCD": "non-convertible debentures",
    "ESOP": "shares under employee stock options",
    "bond": "bonds",
    "commercial paper": "commercial paper",
    "term loan": "a term loan",
}
_ROUTES = {
    "preferential": "by preferential issue",
    "QIP": "by qualified institutions placement",
    "rights": "by rights issue",
    "IPO": "by public offer",
    "private placement": "by private placement",
    "conversion": "on conversion",
}
_NAMELESS = "the company"


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence, and what must be known before it may be used: ``field`` or ``field=value``."""

    event_type: EventType
    conditions: tuple[str, ...]
    text: str

    def fits(self, event_type: EventType, said: dict[str, str]) -> bool:
        """Whether every condition holds and every fact outside brackets is there."""
        return (
            event_type is self.event_type
            and all(_holds(condition, said) for condition in self.conditions)
            and all(said.get(field) for field in _FIELD.findall(_OPTION.sub("", self.text)))
        )

    def filled(self, said: dict[str, str]) -> str:
        """The sentence without the bracketed words that lack a fact; without all of them when it is too long."""
        whole = _fill(_OPTION.sub(lambda option: _optional(option[1], said), self.text), said)
        return whole if len(whole) <= LONGEST else _fill(_OPTION.sub("", self.text), said)


@cache
def _templates_for(event_type: EventType) -> tuple[Template, ...]:
    return tuple(template for template in templates() if template.event_type is event_type)


@lru_cache(maxsize=1)
def templates() -> tuple[Template, ...]:
    """The table of sentences, in the order in which they are tried."""
    text = resources.files("backfin.enrichment.rules").joinpath("headlines.txt").read_text(encoding="utf-8")
    return tuple(_template(line) for line in text.splitlines() if line and not line.startswith("#"))


def _template(line: str) -> Template:
    event_type, conditions, text = line.split(" | ", 2)
    return Template(EventType(event_type), tuple(filter(None, conditions.split(","))), text)


def headline_of(
    source: Source,
    event_type: EventType,
    label: str,
    facts: Facts,
    stage: str = "",
    roles: Iterable[str] = (),
) -> str:
    """Who did what, in figures found; without enough facts, the filing's own words. Never advice.

    ``roles`` are those of the parties that the filing names.
    """
    said = spoken(facts) | {"issuer": source.issuer or _NAMELESS, "category": slug_of(label)}
    said.setdefault("stage", stage)
    said["party"] = next(iter(roles), "")
    if event_type is EventType.MEETING_OR_CALL and not own_words(source):
        said["words"] = "none"
    template = next((one for one in _templates_for(event_type) if one.fits(event_type, said)), None)
    text = tidy(template.filled(said)) if template else ""
    if not text or gives_advice(text):
        return plain_headline(source, label)
    return shortened(text)


def plain_headline(source: Source, label: str) -> str:
    """The filing's own words behind the issuer's name; its label when it has none of its own."""
    issuer, text = source.issuer, own_words(source)
    if not text or gives_advice(text):
        text = label if label != DEFAULT_LABEL else _unnamed(source)
    if not issuer or text.casefold().startswith(issuer.casefold()):
        return shortened(text)
    return shortened(f"{issuer}: {text[:1].upper()}{text[1:]}")


def _unnamed(source: Source) -> str:
    has_text = any(page.text.strip() for page in source.document)
    return "Filing without a stated subject" if has_text else "Filing without readable text"


def shortened(text: str) -> str:
    """At most ``LONGEST`` characters, cut between words; the first letter is a capital.

    >>> shortened("order " * 40).endswith(" order…")
    True
    """
    text = text[:1].upper() + text[1:]
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(" ,;:-–(") + "…"


def spoken(facts: Facts) -> dict[str, str]:
    """Every fact as a newspaper would print it, and the words that follow from some of them."""
    said = {field: _said(field, fact.value) for field, fact in facts.items() if fact.value is not None}
    said |= _bottom_line(facts.get("profit_after_tax"))
    said["instrument_plural"] = _PLURALS.get(said.get("instrument", ""), "equity shares")
    said["route_words"] = _ROUTES.get(said.get("route", ""), "")
    said["a_kind"] = {"interim": "an interim", "special": "a special"}.get(said.get("kind", ""), "a")
    said["sought"] = said.get("target", "")
    said["acquirers_or_bidder"] = said.get("acquirers", "Bidder")
    return said


def _said(field: str, value: Any) -> str:
    if isinstance(value, Money):
        return rounded(value)
    if isinstance(value, list):
        return " and ".join(value) if value and all(isinstance(item, str) for item in value) else ""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        number = format_indian(Decimal(str(value)).normalize())
        return f"{number}%" if "pct" in field or field in _PERCENTAGES else number
    text = str(value)
    return day_of(text) if _ISO.match(text) else text


def _bottom_line(profit_after_tax: Fact | None) -> dict[str, str]:
    if profit_after_tax is None or not isinstance(profit_after_tax.value, Money):
        return {}
    money = profit_after_tax.value
    word = "loss" if money.amount < 0 else "profit"
    return {word: rounded(money.model_copy(update={"amount": abs(money.amount)}))}


def _holds(condition: str, said: dict[str, str]) -> bool:
    field, _, value = condition.partition("=")
    return said.get(field) == value if value else bool(said.get(field))


def _optional(text: str, said: dict[str, str]) -> str:
    return text if all(said.get(field) for field in _FIELD.findall(text)) else ""


def _fill(text: str, said: dict[str, str]) -> str:
    return _FIELD.sub(lambda field: said[field[1]], text)
