"""The section ``exchanges.nse``: ``BACKFIN_EXCHANGES__NSE__…`` in the environment."""

from __future__ import annotations

from typing import Annotated, Literal

from backfin.exchanges import COMMA_SEPARATED, FeedSettings, WebUrl
from pydantic import Field

#: The parts of NSE's feed; each is a request of its own.
Segment = Literal["equities", "sme", "debt", "mf", "invitsreits", "municipalBond", "sse"]


class NseSettings(FeedSettings):
    """Where NSE is, how often it is asked, and which parts of its feed are read."""

    api_url: WebUrl = Field(
        default="https://www.nseindia.com/api",
        description="Announcements are `GET {api_url}/corporate-announcements`.",
    )
    files_url: WebUrl = Field(
        default="https://nsearchives.nseindia.com",
        description="Attachments, the lists of companies and the RSS feed are under it.",
    )
    segments: Annotated[tuple[Segment, ...], COMMA_SEPARATED, Field(min_length=1)] = Field(
        default=("equities", "sme"),
        description="Parts of the feed, comma-separated: "
        "`equities`, `sme`, `debt`, `mf`, `invitsreits`, `municipalBond`, `sse`.",
    )
    rss: bool = Field(default=True, description="Whether today is read from RSS while the API refuses.")
    transport: Literal["requests", "curl"] = Field(
        default="requests", description="What carries requests to the API; `curl` needs `backfin-nse[curl]`."
    )
    max_attachment_bytes: int = Field(
        default=50 * 1024 * 1024, gt=0, description="Largest attachment, in bytes."
    )
