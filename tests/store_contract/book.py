"""What a store promises about who is who: links, reviews, judgements and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import count, permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from backfin.errors import ConfigError
from backfin.investors.former import listed_renamings
from backfin.investors.resolve import investor_of, link
from backfin.models import Evidence, Investor, Mention, Party, PartyKind, Verdict
from backfin.storage import Store, comparisons
from backfin.storage.comparisons import Compared
from backfin.storage.tables import investors
from store_contract.made import LATER, NOON, announcement, enrichment, issuer

KNOWN, SWAPPED, NEAR = "Ashok Kumar Mehra", "MEHRA ASHOK KUMAR", "A K Mehra"
_NUMBERS = count(1)


def party(name: str, role: str = "allottee", **more: Any) -> Party:
    """A party named on page 2."""
    quoted = Evidence(page=2, quote=f"shares to {name}")
    return Party(name_as_written=name, role=role, evidence=(quoted,), **more)


def read(store: Store, number: int, parties: Sequence[str | Party]) -> list[Mention]:
    """Reads a filing with these parties, as the step does."""
    store.announcements.add([announcement(number)], due_at=LATER)
    named = tuple(party(one) if isinstance(one, str) else one for one in parties)
    made = enrichment(number, parties=named)
    store.enrichments.record(made, due_at=LATER)
    found, mentions = link(made, announcement(number), NOON)
    return store.investors.record(f"bse:{number}", found, mentions, due_at=LATER)


def add(store: Store, *names: str) -> list[str]:
    """Puts investors that have nothing in common into the book, and returns their ids."""
    made = [named(name) for name in names]
    for one in made:
        store.investors.add(one)
    return [one.investor_id for one in made]


def named(name: str) -> Investor:
    """The investor of a name."""
    return investor_of(party(name))


def as_before_names_were_compared(store: Store, number: int, name: str) -> None:
    """Reads a filing of one party as a store did that linked by the normal form alone."""
    one = named(name)
    row = one.model_dump(exclude={"names"}) | {"survivor_id": one.investor_id}
    with store._database.write() as connection:
        connection.execute(insert(investors), [row])
    read(store, number, [name])


def shape(store: Store, number: int) -> list[tuple[str, str, str]]:
    """What is told of the mentions of a filing."""
    return [(one.investor_id, one.tier, one.explanation) for one in store.investors.mentions(f"bse:{number}")]


def judge(store: Store, one: str, other: str, verdict: Verdict = Verdict.SAME) -> int:
    return store.judgements.judge(one, other, verdict, by="asha", why="same address").link_id


class AddingContract:
    """What a person says of an investor as it is added."""

    def test_a_kind_is_set_where_none_is_known_and_never_passed_over(self, store: Store) -> None:
        one = named("Pinewood9")
        assert one.kind is PartyKind.UNKNOWN
        store.investors.add(one)

        store.investors.add(one, PartyKind.AIF)
        store.investors.add(one, PartyKind.AIF)
        store.investors.add(one)
        assert store.investors.show("Pinewood9")["kind"] == "aif"

        with pytest.raises(ConfigError, match="of the kind aif, not company"):
            store.investors.add(named("PINEWOOD9"), PartyKind.COMPANY)
        shown = store.investors.show("Pinewood9")
        assert (shown["kind"], shown["names"]) == ("aif", ["Pinewood9"])

    def test_a_new_name_of_somebody_of_another_kind_is_refused_whole(self, store: Store) -> None:
        add(store, "Pine Oak Beverages Pvt Ltd")
        stated = named("Pineoak Beverages Pvt Ltd").model_copy(update={"kind": PartyKind.BANK})

        with pytest.raises(ConfigError, match="is known as “Pine Oak Beverages Pvt Ltd” of the kind company"):
            store.investors.add(stated, PartyKind.BANK)

        assert len(store.investors.list()) == 1
        assert store.investors.list(query="pineoak") == []


class ComparingContract:
    """Investors of an older store are held against all others once."""

    def test_what_was_never_compared_is_linked_and_put_up_for_review_once(self, store: Store) -> None:
        apart = ["Zubin Larch", "Rina Sen Gupta", KNOWN]
        for number, name in enumerate([*apart, NEAR, SWAPPED], start=1):
            as_before_names_were_compared(store, number, name)

        done = list(store.comparisons.run())

        assert sum(done, Compared()) == Compared(5, 1, 1)
        assert store.investors.find(SWAPPED) == store.investors.find(KNOWN) != store.investors.find(NEAR)
        (link,) = store.judgements.list()
        assert (link["made_by"], "is taken for" in link["why"], link["score"] > 0.9) == (
            "backfin",
            True,
            True,
        )
        told = {one.name_as_written: one.tier for n in (4, 5) for one in store.investors.mentions(f"bse:{n}")}
        assert told == {NEAR: "review", SWAPPED: "auto"}
        assert (store.comparisons.waiting(), list(store.comparisons.run())) == (0, [])

    def test_a_run_that_ended_early_is_gone_on_with(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number, name in enumerate([KNOWN, SWAPPED, "Zubin Larch"], start=1):
            as_before_names_were_compared(store, number, name)
        monkeypatch.setattr(comparisons, "_BATCH", 1)

        assert next(iter(store.comparisons.run())).investors == 1
        assert store.comparisons.waiting() == 2
        assert sum(store.comparisons.run(), Compared()).investors == 2
        assert store.investors.find(SWAPPED) == store.investors.find(KNOWN)

    def test_what_a_person_said_goes_before(self, store: Store) -> None:
        for number, name in enumerate([KNOWN, SWAPPED, NEAR], start=1):
            as_before_names_were_compared(store, number, name)
        ids = [named(name).investor_id for name in (KNOWN, SWAPPED, NEAR)]
        judge(store, ids[0], ids[1], Verdict.NOT_SAME)
        judge(store, ids[0], ids[2], Verdict.UNDECIDED)

        assert sum(store.comparisons.run(), Compared()).linked == 0
        assert len({store.investors.find(one) for one in ids}) == 3

    def test_two_of_one_list_are_not_linked_by_themselves(self, store: Store) -> None:
        for number, name in enumerate([KNOWN, SWAPPED], start=1):
            as_before_names_were_compared(store, number, name)
        both = [party(name, quantity=10) for name in (KNOWN, SWAPPED)]
        read(store, 3, both)

        assert sum(store.comparisons.run(), Compared()) == Compared(2, 0, 1)

    def test_whoever_is_met_now_was_compared(self, store: Store) -> None:
        read(store, 1, [KNOWN])

        assert store.comparisons.waiting() == 0


class LinkingContract:
    """A name met for the first time is linked, put before a person, or new."""

    def test_a_name_surely_meant_is_linked_and_says_why(self, store: Store) -> None:
        (first,) = read(store, 1, [KNOWN])
        (second,) = read(store, 2, [SWAPPED])

        assert second.investor_id == first.investor_id
        assert second.tier == "auto"
        assert f"“{SWAPPED}” is taken for “{KNOWN}” (score 0.9" in second.explanation
        assert store.investors.mentions("bse:2") == [second]
        shown = store.investors.show(SWAPPED)
        assert (shown["name"], shown["names"]) == (KNOWN, [KNOWN, SWAPPED])
        assert [one["announcement_id"] for one in shown["mentions"]] == ["bse:2", "bse:1"]
        assert [one["mentions"] for one in store.investors.list()] == [2]

    def test_a_name_that_may_be_meant_waits_for_a_person(self, store: Store) -> None:
        (first,) = read(store, 1, [KNOWN])
        (second,) = read(store, 2, [NEAR])

        (waiting,) = store.reviews.open()

        assert second.investor_id != first.investor_id
        assert (second.tier, "May be “Ashok Kumar Mehra”" in second.explanation) == ("review", True)
        assert waiting["explanation"] in second.explanation
        assert (waiting["known"]["name"], waiting["new"]["name"]) == (KNOWN, NEAR)
        assert (waiting["known"]["quote"], waiting["new"]["quote"]) == (
            f"shares to {KNOWN}",
            f"shares to {NEAR}",
        )
        assert (waiting["new"]["page"], waiting["new"]["announcement_id"]) == (2, "bse:2")
        assert waiting["known"]["issuer"] == "Saraswati Cables Ltd"
        assert store.reviews.count() == 1

    @pytest.mark.parametrize("order", list(permutations(range(4))))
    def test_people_of_one_name_and_other_fathers_are_two_in_any_order(
        self, store: Store, order: Sequence[int]
    ) -> None:
        names = [
            "Om Kumar Bora s/o Ravi Bora",
            "Om Kumar Bora S/o Anil Bora",
            "Om Kumar Bora",
            "Bora Om Kumar",
        ]
        for number in order:
            read(store, number, [names[number]])
        ids = [named(name).investor_id for name in names]

        before = [shape(store, number) for number in range(4)]
        sons = [store.investors.find(names[number]) for number in range(2)]
        for number in reversed(order):
            read(store, number, [names[number]])

        assert len(set(ids)) == 4
        assert sons[0] != sons[1]
        assert store.reviews.count() > 0
        assert [shape(store, number) for number in range(4)] == before

    def test_one_father_in_two_spellings_is_one(self, store: Store) -> None:
        (first,) = read(store, 1, ["Om Kumar Bora s/o Shri Laxman Bora"])
        (second,) = read(store, 2, ["OM KUMAR BORA S/O LAKSHMAN BORA"])

        assert (second.investor_id, store.reviews.count()) == (first.investor_id, 0)

    def test_the_evidence_of_a_name_that_no_filing_has_is_that_of_its_investor(self, store: Store) -> None:
        (first,) = read(store, 1, ["Zubin Larch"])
        store.investors.alias(first.investor_id, named(KNOWN), by="asha")
        read(store, 2, [NEAR])

        (waiting,) = store.reviews.open()

        assert (waiting["known"]["name"], waiting["known"]["quote"]) == (KNOWN, "shares to Zubin Larch")

    @pytest.mark.parametrize("name", ["Mehra", "Mr. Ashok", "Finance Ltd", "Infra Projects Pvt Ltd"])
    def test_a_name_that_says_little_is_linked_with_nobody(self, store: Store, name: str) -> None:
        read(store, 1, [KNOWN, "Ashok", "Mehra K", "Finance and Finance Ltd", "Projects Infra Pvt Ltd"])
        before = store.reviews.count()

        (told,) = read(store, 2, [name])

        assert told.investor_id == named(name).investor_id
        assert store.reviews.count() == before
        assert store.judgements.list() == []

    def test_two_rows_of_one_list_are_not_linked_by_themselves(self, store: Store) -> None:
        rows = [party(KNOWN, quantity=10), party(SWAPPED, quantity=20)]

        listed = read(store, 1, rows)
        told = read(store, 2, ["Vimal Chand Bora", party("BORA VIMAL CHAND", "seller")])

        assert len({one.investor_id for one in listed}) == 2
        assert store.reviews.count() == 1
        assert len({one.investor_id for one in told}) == 1

    def test_a_long_list_is_looked_up_at_once(self, store: Store) -> None:
        first = ("Zubin", "Vimal", "Leela", "Ganesh", "Farhan", "Tapas", "Perin", "Cyril")
        last = ("Larch", "Bora", "Oak", "Mekala", "Qadri", "Guin", "Noronha", "Wadhera")
        people = [(one, other) for one in first for other in last]

        told = read(store, 1, [f"{one} {other}" for one, other in people])
        again = read(store, 2, [f"{other.upper()} {one.upper()}" for one, other in people])

        assert [one.investor_id for one in again] == [one.investor_id for one in told]
        assert len({one.investor_id for one in told}) == len(people)

    def test_reading_again_changes_nothing(self, store: Store) -> None:
        names = [KNOWN, SWAPPED, NEAR, "Pine Oak Ltd"]
        first = read(store, 1, names)
        counts = store.reviews.count(), len(store.judgements.list()), len(store.investors.list())

        again = read(store, 1, names)

        assert again == first
        assert store.investors.mentions("bse:1") == sorted(
            first, key=lambda one: (one.name_as_written, one.mention_id)
        )
        assert (store.reviews.count(), len(store.judgements.list()), len(store.investors.list())) == counts

    def test_an_investor_added_by_hand_is_linked_as_one_that_is_read(self, store: Store) -> None:
        read(store, 1, [KNOWN])

        store.investors.add(named(SWAPPED))

        assert store.investors.find(SWAPPED) == store.investors.find(KNOWN)
        assert store.investors.show(KNOWN)["status"] == "verified"
        assert [one["status"] for one in store.investors.list()] == ["verified"]

    def test_a_stated_former_name_is_the_same_company(self, store: Store) -> None:
        (old,) = read(store, 1, ["Pine Elm Textiles Limited"])
        (new,) = read(store, 2, ["Yewtree Fabrics Ltd (formerly known as Pine Elm Textiles Ltd)"])

        assert new.investor_id == old.investor_id
        assert "former name" in new.explanation

    def test_a_company_is_one_under_the_name_it_states_it_had(self, store: Store) -> None:
        renamed = "Yewtree Fabrics Ltd (formerly known as Pine Elm Textiles Ltd)"
        (new,) = read(store, 1, ["Yewtree Fabrics Ltd"])
        (stating,) = read(store, 2, [renamed])
        (old,) = read(store, 3, ["PINE ELM TEXTILES LIMITED"])

        (made,) = store.judgements.list()
        store.judgements.undo(made["link_id"], by="asha")
        (again,) = read(store, 2, [renamed])

        assert new.investor_id == stating.investor_id == old.investor_id == again.investor_id
        assert old.explanation == f"“{renamed}” states the former name."
        assert store.investors.find("Pine Elm Textiles Ltd") != new.investor_id

    def test_a_listed_company_is_one_under_the_names_it_was_listed_by(self, store: Store) -> None:
        listed = [issuer("INE1", name="Pine Elm Textiles Ltd"), issuer("INE2", name="Oak Motors Ltd")]
        store.issuers.put("bse", listed, date(2026, 1, 1))
        renamed = [issuer("INE1", name="Yewtree Fabrics Ltd"), issuer("INE2", name="Oak Cars Ltd")]
        reused = issuer("INE3", name="Oak Motors Ltd")
        store.issuers.put("bse", [*renamed, reused], date(2026, 6, 1))

        for _ in range(2):
            store.investors.join_renamed(listed_renamings(store.issuers.names("bse")))

        assert store.investors.find("Pine Elm Textiles Ltd") == named("Yewtree Fabrics Ltd").investor_id
        (made,) = store.judgements.list()
        assert (
            made["why"]
            == "The company with ISIN INE1 was listed as “Pine Elm Textiles Ltd” until 2026-06-01."
        )
        with pytest.raises(ConfigError):
            store.investors.find("Oak Motors Ltd")


class JudgementsContract:
    """People say who is one and who is not; all of it can be taken back."""

    def test_a_merge_shows_both_under_the_first_and_undoing_it_restores_all(self, store: Store) -> None:
        read(store, 1, [KNOWN, "Zubin Larch"])
        read(store, 2, ["Zubin Larch"])
        before = shape(store, 1), shape(store, 2), store.investors.list()
        one, other = store.investors.find(KNOWN), store.investors.find("Zubin Larch")

        number = judge(store, one, other)
        merged = store.investors.show("Zubin Larch")
        read(store, 2, ["Zubin Larch"])

        assert merged["investor_id"] == one == store.investors.find(other)
        assert merged["ids"] == sorted([one, other])
        assert merged["names"] == [KNOWN, "Zubin Larch"]
        assert {told["investor_id"] for told in merged["mentions"]} == {one}
        assert [told for told, *_ in shape(store, 2)] == [one]
        assert "asha: same address" in shape(store, 2)[0][2]
        assert [row[2] for row in store.exports.export("mentions")[1]] == [one] * 3
        assert store.investors.known_as([one]) == {one: [KNOWN, one, "Zubin Larch", other]}

        store.judgements.undo(number, by="ravi")

        assert (shape(store, 1), shape(store, 2), store.investors.list()) == before
        (undone,) = store.judgements.list()
        assert (undone["undone_by"], undone["one_name"], undone["other_name"]) == (
            "ravi",
            KNOWN,
            "Zubin Larch",
        )

    def test_an_automatic_link_that_is_undone_stays_undone(self, store: Store) -> None:
        read(store, 1, [KNOWN])
        read(store, 2, [SWAPPED])
        (automatic,) = store.judgements.list()

        store.judgements.undo(automatic["link_id"], by="asha")
        (again,) = read(store, 2, [SWAPPED])
        (other,) = read(store, 3, [SWAPPED])

        assert automatic["made_by"] == "backfin"
        assert again.investor_id == other.investor_id == named(SWAPPED).investor_id
        assert "normal form" in again.explanation

    def test_a_contradiction_is_refused_and_named(self, store: Store) -> None:
        a, b, c = add(store, KNOWN, "Zubin Larch", "Pine Oak Ltd")
        judge(store, a, b)
        number = judge(store, b, c, Verdict.NOT_SAME)

        with pytest.raises(ConfigError, match=rf"“Zubin Larch” and “Pine Oak Ltd” .*judgement {number}"):
            judge(store, c, a)
        with pytest.raises(ConfigError, match="one investor already"):
            judge(store, a, b, Verdict.NOT_SAME)

        assert store.investors.find(c) == c
        assert len(store.judgements.list()) == 2
        store.judgements.undo(number, by="asha")
        judge(store, c, a)
        assert {store.investors.find(one) for one in (a, b, c)} == {c}

    def test_a_split_takes_one_name_out_and_leaves_the_others_together(self, store: Store) -> None:
        a, b, c, d = add(store, KNOWN, "Zubin Larch", "Pine Oak Ltd", "Elm Trust")
        for pair in ((a, b), (b, c), (d, b)):
            judge(store, *pair)

        number = store.judgements.split(b, by="asha").link_id

        assert [store.investors.find(one) for one in (a, b, c, d)] == [d, b, d, d]
        with pytest.raises(ConfigError, match=f"judgement {number}"):
            judge(store, b, c)
        with pytest.raises(ConfigError, match="nothing to split"):
            store.judgements.split(b, by="asha")

        store.judgements.undo(number, by="asha")

        assert {store.investors.find(one) for one in (a, b, c, d)} == {d}
        assert [row["link_id"] for row in store.judgements.list() if not row["undone_at"]] == [3, 2, 1]

    def test_an_alias_is_one_more_name(self, store: Store) -> None:
        a, b = add(store, KNOWN, "Zubin Larch")

        first = store.investors.alias(a, named("Kaka Mehra"), by="asha")
        again = store.investors.alias(a, named("KAKA MEHRA"), by="asha")
        (told,) = read(store, 1, ["Shri Kaka Mehra"])

        assert (first is not None, again) == (True, None)
        assert told.investor_id == a
        with pytest.raises(ConfigError, match=f"another investor, {b}"):
            store.investors.alias(a, named("zubin larch"), by="asha")
        assert set(store.investors.show(a)["names"]) == {KNOWN, "Kaka Mehra", "KAKA MEHRA", "Shri Kaka Mehra"}

    @pytest.mark.parametrize("verdict", list(Verdict))
    def test_a_review_is_decided_once_and_waits_again_when_that_is_undone(
        self, store: Store, verdict: Verdict
    ) -> None:
        read(store, 1, [KNOWN])
        read(store, 2, [NEAR])
        before = shape(store, 2)
        (waiting,) = store.reviews.open()

        made = store.reviews.judge(waiting["review_id"], verdict, by="asha")

        assert store.reviews.open() == []
        assert (store.investors.find(NEAR) == store.investors.find(KNOWN)) == (verdict is Verdict.SAME)
        assert shape(store, 2)[0][1] == "auto" if verdict is Verdict.SAME else True
        with pytest.raises(ConfigError, match="decided already"):
            store.reviews.judge(waiting["review_id"], verdict, by="asha")
        with pytest.raises(ConfigError, match="no review 99"):
            store.reviews.judge(99, verdict, by="asha")

        store.judgements.undo(made.link_id, by="asha")

        assert store.reviews.open() == [waiting]
        assert shape(store, 2) == before

    def test_what_cannot_be_undone_says_why(self, store: Store) -> None:
        a, b, c = add(store, KNOWN, "Zubin Larch", "Pine Oak Ltd")
        first, _ = judge(store, a, b), judge(store, b, c)
        split = store.judgements.split(b, by="asha").link_id

        with pytest.raises(ConfigError, match="no judgement 99"):
            store.judgements.undo(99, by="asha")
        with pytest.raises(ConfigError, match="undone already, by asha"):
            store.judgements.undo(first, by="asha")
        with pytest.raises(ConfigError, match=f"undo judgement {split} instead"):
            store.judgements.undo(split + 1, by="asha")
        with pytest.raises(ConfigError, match="No investor has the id 'i_9'"):
            judge(store, a, "i_9")

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_investors_are_one_as_the_judgements_that_hold_have_it(
        self, store: Store, data: st.DataObject
    ) -> None:
        ids = add(store, *(f"Body{'x' * next(_NUMBERS)} Holdings" for _ in range(5)))
        some, kinds = st.sampled_from(ids), st.sampled_from(["same", "not_same", "undo", "split"])
        for _ in range(data.draw(st.integers(1, 12))):
            _act(
                store, data.draw(kinds), data.draw(some), data.draw(some), data.draw(st.integers(0, 11)), ids
            )

            held = _held(store, ids)
            groups = _components(ids, [pair for verdict, *pair in held if verdict == "same"])
            shown = {one: store.investors.find(one) for one in ids}
            assert {frozenset(group) for group in groups} == {
                frozenset(one for one in ids if shown[one] == top) for top in set(shown.values())
            }
            apart = [pair for verdict, *pair in held if verdict == "not_same"]
            assert [pair for pair in apart if shown[pair[0]] == shown[pair[1]]] == []
            assert all(shown[top] == top for top in shown.values())


def _act(store: Store, what: str, one: str, other: str, back: int, ids: Sequence[str]) -> None:
    """Tries one change; what is refused must have changed nothing, which the caller checks."""
    try:
        if what == "undo":
            made = [row["link_id"] for row in store.judgements.list(500) if row["one_id"] in ids]
            store.judgements.undo(made[back % len(made)] if made else 0, by="x")
        elif what == "split":
            store.judgements.split(one, by="x")
        else:
            store.judgements.judge(one, other, Verdict(what), by="x")
    except ConfigError:
        return


def _held(store: Store, ids: Sequence[str]) -> list[tuple[str, str, str]]:
    return [
        (row["verdict"], row["one_id"], row["other_id"])
        for row in store.judgements.list(500)
        if row["undone_at"] is None and row["one_id"] in ids
    ]


def _components(ids: Sequence[str], edges: Sequence[Sequence[str]]) -> list[set[str]]:
    groups = [{one} for one in ids]
    for edge in edges:
        touching = [group for group in groups if group & set(edge)]
        groups = [group for group in groups if not group & set(edge)] + [set().union(*touching)]
    return groups
