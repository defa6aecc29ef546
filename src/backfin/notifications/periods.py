"""The periods of digests, one a day from one time of day to the next, and the hours in which watches keep still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from backfin.clock import hours_of_text, time_of_text, zone_of_text


@dataclass(frozen=True, slots=True)
class Daily:
    """A time of day in a zone.

    Each calendar day has one moment of it: where clocks skip the time it is as much later as they skip, where they
    show it twice it is the first. A period ends with a moment, which belongs to it, and begins after the one before,
    so periods leave no gap and never overlap.
    """

    at: time
    zone: ZoneInfo

    @classmethod
    def of(cls, at: str, zone: str) -> Daily:
        """From ``HH:MM`` and the name of a zone.

        Raises:
            ValueError: One of them cannot be read.
        """
        return cls(time_of_text(at), zone_of_text(zone))

    @property
    def name(self) -> str:
        """How keys and people call it.

        >>> Daily.of("18:30", "Asia/Kolkata").name
        '18:30 Asia/Kolkata'
        """
        return f"{self.at:%H:%M} {self.zone.key}"

    def on(self, day: date) -> datetime:
        """The moment of a day, in UTC."""
        return datetime.combine(day, self.at, self.zone).astimezone(UTC)

    def last(self, now: datetime) -> datetime:
        """The latest moment that is not after ``now``.

        >>> Daily.of("18:30", "Asia/Kolkata").last(datetime(2026, 7, 1, 12, 59, tzinfo=UTC)).isoformat()
        '2026-06-30T13:00:00+00:00'
        """
        return max(moment for moment in self._around(now) if moment <= now)

    def before(self, moment: datetime) -> datetime:
        """The latest moment before one: where the period begins that one lies in."""
        return max(one for one in self._around(moment) if one < moment)

    def _around(self, moment: datetime) -> list[datetime]:
        day = moment.astimezone(self.zone).date()
        return [self.on(day + timedelta(days=offset)) for offset in (-2, -1, 0, 1)]


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of each day, over midnight where the end comes first; the end is not one of them."""

    begin: Daily
    end: Daily

    @classmethod
    def of(cls, hours: str, zone: str) -> Quiet:
        """From ``HH:MM-HH:MM`` and the name of a zone.

        Raises:
            ValueError: One of them cannot be read.
        """
        begin, end = hours_of_text(hours)
        where = zone_of_text(zone)
        return cls(Daily(begin, where), Daily(end, where))

    def until(self, now: datetime) -> datetime | None:
        """When the quiet that ``now`` lies in ends; ``None`` outside of it.

        >>> quiet = Quiet.of("22:00-07:00", "Asia/Kolkata")
        >>> quiet.until(datetime(2026, 7, 1, 17, 0, tzinfo=UTC)).isoformat()
        '2026-07-02T01:30:00+00:00'
        >>> quiet.until(datetime(2026, 7, 2, 1, 30, tzinfo=UTC)) is None
        True
        """
        today = now.astimezone(self.begin.zone).date()
        spans = (self._span(today + timedelta(days=offset)) for offset in (-1, 0))
        return next((end for begin, end in spans if begin <= now < end), None)

    def _span(self, day: date) -> tuple[datetime, datetime]:
        """The quiet that begins on a day; none where clocks skip all of it."""
        is_over_midnight = self.end.at < self.begin.at
        return self.begin.on(day), self.end.on(day + timedelta(days=is_over_midnight))
