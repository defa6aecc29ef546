"""Nothing is published without its place: what a page does not hold is withheld, and said to be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

from backfin.enrichment.advice import gives_advice, has_link
from backfin.enrichment.prose import (
    Held,
    as_seen,
    held_amounts,
    is_plain,
    our_words,
    strange_amounts,
    strange_counts,
    strange_names,
    words_of,
)
from backfin.enrichment.quoted import unabridged
from backfin.enrichment.written import holds_date, holds_money, holds_number, plain_numbers, strange_numbers
from backfin.models import Enrichment, Evidence, Fact, Money, Page, Party, Status
from backfin.models.money_text import find_amounts
from backfin.models.sheets import SHEETS, Kind, Sheet, is_count
from backfin.models.sheets.results import LINES

_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:T[\d:+.Z-]{5,24})?")
#: Fields of a word or two that are copied; all others of that kind are readings of their quote ("preferential").
_COPIED = frozenset(
    {
        *("rating_before", "rating_after", "outlook_before", "outlook_after"),
        *("customer_country", "case_no", "din", "frn", "unit", "period", "regulation"),
    }
)
_CODE = re.compile(r"[A-Za-z]+\d+")
_ENDS = r"(?![+\w]|[-−](?![a-z]))"
_LETTERS = re.compile(r"\w+")

#: Lines of a statement of results, which are all in the scale of its head but for earnings per share.
_GOVERNED = tuple(line for line in LINES if not line.startswith("eps_"))

#: Longest value of a field that holds a word or two.
_LONGEST_WORD = 80
#: Letters of a name that is an abbreviation: "US FDA", "USFDA" and "U.S. FDA" are one.
_LONGEST_SHORT = 8
#: Words of such a value that need not stand in the filing.
_MOST_WORDS = 4


#: A text that takes another's place, or what finds it when it has to.
Instead = str | Callable[[], str]


def text_of(instead: Instead) -> str:
    """The text itself."""
    return instead if isinstance(instead, str) else instead()


def ground(
    enrichment: Enrichment,
    pages: Iterable[Page],
    *,
    headline: Instead,
    summary: Instead,
    issuer: str = "",
    sheet: type[Sheet] | None = None,
) -> Enrichment:
    """The enrichment with everything withheld that the pages do not bear out.

    A fact whose quote is not on its page, or whose value is not in the quote in some written form, keeps its
    field with value ``None`` and adds the flag ``ungrounded:<field>``. Parties that are not named where they
    are said to be are dropped. A headline or summary with a number or a name from nowhere, or with words of advice,
    gives way to ``headline`` or ``summary``, which hold the filing's own words or find them. Numbers in the issuer's
    name are known.
    ``sheet`` is the event type's, if it is another than the core's.
    """
    kinds = (sheet or SHEETS[enrichment.event_type]).kinds()
    return _Ground(pages, issuer).check(enrichment, headline, summary, kinds)


class _Ground:
    """The pages of one filing, normalised once."""

    def __init__(self, pages: Iterable[Page], issuer: str) -> None:
        self._issuer = issuer
        self._raw = {page.number: page.text for page in pages}
        self._normal: dict[int, tuple[str, str]] = {}

    def check(
        self, enrichment: Enrichment, headline: Instead, summary: Instead, kinds: Mapping[str, Kind]
    ) -> Enrichment:
        flags = list(enrichment.flags)
        facts = self._facts(enrichment, kinds, flags)
        parties = self._parties(enrichment.parties, flags)
        known = cache(lambda: self._known_numbers(enrichment) | _days(facts))
        amounts = [fact.value for fact in facts.values() if isinstance(fact.value, Money)]
        changes: dict[str, Any] = {"facts": facts, "parties": parties}
        for field, instead in (("headline", headline), ("summary", summary)):
            text = getattr(enrichment, field)
            if not text.strip() or not _is_sober(text) or self._is_strange(text, known, amounts):
                changes[field] = text_of(instead)
                if text.strip():
                    flags.append(f"ungrounded:{field}")
        changes["flags"] = tuple(dict.fromkeys(flags))
        return enrichment.model_copy(update=changes)

    def _is_strange(self, text: str, known: Callable[[], set[Decimal]], amounts: list[Money]) -> bool:
        """Whether a text holds a number, an amount or a name that is not the filing's."""
        seen = as_seen(text)
        found = find_amounts(seen)
        return bool(
            strange_numbers(seen, found, known, amounts)
            or strange_amounts(found, amounts, lambda: self._held)
            or strange_names(seen, self._all_words)
            or any(not self._says(told) for told in strange_counts(seen, known, amounts))
        )

    def _says(self, words: str) -> bool:
        """Whether some page has these words in a row."""
        return any(words.casefold() in self._page(number)[1] for number in self._raw)

    @cached_property
    def _held(self) -> set[Held]:
        return held_amounts(self._raw.values())

    @cached_property
    def _all_words(self) -> set[str]:
        return words_of((*self._raw.values(), self._issuer)) | our_words()

    def _facts(self, enrichment: Enrichment, kinds: Mapping[str, Kind], flags: list[str]) -> dict[str, Fact]:
        facts: dict[str, Fact] = {}
        for field, fact in enrichment.facts.items():
            if fact.value is None or (field in kinds and self._holds(field, fact, kinds[field])):
                facts[field] = fact
            else:
                facts[field] = Fact(value=None, status=Status.NOT_STATED, confidence=0)
                flags.append(f"ungrounded:{field}")
        return facts

    def _holds(self, field: str, fact: Fact, kind: Kind) -> bool:
        wholes = self._wholes(fact.evidence)
        if wholes is None:
            return False
        if kind is Kind.EXACT and not self._is_word(fact):
            return False
        if fact.status is Status.DERIVED:
            return True
        quotes = " \n ".join(place.quote for place in fact.evidence)
        page = "\n".join(self._raw[place.page] for place in fact.evidence)
        return all(_value_in(field, fact.value, kind, text, page) for text in dict.fromkeys((quotes, wholes)))

    def _is_word(self, fact: Fact) -> bool:
        """A word or two of a closed list ("preferential") are a reading of a quote; a link must stand on the page."""
        text = str(fact.value)
        if has_link(text):
            return any(_tidy(text).casefold() in self._page(place.page)[1] for place in fact.evidence)
        if len(text) > _LONGEST_WORD:
            return False
        words = _LETTERS.findall(text)
        if len(words) <= _MOST_WORDS and not any(word[0].isupper() for word in words[1:]):
            return True
        return self._all_words.issuperset(word.casefold() for word in words)

    def _wholes(self, places: tuple[Evidence, ...]) -> str | None:
        """The quotes with what they cut made whole, or as they are if they cut nothing; ``None`` if one is nowhere."""
        quotes = [_tidy(place.quote) for place in places]
        wholes = [self._whole(quote, place.page) for quote, place in zip(quotes, places, strict=True)]
        if not wholes or not all(wholes):
            return None
        return (
            " \n ".join(place.quote for place in places)
            if wholes == quotes
            else " \n ".join(filter(None, wholes))
        )

    def _whole(self, quote: str, number: int) -> str | None:
        """A quote made whole, letter by letter where the page has it so, else with all letters small."""
        tidied, small = self._page(number)
        if quote in tidied:
            return unabridged(quote, tidied)
        return quote if (found := unabridged(quote.casefold(), small)) == quote.casefold() else found

    def _page(self, number: int) -> tuple[str, str]:
        """A page with its white space collapsed, and the same with all letters small."""
        if number not in self._normal:
            tidied = _tidy(self._raw.get(number, ""))
            self._normal[number] = (tidied, tidied.casefold())
        return self._normal[number]

    def _parties(self, parties: tuple[Party, ...], flags: list[str]) -> tuple[Party, ...]:
        kept: list[Party] = []
        for party in parties:
            quotes = self._naming(party)
            if quotes:
                kept.append(_sober(party, quotes, flags))
            else:
                flags.append("ungrounded:party")
        return tuple(kept)

    def _naming(self, party: Party) -> tuple[str, ...]:
        """The party's quotes, as they are and made whole, if all are on their pages and one names it."""
        wholes = self._wholes(party.evidence)
        if wholes is None or not any(_names(party.name_as_written, place.quote) for place in party.evidence):
            return ()
        quotes = " ".join(place.quote for place in party.evidence)
        return (quotes, wholes) if _names(party.name_as_written, wholes) else ()

    def _known_numbers(self, enrichment: Enrichment) -> set[Decimal]:
        cited = {place.page for fact in enrichment.facts.values() for place in fact.evidence} | {0, 1, 2, 3}
        known = plain_numbers(self._issuer)
        for number in cited:
            known |= plain_numbers(self._raw.get(number, ""))
        return known


