"""What an investor did and held, from all filings that name it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from backfin.investors.names import normal_form
from backfin.investors.pan import mask_pan
from backfin.investors.trades import mark_repeats, totals_of, without_copies
from backfin.models import Timeline, TimelineEvent
from backfin.storage.database import Database
from backfin.storage.investor_views import InvestorViews
from backfin.storage.told_filings import told_of


class Timelines:
    """Reads what filings tell of one investor."""

    def __init__(self, database: Database, views: InvestorViews) -> None:
        self._database = database
        self._views = views

    def of(self, name_or_id: str, since: date | None = None, until: date | None = None) -> Timeline:
        """Everything an investor did, oldest first, by all names that are one with it, and what that comes to.

        Args:
            name_or_id: An id, or a name in any spelling of one normal form.
            since: First day of publication, in the exchange's zone.
            until: Last day, included.

        Raises:
            ConfigError: Nobody, or more than one investor, goes by that name.
        """
        shown = self._views.show(name_or_id, with_mentions=False)
        forms = {normal_form(name) for name in shown["names"]}
        told = without_copies(self._events(shown["investor_id"], forms, since, until))
        events = mark_repeats(told)
        return Timeline(
            investor_id=shown["investor_id"],
            name=mask_pan(shown["name"]),
            ids=tuple(shown["ids"]),
            names=tuple(map(mask_pan, shown["names"])),
            events=tuple(events),
            totals=tuple(totals_of(events)),
        )

    def _events(
        self, key: str, forms: set[str], since: date | None, until: date | None
    ) -> Iterator[tuple[str, TimelineEvent]]:
        with self._database.read() as connection:
            for mention, event in told_of(connection, key, forms, since=since, until=until):
                yield mention.investor_id, event
