"""Which issuers the set is for."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Isin = Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z0-9]{9}[0-9]$")]


class PharmaConfig(BaseModel):
    """The section ``[plugin.prompts-pharma]``.

    An issuer that neither ``isins`` nor ``industries`` names is left to the core's prompt set.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    isins: frozenset[Isin] = frozenset()  #: Issuers the set is for, whatever their industry.
    not_isins: frozenset[Isin] = frozenset()  #: Issuers it is not for, whatever their industry.
    industries: tuple[str, ...] = (
        "Pharmaceuticals",
        "Biotechnology",
    )  #: As the exchange's master names them.
