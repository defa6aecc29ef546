"""The investors of a filing inside the pipeline: linked, told of under every name, and the same when read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations

import pytest
from sqlalchemy import select

from backfin import Backfin
from backfin.models import Issuer, IssuerCode, State, Verdict
from backfin.models.events import InvestorsLinked
from backfin.steps.investors import investors
from backfin.steps.issuers import refresh_issuers
from backfin.steps.match import match
from backfin.storage.tables import mentions
from backfin.testing import FakeExchange, RecordingNotifier, make_app, make_watch
from store_contract.book import KNOWN, NEAR, SWAPPED, party
from store_contract.made import LATER, announcement, enrichment


@pytest.fixture
def app() -> Iterator[Backfin]:
    with make_app(exchanges=[FakeExchange([])], notifiers=[RecordingNotifier()]) as app:
        yield app


def read(app: Backfin, number: int, *names: str, body: str = "") -> tuple[str, ...]:
    """Runs the step on a filing that names these, and returns whom it says it linked."""
    told: list[InvestorsLinked] = []
    ctx = replace(app.context.for_message(None), emit=told.append)
    key = f"bse:{number}"
    app.store.announcements.add([announcement(number, body=body)], due_at=LATER)
    app.store.enrichments.record(enrichment(number, parties=tuple(map(party, names))), due_at=LATER)
    app.store.announcements.rewind([key], State.ENRICHED)
    investors(ctx, key)
    match(ctx, key)
    return told[0].investor_ids


def test_a_watch_hears_of_an_investor_under_any_of_its_names(app: Backfin) -> None:
    app.store.watches.put(make_watch(rule=f'investor = "{KNOWN}"'))

    (first,) = read(app, 1, KNOWN)
    (second,) = read(app, 2, SWAPPED)
    (third,) = read(app, 3, NEAR)

    assert first == second != third
    assert sum(app.store.deliveries.counts().values()) == 2


def met_as(app: Backfin, number: int) -> set[str]:
    """The ids under which the investors of a filing were met, whatever they were joined to since."""
    with app.store._database.read() as connection:
        told = select(mentions.c.investor_id).where(mentions.c.announcement_id == f"bse:{number}")
        return set(connection.execute(told).scalars())


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize(
    "marks", [("DIN: 01234567", "DIN: 07654321"), ("PAN: ABCPM1234F", "PAN: ABCPM4321F")]
)
def test_people_of_one_name_and_other_numbers_are_two_in_any_order(
    app: Backfin, order: Sequence[int], marks: tuple[str, str]
) -> None:
    bodies = [f"Shares of {KNOWN} ({mark}) were sold." for mark in marks] + [f"Shares of {KNOWN}."]

    told = {number: read(app, number, KNOWN, body=bodies[number]) for number in order}
    ids = {row for number in order for row in met_as(app, number)}
    again = {number: read(app, number, KNOWN, body=bodies[number]) for number in reversed(order)}

    assert len(ids) == 3
    assert again[0] != again[1]
    assert app.store.reviews.count() > 0
    assert {row for number in order for row in met_as(app, number)} == ids
    assert all(len(one) == 1 for one in told.values())


def test_a_replay_brings_back_no_old_state(app: Backfin) -> None:
    (first,) = read(app, 1, KNOWN)
    (other,) = read(app, 2, "Zubin Larch")
    merge = app.store.judgements.judge(first, other, Verdict.SAME, by="asha").link_id

    assert read(app, 2, "Zubin Larch") == (first,)
    app.store.judgements.undo(merge, by="asha")
    assert read(app, 2, "Zubin Larch") == (other,)

    assert read(app, 3, SWAPPED) == (first,)
    app.store.judgements.split(app.store.investors.part(KNOWN, SWAPPED), by="asha")
    assert read(app, 3, SWAPPED) != (first,)
    assert read(app, 4, SWAPPED) != (first,)
    assert len(app.store.investors.mentions("bse:3")) == 1


def test_a_company_that_is_listed_under_a_new_name_is_one_investor() -> None:
    exchange = FakeExchange([])
    with make_app(exchanges=[exchange]) as app:
        for name in ("Pine Elm Textiles Ltd", "Yewtree Fabrics Ltd"):
            carried = IssuerCode(kind="name", exchange=exchange.name, value=name)
            exchange.issuers = [Issuer(isin="INE002A01018", name=name, codes=(carried,))]
            refresh_issuers(app.context, exchange.name)

        (told,) = read(app, 1, "M/s Pine Elm Textiles Limited")

        assert app.store.investors.show(told)["name"] == "Yewtree Fabrics Ltd"


def test_a_watch_hears_of_everybody_in_a_family(app: Backfin) -> None:
    app.store.watches.put(make_watch(rule='group = "Mr. Ashok Kumar Mehra"'))

    read(app, 1, "Rina Sen Gupta, wife of Ashok Kumar Mehra")
    read(app, 2, "Rina Sen Gupta")
    read(app, 3, KNOWN)
    read(app, 4, "Zubin Larch")
    app.store.memberships.remove(app.store.investors.find("Rina Sen Gupta"), KNOWN, by="asha")
    read(app, 5, "Rina Sen Gupta")

    assert sum(app.store.deliveries.counts().values()) == 3


def test_what_stands_beside_a_name_is_kept_and_read_again_once(app: Backfin) -> None:
    for _ in range(2):
        (key,) = read(app, 1, "Rina Sen Gupta, wife of Ashok Kumar Mehra")

    (member,) = app.store.memberships.of(key)
    assert (member.label, member.relation, member.announcement_ids) == (KNOWN, "wife", ("bse:1",))
