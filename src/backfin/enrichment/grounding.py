"""Nothing is published without its place: what a page does not hold is withheld, and said to be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from backfin.enrichment.advice import gives_advice, has_link
from backfin.enrichment.prose import our_words, strange_amounts, strange_names, words_of
from backfin.enrichment.written import holds_date, holds_money, holds_number, plain_numbers, strange_numbers
from backfin.models import Enrichment, Evidence, Fact, Money, Page, Party, Status
from backfin.models.sheets import SHEETS, Kind, Sheet

_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:T[\d:+.Z-]{5,24})?")
_CODE = re.compile(r"[A-Za-z]+\d+")
_LETTERS = re.compile(r"\w+")

#: Longest value of a field that holds a word or two.
_LONGEST_WORD = 80


def ground(
    enrichment: Enrichment,
    pages: Iterable[Page],
    *,
    headline: str,
    summary: str,
    issuer: str = "",
    sheet: type[Sheet] | None = None,
) -> Enrichment:
    """The enrichment with everything withheld that the pages do not bear out.

    A fact whose quote is not on its page, or whose value is not in the quote in some written form, keeps its
    field with value ``None`` and adds the flag ``ungrounded:<field>``. Parties that are not named where they
    are said to be are dropped. A headline or summary with a number or a name from nowhere, or with words of advice,
    gives way to ``headline`` or ``summary``, which hold the filing's own words. Numbers in the issuer's name are known.
    ``sheet`` is the event type's, if it is another than the core's.
    """
    kinds = (sheet or SHEETS[enrichment.event_type]).kinds()
    return _Ground(pages, issuer).check(enrichment, headline, summary, kinds)


class _Ground:
    """The pages of one filing, normalised once."""

    def __init__(self, pages: Iterable[Page], issuer: str) -> None:
        self._issuer = issuer
        self._raw = {page.number: page.text for page in pages}
        self._normal: dict[int, str] = {}

    def check(
        self, enrichment: Enrichment, headline: str, summary: str, kinds: Mapping[str, Kind]
    ) -> Enrichment:
        flags = list(enrichment.flags)
        facts = self._facts(enrichment, kinds, flags)
        parties = self._parties(enrichment.parties, flags)
        known = self._known_numbers(enrichment)
        amounts = [fact.value for fact in facts.values() if isinstance(fact.value, Money)]
        changes: dict[str, Any] = {"facts": facts, "parties": parties}
        for field, instead in (("headline", headline), ("summary", summary)):
            text = getattr(enrichment, field)
            if not text.strip() or not _is_sober(text) or self._is_strange(text, known, amounts):
                changes[field] = instead
                if text.strip():
                    flags.append(f"ungrounded:{field}")
        changes["flags"] = tuple(dict.fromkeys(flags))
        return enrichment.model_copy(update=changes)

    def _is_strange(self, text: str, known: set[Decimal], amounts: list[Money]) -> bool:
        """Whether a text holds a number, an amount or a name that is not the filing's."""
        return bool(
            strange_numbers(text, known, amounts)
            or strange_amounts(text, amounts, self._raw.values())
            or strange_names(text, self._all_words)
        )

    @cached_property
    def _all_words(self) -> set[str]:
        return words_of((*self._raw.values(), self._issuer)) | our_words()

    def _facts(self, enrichment: Enrichment, kinds: Mapping[str, Kind], flags: list[str]) -> dict[str, Fact]:
        facts: dict[str, Fact] = {}
        for field, fact in enrichment.facts.items():
            if fact.value is None or (field in kinds and self._holds(fact, kinds[field])):
                facts[field] = fact
            else:
                facts[field] = Fact(value=None, status=Status.NOT_STATED, confidence=0)
                flags.append(f"ungrounded:{field}")
        return facts

    def _holds(self, fact: Fact, kind: Kind) -> bool:
        if not fact.evidence or not all(self._is_quoted(place) for place in fact.evidence):
            return False
        if kind is Kind.EXACT and not self._is_word(fact):
            return False
        if fact.status is Status.DERIVED:
            return True
        quotes = " \n ".join(place.quote for place in fact.evidence)
        page = "\n".join(self._raw[place.page] for place in fact.evidence)
        return _value_in(fact.value, kind, quotes, page)

    def _is_word(self, fact: Fact) -> bool:
        """A word of a closed list ("preferential") is a reading of its quote; a link must stand on the page."""
        text = str(fact.value)
        if has_link(text):
            return any(_normal(text) in self._page(place.page) for place in fact.evidence)
        return len(text) <= _LONGEST_WORD

    def _is_quoted(self, place: Evidence) -> bool:
        quote = _normal(place.quote)
        return bool(quote) and quote in self._page(place.page)

    def _page(self, number: int) -> str:
        if number not in self._normal:
            self._normal[number] = _normal(self._raw.get(number, ""))
        return self._normal[number]

    def _parties(self, parties: tuple[Party, ...], flags: list[str]) -> tuple[Party, ...]:
        kept: list[Party] = []
        for party in parties:
            if self._is_borne_out(party):
                kept.append(_sober(party, flags))
            else:
                flags.append("ungrounded:party")
        return tuple(kept)

    def _is_borne_out(self, party: Party) -> bool:
        """Every quote is on its page, and one of them names the party."""
        name = _words(party.name_as_written)
        is_named = any(name in _words(place.quote) for place in party.evidence)
        return bool(name) and is_named and all(self._is_quoted(place) for place in party.evidence)

    def _known_numbers(self, enrichment: Enrichment) -> set[Decimal]:
        cited = {place.page for fact in enrichment.facts.values() for place in fact.evidence} | {0, 1, 2, 3}
        known = plain_numbers(self._issuer)
        for number in cited:
            known |= plain_numbers(self._raw.get(number, ""))
        return known


