"""What a model may answer: its JSON schema, and the check of what came."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backfin.errors import ReplyInvalid
from backfin.interfaces import PromptSet
from backfin.models import EventType, PartyKind, Sentiment
from backfin.models.sheets import SHEETS


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


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


class Reply(_Part):
    """A whole answer."""

    category: str
    also: list[str] = Field(default_factory=list)
    event_type: EventType
    headline: str = Field(max_length=400)
    summary: str = Field(max_length=4000)
    sentiment: Sentiment
    facts: list[ReplyFact] = Field(default_factory=list, max_length=120)
    parties: list[ReplyParty] = Field(default_factory=list, max_length=300)


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


def reply_schema(prompt_set: PromptSet) -> dict[str, Any]:
    """The strict JSON schema of an answer for a prompt set: its labels are the only categories."""
    labels = [category.label for category in prompt_set.categories]
    fields = sorted({field for sheet in SHEETS.values() for field in sheet.model_fields})
    fact = {"field": {"type": "string", "enum": fields}, "value": _TEXT, "page": _COUNT, "quote": _TEXT}
    party = {
        "name": _TEXT,
        "role": _TEXT,
        "kind": {"type": "string", "enum": [kind.value for kind in PartyKind]},
        **dict.fromkeys(("quantity", "price", "amount", "pct"), _MAYBE),
        "page": _COUNT,
        "quote": _TEXT,
    }
    return _object(
        {
            "category": {"type": "string", "enum": labels},
            "also": {"type": "array", "items": {"type": "string", "enum": labels}},
            "event_type": {"type": "string", "enum": [kind.value for kind in EventType]},
            "headline": _TEXT,
            "summary": _TEXT,
            "sentiment": {"type": "string", "enum": [kind.value for kind in Sentiment]},
            "facts": {"type": "array", "items": _object(fact)},
            "parties": {"type": "array", "items": _object(party)},
        }
    )


_FENCE = re.compile(r"(?s)```(?:json)?\s*(\{.*\})\s*```")


def parse_reply(text: str, prompt_set: PromptSet) -> Reply:
    """Reads a model's answer: fences and words around the object are tolerated, anything else is not.

    Raises:
        ReplyInvalid: With what is wrong, in words that help a model to repair it.
    """
    try:
        reply = Reply.model_validate(_object_in(text))
    except ValidationError as problem:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}"
            for error in problem.errors()[:8]
        )
        raise ReplyInvalid(f"The model's reply does not fit the schema: {faults}.") from problem
    labels = {category.label for category in prompt_set.categories}
    if reply.category not in labels:
        raise ReplyInvalid(
            f"The model's reply names the category {reply.category!r}, which is none of the labels."
        )
    return reply.model_copy(update={"also": [label for label in reply.also if label in labels]})


def _object_in(text: str) -> Any:
    fenced = _FENCE.search(text)
    body = fenced[1] if fenced else text[text.find("{") : text.rfind("}") + 1]
    if not body:
        raise ReplyInvalid("The model's reply holds no JSON object.")
    try:
        return json.loads(body)
    except (json.JSONDecodeError, RecursionError) as problem:
        raise ReplyInvalid(f"The model's reply is no valid JSON: {problem}.") from problem
