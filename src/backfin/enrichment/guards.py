"""Arithmetic over the facts of a reading: what agrees is surer, what disagrees is marked or withheld."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from backfin.enrichment import arithmetic, arithmetic_results
from backfin.enrichment.arithmetic import Check, Outcome, verdict_on
from backfin.enrichment.grounding import Instead, text_of
from backfin.enrichment.written import plain_numbers
from backfin.models import Enrichment, EventType, Fact, Money, Page, Party, Scale, Status
from backfin.models.money_scale import SCALE_WORD, scale_of
from backfin.models.money_text import Amount, find_amounts

#: Confidence of a fact that the arithmetic bears out, and of one it contradicts.
_SURE, _DOUBTFUL = 0.99, 0.4

#: Flags of a reading that may lack parties.
_INCOMPLETE = frozenset({"partly_read", "ungrounded:party", "too_many_pages", "unconfirmed:party"})

#: Figures with fewer digits are written more than once by chance.
_LEAST_DIGITS = 3
#: The pages on which a figure is looked for again, and how many characters around it say its size.
_LAST_PAGE, _AROUND = 3, 30

_CAPITAL = re.compile(
    r"(?i)paid[- ]?up equity (?:share )?capital[^\n]{0,60}?face value[^\n\d]{0,20}(?P<face>\d+(?:\.\d+)?)"
    r"[^\n\d]{0,40}(?P<capital>[\d,]{4,}(?:\.\d+)?)"
)

_SCALE_HEAD = re.compile(
    rf"(?i)(?:\bin\b|[(₹])\s{{0,3}}(?:₹|rs\.?|inr)?\s{{0,3}}(?:in\s)?{SCALE_WORD}(?![A-Za-z])"
)


def guarded(
    enrichment: Enrichment,
    pages: Iterable[Page],
    *,
    headline: Instead = "",
    summary: Instead = "",
) -> Enrichment:
    """The reading after its arithmetic was checked; every check is under ``detail["checks"]``.

    Facts that disagree are ``ambiguous``, less sure, and flagged ``arithmetic:<rule>``; amounts that are apart
    by a word of size (lakh for crore) are withheld. What agrees is surer.

    Args:
        enrichment: A grounded reading.
        pages: The pages it was made from.
        headline: Takes the place of a headline that tells an amount which is withheld; likewise ``summary``.
        summary: See ``headline``.
    """
    by_number = {page.number: page for page in pages}
    checks = [*_checks(enrichment, by_number), *_mentions(enrichment.facts, by_number)]
    flags = list(enrichment.flags)
    facts = dict(enrichment.facts)
    for check in checks:
        _apply(check, facts, flags)
    parties = tuple(_party(party, flags) for party in enrichment.parties)
    changes: dict[str, Any] = {"facts": facts, "parties": parties}
    gone = _withheld(enrichment.facts, facts)
    for field, instead in (("headline", headline), ("summary", summary)):
        if instead and gone and _tells(getattr(enrichment, field), gone):
            changes[field] = text_of(instead)
            flags.append(f"arithmetic:{field}")
    if checks:
        told = [check.detail() for check in checks]
        changes["detail"] = {**enrichment.detail, "checks": told}
    changes["flags"] = tuple(dict.fromkeys(flags))
    return enrichment.model_copy(update=changes)


def against_turnover(enrichment: Enrichment, results: Iterable[dict[str, Fact]]) -> Enrichment:
    """An order held against what the company sold by its latest results; unchanged where those are unknown."""
    turnover_inr = arithmetic_results.turnover_of(results)
    checks = list(arithmetic.order_against_turnover(enrichment.facts, turnover_inr))
    facts, flags = dict(enrichment.facts), list(enrichment.flags)
    for check in checks:
        _apply(check, facts, flags)
    told = [*enrichment.detail.get("checks", ()), *(check.detail() for check in checks)]
    detail = {**enrichment.detail, "checks": told} if checks else enrichment.detail
    flags_once = tuple(dict.fromkeys(flags))
    return enrichment.model_copy(update={"facts": facts, "flags": flags_once, "detail": detail})


def _checks(enrichment: Enrichment, pages: dict[int, Page]) -> Iterator[Check]:
    facts, event_type = enrichment.facts, enrichment.event_type
    yield from arithmetic.product(event_type, facts)
    yield from arithmetic.changes(event_type, facts)
    yield from arithmetic.percentages(facts)
    if event_type is EventType.ALLOTMENT:
        is_whole = not _INCOMPLETE.intersection(enrichment.flags)
        yield from arithmetic.sum_of_allottees(facts, enrichment.parties, is_whole)
    if event_type is EventType.FINANCIAL_RESULTS:
        yield from arithmetic_results.statement_lines(facts)
        yield from arithmetic_results.earnings_per_share(facts, _shares(facts, pages))
    if event_type is EventType.DEBT_DEFAULT:
        yield from arithmetic.parts_of_default(facts)
    if event_type is EventType.ORDER_WIN:
        yield from arithmetic.order_in_book(facts)


def _apply(check: Check, facts: dict[str, Fact], flags: list[str]) -> None:
    for field in check.fields:
        fact = facts[field]
        if fact.value is None:
            continue
        if check.outcome is Outcome.AGREE and fact.status is not Status.AMBIGUOUS:
            facts[field] = fact.model_copy(update={"confidence": max(fact.confidence, _SURE)})
        elif check.outcome is Outcome.SLIP and (isinstance(fact.value, Money) or len(check.fields) == 1):
            facts[field] = Fact(value=None, status=Status.NOT_STATED, confidence=0)
        elif check.outcome in (Outcome.SLIP, Outcome.DISAGREE):
            doubt = {"status": Status.AMBIGUOUS, "confidence": min(fact.confidence, _DOUBTFUL)}
            facts[field] = fact.model_copy(update=doubt)
    if check.outcome in (Outcome.SLIP, Outcome.DISAGREE):
        flags.append(f"arithmetic:{check.rule}")


def _party(party: Party, flags: list[str]) -> Party:
    """The party without an amount that its own shares and price contradict."""
    if party.quantity is None or party.price_inr is None or party.amount_inr is None:
        return party
    whole = party.quantity * party.price_inr
    is_right = verdict_on(whole, party.amount_inr) is Outcome.AGREE
    if is_right or arithmetic.is_instalment(whole, party.amount_inr):
        return party
    flags.append("arithmetic:party_amount")
    return party.model_copy(update={"amount_inr": None})


def _mentions(facts: dict[str, Fact], pages: dict[int, Page]) -> Iterator[Check]:
    """Whether the filing writes the same figure with another word of size elsewhere.

    An amount read under the scale of a table's head gives way to a mention with its own word of size; one that
    has its own word is left ambiguous.
    """
    for field, fact in facts.items():
        money = fact.value
        if not isinstance(money, Money) or money.scale is Scale.UNIT or fact.status is Status.DERIVED:
            continue
        number = abs(money.amount) / money.scale.factor
        if len(number.normalize().as_tuple().digits) < _LEAST_DIGITS:
            continue
        same = [amount for page in pages.values() for amount in _written(number, page)]
        others = [amount for amount in same if amount.factor != money.scale.factor]
        quotes = " ".join(place.quote for place in fact.evidence)
        has_own_word = any(abs(amount.units) == abs(money.amount) for amount in find_amounts(quotes))
        if not others or (len(others) < len(same) and not has_own_word):
            continue
        told = f"{number} {money.scale.value}, elsewhere {others[0].number} {others[0].scale.value}"
        yield Check("two_scales", Outcome.DISAGREE if has_own_word else Outcome.SLIP, (field,), told)


def _written(number: Decimal, page: Page) -> Iterator[Amount]:
    """Every mention of a figure with a word of size of its own, on one of the first pages."""
    digits = f"{number.normalize():f}"
    if page.number > _LAST_PAGE:
        return
    text = page.text.replace(",", "")
    at = text.find(digits)
    while at >= 0:
        for amount in find_amounts(text[max(0, at - _AROUND) : at + len(digits) + _AROUND]):
            if abs(amount.number) == number and amount.factor > 1:
                yield amount
        at = text.find(digits, at + len(digits))


def _shares(facts: dict[str, Fact], pages: dict[int, Page]) -> Decimal | None:
    """The number of shares, from the line of the paid-up capital on the page of the profit."""
    profit = facts.get("profit_after_tax")
    for place in profit.evidence if profit else ():
        page = pages.get(place.page)
        found = _CAPITAL.search(page.text) if page else None
        if page is None or found is None:
            continue
        capital = Decimal(found["capital"].replace(",", "")) * _stated_scale(page.text).factor
        if Decimal(found["face"]) and capital:
            return capital / Decimal(found["face"])
    return None


def _stated_scale(text: str) -> Scale:
    """The scale that a page states for its tables; units when it states none, or several."""
    stated = {scale_of(match) for match in _SCALE_HEAD.finditer(text)}
    return stated.pop() if len(stated) == 1 else Scale.UNIT


def _withheld(before: dict[str, Fact], after: dict[str, Fact]) -> list[Money]:
    return [
        fact.value
        for field, fact in before.items()
        if isinstance(fact.value, Money) and after[field].value is None
    ]


def _tells(text: str, gone: list[Money]) -> bool:
    """Whether a text tells one of the amounts."""
    units = {abs(money.amount) for money in gone}
    written = {abs(money.amount) / money.scale.factor for money in gone}
    return any(abs(amount.units) in units for amount in find_amounts(text)) or bool(
        written & plain_numbers(text)
    )
