"""The store keeps its promises on PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg
import pytest

from backfin.errors import StoreUnavailable
from backfin.storage import Store
from backfin.testing import FrozenClock
from postgres_server import new_database
from store_contract.announcements import AnnouncementsContract
from store_contract.book import AddingContract, ComparingContract, JudgementsContract, LinkingContract
from store_contract.digests import DigestsContract
from store_contract.fleet import BreakersContract, FleetContract, QuarantineContract
from store_contract.intakes import IntakesContract
from store_contract.investor_exports import InvestorExportsContract
from store_contract.made import LATER, announcement
from store_contract.numbers import IdentifiersContract, MembershipsContract
from store_contract.outbox import DeliveriesContract, WatchesContract
from store_contract.readings import DocumentsContract, EnrichmentsContract, InvestorsContract, IssuersContract
from store_contract.retention import RetentionContract
from store_contract.schema import SchemaContract
from store_contract.search import ExportContract, SearchContract
from store_contract.timelines import TimelinesContract
from store_contract.work import BookkeepingContract, ModelCallsContract, PacerContract, RunsContract


@pytest.fixture(scope="module")
def migrated_url(postgres: str) -> Iterator[str]:
    """A migrated database, shared by the tests of this module."""
    with new_database(postgres) as url:
        store = Store(url)
        store.upgrade()
        store.close()
        yield url


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def store(migrated_url: str, clock: FrozenClock) -> Iterator[Store]:
    """A store whose tables are empty."""
    with psycopg.connect(migrated_url, autocommit=True) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        )
        connection.execute(f"TRUNCATE {', '.join(name for (name,) in tables)}")
    store = Store(migrated_url, clock=clock)
    yield store
    store.close()


@pytest.fixture
def empty_url(postgres_url: str) -> str:
    return postgres_url


def test_few_new_words_wait_where_every_search_reads_them_one_by_one(store: Store, migrated_url: str) -> None:
    for start in range(0, 400, 50):
        bodies = {
            number: " ".join(f"w{number}x{word}" for word in range(300))
            for number in range(start, start + 50)
        }
        store.announcements.add([announcement(one, body=body) for one, body in bodies.items()], due_at=LATER)

    with psycopg.connect(migrated_url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT gin_clean_pending_list('ix_announcements_search_vector')"
        ).fetchone()

    assert found is not None
    pages_of_8_kib = found[0]
    assert pages_of_8_kib < 64


def stand_still(store: Store) -> None:
    """Holds the lock of a row for some seconds, and then goes on."""
    with store.together():
        store.hosts.cool_down("api.example", 60, why="It stands still now.")
        time.sleep(3)
        store.ping()


def test_who_stands_still_in_a_transaction_does_not_hold_its_locks_for_ever(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backfin.storage.engine.STANDSTILL_TIMEOUT_S", 1)
    still = Store(store._database.url.render_as_string(hide_password=False))
    with pytest.raises(StoreUnavailable):
        stand_still(still)
    store.hosts.cool_down("api.example", 60, why="Nobody holds it.")

    assert "Nobody" in str(store.hosts.all_cooling())
    still.close()


class TestAnnouncements(AnnouncementsContract):
    pass


class TestSearch(SearchContract):
    pass


class TestExport(ExportContract):
    pass


class TestDocuments(DocumentsContract):
    pass


class TestEnrichments(EnrichmentsContract):
    pass


class TestInvestors(InvestorsContract):
    pass


class TestAdding(AddingContract):
    pass


class TestComparing(ComparingContract):
    pass


class TestLinking(LinkingContract):
    pass


class TestJudgements(JudgementsContract):
    pass


class TestTimelines(TimelinesContract):
    pass


class TestIdentifiers(IdentifiersContract):
    pass


class TestMemberships(MembershipsContract):
    pass


class TestIntakes(IntakesContract):
    pass


class TestInvestorExports(InvestorExportsContract):
    pass


class TestIssuers(IssuersContract):
    pass


class TestWatches(WatchesContract):
    pass


class TestDeliveries(DeliveriesContract):
    pass


class TestDigests(DigestsContract):
    pass


class TestRuns(RunsContract):
    pass


class TestBookkeeping(BookkeepingContract):
    pass


class TestPacer(PacerContract):
    pass


class TestModelCalls(ModelCallsContract):
    pass


class TestFleet(FleetContract):
    pass


class TestQuarantine(QuarantineContract):
    pass


class TestBreakers(BreakersContract):
    pass


class TestSchema(SchemaContract):
    pass


class TestRetention(RetentionContract):
    pass
