"""The store: one object that holds the tables, part by part."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

from sqlalchemy import text

from backfin.clock import Clock
from backfin.storage.announcements import Announcements
from backfin.storage.breakers import Breakers
from backfin.storage.comparisons import Comparisons
from backfin.storage.database import Database
from backfin.storage.deliveries import Deliveries
from backfin.storage.digests import Digests
from backfin.storage.documents import Documents
from backfin.storage.enrichments import Enrichments
from backfin.storage.export_rows import Exports
from backfin.storage.fleet import Pauses, Workers
from backfin.storage.freshness import Freshness
from backfin.storage.gaps import Gaps
from backfin.storage.hosts import Hosts
from backfin.storage.identifiers import Identifiers
from backfin.storage.intake import Intakes
from backfin.storage.investor_export import InvestorExports
from backfin.storage.investors import Investors
from backfin.storage.issuers import Issuers
from backfin.storage.item_tries import ItemTries
from backfin.storage.judgements import Judgements
from backfin.storage.losses import losses
from backfin.storage.memberships import Memberships
from backfin.storage.model_calls import ModelCalls
from backfin.storage.overview import Overview
from backfin.storage.quarantine import Quarantine
from backfin.storage.raw_answers import RawAnswers
from backfin.storage.removals import Removals
from backfin.storage.restores import Restores
from backfin.storage.retention import Retention
from backfin.storage.reviews import Reviews
from backfin.storage.runs import Runs
from backfin.storage.schema import Schema
from backfin.storage.secrets import Secrets
from backfin.storage.selection import Selections
from backfin.storage.slots import Slots
from backfin.storage.space import Space
from backfin.storage.timelines import Timelines
from backfin.storage.unparsed import Unparsed
from backfin.storage.watches import Watches
from backfin.storage.watermarks import Watermarks

T = TypeVar("T")

_PING = text("SELECT 1")


class Store:
    """Everything backfin knows, in one database. Opens it when first used; safe for threads and after a fork.

    Every method that writes is one short transaction.

    Args:
        url: An SQLAlchemy URL of SQLite (a file) or PostgreSQL.
        clock: Tells the time for what the store dates by itself; the computer's clock when left out.

    Raises:
        ConfigError: The URL cannot be one of a store.
    """

    def __init__(self, url: str, *, clock: Clock | None = None) -> None:
        self._database = Database(url, clock=clock)
        self._schema = Schema(self._database)
        self.clock = self._database.clock
        self.announcements = Announcements(self._database)
        self.selections = Selections(self._database)
        self.unparsed = Unparsed(self._database)
        self.quarantine = Quarantine(self._database)
        self.documents = Documents(self._database)
        self.enrichments = Enrichments(self._database)
        self.judgements = Judgements(self._database)
        self.reviews = Reviews(self._database, self.judgements)
        self.comparisons = Comparisons(self._database, self.judgements)
        self.investors = Investors(self._database, self.judgements)
        self.identifiers = Identifiers(self._database, self.judgements)
        self.memberships = Memberships(self._database)
        self.intakes = Intakes(self._database, self.investors, self.identifiers)
        self.timelines = Timelines(self._database, self.investors)
        self.investor_exports = InvestorExports(
            self._database, self.identifiers, self.memberships, self.timelines
        )
        self.watches = Watches(self._database)
        self.deliveries = Deliveries(self._database)
        self.digests = Digests(self._database)
        self.issuers = Issuers(self._database)
        self.runs = Runs(self._database)
        self.gaps = Gaps(self._database)
        self.slots = Slots(self._database)
        self.watermarks = Watermarks(self._database)
        self.raw_answers = RawAnswers(self._database)
        self.model_calls = ModelCalls(self._database)
        self.secrets = Secrets(self._database)
        self.hosts = Hosts(self._database)
        self.workers = Workers(self._database)
        self.pauses = Pauses(self._database)
        self.breakers = Breakers(self._database)
        self.item_tries = ItemTries(self._database)
        self.freshness = Freshness(self._database)
        self.overview = Overview(self._database)
        self.exports = Exports(self._database)
        self.removals = Removals(self._database)
        self.retention = Retention(self._database)
        self.restores = Restores(self._database)
        self.space = Space(self._database)

    @property
    def shown_url(self) -> str:
        """The URL without its password."""
        return self._database.shown_url

    def together(self, *, durable: bool = False) -> AbstractContextManager[None]:
        """Makes one transaction of all that this thread does in the block: all of it is stored, or nothing.

        Args:
            durable: Whether the disk must have it in the end, so that a power cut cannot undo it.
        """
        return self._database.together(durable=durable)

    def change(self, work: Callable[[], T], *, durable: bool = False) -> T:
        """Does some work in one transaction, as :meth:`together` does, and returns what it returns.

        Cheaper where many threads write. The work must change nothing but the store: it may be done again.
        """
        return self._database.change(lambda _: work(), durable=durable)

    def check(self) -> None:
        """Refuses a schema this version does not know.

        Raises:
            UnknownSchema: It names the command to run.
            StoreUnavailable: The database does not answer.
        """
        self._schema.check()

    def prepare(self) -> None:
        """Makes the schema in an empty database; refuses one this version does not know.

        Raises:
            UnknownSchema: It names the command to run.
            StoreUnavailable: The database does not answer.
        """
        if self.current() is None:
            self.upgrade()
        self.check()

    def upgrade(self, revision: str = "head") -> None:
        """Brings the schema to a revision. Safe to run from several processes at once, and again."""
        self._schema.upgrade(revision)

    def downgrade(self, revision: str = "-1") -> None:
        """Takes the schema one step back, or to a revision (``base`` = empty). Tables that go are lost."""
        self._schema.downgrade(revision)

    def losses(self, revision: str = "-1") -> dict[str, int]:
        """What a downgrade would take away: rows by table, and values by ``table.column``."""
        return losses(self._database, revision)

    def current(self) -> str | None:
        """The revision the database is at, ``None`` when it is empty."""
        return self._schema.current()

    def ping(self) -> None:
        """Asks the database for an answer.

        Raises:
            StoreUnavailable: There is none.
        """
        with self._database.read() as connection:
            connection.execute(_PING)

    def close(self) -> None:
        """Closes every connection of this process. The next use opens new ones."""
        self._database.close()
