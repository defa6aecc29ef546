"""Amounts of money as filings write them."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from backfin.models.base import Frozen


class Scale(StrEnum):
    """The word of size an amount was written with."""

    UNIT = "unit"
    THOUSAND = "thousand"
    LAKH = "lakh"
    CRORE = "crore"
    MN = "mn"
    BN = "bn"


class Money(Frozen):
    """An amount in whole units of its currency, with the words it was read from."""

    amount: Decimal
    currency: str = "INR"
    scale: Scale = Scale.UNIT
    as_written: str = ""
    approx: bool = False
