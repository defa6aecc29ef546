"""The figures as one page that is complete in itself: no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib import resources
from typing import Any

from backfin.evaluation.charts import bar, confusion_matrix, reliability_diagram

_SHARE = "{:.1%}"


def report_html(result: Mapping[str, Any]) -> str:
    """The page of one result of ``backfin eval``, or of two readers side by side."""
    figures = result["figures"]
    style = resources.files("backfin.evaluation").joinpath("report.css").read_text(encoding="utf-8")
    parts = [
        f"<h1>How right the facts are</h1><p class='lead'>{_lead(result)}</p>",
        _cards(figures),
        _below(result["below_floor"]),
        _comparison(result),
        _section("Categories", _sorting(figures["category"], "categories")),
        _section("Event types", _sorting(figures["event_type"], "event types")),
        _section("Facts by event type", _fact_table(figures["by_event_type"])),
        _section("Facts by kind of value", _fact_table(figures["by_kind"])),
        _section("Facts by field", _folded(figures["by_field"])),
        _section("Sureness", _sureness(figures["reliability"])),
        _section("What went wrong", _wrong(figures["wrong"])),
    ]
    head = "<meta charset='utf-8'><meta name='viewport' content='width=device-width, initial-scale=1'>"
    return (
        f"<!doctype html><html lang='en'><head>{head}<title>backfin: accuracy</title><style>{style}</style>"
        f"</head><body><main>{''.join(parts)}</main></body></html>\n"
    )


def _lead(result: Mapping[str, Any]) -> str:
    figures, against = result["figures"], result["against"]
    names = escape(figures["name"]) + (f" against {escape(against['name'])}" if against else "")
    return f"{names}, measured on {figures['filings']} filings ({escape(result['measured_on'])})."


def _cards(figures: Mapping[str, Any]) -> str:
    money, facts, cost = figures["money"], figures["facts"], figures["cost"]
    cards = [
        ("right category", _SHARE.format(figures["category"]["accuracy"]), False),
        ("macro-F1 of categories", f"{figures['category']['macro_f1']:.3f}", False),
        ("right event type", _SHARE.format(figures["event_type"]["accuracy"]), False),
        ("published facts right", _SHARE.format(facts["precision"]), False),
        ("true facts found", _SHARE.format(facts["recall"]), False),
        (f"of {money['judged']} amounts exact", _SHARE.format(money["exact"]), False),
        ("unit errors", str(money["unit_errors"]), money["unit_errors"] > 0),
        ("stand on their page", _SHARE.format(figures["grounded"]["share"]), False),
        ("valid replies", _SHARE.format(figures["valid_share"]), False),
        ("calibration error", f"{figures['reliability']['ece']:.3f}", False),
        ("median a filing", f"{cost['median_ms']:.1f} ms", False),
        (f"{cost['input_tokens'] + cost['output_tokens']} tokens", f"${cost['usd']:.2f}", False),
    ]
    drawn = "".join(
        f"<div class='card{' bad' if is_bad else ''}'><b>{value}</b><span>{name}</span></div>"
        for name, value, is_bad in cards
    )
    return f"<div class='cards'>{drawn}</div>"


def _below(breaches: Sequence[str]) -> str:
    if not breaches:
        return ""
    items = "".join(f"<li>{escape(breach)}</li>" for breach in breaches)
    return _section("Below the recorded floor", f"<ul class='below'>{items}</ul>")


def _comparison(result: Mapping[str, Any]) -> str:
    if not result["comparison"]:
        return ""
    lines = "".join(
        f"<p class='verdict{' significant' if one['significant'] else ''}'>{escape(one['sentence'])}</p>"
        for one in result["comparison"]
    )
    return _section("The two readers", lines)


def _fact_table(scores: Mapping[str, Mapping[str, Any]]) -> str:
    head = ("", "asked for", "right", "wrong", "missed", "unit errors", "precision", "recall")
    rows = [
        (
            escape(name.replace("_", " ")),
            one["true"],
            one["right"] + one["extra"],
            one["wrong"] + one["stray"],
            one["missed"],
            one["unit_errors"],
            _bar_cell(one["precision"]) if one["judged"] else "–",
            _bar_cell(one["recall"]),
        )
        for name, one in scores.items()
    ]
    return _table(head, rows, numbers=range(1, 6))


def _folded(scores: Mapping[str, Mapping[str, Any]]) -> str:
    return f"<details><summary>{len(scores)} fields</summary>{_fact_table(scores)}</details>"


def _bar_cell(value: float) -> str:
    return f"<span class='share'>{bar(value)}{_SHARE.format(value)}</span>"


def _sureness(reliability: Mapping[str, Any]) -> str:
    bins = reliability["bins"]
    plot = reliability_diagram(bins, "Share of right facts against their confidence")
    rows = [
        (
            f"{one['low']:.1f} to {one['high']:.1f}",
            one["facts"],
            _SHARE.format(one["confidence"]),
            _SHARE.format(one["right"]),
        )
        for one in bins
    ]
    table = _table(("confidence", "facts", "mean", "right"), rows, numbers=range(1, 4))
    note = (
        f"<p>Expected calibration error {reliability['ece']:.3f}: how far sureness and rightness lie apart. Above "
        "the dashed line facts are right more often than they claim.</p>"
    )
    return f"<div class='two'><div>{plot}</div><div>{note}{table}</div></div>"


def _sorting(sorting: Mapping[str, Any], what: str) -> str:
    note = (
        f"<p>Rows are the true {what}, columns the given ones. A reading that is right besides the best one counts "
        f"as the best one; {_SHARE.format(sorting['first_accuracy'])} got the best one itself.</p>"
    )
    plot = confusion_matrix(sorting["confusion"], f"Confusion matrix of {what}")
    rows = [
        (
            escape(name),
            one["filings"],
            _bar_cell(one["precision"]),
            _bar_cell(one["recall"]),
            f"{one['f1']:.3f}",
        )
        for name, one in sorting["by_class"].items()
    ]
    table = _table(("", "filings", "precision", "recall", "F1"), rows, numbers=(1, 4))
    return f"{note}{plot}<details><summary>Precision and recall of each</summary>{table}</details>"


def _wrong(wrong: Mapping[str, Any]) -> str:
    sorted_wrong = [
        (what, _key(one["key"]), escape(one["true"]), escape(one["given"]))
        for what, name in (("category", "categories"), ("event type", "event_types"))
        for one in wrong[name]
    ]
    facts = [
        (
            escape(one["field"]),
            _key(one["key"]),
            escape(_shown(one["true"])),
            escape(_shown(one["found"])),
            "" if one["slip"] is None else f"10<sup>{one['slip']}</sup>",
        )
        for one in wrong["facts"]
    ]
    return (
        f"<details open><summary>{len(facts)} wrong facts</summary>"
        f"{_table(('field', 'filing', 'true', 'read', 'off by'), facts)}</details>"
        f"<details><summary>{len(sorted_wrong)} wrong categories and event types</summary>"
        f"{_table(('', 'filing', 'true', 'given'), sorted_wrong)}</details>"
    )


def _key(key: str) -> str:
    return f"<code>{escape(key)}</code>"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("as_written") or value.get("amount") or dict(value))[:160]
    return str(value)[:160]


def _table(head: Iterable[str], rows: Iterable[Sequence[Any]], numbers: Iterable[int] = ()) -> str:
    right = set(numbers)

    def cell(tag: str, place: int, value: Any) -> str:
        kind = " class='n'" if place in right else ""
        return f"<{tag}{kind}>{value}</{tag}>"

    top = "".join(cell("th", place, name) for place, name in enumerate(head))
    body = "".join(
        f"<tr>{''.join(cell('td', place, value) for place, value in enumerate(row))}</tr>" for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _section(title: str, inside: str) -> str:
    return f"<section><h2>{title}</h2>{inside}</section>"
