"""The store keeps its promises on SQLite."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from backfin.storage import Store
from backfin.testing import FrozenClock
from store_contract.announcements import AnnouncementsContract
from store_contract.book import AddingContract, ComparingContract, JudgementsContract, LinkingContract
from store_contract.digests import DigestsContract
from store_contract.fleet import BreakersContract, FleetContract, QuarantineContract
from store_contract.intakes import IntakesContract
from store_contract.investor_exports import InvestorExportsContract
from store_contract.numbers import IdentifiersContract, MembershipsContract
from store_contract.outbox import DeliveriesContract, WatchesContract
from store_contract.readings import DocumentsContract, EnrichmentsContract, InvestorsContract, IssuersContract
from store_contract.retention import RetentionContract
from store_contract.schema import SchemaContract
from store_contract.search import ExportContract, SearchContract
from store_contract.timelines import TimelinesContract
from store_contract.work import BookkeepingContract, ModelCallsContract, PacerContract, RunsContract


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty store, made once."""
    path = tmp_path_factory.mktemp("store") / "migrated.db"
    store = Store(f"sqlite:///{path}")
    store.upgrade()
    store.close()
    return path


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def store(tmp_path: Path, migrated_file: Path, clock: FrozenClock) -> Iterator[Store]:
    path = tmp_path / "backfin.db"
    shutil.copy(migrated_file, path)
    store = Store(f"sqlite:///{path}", clock=clock)
    yield store
    store.close()


@pytest.fixture
def empty_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'new' / 'folder' / 'backfin.db'}"


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
