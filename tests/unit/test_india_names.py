"""IndiaNames: the labels are in order, and the comparison stays as right as it was."""

from __future__ import annotations

from collections import Counter

import pytest

from india_names import HALVES, measure, read_blocks, read_pairs


@pytest.mark.parametrize("half", HALVES)
def test_every_block_is_in_the_half_its_first_name_decides(half: str) -> None:
    assert {block.half for block in read_blocks(half)} == {half}


@pytest.mark.parametrize("half", HALVES)
def test_no_name_is_labelled_both_ways(half: str) -> None:
    labels: dict[frozenset[str], set[bool]] = {}
    for pair in read_pairs(half):
        labels.setdefault(frozenset((pair.one, pair.other)), set()).add(pair.same)

    assert [sorted(names) for names, said in labels.items() if len(said) > 1] == []


def test_each_half_is_large_and_holds_every_kind() -> None:
    for half in HALVES:
        kinds = Counter(pair.kind for pair in read_pairs(half))

        assert sum(kinds.values()) >= 1_500
        assert set(kinds) == {"person", "huf", "company", "fund", "trust", "government"}


@pytest.mark.parametrize("told_kind", [True, False])
@pytest.mark.parametrize(("half", "f1"), [("tune", 0.97), ("held_out", 0.94)])
def test_the_comparison_stays_as_right_as_it_was(half: str, f1: float, told_kind: bool) -> None:
    found = measure(read_pairs(half), told_kind)

    assert found.f1 >= f1
    assert found.auto_precision >= 0.99
    assert found.auto_recall >= 0.65
