"""What kind of value a field holds, which also says how its accuracy is measured."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import Annotated

from pydantic import ConfigDict

from backfin.models.base import Frozen
from backfin.models.facts import Fact


class Kind(StrEnum):
    """How a field's value is compared with the truth: character by character, as money, as a date, …"""

    EXACT = "exact"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    NAME = "name"
    SET = "set"
    TEXT = "text"


Exact = Annotated[Fact | None, Kind.EXACT]
Number = Annotated[Fact | None, Kind.NUMBER]
Amount = Annotated[Fact | None, Kind.MONEY]
Date = Annotated[Fact | None, Kind.DATE]
Name = Annotated[Fact | None, Kind.NAME]
Many = Annotated[Fact | None, Kind.SET]
Text = Annotated[Fact | None, Kind.TEXT]


class Sheet(Frozen):
    """The facts of one event type. Every field is a ``Fact``, or ``None`` where nothing was looked for."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Sheet")

    @classmethod
    @cache
    def kinds(cls) -> dict[str, Kind]:
        """Field → kind of its value, in the order of the sheet."""
        return {
            name: kind
            for name, field in cls.model_fields.items()
            for kind in field.metadata
            if isinstance(kind, Kind)
        }


def is_count(field: str) -> bool:
    """Whether a field counts single securities, so that "12 lakh" in it means 12,00,000.

    >>> is_count("pre_quantity"), is_count("capacity_added")
    (True, False)
    """
    return "quantity" in field
