"""The numbers of a results XBRL score the PDF of the same results."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.evaluation import make_answer, make_fact, make_truth, rupees

from backfin.evaluation.answers import Answer, Case
from backfin.evaluation.facts import judge_all, money_of, score
from backfin.evaluation.xbrl_truth import is_xbrl, paired_files, results_entries, xbrl_pairs


def results(key: str, *, code: str = "500001", days: int = 0, xml: bool = False, **facts: Any) -> Answer:
    """An answer about results of a company, as XBRL or as PDF."""
    read = {name: make_fact(value) for name, value in facts.items()}
    media = ("application/xml",) if xml else ("application/pdf",)
    truth = make_truth(key, category="Financial Results", event_type="financial_results")
    answer = make_answer(
        truth, read, category="Financial Results", event_type="financial_results", media_types=media
    )
    said = answer.case.reading.announcement
    moved = said.model_copy(
        update={"scrip_code": code, "disseminated_at": said.disseminated_at + timedelta(days=days)}
    )
    reading = answer.case.reading.model_copy(update={"announcement": moved})
    return Answer(Case(truth, reading, media), answer.enrichment, answer.seconds)


def test_the_xbrl_s_numbers_are_the_pdf_s_truth() -> None:
    numbers = results(
        "x",
        xml=True,
        days=1,
        profit_after_tax=rupees("783100000"),
        eps_basic=rupees("2.77"),
        basis="standalone",
    )
    document = results("p", profit_after_tax=rupees("7831000"), eps_basic=rupees("2.77"))

    (paired,) = xbrl_pairs([numbers], [document])

    assert paired.case.key == "p"
    assert paired.case.truth.facts == {
        "profit_after_tax": "783100000",
        "eps_basic": "2.77",
        "basis": "standalone",
    }
    sums = score(money_of(judge_all([paired])))
    assert (sums.right, sums.wrong, sums.unit_errors) == (1, 1, 1)


def test_other_issuers_other_weeks_and_other_xbrl_are_no_pair() -> None:
    numbers = results("x", xml=True, profit_after_tax=rupees("1"))
    others = [
        results("a", code="500002", profit_after_tax=rupees("1")),
        results("b", days=30, profit_after_tax=rupees("1")),
        results("c", xml=True, profit_after_tax=rupees("1")),
    ]

    assert xbrl_pairs([numbers], others) == []


def test_results_of_another_period_are_no_pair() -> None:
    numbers = results("x", xml=True, period_end="2026-06-30")
    document = results("p")
    truth = document.case.truth.model_copy(update={"facts": {"period_end": "2026-03-31"}})
    older = Answer(Case(truth, document.case.reading), document.enrichment, 0.0)

    assert xbrl_pairs([numbers], [older]) == []


def test_an_xbrl_without_numbers_is_no_truth() -> None:
    assert xbrl_pairs([results("x", xml=True)], [results("p")]) == []


def test_files_are_paired_by_their_names(tmp_path: Path) -> None:
    for name in ("acme.pdf", "acme.xml", "alone.pdf", "other.xml"):
        (tmp_path / name).write_bytes(name.encode())

    texts = paired_files(tmp_path)

    assert sorted(texts) == ["file:acme.pdf", "file:acme.xml"]
    assert {text.announcement.issuer_name for text in texts.values()} == {"acme"}
    assert [entry.event_type.value for entry in results_entries(texts)] == ["financial_results"] * 2


def test_xml_is_told_by_its_media_type() -> None:
    assert [is_xbrl(results("k", xml=xml).case) for xml in (True, False)] == [True, False]
