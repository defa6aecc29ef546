"""Which issuers the set is for."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _parts(value: object) -> object:
    """A text of the environment, comma-separated, in its parts."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Isin = Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z0-9]{9}[0-9]$")]
Isins = Annotated[frozenset[Isin], BeforeValidator(_parts)]


class PharmaConfig(BaseModel):
    """The section ``[plugin.prompts-pharma]``.

    An issuer that neither ``isins`` nor ``industries`` names is left to the core's prompt set.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    isins: Isins = frozenset()  #: Issuers the set is for, whatever their industry.
    not_isins: Isins = frozenset()  #: Issuers it is not for, whatever their industry.
    industries: Annotated[tuple[str, ...], BeforeValidator(_parts)] = (
        "Pharmaceuticals",
        "Biotechnology",
    )  #: As the exchange's master names them.