def _days(facts: dict[str, Fact]) -> set[Decimal]:
    """Day and year of the dates that hold, which a text may write in another form than the page."""
    days = (str(fact.value)[:10].split("-") for fact in facts.values() if _ISO.fullmatch(str(fact.value)))
    return {Decimal(part) for year, _, day in days for part in (year, day)}


def _value_in(field: str, value: Any, kind: Kind, quote: str, page: str) -> bool:
    """Whether a value stands in a quote. Words of a closed list ("preferential") are readings, not quotes."""
    if isinstance(value, Money):
        return holds_money(value, quote, page, is_governed=field.startswith(_GOVERNED))
    if isinstance(value, bool):
        return True
    if isinstance(value, int | float | Decimal):
        return holds_number(value, quote, is_count=is_count(field))
    if isinstance(value, list | tuple):
        return all(_value_in(field, item, kind, quote, page) for item in value)
    if isinstance(value, dict):
        return all(
            _value_in(field, item, Kind.NAME, quote, page) for item in value.values() if item is not None
        )
    return _text_in(field, str(value), kind, quote)


def _text_in(field: str, text: str, kind: Kind, quote: str) -> bool:
    if _ISO.fullmatch(text):
        return holds_date(text, quote)
    if gives_advice(text):
        return False
    if field in _COPIED and not _is_copied(text, quote):
        return False
    if kind in (Kind.NAME, Kind.TEXT, Kind.SET):
        return _names(text, quote) or (holds_number(text, quote) and bool(plain_numbers(text)))
    return plain_numbers(_CODE.sub("", text)) <= plain_numbers(quote)


