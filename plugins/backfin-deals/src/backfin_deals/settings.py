"""The sections ``exchanges.bse_deals`` and ``exchanges.nse_deals``."""

from __future__ import annotations

from typing import Annotated, Literal

from backfin.exchanges import COMMA_SEPARATED, FeedSettings, WebUrl
from pydantic import Field

#: What a feed reads; each kind is a question of its own.
Kind = Literal["bulk", "block", "insider"]


class DealsSettings(FeedSettings):
    """What both feeds have: how often an exchange is asked, and for what."""

    kinds: Annotated[tuple[Kind, ...], COMMA_SEPARATED, Field(min_length=1)] = Field(
        default=("bulk", "block", "insider"),
        description="What is read, comma-separated: `bulk`, `block`, `insider`.",
    )
    poll_interval: float = Field(default=900.0, gt=0, description="Seconds between two polls.")


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
