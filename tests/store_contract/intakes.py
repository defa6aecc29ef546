"""What a store promises of lists of investors: each line once, again nothing, and a dry run keeps nothing."""

from __future__ import annotations

from typing import Any

import pytest

from backfin.investors.listing import Listed, Refused
from backfin.models import PartyKind, Scheme
from backfin.storage import Store, intake
from store_contract.book import KNOWN, NEAR, SWAPPED, add

LINES: list[Listed | Refused] = [
    Listed(2, KNOWN, ("Kaka Mehra",), PartyKind.PERSON, ((Scheme.DIN, "01234567"),)),
    Listed(3, SWAPPED),
    Refused(4, "It has no name."),
    Listed(5, "Vimal Bora", ("Kaka Mehra", "BORA, VIMAL")),
    Listed(6, "Rina Sen Gupta"),
]


def take(store: Store, **options: Any) -> tuple[dict[str, int], list[tuple[int, str]]]:
    found = store.intakes.take(LINES, by="asha", source="list.csv", **options)
    counts = {name: getattr(found, name) for name in ("added", "joined", "known", "refused")}
    return counts, [(one["line"], one["what"]) for one in found.lines]


class IntakesContract:
    """Lists taken in."""

    def test_a_list_is_added_and_the_report_names_what_needs_a_look(self, store: Store) -> None:
        assert take(store) == (
            {"added": 3, "joined": 1, "known": 0, "refused": 2},
            [(3, "joined"), (4, "refused"), (5, "refused")],
        )

        shown = store.investors.show("Kaka Mehra")
        assert (shown["name"], shown["status"]) == (KNOWN, "verified")
        assert set(shown["names"]) == {KNOWN, SWAPPED, "Kaka Mehra"}
        assert store.identifiers.of([shown["investor_id"]])[shown["investor_id"]][0]["value"] == "01234567"
        alias = next(one for one in store.judgements.list() if one["made_by"] == "asha")
        assert alias["why"] == "Both stand in one line of list.csv."

    def test_a_list_taken_again_changes_nothing(self, store: Store) -> None:
        take(store)
        before = len(store.judgements.list()), len(store.investors.list()), store.reviews.count()

        counts, _ = take(store)

        assert counts == {"added": 0, "joined": 0, "known": 4, "refused": 2}
        assert (len(store.judgements.list()), len(store.investors.list()), store.reviews.count()) == before

    def test_a_dry_run_tells_the_same_and_keeps_nothing(self, store: Store) -> None:
        told = take(store, is_dry=True)

        assert store.investors.list() == []
        assert told == take(store)

    def test_chunks_are_as_one(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(intake, "_CHUNK", 1)
        lines = [*LINES[:1], LINES[0], *LINES[2:]]

        for is_dry in (True, False):
            found = store.intakes.take(lines, by="asha", source="list.csv", is_dry=is_dry)
            assert (found.added, found.joined, found.known) == (3, 0, 1)

    def test_what_may_be_somebody_known_waits_for_a_person(self, store: Store) -> None:
        add(store, KNOWN)

        found = store.intakes.take([Listed(1, NEAR)], by="asha", source="list.csv")

        assert (found.added, store.reviews.count()) == (1, 1)

    @pytest.mark.parametrize("chunk", [1, 200])
    @pytest.mark.parametrize("is_dry", [True, False])
    @pytest.mark.parametrize(
        ("scheme", "one", "other"),
        [
            (Scheme.DIN, "01234567", "01234568"),
            (Scheme.PAN, "234F", "235F"),
            (Scheme.LEI, "335800KTNQ4CXW5GSA94", "5493001KJTIIGC8Y1R12"),
            (Scheme.CIN, "U65990MH2001PTC123456", "U65990MH2002PTC123456"),
        ],
    )
    def test_two_of_one_name_with_other_numbers_are_never_joined(
        self,
        store: Store,
        monkeypatch: pytest.MonkeyPatch,
        scheme: Scheme,
        one: str,
        other: str,
        *,
        is_dry: bool,
        chunk: int,
    ) -> None:
        monkeypatch.setattr(intake, "_CHUNK", chunk)
        lines = [
            Listed(1, KNOWN, identifiers=((scheme, one),)),
            Listed(2, f"Mr. {KNOWN.upper()}", identifiers=((scheme, other),)),
            Listed(3, KNOWN, identifiers=((scheme, one),)),
        ]

        found = store.intakes.take(lines, by="asha", source="list.csv", is_dry=is_dry)

        assert (found.added, found.known, found.refused) == (1, 1, 1)
        (told,) = found.lines
        assert (told["line"], told["name"]) == (2, f"Mr. {KNOWN.upper()}")
        assert f"two by their {scheme.value.upper()}s" in told["why"]
        if not is_dry:
            shown = store.investors.show(KNOWN)
            assert shown["names"] == [KNOWN]
            numbers = store.identifiers.of([shown["investor_id"]])[shown["investor_id"]]
            assert [number["value"] for number in numbers] == [one]

    def test_two_of_one_name_with_other_relatives_are_not_joined(self, store: Store) -> None:
        (first,) = add(store, "Laxmi Iyer w/o Ramesh Iyer")
        lines = [Listed(1, "Laxmi Iyer w/o Suresh Iyer"), Listed(2, "Laxmi Iyer w/o R. Iyer")]

        found = store.intakes.take(lines, by="asha", source="list.csv")

        assert (found.added, found.joined, found.refused) == (1, 1, 0)
        assert store.investors.find("Laxmi Iyer w/o R. Iyer") == first
        (waiting,) = store.reviews.open()
        assert "One is w/o “ramesh iyer”, the other w/o “suresh iyer”." in waiting["explanation"]

    def test_an_empty_list_is_none(self, store: Store) -> None:
        assert store.intakes.take([], by="asha", source="list.csv").added == 0

    def test_a_block_within_a_block_is_one_transaction(self, store: Store) -> None:
        def add_both() -> None:
            with store.together():
                with store.together():
                    add(store, KNOWN)
                add(store, "Rina Sen Gupta")
                raise RuntimeError

        with pytest.raises(RuntimeError):
            add_both()

        assert store.investors.list() == []