def _is_copied(text: str, quote: str) -> bool:
    """Whether a word or two stand in a quote, blanks apart; AA is neither AAA nor AA+."""
    signs = [re.escape(sign) for sign in text.casefold() if not sign.isspace()]
    if not signs or len(signs) > _LONGEST_WORD:
        return False
    before = r"(?<!\d)" if text.strip()[0].isdigit() else r"(?<![^\W\d_])"
    return re.search(before + r"\s*".join(signs) + _ENDS, quote.casefold()) is not None


def _is_sober(text: str) -> bool:
    """Whether a text neither gives advice, nor leads away, nor is other than it looks."""
    return is_plain(text) and not gives_advice(text) and not has_link(text)


def _sober(party: Party, quotes: tuple[str, ...], flags: list[str]) -> Party:
    """The party without numbers that do not stand beside its name."""
    gone = {
        field: None
        for field in ("quantity", "price_inr", "amount_inr", "pct", "pre_pct", "post_pct")
        if (value := getattr(party, field)) is not None
        and not all(_number_known(field, value, quote) for quote in dict.fromkeys(quotes))
    }
    if not gone:
        return party
    flags.extend(f"ungrounded:party.{field}" for field in gone)
    return party.model_copy(update=gone)


def _number_known(field: str, value: int | Decimal, quote: str) -> bool:
    if field.endswith("_inr"):
        return holds_money(Money(amount=Decimal(value)), quote, quote)
    return holds_number(value, quote, is_count=is_count(field))


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _names(name: str, quote: str) -> bool:
    """Whether the words of a name stand in a quote, whole and in a row; an abbreviation with or without its points."""
    words = _words(name)
    if words and f" {words} " in f" {_words(quote)} ":
        return True
    letters = re.sub(r"[\s.]", "", name)
    is_short = 3 <= len(letters) <= _LONGEST_SHORT and letters.isalpha() and letters.isupper()
    if not is_short or letters not in re.sub(r"[ .]", "", quote):
        return False
    return re.search(rf"(?<!\w){'[ .]{0,2}'.join(letters)}(?!\w)", quote) is not None


def _words(text: str) -> str:
    return " ".join(_LETTERS.findall(text.casefold()))
