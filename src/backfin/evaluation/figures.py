"""One run's figures as one JSON document, and two runs held against each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from statistics import quantiles
from typing import Any

from backfin.evaluation.answers import Answer
from backfin.evaluation.classes import Choice, Sorting, macro_f1, share, sort_by_category, sort_by_event_type
from backfin.evaluation.facts import Verdict, judge_all, money_of, score, score_by
from backfin.evaluation.grounded import check_grounds
from backfin.evaluation.parties import score_parties
from backfin.evaluation.reliability import calibration_error, reliability
from backfin.evaluation.significance import Comparison, compare_figures, compare_right
from backfin.models.sheets import Kind

#: Wrong facts that the figures name one by one.
_MOST_EXAMPLES = 200


@dataclass(frozen=True)
class Run:
    """The answers of one reader, under the name it is shown by."""

    name: str
    answers: Sequence[Answer]

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """A verdict on every fact."""
        return judge_all(self.answers)

    @cached_property
    def categories(self) -> Sorting:
        """How the labels came out."""
        return sort_by_category(self.answers)

    @cached_property
    def event_types(self) -> Sorting:
        """How the event types came out."""
        return sort_by_event_type(self.answers)


def figures(run: Run) -> dict[str, Any]:
    """Every figure of a run; the keys are listed in ``docs/accuracy.md``."""
    verdicts = run.verdicts
    readable = [verdict for verdict in verdicts if verdict.is_readable]
    bins = reliability(verdicts)
    return {
        "name": run.name,
        "filings": len(run.answers),
        "valid_share": share(sum(answer.is_valid for answer in run.answers), len(run.answers)),
        "errors": dict(Counter(answer.error for answer in run.answers if answer.error)),
        "category": _sorting(run.categories),
        "event_type": _sorting(run.event_types),
        "facts": score(verdicts).as_dict() | {"readable_recall": score(readable).recall},
        "money": _money(verdicts),
        "by_kind": {name: one.as_dict() for name, one in score_by(verdicts, _kind).items()},
        "by_event_type": {name: one.as_dict() for name, one in score_by(verdicts, _event_type).items()},
        "by_field": {name: one.as_dict() for name, one in score_by(verdicts, _field).items()},
        "parties": score_parties(run.answers).as_dict(),
        "grounded": check_grounds(run.answers).as_dict(),
        "reliability": {"bins": [asdict(one) for one in bins], "ece": calibration_error(bins)},
        "cost": _cost(run.answers),
        "wrong": _wrong(run),
    }


def compare_runs(first: Run, second: Run) -> list[Comparison]:
    """The figures that decide between two readers of the same filings, each with its test."""
    return [
        compare_right(
            "share of right categories",
            [choice.is_right for choice in first.categories.choices],
            [choice.is_right for choice in second.categories.choices],
        ),
        compare_right(
            "share of right event types",
            [choice.is_right for choice in first.event_types.choices],
            [choice.is_right for choice in second.event_types.choices],
        ),
        compare_figures(
            "macro-F1 of categories", first.categories.choices, second.categories.choices, macro_f1
        ),
        compare_figures("F1 of facts", _counts(first), _counts(second), _f1),
        compare_figures("F1 of money", _counts(first, Kind.MONEY), _counts(second, Kind.MONEY), _f1),
    ]


def _sorting(sorting: Sorting) -> dict[str, Any]:
    return {
        "accuracy": sorting.accuracy,
        "first_accuracy": sorting.first_accuracy,
        "macro_f1": sorting.macro_f1,
        "by_class": {name: asdict(one) for name, one in sorting.by_class().items()},
        "confusion": [
            {"true": true, "given": given, "filings": count}
            for (true, given), count in sorting.confusion().most_common()
        ],
    }


def _money(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Amounts: ``exact`` is the share of judged amounts that are right to the last digit."""
    amounts = money_of(verdicts)
    readable = [verdict for verdict in amounts if verdict.is_readable]
    sums = score(amounts)
    return sums.as_dict() | {"exact": sums.precision, "readable_recall": score(readable).recall}


def _cost(answers: Sequence[Answer]) -> dict[str, Any]:
    made = [answer.enrichment for answer in answers if answer.enrichment]
    seconds = sorted(answer.seconds for answer in answers)
    return {
        "input_tokens": sum(one.input_tokens for one in made),
        "output_tokens": sum(one.output_tokens for one in made),
        "usd": float(sum(one.cost_usd for one in made)),
        "seconds": sum(seconds),
        "median_ms": 1000 * _quantile(seconds, 50),
        "p95_ms": 1000 * _quantile(seconds, 95),
    }


def _quantile(values: Sequence[float], percent: int) -> float:
    if len(values) < 2:
        return values[0] if values else 0.0
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def _wrong(run: Run) -> dict[str, Any]:
    """What went wrong, filing by filing: the place to start reading."""
    facts = [verdict for verdict in run.verdicts if verdict.outcome.is_right is False]
    return {
        "categories": _misjudged(run.answers, run.categories.choices),
        "event_types": _misjudged(run.answers, run.event_types.choices),
        "facts": [
            {
                "key": verdict.key,
                "field": verdict.field,
                "true": verdict.true,
                "found": _plain(verdict.found),
                "slip": verdict.slip,
            }
            for verdict in facts[:_MOST_EXAMPLES]
        ],
        "left_out": max(0, len(facts) - _MOST_EXAMPLES),
    }


def _misjudged(answers: Sequence[Answer], choices: Sequence[Choice]) -> list[dict[str, str]]:
    pairs = zip(answers, choices, strict=True)
    return [
        {"key": answer.case.key, "true": choice.best, "given": choice.given}
        for answer, choice in pairs
        if not choice.is_right
    ]


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value


def _counts(run: Run, kind: Kind | None = None) -> list[tuple[int, int, int, int]]:
    """What F1 needs of each filing: facts asked for and those of them right, judged facts and those of them right."""
    groups: dict[str, list[Verdict]] = {answer.case.key: [] for answer in run.answers}
    for verdict in run.verdicts:
        if kind is None or verdict.kind is kind:
            groups[verdict.key].append(verdict)
    sums = [score(group) for group in groups.values()]
    return [
        (one.right + one.wrong + one.missed, one.right, one.judged, one.right + one.extra) for one in sums
    ]


def _f1(filings: Sequence[tuple[int, int, int, int]]) -> float:
    asked, found, judged, right = (sum(column) for column in zip(*filings, strict=True))
    precision, recall = share(right, judged), share(found, asked)
    return share(2 * precision * recall, precision + recall)


def _kind(verdict: Verdict) -> str:
    return verdict.kind.value


def _event_type(verdict: Verdict) -> str:
    return verdict.event_type.value


def _field(verdict: Verdict) -> str:
    return f"{verdict.event_type.value}.{verdict.field}"
