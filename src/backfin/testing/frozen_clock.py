"""A clock that moves only when it is told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

#: Noon in India on Wednesday, 1 July 2026.
NOON = datetime(2026, 7, 1, 6, 30, tzinfo=UTC)


class FrozenClock:
    """A clock that stands still at ``moment``, an aware time.

    >>> clock = FrozenClock()
    >>> clock.forward(90)
    >>> clock.now().isoformat()
    '2026-07-01T06:31:30+00:00'
    """

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        """The moment it was set to, aware, in UTC."""
        return self.moment

    def set(self, moment: datetime) -> None:
        """Jumps to an aware time, also backwards."""
        self.moment = moment.astimezone(UTC)

    def forward(self, seconds: float = 0.0, *, days: float = 0.0) -> None:
        """Moves on by so many seconds and days."""
        self.moment += timedelta(days=days, seconds=seconds)
