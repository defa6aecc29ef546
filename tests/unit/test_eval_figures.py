"""Answers become figures: classes, facts, parties, grounds, sureness and cost."""

from __future__ import annotations

import pytest
from tests.evaluation import make_answer, make_fact, make_reading, make_truth, rupees

from backfin.enrichment.prompts import CorePromptSet
from backfin.errors import ConfigError, ModelBusy, RateLimited, ReplyInvalid
from backfin.evaluation.answers import Answer, Case, ask_all, build_cases
from backfin.evaluation.classes import NO_ANSWER, sort_by_category, sort_by_event_type
from backfin.evaluation.facts import Outcome, judge, judge_all, money_of, score
from backfin.evaluation.figures import Run, compare_runs, figures
from backfin.evaluation.grounded import check_grounds
from backfin.evaluation.parties import score_parties
from backfin.evaluation.reliability import calibration_error, reliability
from backfin.evaluation.sources import text_from
from backfin.interfaces import PromptSet
from backfin.models import Enrichment, Evidence, Party, Reading


def test_a_label_that_is_right_besides_the_best_counts_as_right() -> None:
    truth = make_truth(also=["Agreements/MoUs"], also_event_types=["routine"])
    answers = [make_answer(truth, category="Agreements/MoUs", event_type="routine"), make_answer()]

    sorting = sort_by_category(answers)

    assert (sorting.accuracy, sorting.first_accuracy, sorting.macro_f1) == (1, 0.5, 1)
    assert sort_by_event_type(answers).accuracy == 1


def test_macro_f1_weighs_every_class_alike() -> None:
    rare = make_truth("t:2", category="Buyback", event_type="corporate_action")
    answers = [make_answer(), make_answer(), make_answer(), make_answer(rare)]

    sorting = sort_by_category(answers)

    assert sorting.accuracy == 0.75
    assert sorting.macro_f1 == pytest.approx((6 / 7 + 0) / 2)
    assert sorting.confusion()["Buyback", "New Order"] == 1


def test_a_filing_without_an_answer_is_wrong() -> None:
    answer = Answer(Case(make_truth(), make_reading()), None, 0.1, "The model said nothing.")

    assert sort_by_category([answer]).confusion() == {("New Order", NO_ANSWER): 1}
    assert not answer.is_valid
    assert list(judge(answer)) == []


def test_facts_are_right_wrong_missed_or_not_judged() -> None:
    truth = make_truth(facts={"order_value": "50000000", "customer": "NTPC Limited", "stage": "LoA"})
    facts = {
        "order_value": make_fact(rupees("500000")),
        "customer": make_fact("NTPC Ltd"),
        "nature": make_fact("rails"),
    }

    verdicts = {verdict.field: verdict for verdict in judge(make_answer(truth, facts))}

    assert {name: one.outcome for name, one in verdicts.items()} == {
        "order_value": Outcome.WRONG,
        "customer": Outcome.RIGHT,
        "stage": Outcome.MISSED,
        "nature": Outcome.UNJUDGED,
    }
    assert verdicts["order_value"].slip == -2
    sums = score(list(verdicts.values()))
    assert (sums.precision, round(sums.recall, 3), sums.unit_errors) == (0.5, 0.333, 1)


def test_an_optional_fact_counts_when_it_is_published_and_never_as_missed() -> None:
    truth = make_truth(optional={"stage": "LoA", "customer": None, "nature": "rails"})
    facts = {"stage": make_fact("LoA"), "customer": make_fact("New York")}

    verdicts = {verdict.field: verdict.outcome for verdict in judge(make_answer(truth, facts))}
    sums = score(list(judge(make_answer(truth, facts))))

    assert verdicts == {"stage": Outcome.EXTRA, "customer": Outcome.STRAY}
    assert (sums.precision, sums.recall, sums.judged) == (0.5, 0, 2)


def test_a_withheld_fact_counts_as_missed() -> None:
    truth = make_truth(facts={"order_value": "50000000"})

    (verdict,) = judge(make_answer(truth, {"order_value": make_fact(None)}))

    assert verdict.outcome is Outcome.MISSED
    assert money_of([verdict]) == [verdict]


def test_quotes_are_looked_up_again_on_their_page() -> None:
    facts = {
        "order_value": make_fact(rupees("50000000")),
        "customer": make_fact("NTPC Limited", "NTPC Limited"),
        "nature": make_fact("order", "An order", page=3),
        "stage": make_fact("LoA").model_copy(update={"evidence": ()}),
    }

    checked = check_grounds([make_answer(facts=facts)])

    assert (checked.published, checked.quoted, checked.borne_out) == (4, 1, 1)
    assert checked.loose == ("t:1: customer", "t:1: nature", "t:1: stage")


def test_a_quote_that_does_not_hold_the_value_is_loose() -> None:
    facts = {"order_value": make_fact(rupees("70000000"))}

    checked = check_grounds([make_answer(facts=facts)])

    assert (checked.quoted, checked.borne_out) == (1, 0)