def _value_in(value: Any, kind: Kind, quote: str, page: str) -> bool:
    """Whether a value stands in a quote. Words of a closed list ("preferential") are readings, not quotes."""
    if isinstance(value, Money):
        return holds_money(value, quote, page)
    if isinstance(value, bool):
        return True
    if isinstance(value, int | float | Decimal):
        return holds_number(value, quote)
    if isinstance(value, list | tuple):
        return all(_value_in(item, kind, quote, page) for item in value)
    if isinstance(value, dict):
        return all(_value_in(item, Kind.NAME, quote, page) for item in value.values() if item is not None)
    return _text_in(str(value), kind, quote)


def _text_in(text: str, kind: Kind, quote: str) -> bool:
    if _ISO.fullmatch(text):
        return holds_date(text, quote)
    if gives_advice(text):
        return False
    if kind in (Kind.NAME, Kind.TEXT, Kind.SET):
        return _words(text) in _words(quote) or (holds_number(text, quote) and bool(plain_numbers(text)))
    return plain_numbers(_CODE.sub("", text)) <= plain_numbers(quote)


def _is_sober(text: str) -> bool:
    """Whether a text neither gives advice nor leads away."""
    return not gives_advice(text) and not has_link(text)


def _sober(party: Party, flags: list[str]) -> Party:
    """The party without numbers that do not stand beside its name."""
    quote = " ".join(place.quote for place in party.evidence)
    known = plain_numbers(quote)
    gone = {
        field: None
        for field in ("quantity", "price_inr", "amount_inr", "pct", "pre_pct", "post_pct")
        if (value := getattr(party, field)) is not None and not _number_known(value, known, quote)
    }
    if not gone:
        return party
    flags.extend(f"ungrounded:party.{field}" for field in gone)
    return party.model_copy(update=gone)


def _number_known(value: int | Decimal, known: set[Decimal], quote: str) -> bool:
    return Decimal(value) in known or holds_money(Money(amount=Decimal(value)), quote, quote)


def _normal(text: str) -> str:
    return " ".join(text.split()).casefold()


def _words(text: str) -> str:
    return " ".join(_LETTERS.findall(text.casefold()))
