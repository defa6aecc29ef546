"""What a store promises of identifiers and groups: evidence kept, equal numbers join, different ones part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import pytest

from backfin.errors import ConfigError
from backfin.models import GroupKind, Identifier, Membership, Mention, Scheme, Verdict
from backfin.storage import Store, same_numbers
from store_contract.book import KNOWN, NEAR, SWAPPED, add, judge, named, read
from store_contract.made import LATER, NOON

DIN, OTHER_DIN = "01234567", "07654321"


def stated(value: str = DIN, scheme: Scheme = Scheme.DIN) -> Identifier:
    return Identifier(scheme=scheme, value=value, page=2, quote=f"{scheme.value} {value}")


def meet(store: Store, number: int, name: str, *numbers: Identifier) -> Mention:
    """A filing names somebody with these numbers."""
    (mention,) = read(store, number, [name])
    met = named(name).investor_id
    store.identifiers.record(f"bse:{number}", {met: numbers} if numbers else {}, seen_at=NOON)
    return mention


def shown(store: Store, name: str) -> str:
    return store.investors.find(name)


class IdentifiersContract:
    """Numbers that stand beside names."""

    def test_a_number_is_kept_with_the_place_it_stands_at(self, store: Store) -> None:
        meet(store, 1, KNOWN, stated(), stated("234F", Scheme.PAN))
        meet(store, 2, KNOWN, stated())

        key = shown(store, KNOWN)
        din, pan = store.identifiers.of([key])[key]

        assert (din["scheme"], din["value"], din["announcement_id"], din["page"]) == ("din", DIN, "bse:1", 2)
        assert (pan["value"], pan["quote"]) == ("234F", "pan 234F")

    def test_a_number_in_many_filings_is_held_against_others_once(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        held: list[int] = []

        def counted(rows: Sequence[object], size: int) -> Iterator[tuple[object, ...]]:
            held.append(len(rows))
            return combinations(rows, size)

        monkeypatch.setattr(same_numbers, "combinations", counted)
        for number in range(5):
            meet(store, number, KNOWN, stated())

        assert held == [1] * 5

    def test_reading_again_replaces_what_the_filing_stated(self, store: Store) -> None:
        meet(store, 1, KNOWN, stated())
        store.identifiers.record("bse:1", {named(KNOWN).investor_id: [stated(OTHER_DIN)]}, seen_at=NOON)

        key = shown(store, KNOWN)
        assert [one["value"] for one in store.identifiers.of([key])[key]] == [OTHER_DIN]
        store.identifiers.record("bse:1", {}, seen_at=NOON)
        assert store.identifiers.of([key]) == {}

    def test_the_same_number_joins_names_that_are_near(self, store: Store) -> None:
        meet(store, 1, KNOWN, stated())
        meet(store, 2, NEAR, stated())

        assert shown(store, KNOWN) == shown(store, NEAR)
        (judged,) = store.judgements.list()
        assert (judged["made_by"], judged["why"]) == (
            "backfin",
            f"“{judged['one_name']}” and “{judged['other_name']}” have the same DIN {DIN}.",
        )
        assert store.investors.mentions("bse:2")[0].tier == "auto"

    def test_the_same_number_of_other_names_waits_for_a_person(self, store: Store) -> None:
        meet(store, 1, KNOWN, stated())
        meet(store, 2, "Vimal Chand Bora", stated())

        (waiting,) = store.reviews.open()

        assert shown(store, KNOWN) != shown(store, "Vimal Chand Bora")
        assert f"have the same DIN {DIN}" in waiting["explanation"]
        told = [one for number in (1, 2) for one in store.investors.mentions(f"bse:{number}")]
        assert sorted(one.tier for one in told) == ["auto", "review"]
        assert {waiting["known"]["quote"], waiting["new"]["quote"]} == {f"din {DIN}"}
        assert {waiting["known"]["announcement_id"], waiting["new"]["announcement_id"]} == {"bse:1", "bse:2"}

    def test_the_same_four_characters_of_a_pan_join_nobody(self, store: Store) -> None:
        meet(store, 1, KNOWN, stated("234F", Scheme.PAN))
        meet(store, 2, "Vimal Chand Bora", stated("234F", Scheme.PAN))

        assert store.reviews.count() == 0
        assert store.judgements.list() == []

    def test_different_directors_whose_names_were_linked_come_apart(self, store: Store) -> None:
        meet(store, 1, KNOWN, stated())
        meet(store, 2, SWAPPED, stated(OTHER_DIN))

        assert shown(store, KNOWN) != shown(store, SWAPPED)
        (waiting,) = store.reviews.open()
        assert (DIN in waiting["explanation"], OTHER_DIN in waiting["explanation"]) == (True, True)
        (told,) = store.investors.mentions("bse:2")
        assert (told.investor_id, told.tier) == (named(SWAPPED).investor_id, "review")

    def test_what_a_person_said_stands_whatever_the_numbers(self, store: Store) -> None:
        one, other, third = add(store, KNOWN, "Vimal Chand Bora", "Rina Sen Gupta")
        judge(store, one, other)
        judge(store, one, third, Verdict.NOT_SAME)

        store.identifiers.add([(one, Scheme.DIN, DIN), (other, Scheme.DIN, OTHER_DIN)], by="asha")
        store.identifiers.add([(third, Scheme.DIN, DIN)], by="asha")

        assert shown(store, KNOWN) == shown(store, "Vimal Chand Bora")
        assert shown(store, KNOWN) != shown(store, "Rina Sen Gupta")
        assert store.reviews.count() == 0

    def test_the_same_number_joins_nobody_whom_a_person_told_apart(self, store: Store) -> None:
        one, other = add(store, KNOWN, NEAR)
        judge(store, one, other, Verdict.NOT_SAME)

        store.identifiers.add([(one, Scheme.DIN, DIN), (other, Scheme.DIN, DIN)], by="asha")

        assert shown(store, KNOWN) != shown(store, NEAR)
        assert [one["verdict"] for one in store.judgements.list()] == ["not_same"]

    def test_a_join_that_was_taken_back_is_not_made_again(self, store: Store) -> None:
        meet(store, 1, KNOWN, stated())
        meet(store, 2, NEAR, stated())
        store.judgements.undo(store.judgements.list()[0]["link_id"], by="asha")

        meet(store, 3, NEAR, stated())

        assert shown(store, KNOWN) != shown(store, NEAR)
        assert store.reviews.count() == 1

    def test_a_number_of_very_many_says_nothing(self, store: Store) -> None:
        names = ["Vimal Bora", "Rina Sen", "Omar Khan", "Lata Nair", "Jiten Shah", "Tara Bose"]
        keys = add(store, *names)

        store.identifiers.add([(key, Scheme.DIN, DIN) for key in keys], by="asha")

        assert store.reviews.count() == 0

    def test_what_is_written_down_again_is_not_new(self, store: Store) -> None:
        (key,) = add(store, KNOWN)

        assert store.identifiers.add([(key, Scheme.DIN, DIN)], by="asha") == 1
        assert store.identifiers.add([(key, Scheme.DIN, DIN)], by="rahul") == 0


def family(label: str = KNOWN, relation: str = "wife") -> Membership:
    return Membership(kind=GroupKind.FAMILY, label=label, relation=relation, page=1, quote="wife of")


class MembershipsContract:
    """Families and groups."""

    def test_filings_fill_a_group_and_each_member_stands_once(self, store: Store) -> None:
        (key,) = add(store, "Rina Sen Gupta")
        for number, at in ((1, NOON), (2, LATER)):
            store.memberships.record(f"bse:{number}", {key: [family()]}, seen_at=at)

        (member,) = store.memberships.show(f"Mr. {KNOWN}")

        assert (member.name, member.relation, member.quote) == ("Rina Sen Gupta", "wife", "wife of")
        assert (member.first_seen_at, member.last_seen_at) == (NOON, LATER)
        assert member.announcement_ids == ("bse:1", "bse:2")
        assert store.memberships.of(key) == [member]
        assert store.memberships.groups() == [{"label": KNOWN, "kind": "family", "members": 1}]

    def test_reading_again_replaces_what_the_filing_stated(self, store: Store) -> None:
        (key,) = add(store, "Rina Sen Gupta")
        store.memberships.record("bse:1", {key: [family()]}, seen_at=NOON)

        store.memberships.record("bse:1", {}, seen_at=NOON)

        assert store.memberships.show(KNOWN) == []

    def test_a_person_has_the_last_word(self, store: Store) -> None:
        (key,) = add(store, "Rina Sen Gupta")
        store.memberships.record("bse:1", {key: [family()]}, seen_at=NOON)

        removed = store.memberships.remove(key, KNOWN, by="asha")
        store.memberships.record("bse:2", {key: [family()]}, seen_at=NOON)

        assert (removed, store.memberships.show(KNOWN), store.memberships.groups()) == (1, [], [])
        store.memberships.add(key, family(), by="rahul")
        (member,) = store.memberships.show(KNOWN)
        assert (member.said_by, member.announcement_ids) == (("rahul",), ("bse:1", "bse:2"))

    def test_what_nothing_says_cannot_be_removed(self, store: Store) -> None:
        (key,) = add(store, "Rina Sen Gupta")

        with pytest.raises(ConfigError, match="Nothing says"):
            store.memberships.remove(key, KNOWN, by="asha")
        with pytest.raises(ConfigError, match="no name of a group"):
            store.memberships.add(key, family("!!"), by="asha")

    def test_nobody_belongs_to_a_group_of_its_own(self, store: Store) -> None:
        head, alias, wife, son = add(store, KNOWN, "Vimal Chand Bora", "Rina Sen Gupta", "Om Sen Gupta")
        judge(store, head, alias)
        store.memberships.add(wife, family(), by="asha")
        store.memberships.add(son, family("Rina Sen Gupta", "son"), by="asha")

        for one, group in ((head, KNOWN), (alias, f"Shri {KNOWN}")):
            with pytest.raises(ConfigError, match="called after that investor itself"):
                store.memberships.add(one, family(group), by="asha")
        for one, group in ((head, "Rina Sen Gupta"), (alias, "Om Sen Gupta"), (wife, "Om Sen Gupta")):
            with pytest.raises(ConfigError, match="belongs to a group of that investor already"):
                store.memberships.add(one, family(group), by="asha")

        other_kind = Membership(kind=GroupKind.PAC, label="Rina Sen Gupta")
        store.memberships.add(head, other_kind, by="asha")
        store.memberships.remove(wife, KNOWN, by="asha")
        store.memberships.add(head, family("Rina Sen Gupta"), by="asha")

    def test_members_that_become_one_are_one_member(self, store: Store) -> None:
        one, other = add(store, "Rina Sen Gupta", "Vimal Chand Bora")
        store.memberships.record("bse:1", {one: [family()], other: [family()]}, seen_at=NOON)

        judge(store, one, other)

        (member,) = store.memberships.show(KNOWN)
        assert member.investor_id == one
        assert store.memberships.remove(one, KNOWN, by="asha") == 1
        assert store.memberships.show(KNOWN) == []

    def test_a_company_group_is_found_without_its_legal_form(self, store: Store) -> None:
        (key,) = add(store, "Rina Sen Gupta")
        store.memberships.add(key, Membership(kind=GroupKind.PROMOTER_GROUP, label="Pine Oak Ltd"), by="asha")

        assert [one.name for one in store.memberships.show("pine oak")] == ["Rina Sen Gupta"]
        assert store.memberships.show("Pine") == []

    def test_the_labels_of_a_family_are_its_heads_too(self, store: Store) -> None:
        head, wife, other = add(store, KNOWN, "Rina Sen Gupta", "Vimal Chand Bora")
        store.memberships.add(wife, family(), by="asha")

        assert store.memberships.labels([head]) == store.memberships.labels([wife]) == {KNOWN}
        assert store.memberships.labels([other]) == set()
