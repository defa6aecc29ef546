"""What a model may answer to each of the two questions: its JSON schema, and the check of what came."""

from __future__ import annotations

import json
import re
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backfin.errors import ReplyInvalid
from backfin.interfaces import PromptSet
from backfin.models import EventType, PartyKind, Sentiment
from backfin.models.sheets import SHEETS, Sheet

#: The roles in which a model may name a party.
ROLES = [
    "acquirer",
    "allottee",
    "auditor",
    "authority",
    "customer",
    "director",
    "donor",
    "employee",
    "insider",
    "kmp",
    "lender",
    "merchant_banker",
    "other",
    "pac",
    "petitioner",
    "pledgee",
    "pledgor",
    "promoter",
    "promoter_group",
    "rating_agency",
    "regulator",
    "seller",
    "subsidiary",
    "supplier",
    "target",
    "trustee",
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Verdict(_Part):
    """The answer to the first question: what the filing is."""

    category: str
    also: list[str] = Field(default_factory=list)
    event_type: EventType
    headline: str = Field(max_length=400)
    summary: str = Field(max_length=4000)
    sentiment: Sentiment


class ReplyFact(_Part):
    """One fact as a model states it: the value as written, and where."""

    field: str
    value: str
    page: int
    quote: str


class ReplyParty(_Part):
    """One party as a model states it; amounts and percentages as written."""

    name: str
    role: str
    kind: PartyKind = PartyKind.UNKNOWN
    quantity: str | None = None
    price: str | None = None
    amount: str | None = None
    pct: str | None = None
    page: int
    quote: str


class Statement(_Part):
    """The answer to the second question: what the filing states."""

    facts: list[ReplyFact] = Field(default_factory=list, max_length=120)
    parties: list[ReplyParty] = Field(default_factory=list, max_length=300)


Answer = TypeVar("Answer", bound=_Part)


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    """A strict object: every property required, no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_TEXT = {"type": "string"}
_MAYBE = {"type": ["string", "null"]}
_COUNT = {"type": "integer"}


def _one_of(words: list[str]) -> dict[str, Any]:
    return {"type": "string", "enum": words}


def verdict_schema(prompt_set: PromptSet) -> dict[str, Any]:
    """The strict JSON schema of the first answer: the labels of the set are the only categories."""
    labels = _one_of([category.label for category in prompt_set.categories])
    return _object(
        {
            "category": labels,
            "also": {"type": "array", "items": labels},
            "event_type": _one_of([kind.value for kind in EventType]),
            "headline": _TEXT,
            "summary": _TEXT,
            "sentiment": _one_of([kind.value for kind in Sentiment]),
        }
    )


def statement_schema(event_type: EventType, sheet: type[Sheet] | None = None) -> dict[str, Any]:
    """The strict JSON schema of the second answer: the fields of one sheet, each with its place.

    ``sheet`` is the event type's, if it is another than the core's.
    """
    fields = list((sheet or SHEETS[event_type]).model_fields)
    fact = {"field": _one_of(fields), "value": _TEXT, "page": _COUNT, "quote": _TEXT}
    party = {
        "name": _TEXT,
        "role": _one_of(ROLES),
        "kind": _one_of([kind.value for kind in PartyKind]),
        **dict.fromkeys(("quantity", "price", "amount", "pct"), _MAYBE),
        "page": _COUNT,
        "quote": _TEXT,
    }
    return _object(
        {
            "facts": {"type": "array", "items": _object(fact)},
            "parties": {"type": "array", "items": _object(party)},
        }
    )


_FENCE = re.compile(r"```(?:json)?\s{0,20}(?=\{)")
_THOUGHT = re.compile(r"(?s)\s{0,20}<think>.*?</think>")


def parse_verdict(text: str, prompt_set: PromptSet) -> Verdict:
    """Reads the first answer: fences and words around the object are tolerated, anything else is not.

    Raises:
        ReplyInvalid: With what is wrong, in words that help a model to repair it.
    """
    verdict = _parsed(text, Verdict)
    by_label = {category.label: category for category in prompt_set.categories}
    category = by_label.get(verdict.category)
    if category is None:
        raise ReplyInvalid(
            f"The model's reply names the category {verdict.category[:80]!r}, which is none of the labels."
        )
    also = [label for label in dict.fromkeys(verdict.also) if label in by_label and label != verdict.category]
    event_type = _event_type(category.event_type, verdict.event_type)
    return verdict.model_copy(update={"also": also, "event_type": event_type})


def _event_type(of_category: EventType, stated: EventType) -> EventType:
    """The event type of the category, unless it leaves the choice: routine ones do, and what ends in an allotment."""
    may_end_in_allotment = of_category in (EventType.FUND_RAISE, EventType.CORPORATE_ACTION)
    if of_category is EventType.ROUTINE or (may_end_in_allotment and stated is EventType.ALLOTMENT):
        return stated
    return of_category


def parse_statement(text: str) -> Statement:
    """Reads the second answer, as tolerant as the first.

    Raises:
        ReplyInvalid: With what is wrong, in words that help a model to repair it.
    """
    found = _object_in(text)
    if not isinstance(found, dict) or "facts" not in found:
        raise ReplyInvalid("The model's reply has no list of facts; it is empty when nothing is stated.")
    return _parsed(text, Statement)


def _parsed(text: str, kind: type[Answer]) -> Answer:
    try:
        return kind.model_validate(_object_in(text))
    except ValidationError as problem:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}"
            for error in problem.errors()[:8]
        )
        raise ReplyInvalid(f"The model's reply does not fit the schema: {faults}.") from problem


def _object_in(text: str) -> Any:
    """The JSON object of a reply: behind what the model thought, inside a fence if there is one."""
    thought = _THOUGHT.match(text)
    said = text[thought.end() :] if thought else text
    fence = _FENCE.search(said)
    if fence:
        said, closed, rest = said[fence.end() :].rpartition("```")
        said = said if closed else rest
    body = said[said.find("{") : said.rfind("}") + 1]
    if not body:
        raise ReplyInvalid("The model's reply holds no JSON object.")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as problem:  # a number of thousands of digits is a plain ValueError
        raise ReplyInvalid(f"The model's reply is no valid JSON: {problem}.") from problem
