"""Recorded floors hold a later run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.evaluation import make_answer, make_fact, make_truth, rupees

from backfin.errors import ConfigError
from backfin.evaluation.figures import Run, figures
from backfin.evaluation.limits import breaches, figure, limits_of, load_limits

TRUTH = make_truth(facts={"order_value": "50000000"})
GOOD = figures(Run("good", [make_answer(TRUTH, {"order_value": make_fact(rupees("50000000"))})]))
SLIPPED = figures(Run("bad", [make_answer(TRUTH, {"order_value": make_fact(rupees("500000"))})]))


def test_a_run_holds_its_own_limits() -> None:
    assert breaches(GOOD, limits_of(GOOD)) == []


def test_floors_are_the_measured_values_less_a_margin() -> None:
    limits = limits_of(GOOD)

    assert limits["category.accuracy"] == {"at_least": 0.99}
    assert limits["money.unit_errors"] == {"at_most": 0}


def test_a_worse_run_is_named_figure_by_figure() -> None:
    found = {breach.figure: str(breach) for breach in breaches(SLIPPED, limits_of(GOOD))}

    assert found["money.exact"] == "money.exact is 0, recorded limit 0.99"
    assert found["money.unit_errors"] == "money.unit_errors is 1, recorded limit 0"
    assert "category.accuracy" not in found


def test_limits_are_read_by_section(tmp_path: Path) -> None:
    file = tmp_path / "floors.json"
    file.write_text(json.dumps({"demo": {"money.exact": {"at_least": 0.9}}}), encoding="utf-8")

    assert load_limits(file, "demo") == {"money.exact": {"at_least": 0.9}}
    with pytest.raises(ConfigError, match="no floors for 'tune'"):
        load_limits(file, "tune")
    with pytest.raises(ConfigError, match="no file of floors"):
        load_limits(tmp_path / "none.json", "demo")


def test_a_figure_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"no figure 'money\.beauty'"):
        figure(GOOD, "money.beauty")