def test_parties_are_found_by_name_and_role() -> None:
    truth = make_truth(
        parties=[
            {"name": "NTPC Limited", "role": "customer"},
            {"name": "Ashok Mehra", "role": "seller"},
            {"name": "Nobody Found", "role": "buyer"},
        ]
    )
    named = tuple(
        Party(name_as_written=name, role=role, evidence=(Evidence(page=0, quote=name),))
        for name, role in (("NTPC Ltd", "customer"), ("Mr. Ashok Mehra", "acquirer"))
    )

    assert score_parties([make_answer(truth, parties=named)]).as_dict() == {
        "true": 3,
        "found": 2,
        "in_role": 1,
        "recall": 2 / 3,
        "role_share": 0.5,
    }


def test_sureness_is_held_against_rightness_in_bins() -> None:
    truth = make_truth(facts={"order_value": "50000000", "stage": "LoA"})
    facts = {
        "order_value": make_fact(rupees("50000000"), confidence=1.0),
        "stage": make_fact("PO", confidence=0.65),
    }

    bins = reliability(judge_all([make_answer(truth, facts)]))

    assert [(one.low, one.facts, one.right) for one in bins] == [(0.6, 1, 0), (0.9, 1, 1)]
    assert calibration_error(bins) == pytest.approx(0.325)


def test_figures_hold_everything_and_name_what_is_wrong() -> None:
    truth = make_truth(facts={"order_value": "50000000"})
    wrong = make_answer(truth, {"order_value": make_fact(rupees("500000"))}, category="Buyback")

    measured = figures(Run("rules", [wrong]))

    assert measured["money"]["unit_errors"] == 1
    assert measured["by_field"]["order_win.order_value"]["wrong"] == 1
    assert measured["cost"]["median_ms"] == pytest.approx(10)
    assert measured["wrong"]["categories"] == [{"key": "t:1", "true": "New Order", "given": "Buyback"}]
    assert measured["wrong"]["facts"][0]["slip"] == -2


def test_figures_of_no_filing_are_zero() -> None:
    measured = figures(Run("rules", []))

    assert (measured["filings"], measured["category"]["macro_f1"], measured["grounded"]["share"]) == (0, 0, 1)


def test_two_runs_are_compared_filing_by_filing() -> None:
    truths = [make_truth(f"t:{number}", facts={"order_value": "50000000"}) for number in range(12)]
    good = [make_answer(truth, {"order_value": make_fact(rupees("50000000"))}) for truth in truths]
    bad = [make_answer(truth, category="Buyback") for truth in truths]

    compared = {one.figure: one for one in compare_runs(Run("one", bad), Run("other", good))}

    assert compared["share of right categories"].is_significant
    assert not compared["share of right event types"].is_significant
    assert (compared["F1 of money"].first, compared["F1 of money"].second) == (0, 1)
    assert compared["F1 of facts"].is_significant


class _Enricher:
    """Raises what it is given, one after the other, then answers."""

    name, model, is_remote = "remote", "", True

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)

    def enrich(self, reading: Reading, prompt_set: PromptSet) -> Enrichment:
        if self._errors:
            raise self._errors.pop(0)
        made = make_answer().enrichment
        assert made is not None
        return made


def ask(*errors: Exception) -> tuple[Answer, list[float]]:
    waits: list[float] = []
    case = Case(make_truth(), make_reading())
    (answer,) = ask_all([case], CorePromptSet(), [_Enricher(*errors)], sleep=waits.append)
    return answer, waits


def test_an_unusable_reply_is_counted_and_a_wrong_setting_stops() -> None:
    answer, waits = ask(ReplyInvalid("No JSON."))

    assert (answer.enrichment, answer.error, waits) == (None, "No JSON.", [])
    with pytest.raises(ConfigError):
        ask(ConfigError("No key."))


def test_a_busy_service_is_asked_again_after_the_time_it_asks_for() -> None:
    answer, waits = ask(ModelBusy("Busy."), RateLimited("Later.", delay=7), RateLimited("Later.", delay=900))

    assert answer.is_valid
    assert waits == [2.0, 7.0, 60.0]


def test_a_service_that_stays_away_is_given_up_at_last() -> None:
    answer, waits = ask(*(ModelBusy("Busy.") for _ in range(9)))

    assert (answer.enrichment, answer.error, len(waits)) == (None, "Busy.", 3)


def test_a_reply_of_the_second_enricher_is_no_valid_one_of_the_first() -> None:
    assert not make_answer(flags=("fallback:llm",)).is_valid


def test_filings_without_a_text_are_left_out() -> None:
    entries = [make_truth("t:1"), make_truth("t:2")]
    texts = {"t:1": text_from("t:1", {"subject": "Order", "page_2": "of Rs. 5 crore"})}

    (case,) = build_cases(entries, texts, lambda path: pytest.fail(f"read {path}"))

    assert [(page.number, page.text) for page in case.reading.pages] == [(0, "Order"), (2, "of Rs. 5 crore")]
