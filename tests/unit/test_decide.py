"""Deciding on a name met for the first time, and which investors are one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.errors import ConfigError
from backfin.investors.candidates import NamesInMemory, Step
from backfin.investors.clusters import survivors_of
from backfin.investors.decide import MOST_REVIEWED, Decision, KnownInvestor, decide
from backfin.investors.find import check_name, is_somebody
from backfin.investors.resolve import investor_of
from backfin.models import Investor, Party, PartyKind


class Shelf(NamesInMemory):
    """Known names, each of an investor of its own unless ``one`` says they all are one."""

    def __init__(self, names: Sequence[str], *, are_one: bool = False) -> None:
        self._known = [
            KnownInvestor(met.investor_id, "i_one" if are_one else met.investor_id, met.name, *rest)
            for met in map(investor, names)
            for rest in [(met.normal_form, met.kind)]
        ]
        super().__init__(known.form for known in self._known)

    def investors(self, names: Sequence[int]) -> Sequence[Sequence[KnownInvestor]]:
        """The investors of names."""
        return [[self._known[name]] for name in names]

    def add(self, known: KnownInvestor) -> None:
        """Takes nobody in."""


def investor(name: str, kind: PartyKind = PartyKind.UNKNOWN) -> Investor:
    return investor_of(Party(name_as_written=name, role="allottee", kind=kind))


def decided(name: str, *known: str, kind: PartyKind = PartyKind.UNKNOWN, are_one: bool = False) -> Decision:
    return decide(investor(name, kind), Shelf(known, are_one=are_one))


@pytest.mark.parametrize(
    ("name", "known", "step"),
    [
        ("MEHRA ASHOK KUMAR", "Ashok Kumar Mehra", Step.LINK),
        ("Pineoak Beverages Pvt Ltd", "Pine Oak Beverages Private Limited", Step.LINK),
        ("A K Mehra", "Ashok Kumar Mehra", Step.REVIEW),
        ("Ashok Mehra HUF", "Ashok Mehra", Step.NEW),
        ("Zubin Larch", "Ashok Kumar Mehra", Step.NEW),
        ("Mehra", "Ashok Mehra", Step.NEW),
        ("Mehra A", "A Mehra", Step.REVIEW),
        ("Finance Capital Ltd", "Capital Finance Ltd", Step.NEW),
        ("Executive Director", "Director Executive", Step.NEW),
    ],
)
def test_a_name_is_linked_where_it_is_sure_and_says_enough(name: str, known: str, step: Step) -> None:
    assert decided(name, known).step is step


def test_two_names_of_one_investor_are_no_doubt() -> None:
    known = ("Laxmi Narayan Agarwal", "Lakshmi Narayan Aggarwal")

    apart, one = (decided("Laxmi Narayan Agrawal", *known, are_one=are_one) for are_one in (False, True))

    assert (apart.step, len(apart.near)) == (Step.REVIEW, 2)
    assert (one.step, one.near[0].investor.survivor_id) == (Step.LINK, "i_one")


def test_a_person_and_a_company_of_much_the_same_name_are_for_a_person_to_judge() -> None:
    assert decided("Stanley Oak", "Oak Stanley").step is Step.LINK
    assert decided("Stanley Oak", "Oak Stanley", kind=PartyKind.COMPANY).step is Step.REVIEW


def test_no_more_than_a_few_are_put_before_a_person() -> None:
    crowd = [f"Ashok {middle} Mehra" for middle in ("Kumar", "Kishore", "Kamal", "Kiran", "Kailash")]

    found = decided("Ashok K Mehra", *crowd)

    assert (found.step, len(found.near)) == (Step.REVIEW, MOST_REVIEWED)


@pytest.mark.parametrize(
    "name", ["Authorised Signatory", "Proposed Allottees", "Acquirer", "Managing Director"]
)
def test_a_role_is_nobody(name: str) -> None:
    assert not is_somebody(name)
    assert is_somebody(f"{name} Mehra")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "ABCDE1234F",
        "abcde1234f",
        "INE002A01018",
        "a@b.in",
        "https://a.in/x",
        "--",
        "Public",
        "x" * 301,
    ],
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        check_name(text)


IDS = "abcdefg"
EDGES = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), max_size=12)


@given(EDGES)
def test_survivors_are_the_connected_components(edges: list[tuple[str, str]]) -> None:
    tops = survivors_of(IDS, edges)

    groups = [{one} for one in IDS]
    for edge in edges:
        joined = set().union(*(group for group in groups if group & set(edge)))
        groups = [group for group in groups if not group & set(edge)] + [joined]
    assert {frozenset(group) for group in groups} == {
        frozenset(one for one in IDS if tops[one] == top) for top in set(tops.values())
    }
    assert all(tops[top] == top for top in tops.values())


@given(EDGES, st.data())
def test_a_judgement_that_joins_nothing_new_changes_no_survivor(
    edges: list[tuple[str, str]], data: st.DataObject
) -> None:
    tops = survivors_of(IDS, edges)
    again = data.draw(st.sampled_from(edges)) if edges else ("a", "a")

    assert survivors_of(IDS, [*edges, again]) == tops
