"""What a store promises about its schema."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from backfin.errors import UnknownSchema
from backfin.models import Cadence, DeliveryState, Verdict
from backfin.storage import Store
from backfin.storage.schema import HEAD
from backfin.storage.tables import NOT_IN_METADATA, metadata
from store_contract.book import read
from store_contract.made import LATER, NOON, announcement, delivery, document, watch

_OLD_INVESTORS = (
    ("i_old", "Ashok Kumar Mehra", "ashok kumar mehra"),
    ("i_else", "Vimal Chand Bora", "vimal chand bora"),
)


def differences(url: str) -> list[object]:
    """What the tables of the code have that the database lacks, and the other way round."""

    def is_compared(_object: object, name: str | None, *_others: object) -> bool:
        return not any(name is not None and name.startswith(part) for part in NOT_IN_METADATA)

    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_compared})
        found = compare_metadata(context, metadata)
    engine.dispose()
    return list(found)


class SchemaContract:
    """Needs the fixture ``empty_url``: the URL of a database with nothing in it."""

    def test_an_empty_database_is_refused_with_the_command_to_run(self, empty_url: str) -> None:
        store = Store(empty_url)

        with pytest.raises(UnknownSchema, match="backfin db upgrade"):
            store.check()
        with pytest.raises(UnknownSchema, match="backfin db upgrade"):
            store.watches.list()

        assert store.current() is None
        store.close()

    def test_upgrading_makes_exactly_the_tables_of_the_code(self, empty_url: str) -> None:
        store = Store(empty_url)

        store.upgrade()
        store.upgrade()

        store.check()
        store.close()
        assert differences(empty_url.replace("postgresql:", "postgresql+psycopg:")) == []

    def test_the_way_down_ends_in_nothing_and_leads_up_again(self, empty_url: str) -> None:
        store = Store(empty_url)
        store.upgrade()

        store.downgrade()
        lower = store.current()
        store.downgrade("base")
        nothing = store.current()
        store.upgrade()

        assert lower not in (None, HEAD)
        assert nothing is None
        assert store.current() == HEAD
        store.close()

    def test_one_step_down_keeps_the_texts_of_pages_and_one_up_brings_their_columns_back(
        self, empty_url: str
    ) -> None:
        store = Store(empty_url)
        store.upgrade()
        store.announcements.add([announcement()], due_at=LATER)
        store.documents.record("bse:1", [document()], filing_id="f_1", due_at=LATER)

        store.downgrade("0003")
        store.upgrade()

        (found,) = store.documents.of("bse:1")
        assert [page.text for page in found.pages] == [page.text for page in document().pages]
        assert (found.tables, found.pages[1].hidden) == ((), "")
        store.close()

    def test_an_older_schema_sends_nothing_that_was_collected_or_is_a_digest(self, empty_url: str) -> None:
        store = Store(empty_url)
        store.upgrade()
        store.announcements.add([announcement()], due_at=LATER)
        store.watches.put(watch(cadence=Cadence.DIGEST, digest_at="09:00"))
        store.deliveries.record("bse:1", [delivery(state=DeliveryState.COLLECTED)], due_at=LATER)
        period = {"since_at": NOON, "until_at": LATER, "filing_id": "digest", "delivery_id": "d_digest"}
        store.digests.form(delivery(watch_id="digest", **period), ["w_1"], due_at=LATER)

        store.downgrade("0007")
        store.upgrade()

        assert store.deliveries.counts() == {DeliveryState.EXPIRED: 2}
        assert store.deliveries.stalled(LATER + timedelta(days=1), 10) == []
        assert [(one.cadence, one.digest_at) for one in store.watches.list()] == [(Cadence.INSTANT, None)]
        store.close()

    def test_investors_of_an_older_schema_are_found_by_their_keys_and_come_apart_on_the_way_down(
        self, empty_url: str
    ) -> None:
        store = Store(empty_url)
        store.upgrade("0008")
        with store._database.write() as connection:
            for row in _OLD_INVESTORS:
                connection.exec_driver_sql(
                    "INSERT INTO investors (investor_id, name, normal_form, kind, status)"
                    " VALUES ('{}', '{}', '{}', 'person', 'unverified')".format(*row)
                )
                connection.exec_driver_sql(
                    "INSERT INTO investor_names (investor_id, name, folded) VALUES ('{}', '{}', '{}')".format(
                        *row
                    )
                )

        store.upgrade()
        (swapped, other) = read(store, 1, ["MEHRA ASHOK KUMAR", "Zubin Larch"])
        merged = store.judgements.judge("i_old", other.investor_id, Verdict.SAME, by="asha")
        store.downgrade("0008")
        store.upgrade()

        assert (swapped.investor_id, merged.one_id) == ("i_old", "i_old")
        assert store.investors.find("Zubin Larch") == other.investor_id
        assert len(store.investors.list()) == 4
        assert store.judgements.list() == store.reviews.open() == []
        assert [one.investor_id for one in read(store, 2, ["Mehra Kumar Ashok"])] != ["i_old"]
        store.close()

    def test_a_newer_schema_is_refused(self, empty_url: str) -> None:
        store = Store(empty_url)
        store.upgrade()
        with store._database.write() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

        with pytest.raises(UnknownSchema, match="9999"):
            store.check()

        store.close()
