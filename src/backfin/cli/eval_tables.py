"""The figures of ``backfin eval`` as a person reads them in a terminal."""

from __future__ import annotations

from typing import Any

from backfin.cli.output import say
from backfin.cli.tables import print_table

#: Rows of the longer tables; everything is in the JSON and the report.
_TOP = 15


def show_figures(result: dict[str, Any]) -> None:
    """The figures that matter most, then by event type and by field."""
    measured = result["figures"]
    say(f"{measured['name']} on {measured['filings']} filings ({result['measured_on']})", style="bold")
    print_table(("figure", "value"), _main_rows(measured), empty="Nothing was measured.")
    print_table(
        ("event type", "true", "precision", "recall", "unit errors"),
        _fact_rows(measured["by_event_type"]),
        title="Facts by event type",
        empty="No facts were asked for.",
    )
    print_table(
        ("field", "true", "precision", "recall", "unit errors"),
        _fact_rows(measured["by_field"])[:_TOP],
        title=f"Facts by field, the {_TOP} most frequent",
        empty="",
    )


def show_comparison(result: dict[str, Any]) -> None:
    """What is to be said about two readers."""
    for one in result["comparison"]:
        say(one["sentence"], wrap=True)


def show_breaches(result: dict[str, Any]) -> None:
    """Figures below their floor, and where the report is."""
    for breach in result["below_floor"]:
        say(f"below its floor: {breach}", style="red")
    if "report" in result:
        say(f"report: {result['report']}")


def percent(value: float) -> str:
    """A share as people read it."""
    return f"{100 * value:.1f} %"


def _main_rows(measured: dict[str, Any]) -> list[tuple[str, str]]:
    category, event_type, money = measured["category"], measured["event_type"], measured["money"]
    facts, cost = measured["facts"], measured["cost"]
    return [
        ("right category", f"{percent(category['accuracy'])}, macro-F1 {category['macro_f1']:.3f}"),
        ("right event type", f"{percent(event_type['accuracy'])}, macro-F1 {event_type['macro_f1']:.3f}"),
        ("facts", f"precision {percent(facts['precision'])}, recall {percent(facts['recall'])}"),
        ("money exact", f"{percent(money['exact'])} of {money['judged']}"),
        ("unit errors", str(money["unit_errors"])),
        ("parties found", percent(measured["parties"]["recall"])),
        ("facts that stand on their page", percent(measured["grounded"]["share"])),
        ("valid replies", percent(measured["valid_share"])),
        ("calibration error", f"{measured['reliability']['ece']:.3f}"),
        ("tokens", f"{cost['input_tokens']} in, {cost['output_tokens']} out, {cost['usd']:.4f} USD"),
        ("time", f"median {cost['median_ms']:.1f} ms, 95 % below {cost['p95_ms']:.1f} ms a filing"),
    ]


def _fact_rows(scores: dict[str, Any]) -> list[tuple[str, int, str, str, int]]:
    return [
        (
            name,
            one["true"],
            percent(one["precision"]) if one["judged"] else "–",
            percent(one["recall"]),
            one["unit_errors"],
        )
        for name, one in scores.items()
    ]
