"""The section ``exchanges.nse``: ``BACKFIN_EXCHANGES__NSE__…`` in the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from backfin.errors import ConfigError
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

#: The parts of NSE's feed; each is a request of its own.
Segment = Literal["equities", "sme", "debt", "mf", "invitsreits", "municipalBond", "sse"]

#: An address of the web.
WebUrl = Annotated[str, Field(pattern=r"^https?://[^\s/]+")]


def _split(value: Any) -> Any:
    return (
        tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
    )


class NseSettings(BaseModel):
    """Where NSE is, how often it is asked, and which parts of its feed are read."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    enabled: bool = Field(default=True, description="Whether NSE is read.")
    api_url: WebUrl = Field(
        default="https://www.nseindia.com/api",
        description="Announcements are `GET {api_url}/corporate-announcements`.",
    )
    files_url: WebUrl = Field(
        default="https://nsearchives.nseindia.com",
        description="Attachments, the lists of companies and the RSS feed are under it.",
    )
    segments: Annotated[tuple[Segment, ...], BeforeValidator(_split), Field(min_length=1)] = Field(
        default=("equities", "sme"),
        description="Parts of the feed, comma-separated: "
        "`equities`, `sme`, `debt`, `mf`, `invitsreits`, `municipalBond`, `sse`.",
    )
    rss: bool = Field(default=True, description="Whether today is read from RSS while the API refuses.")
    transport: Literal["requests", "curl"] = Field(
        default="requests", description="What carries requests to the API; `curl` needs `backfin-nse[curl]`."
    )
    min_interval: float = Field(default=1.0, ge=0, description="Seconds between two requests to one host.")
    poll_interval: float = Field(default=60.0, gt=0, description="Seconds between two polls.")
    cooldown: float = Field(default=900.0, ge=0, description="Seconds to stay away after a block; doubles.")
    timeout: float = Field(default=30.0, gt=0, description="Seconds to wait for an answer.")
    max_attachment_bytes: int = Field(
        default=50 * 1024 * 1024, gt=0, description="Largest attachment, in bytes."
    )
    user_agent: str = Field(
        default="Mozilla/5.0 (compatible; backfin/0.1)", description="How requests introduce themselves."
    )

    @classmethod
    def of(cls, section: Mapping[str, Any]) -> NseSettings:
        """Reads the section as written.

        Raises:
            ConfigError: A key or value is wrong; the sentence names it.
        """
        try:
            return cls.model_validate({str(key).lower(): value for key, value in section.items()})
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(map(str, ("exchanges", "nse", *first["loc"])))
            raise ConfigError(f"{key}: {first['msg']}.", key=key) from None
