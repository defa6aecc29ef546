"""The sections ``exchanges.bse_deals`` and ``exchanges.nse_deals``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from backfin.errors import ConfigError
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

#: What a feed reads; each kind is a question of its own.
Kind = Literal["bulk", "block", "insider"]

#: An address of the web.
WebUrl = Annotated[str, Field(pattern=r"^https?://[^\s/]+")]


def _split(value: Any) -> Any:
    return (
        tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
    )


class DealsSettings(BaseModel):
    """What both feeds have: how often an exchange is asked, and for what."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    enabled: bool = Field(default=True, description="Whether the feed is read.")
    kinds: Annotated[tuple[Kind, ...], BeforeValidator(_split), Field(min_length=1)] = Field(
        default=("bulk", "block", "insider"),
        description="What is read, comma-separated: `bulk`, `block`, `insider`.",
    )
    min_interval: float = Field(default=1.0, ge=0, description="Seconds between two requests to one host.")
    poll_interval: float = Field(default=900.0, gt=0, description="Seconds between two polls.")
    cooldown: float = Field(default=900.0, ge=0, description="Seconds to stay away after a block; doubles.")
    timeout: float = Field(default=30.0, gt=0, description="Seconds to wait for an answer.")
    user_agent: str = Field(
        default="Mozilla/5.0 (compatible; backfin/0.1)", description="How requests introduce themselves."
    )

    @classmethod
    def of(cls, section: Mapping[str, Any], name: str) -> Self:
        """Reads the section ``exchanges.<name>`` as written.

        Raises:
            ConfigError: A key or value is wrong; the sentence names it.
        """
        try:
            return cls.model_validate({str(key).lower(): value for key, value in section.items()})
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(map(str, ("exchanges", name, *first["loc"])))
            raise ConfigError(f"{key}: {first['msg']}.", key=key) from None


class BseDealsSettings(DealsSettings):
    """Where BSE's deals and insider trades are."""

    api_url: WebUrl = Field(
        default="https://api.bseindia.com/BseIndiaAPI/api",
        description="Deals are `GET {api_url}/BulkDealData_ng/w`, insider trades `{api_url}/getCorp_Regulation_ng/w`.",
    )
    page_url: WebUrl = Field(
        default="https://www.bseindia.com/corporates/Insider_Trading_new.aspx",
        description="The page that insider trades are downloaded from where the API does not give all of them.",
    )


class NseDealsSettings(DealsSettings):
    """Where NSE's deals and insider trades are."""

    api_url: WebUrl = Field(
        default="https://www.nseindia.com/api",
        description="Deals are `GET {api_url}/historicalOR/bulk-block-short-deals`, insider trades "
        "`{api_url}/corporates-pit-gg` and `{api_url}/corporates-pit`.",
    )
    files_url: WebUrl = Field(
        default="https://nsearchives.nseindia.com",
        description="The XBRL files of insider trades and the lists of companies are under it.",
    )
