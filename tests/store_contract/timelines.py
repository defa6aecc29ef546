"""What a store promises of a timeline: every role once, numbers from where they stand, sums of like things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from backfin.errors import ConfigError
from backfin.investors.resolve import link
from backfin.models import Action, EventType, Evidence, Fact, Money, Party, Status, Timeline
from backfin.storage import Store
from store_contract.made import LATER, NOON, announcement, enrichment

ASHA, OTHER = "Asha Kumari Mehra", "MEHRA ASHA KUMARI"


def party(name: str = ASHA, role: str = "acquirer", **more: Any) -> Party:
    return Party(name_as_written=name, role=role, evidence=(Evidence(page=2, quote=f"by {name}"),), **more)


def facts(**values: Any) -> dict[str, Fact]:
    """Facts that stand on page 3."""
    return {
        name: Fact(value=value, evidence=(Evidence(page=3, quote=f"{name} is {value}"),))
        for name, value in values.items()
    }


def tell(
    store: Store,
    number: int,
    event_type: EventType,
    parties: Sequence[Party],
    told: Mapping[str, Fact] | None = None,
    *,
    filing: str = "",
    **changes: Any,
) -> None:
    """A filing with these parties and facts goes all the way."""
    made = announcement(number, **changes)
    store.announcements.add([made], due_at=LATER)
    store.documents.record(made.announcement_id, [], filing_id=filing or f"f_{number}", due_at=LATER)
    reading = enrichment(
        number, announcement_id=made.announcement_id, event_type=event_type, parties=parties, facts=told or {}
    )
    store.enrichments.record(reading, due_at=LATER)
    found, mentions = link(reading, made, NOON)
    store.investors.record(made.announcement_id, found, mentions, due_at=LATER)


def bought(quantity: int = 1000, **more: Any) -> dict[str, Fact]:
    return facts(acquirer=ASHA, side="buy", quantity=quantity, **more)


def sums(timeline: Timeline) -> list[tuple[Action, int | None, int, int]]:
    return [(one.action, one.quantity, one.trades, one.repeats) for one in timeline.totals]


class TimelinesContract:
    """Every role of an investor across filings."""

    def test_numbers_come_from_the_row_and_from_the_facts_with_their_places(self, store: Store) -> None:
        told = bought(pre_pct=4.5, post_pct=7.25, post_quantity=9000, trade_date_from="2026-06-29")
        tell(store, 1, EventType.SAST_DISCLOSURE, [party(OTHER)], told | facts(acquirer=OTHER))
        row = party(
            role="allottee", quantity=50, price_inr=Decimal(20), pre_pct=Decimal(1), post_pct=Decimal(2)
        )
        tell(store, 2, EventType.ALLOTMENT, [row], facts(instrument="warrant"))

        first, second = store.timelines.of(ASHA).events

        assert (first.action, first.quantity, first.pre_pct, first.post_pct, first.post_quantity) == (
            Action.BOUGHT,
            1000,
            Decimal("4.5"),
            Decimal("7.25"),
            9000,
        )
        assert (first.from_facts["pre_pct"].page, first.from_facts["pre_pct"].quote) == (3, "pre_pct is 4.5")
        assert (first.page, first.quote, str(first.traded_from)) == (2, f"by {OTHER}", "2026-06-29")
        assert (second.action, second.security, second.quantity) == (Action.ALLOTTED, "warrant", 50)
        assert (second.pre_pct, second.post_pct, second.from_facts) == (Decimal(1), Decimal(2), {})

    def test_an_investor_is_shown_with_the_numbers_of_its_timeline(self, store: Store) -> None:
        tell(store, 1, EventType.SAST_DISCLOSURE, [party()], bought(consideration=Money(amount=Decimal(90))))
        tell(store, 2, EventType.SAST_DISCLOSURE, [party(), party("Vimal Bora", "pac")], bought(pct=2.5))
        tell(store, 3, EventType.ALLOTMENT, [party(role="allottee", quantity=50, pct=Decimal("0.5"))])

        shown = store.investors.show(ASHA)["mentions"]

        named = ("announcement_id", "quantity", "price_inr", "amount_inr", "pct", "stated_for")
        told = [tuple(getattr(one, name) for name in named) for one in store.timelines.of(ASHA).events]
        assert [tuple(one[name] for name in named) for one in shown] == told[::-1]
        assert told[0] == ("bse:1", 1000, None, Decimal(90), None, "party")
        assert shown[2]["from_facts"]["quantity"]["quote"] == "quantity is 1000"

    def test_names_that_are_one_share_a_timeline_and_others_do_not(self, store: Store) -> None:
        tell(store, 1, EventType.DEAL, [party(role="buyer")])
        tell(store, 2, EventType.DEAL, [party(OTHER, "buyer"), party("Vimal Bora", "seller")])

        timeline = store.timelines.of(OTHER)

        assert [one.announcement_id for one in timeline.events] == ["bse:1", "bse:2"]
        assert len(timeline.ids) == 2
        assert [one.action for one in store.timelines.of("Vimal Bora").events] == [Action.SOLD]

    def test_facts_about_somebody_else_are_nobody_elses_numbers(self, store: Store) -> None:
        told = bought(post_pct=9.5)
        tell(store, 1, EventType.SAST_DISCLOSURE, [party(), party("Vimal Bora", "seller")], told)

        (event,) = store.timelines.of("Vimal Bora").events

        assert (event.action, event.quantity, event.post_pct) == (Action.SOLD, None, None)

    def test_numbers_of_a_group_say_so_and_are_not_added(self, store: Store) -> None:
        tell(store, 1, EventType.SAST_DISCLOSURE, [party(), party("Vimal Bora", "pac")], bought(post_pct=9.5))

        for name in (ASHA, "Vimal Bora"):
            timeline = store.timelines.of(name)
            (event,) = timeline.events
            assert (event.stated_for, event.quantity, event.post_pct) == ("group", 1000, Decimal("9.5"))
            (total,) = timeline.totals
            assert (total.quantity, total.trades, total.of_group) == (None, 0, 1)

    def test_a_copy_of_a_filing_is_one_event(self, store: Store) -> None:
        for number, exchange in ((1, "bse"), (2, "nse")):
            tell(
                store,
                number,
                EventType.SAST_DISCLOSURE,
                [party()],
                bought(),
                filing="f_1",
                announcement_id=f"{exchange}:{number}",
                exchange=exchange,
            )

        timeline = store.timelines.of(ASHA)

        assert [one.also_in for one in timeline.events] == [("nse:2",)]
        assert sums(timeline) == [(Action.BOUGHT, 1000, 1, 0)]

    def test_a_trade_told_by_both_sides_counts_once(self, store: Store) -> None:
        tell(store, 1, EventType.SAST_DISCLOSURE, [party()], bought())
        tell(
            store,
            2,
            EventType.INSIDER_TRADE,
            [party(role="buyer", quantity=1000)],
            facts(security_type="equity shares"),
            disseminated_at=NOON + timedelta(days=3),
        )
        tell(store, 3, EventType.SAST_DISCLOSURE, [party()], bought(2000))

        timeline = store.timelines.of(ASHA)

        assert {one.announcement_id: one.same_trade_as for one in timeline.events} == {
            "bse:1": None,
            "bse:3": None,
            "bse:2": "bse:1",
        }
        assert sums(timeline) == [(Action.BOUGHT, 3000, 2, 1)]

    def test_each_row_of_a_feed_is_a_deal_of_its_own_and_a_letter_tells_of_one(self, store: Store) -> None:
        row = party(role="buyer", quantity=1000)
        tell(store, 1, EventType.DEAL, [row])
        for number in (2, 3):
            tell(store, number, EventType.DEAL, [row], attachments=())

        timeline = store.timelines.of(ASHA)

        assert [one.same_trade_as for one in timeline.events] == [None, "bse:1", None]
        assert sums(timeline) == [(Action.BOUGHT, 2000, 2, 1)]

    @pytest.mark.parametrize(
        ("second", "changes"),
        [
            (bought(trade_date_from="2026-06-30"), {}),
            (bought(), {"disseminated_at": NOON + timedelta(days=30)}),
            (bought(), {"isin": "INE009A01021", "issuer_name": "Another Ltd"}),
            (facts(acquirer=ASHA, side="sell", quantity=1000), {}),
        ],
        ids=["another day", "a month later", "another issuer", "the other way"],
    )
    def test_another_trade_of_as_many_counts(
        self, store: Store, second: dict[str, Fact], changes: dict[str, Any]
    ) -> None:
        first = bought(trade_date_from="2026-06-29") if not changes else bought()
        tell(store, 1, EventType.SAST_DISCLOSURE, [party()], first)
        tell(store, 2, EventType.SAST_DISCLOSURE, [party()], second, **changes)

        assert sum(one.trades for one in store.timelines.of(ASHA).totals) == 2

    def test_what_is_proposed_offered_or_held_is_in_no_sum(self, store: Store) -> None:
        tell(store, 1, EventType.FUND_RAISE, [party(role="proposed_allottee", quantity=5)])
        tell(store, 2, EventType.OPEN_OFFER, [party()], facts(acquirers=[ASHA], offer_quantity=7))
        tell(store, 3, EventType.SHAREHOLDING_PATTERN, [party(role="shareholder", quantity=9)])
        tell(store, 4, EventType.SAST_DISCLOSURE, [party()], bought(regulation="10(5)"))

        timeline = store.timelines.of(ASHA)

        assert [one.action for one in timeline.events] == [
            Action.PROPOSED,
            Action.OFFERED,
            Action.HOLDS,
            Action.PROPOSED,
        ]
        assert timeline.totals == ()

    def test_a_derived_amount_says_so_and_foreign_money_is_none_in_rupees(self, store: Store) -> None:
        worth = Fact(value=Money(amount=Decimal(500)), status=Status.DERIVED)
        dollars = Money(amount=Decimal(5), currency="USD")
        told = facts(client=ASHA, side="buy", quantity=10, price=dollars) | {"value": worth}
        tell(store, 1, EventType.DEAL, [party(role="buyer")], told)

        (event,) = store.timelines.of(ASHA).events

        assert (event.amount_inr, event.from_facts["amount_inr"].status) == (Decimal(500), Status.DERIVED)
        assert event.price_inr is None

    def test_days_bound_it(self, store: Store) -> None:
        tell(store, 1, EventType.DEAL, [party(role="buyer")])
        tell(store, 2, EventType.DEAL, [party(role="buyer")], disseminated_at=NOON + timedelta(days=2))
        day = NOON.date()

        assert [one.announcement_id for one in store.timelines.of(ASHA, until=day).events] == ["bse:1"]
        later = store.timelines.of(ASHA, since=day + timedelta(days=1))
        assert [one.announcement_id for one in later.events] == ["bse:2"]

    def test_nobody_has_none_and_no_whole_pan_is_shown(self, store: Store) -> None:
        named = f"{ASHA} ABCPM1234F"
        quoted = Evidence(page=1, quote=f"{ASHA} PAN ABCPM1234F")
        tell(store, 1, EventType.DEAL, [Party(name_as_written=named, role="buyer", evidence=(quoted,))])

        timeline = store.timelines.of(named)

        assert timeline.events[0].quote == f"{ASHA} PAN XXXXXX234F"
        assert "ABCPM" not in str(timeline)
        assert "ABCPM" not in str([*store.investor_exports.rows(), *store.investor_exports.entities()])
        with pytest.raises(ConfigError, match="No investor"):
            store.timelines.of("Nobody")
