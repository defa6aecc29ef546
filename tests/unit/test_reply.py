"""What a model may answer, and how its answers are read."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from backfin.enrichment.prompts import CorePromptSet
from backfin.enrichment.reply import Verdict, parse_statement, parse_verdict
from backfin.enrichment.reply_facts import facts_of, parties_of
from backfin.errors import ReplyInvalid
from backfin.models import EventType


def verdict(**changes: Any) -> Verdict:
    answer = {
        "category": "New Order",
        "also": [],
        "event_type": "order_win",
        "headline": "An order",
        "summary": "An order came.",
        "sentiment": "positive",
    }
    return parse_verdict(json.dumps(answer | changes), CorePromptSet())


@pytest.mark.parametrize(
    ("category", "stated", "event_type"),
    [
        ("New Order", "order_win", "order_win"),
        ("New Order", "dividend", "order_win"),
        ("Procedural/Administrative", "dividend", "dividend"),
        ("Fundraise - QIP", "allotment", "allotment"),
        ("Increase in Share Capital", "allotment", "allotment"),
        ("Fundraise - QIP", "order_win", "fund_raise"),
    ],
)
def test_a_category_decides_its_event_type_unless_it_leaves_the_choice(
    category: str, stated: str, event_type: str
) -> None:
    assert verdict(category=category, event_type=stated).event_type is EventType(event_type)


def test_other_labels_are_those_of_the_set_and_not_the_category_itself() -> None:
    assert verdict(also=["USFDA", "New Order", "Great News", "USFDA"]).also == ["USFDA"]


@pytest.mark.parametrize(
    "changes",
    [
        {"category": "Great News"},
        {"event_type": "party"},
        {"sentiment": "Postive"},
        {"headline": "x" * 401},
        {"summary": None},
    ],
)
def test_a_verdict_that_fits_no_schema_is_refused_with_what_is_wrong(changes: dict[str, Any]) -> None:
    with pytest.raises(ReplyInvalid, match=r"category|event_type|sentiment|headline|summary"):
        verdict(**changes)


@pytest.mark.parametrize(
    "text", ["", "prose", "{", "[]", '{"parties": []}', '{"facts": "many"}', '{"facts": [{}]}']
)
def test_a_statement_without_a_list_of_facts_is_refused(text: str) -> None:
    with pytest.raises(ReplyInvalid):
        parse_statement(text)


@pytest.mark.parametrize("text", ['{"facts": []}', '```json\n{"facts": []}\n```', 'Here: {"facts": []} Bye.'])
def test_words_and_fences_around_a_statement_are_tolerated(text: str) -> None:
    assert parse_statement(text).facts == []


def test_deeply_nested_text_is_refused_and_not_followed() -> None:
    with pytest.raises(ReplyInvalid):
        parse_statement('{"facts": ' + "[" * 100_000 + "]" * 100_000 + "}")


def test_a_number_of_thousands_of_digits_is_refused_and_not_a_crash() -> None:
    with pytest.raises(ReplyInvalid):
        parse_statement('{"facts": [], "page": ' + "1" * 5000 + "}")


def test_what_a_model_thought_is_no_part_of_its_answer() -> None:
    assert parse_statement('<think>{"facts"? maybe}</think>\n{"facts": []}').facts == []


def test_a_reply_full_of_fences_takes_no_longer_than_its_length() -> None:
    small, large = (_seconds("```{" * count) for count in (20_000, 80_000))

    assert large < 8 * max(small, 0.01)


def test_what_is_wrong_with_a_reply_is_told_in_few_words() -> None:
    with pytest.raises(ReplyInvalid) as caught:
        verdict(category="x" * 100_000)

    assert len(caught.value.sentence) < 300


def _seconds(text: str) -> float:
    started = time.process_time()
    with pytest.raises(ReplyInvalid):
        parse_statement(text)
    return time.process_time() - started


@pytest.mark.parametrize(
    ("event_type", "field", "written", "value"),
    [
        (EventType.ALLOTMENT, "total_quantity", "12.5 lakh", 1_250_000),
        (EventType.ALLOTMENT, "total_quantity", "12,50,000", 1_250_000),
        (EventType.DEBT_FINANCING, "coupon", "25 bps", 0.25),
        (EventType.OPERATIONAL_UPDATE, "yoy", "-4.5%", -4.5),
        (EventType.OPERATIONAL_UPDATE, "yoy", "(4.5)%", -4.5),
        (EventType.OPERATIONAL_UPDATE, "value", "5 million tonnes", 5),
    ],
)
def test_a_number_keeps_its_sign_and_its_word_of_size(
    event_type: EventType, field: str, written: str, value: float
) -> None:
    fact = {"field": field, "value": written, "page": 1, "quote": written}

    facts, refused = facts_of(parse_statement(json.dumps({"facts": [fact]})), event_type, ())

    assert (facts[field].value, refused) == (value, ())


def test_a_partys_shares_may_be_told_in_lakh() -> None:
    party = {"name": "A", "role": "allottee", "quantity": "12 lakh", "page": 1, "quote": "A 12 lakh"}

    assert (
        parties_of(parse_statement(json.dumps({"facts": [], "parties": [party]})), ())[0].quantity
        == 1_200_000
    )
