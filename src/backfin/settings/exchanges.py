"""The sections of exchanges: what every feed has, BSE's own, and those of feeds that plugins bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from backfin.errors import ConfigError
from backfin.settings.fields import Section, WebUrl


class Politeness(Section):
    """How an exchange is asked. The base of a section of its own that a plugin gives its exchange."""

    min_interval: float = Field(default=1.0, ge=0, description="Seconds between two requests to one host.")
    poll_interval: float = Field(
        default=60.0,
        gt=0,
        description="Seconds between two polls; where it is set, at all times for which no other interval is.",
    )
    cooldown: float = Field(default=900.0, ge=0, description="Seconds to stay away after a block; doubles.")
    timeout: float = Field(default=30.0, gt=0, description="Seconds to wait for an answer.")
    user_agent: str = Field(
        default="Mozilla/5.0 (compatible; backfin/0.1)", description="How requests introduce themselves."
    )


class FeedSettings(Politeness):
    """The base of a section ``exchanges.<name>``."""

    enabled: bool = Field(default=True, description="Whether the feed is read.")
    poll_in_session: float = Field(
        default=20.0, ge=1, le=86_400, description="Seconds between two polls during market hours."
    )
    poll_by_day: float = Field(
        default=60.0,
        ge=1,
        le=86_400,
        description="The same before and after them, until an hour past midnight: results come in the evening.",
    )
    poll_at_night: float = Field(
        default=300.0, ge=1, le=86_400, description="The same from one to seven in the morning, on any day."
    )
    poll_on_holidays: float = Field(
        default=120.0, ge=1, le=86_400, description="The same by day where no trading is held."
    )
    overlap_days: int = Field(
        default=2, ge=0, description="Days before the watermark that are read again each day."
    )
    catch_up_days: int = Field(
        default=30, ge=0, description="Longest outage that is caught up by itself, in days."
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


class BseSettings(FeedSettings):
    """The BSE feed."""

    api_url: WebUrl = Field(
        default="https://api.bseindia.com/BseIndiaAPI/api",
        description="Announcements are `GET {api_url}/AnnSubCategoryGetData/w`, "
        "issuers `GET {api_url}/ListofScripData/w`.",
    )
    files_url: WebUrl = Field(
        default="https://www.bseindia.com/xml-data/corpfiling",
        description="Attachments are under `AttachLive/`, `AttachHis/` and `CorpAttachment/YYYY/M/`.",
    )
    max_attachment_bytes: int = Field(
        default=50 * 1024 * 1024, gt=0, description="Largest attachment, in bytes."
    )


#: Settings of time that the pipeline reads of every exchange.
_DAYS = ("overlap_days", "catch_up_days")
_PACES = ("poll_in_session", "poll_by_day", "poll_at_night", "poll_on_holidays")


@dataclass(frozen=True, slots=True)
class Paces:
    """Seconds between two polls at the times that the trading calendar tells apart."""

    in_session: float
    by_day: float
    at_night: float
    on_holidays: float


class ExchangeSettings(BaseModel):
    """One section per exchange. Sections of exchanges that plugins bring are kept as they are."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, dict[str, Any]] = Field(init=False)

    bse: BseSettings = BseSettings()

    def section(self, name: str) -> dict[str, Any]:
        """The section of an exchange that a plugin brings, as written; empty when there is none."""
        return dict(self.__pydantic_extra__.get(name, {}))

    @model_validator(mode="after")
    def _check_days(self) -> Self:
        for name in self.__pydantic_extra__:
            try:
                self.days_of(name)
            except ValidationError as error:
                found = (f"{name}.{one['loc'][0]}: {one['msg']}" for one in error.errors())
                raise ValueError("; ".join(found)) from None
        return self

    def days_of(self, name: str) -> tuple[int, int]:
        """``overlap_days`` and ``catch_up_days`` of any exchange: as its section says, else the defaults."""
        read = self._feed(name)
        return read.overlap_days, read.catch_up_days

    def paces_of(self, name: str, interval_s: float, *, follows_calendar: bool) -> Paces:
        """How often an exchange is polled when: as its section says, else the defaults or its own interval.

        Args:
            name: Name of the exchange.
            interval_s: Its own interval.
            follows_calendar: Whether the defaults hold for it. An interval that its section sets wins over them.
        """
        feed = self._feed(name)
        is_constant = not follows_calendar or "poll_interval" in feed.model_fields_set
        chosen = (
            interval_s if is_constant and key not in feed.model_fields_set else float(getattr(feed, key))
            for key in _PACES
        )
        return Paces(*chosen)

    def _feed(self, name: str) -> FeedSettings:
        if name == "bse":
            return self.bse
        own = {str(key).lower(): value for key, value in self.section(name).items()}
        return FeedSettings.model_validate(
            {key: value for key, value in own.items() if key in (*_DAYS, *_PACES, "poll_interval")}
        )
