"""Differences between two readers are told from luck, and always in the same words."""

from __future__ import annotations

import pytest

from backfin.evaluation.significance import Comparison, compare_figures, compare_right, sign_test


@pytest.mark.parametrize(
    ("gained", "lost", "probability"),
    [(0, 0, 1.0), (1, 0, 1.0), (5, 0, 0.0625), (10, 2, 0.0386), (7, 7, 1.0)],
)
def test_the_sign_test_gives_the_binomial_s_own_probability(
    gained: int, lost: int, probability: float
) -> None:
    assert sign_test(gained, lost) == pytest.approx(probability, abs=5e-5)


def test_only_filings_on_which_the_two_differ_decide() -> None:
    first = [True] * 500 + [False] * 6
    second = [True] * 506

    compared = compare_right("share right", first, second)

    assert compared.is_significant
    assert compared.p_value == sign_test(6, 0)


def test_the_same_runs_give_the_same_interval() -> None:
    first, second = [0.0, 1.0] * 40, [1.0, 1.0] * 40

    one, again = (
        compare_figures("mean", first, second, lambda values: sum(values) / len(values)) for _ in "ab"
    )

    assert one == again
    assert one.low is not None
    assert one.high is not None
    assert 0.3 < one.low < 0.5 < one.high < 0.7
    assert one.is_significant


def test_runs_that_do_not_differ_are_said_not_to() -> None:
    compared = compare_figures("mean", [1.0] * 9, [1.0] * 9, lambda values: sum(values) / len(values))

    assert compared.p_value == 1
    assert compared.sentence("a", "b") == "mean: 1.000 with a, 1.000 with b; no difference."


def test_no_filing_is_no_difference() -> None:
    assert compare_figures("mean", [], [], lambda values: 0.0).p_value == 1
    assert compare_right("share", [], []).p_value == 1


def test_the_sentence_names_test_probability_and_interval() -> None:
    compared = Comparison("F1", 0.5, 0.75, 0.012, "paired bootstrap", 0.1, 0.4)

    assert compared.sentence("a", "b") == (
        "F1: 0.500 with a, 0.750 with b; a significant difference (paired bootstrap, p = 0.012, "
        "95 % interval +0.100 to +0.400)."
    )


def test_no_probability_is_told_as_zero() -> None:
    compared = Comparison("mean", 1.0, 0.0, 0.0, "paired bootstrap", -1.0, -0.9)

    assert "p < 0.001" in compared.sentence("a", "b")
