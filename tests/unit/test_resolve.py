"""Linking the parties of a filing to investors."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from backfin.investors.find import find_parties
from backfin.investors.resolve import link
from backfin.models import Announcement, Enrichment, EventType, Evidence, Party, PartyKind

NOW = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
ANNOUNCEMENT = Announcement(
    announcement_id="bse:1",
    exchange="bse",
    native_id="1",
    issuer_name="Pine Steel Limited",
    disseminated_at=NOW,
)


def make_enrichment(*parties: Party) -> Enrichment:
    return Enrichment(
        enrichment_id="e_1",
        announcement_id="bse:1",
        category="New Order",
        event_type=EventType.ALLOTMENT,
        headline="",
        summary="",
        parties=parties,
        enricher="rules",
        created_at=NOW,
    )


def make_party(name: str, role: str = "allottee", quantity: int | None = None, **more: object) -> Party:
    return Party.model_validate({"name_as_written": name, "role": role, "quantity": quantity, **more})


def test_two_spellings_in_one_filing_are_one_investor_with_two_mentions() -> None:
    enrichment = make_enrichment(
        make_party("Shri A.K. Mehra", quantity=10), make_party("A K MEHRA", "seller")
    )

    investors, mentions = link(enrichment, ANNOUNCEMENT, NOW)

    assert [investor.names for investor in investors] == [("Shri A.K. Mehra", "A K MEHRA")]
    assert {investors[0].investor_id} == {mention.investor_id for mention in mentions}
    assert len({mention.mention_id for mention in mentions}) == 2


def test_reading_a_filing_again_makes_the_same_keys() -> None:
    parties = [
        make_party("Asha Mehra", quantity=1),
        make_party("Asha Mehra", quantity=2),
        make_party("Oak LLP"),
    ]

    first = link(make_enrichment(*parties), ANNOUNCEMENT, NOW)
    second = link(make_enrichment(*parties), ANNOUNCEMENT, datetime(2027, 1, 1, tzinfo=UTC))

    assert [m.mention_id for m in first[1]] == [m.mention_id for m in second[1]]
    assert [i.investor_id for i in first[0]] == [i.investor_id for i in second[0]]
    assert len({m.mention_id for m in first[1]}) == 3


def test_the_kind_another_filing_states_does_not_change_the_key() -> None:
    known = link(make_enrichment(make_party("Oak Stanley", kind=PartyKind.COMPANY)), ANNOUNCEMENT, NOW)[0][0]
    unknown = link(make_enrichment(make_party("Oak Stanley")), ANNOUNCEMENT, NOW)[0][0]

    assert known.investor_id == unknown.investor_id
    assert PartyKind.COMPANY is known.kind


def test_a_family_and_its_head_are_two_investors() -> None:
    enrichment = make_enrichment(make_party("Ravi Mehra"), make_party("Ravi Mehra (HUF)"))

    investors, _ = link(enrichment, ANNOUNCEMENT, NOW)

    assert [investor.kind for investor in investors] == [PartyKind.PERSON, PartyKind.HUF]
    assert len({investor.investor_id for investor in investors}) == 2


def test_names_of_nobody_and_the_issuer_itself_are_left_out() -> None:
    names = ["Promoter & Promoter Group", "Various", "N.A.", "-", "Total", "Pine Steel Ltd", "", "Qualified"]

    found = find_parties(make_enrichment(*map(make_party, names), make_party("Asha Mehra")), ANNOUNCEMENT)

    assert [party.name_as_written for party in found] == ["Asha Mehra"]


def test_an_entry_read_twice_is_one_mention() -> None:
    row = {"price_inr": Decimal("12.50")}
    enrichment = make_enrichment(
        make_party("Asha Mehra", quantity=5, **row, evidence=[Evidence(page=1, quote="Asha")]),
        make_party("ASHA MEHRA", quantity=5, **row, evidence=[Evidence(page=3, quote="ASHA")]),
    )

    _, mentions = link(enrichment, ANNOUNCEMENT, NOW)

    assert [(1, "Asha", Decimal("12.50"))] == [(m.page, m.quote, m.price_inr) for m in mentions]


def test_a_name_many_may_bear_is_linked_for_review_and_says_why() -> None:
    _, mentions = link(make_enrichment(make_party("Mr. Mehra"), make_party("Asha Mehra")), ANNOUNCEMENT, NOW)

    assert [mention.tier for mention in mentions] == ["review", "auto"]
    assert "several people" in mentions[0].explanation
