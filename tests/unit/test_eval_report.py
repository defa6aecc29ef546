"""The page is complete in itself, shows everything, and trusts no text."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.evaluation import make_answer, make_fact, make_truth, rupees

from backfin.evaluation.charts import confusion_matrix, reliability_diagram
from backfin.evaluation.figures import Run, figures
from backfin.evaluation.report import report_html


@pytest.fixture
def result() -> dict[str, Any]:
    truth = make_truth(facts={"order_value": "50000000", "customer": "<script>alert(1)</script> Ltd"})
    facts = {"order_value": make_fact(rupees("500000")), "customer": make_fact("A <b>bold</b> name")}
    measured = figures(Run("rules & co", [make_answer(truth, facts, category="Buyback")]))
    return {
        "measured_on": "demo",
        "figures": measured,
        "against": measured,
        "comparison": [{"sentence": "F1: one < other", "significant": True}],
        "below_floor": ["money.exact is 0, recorded limit 0.98"],
    }


def test_nothing_is_fetched_and_nothing_runs(result: dict[str, Any]) -> None:
    page = report_html(result)

    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(|\bsrc=", page)
    assert re.findall(r"https?://[^\"'<\s]+", page) == ["http://www.w3.org/2000/svg"] * page.count("<svg")


def test_words_of_filings_stay_words(result: dict[str, Any]) -> None:
    page = report_html(result)

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "A <b>bold</b> name" not in page


def test_slips_comparison_and_floors_are_shown(result: dict[str, Any]) -> None:
    page = report_html(result)

    for words in (
        "10<sup>-2</sup>",
        "F1: one &lt; other",
        "recorded limit 0.98",
        "rules &amp; co",
        "Buyback",
    ):
        assert words in page


def test_plots_are_sound_svg_with_a_name_and_all_counts() -> None:
    matrix = confusion_matrix(
        [
            {"true": "A & B", "given": "A & B", "filings": 7},
            {"true": "A & B", "given": "C", "filings": 2},
        ],
        "Confusion",
    )
    diagram = reliability_diagram([{"confidence": 0.8, "right": 0.9, "facts": 40}], "Reliability")

    for plot, name in ((matrix, "Confusion"), (diagram, "Reliability")):
        assert ElementTree.fromstring(plot).attrib["aria-label"] == name
    assert re.findall(r">(\d)</text>", matrix) == ["7", "2"]
    assert ">40</text>" in diagram


def test_empty_plots_are_drawn_too() -> None:
    assert ElementTree.fromstring(confusion_matrix([], "none")) is not None
    assert ElementTree.fromstring(reliability_diagram([], "none")) is not None
