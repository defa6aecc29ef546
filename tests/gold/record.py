"""Measures again, and writes the figures, the floors and the tables of docs/accuracy.md.

``python tests/gold/record.py FOLDER_OF_TEXTS``. Run it after a change that makes facts more right, and say so in
the commit; a figure that falls is a reason to look, not to record.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from backfin.evaluation.limits import limits_of

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "accuracy.md"
FIGURES, FLOORS = HERE / "figures.json", HERE / "floors.json"

#: Name of a measurement → the options of ``backfin eval`` behind it.
MEASUREMENTS = {
    "demo": [],
    "demo_xbrl": ["--xbrl"],
    "tune": ["--gold", str(HERE), "--split", "tune"],
    "held_out": ["--gold", str(HERE), "--split", "held_out"],
}

#: What is recorded of a measurement. Times and costs depend on the machine, and are not.
_KEPT = (
    "filings",
    "valid_share",
    "category",
    "event_type",
    "facts",
    "money",
    "parties",
    "grounded",
    "reliability",
)
_DROPPED = ("confusion", "loose", "bins", "by_class")

_COLUMNS = {"demo": "sample day", "tune": "tune", "held_out": "held out"}
_MAIN = {
    "filings": "filings",
    "category.accuracy": "right category",
    "category.first_accuracy": "… the best one itself",
    "category.macro_f1": "macro-F1 of categories",
    "event_type.accuracy": "right event type",
    "event_type.first_accuracy": "… the best one itself",
    "event_type.macro_f1": "macro-F1 of event types",
    "facts.true": "true facts asked for",
    "facts.judged": "published facts that the truth speaks about",
    "facts.precision": "… right",
    "facts.recall": "true facts found",
    "facts.readable_recall": "… in filings with a sound text layer",
    "facts.unjudged": "published facts that it is silent about",
    "money.true": "true amounts asked for",
    "money.judged": "published amounts that the truth speaks about",
    "money.exact": "… exact",
    "money.recall": "true amounts found",
    "money.readable_recall": "… in filings with a sound text layer",
    "money.unit_errors": "lakh/crore slips",
    "parties.recall": "parties found",
    "grounded.share": "published facts that stand on their page",
    "valid_share": "valid replies",
    "reliability.ece": "calibration error",
}
_SHARES = ("accuracy", "precision", "recall", "exact", "share", "readable_recall")


def measured(texts: str) -> dict[str, Any]:
    """Runs every measurement."""
    command = [str(Path(sys.executable).with_name("backfin")), "eval", "--enricher", "rules", "--json"]
    figures = {}
    for name, options in MEASUREMENTS.items():
        folder = ["--texts", texts] if "--gold" in options else []
        done = subprocess.run([*command, *options, *folder], capture_output=True, text=True, check=True)
        figures[name] = kept(json.loads(done.stdout)["figures"])
    return figures


def kept(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the figures that is recorded, shares to four digits."""
    whole = _rounded({name: figures[name] for name in _KEPT})
    whole["by_class"] = {
        name: {"filings": one["filings"], "f1": one["f1"]}
        for name, one in figures["category"]["by_class"].items()
    }
    for group in ("by_event_type", "by_kind"):
        whole[group] = {
            name: {key: one[key] for key in ("true", "judged", "precision", "recall")}
            for name, one in figures[group].items()
        }
    return {name: _rounded(one) for name, one in whole.items()}


def floors(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The floors that follow from recorded figures."""
    return {name: limits_of(one) for name, one in figures.items()}


def tables(figures: Mapping[str, Any]) -> dict[str, str]:
    """The tables of the page, by name."""
    return {
        "main": _table(("", *_COLUMNS.values()), _main_rows(figures)),
        "event types": _table(
            (
                "event type",
                "tune: true",
                "right of published",
                "found",
                "held out: true",
                "right of published",
                "found",
            ),
            _group_rows(figures, "by_event_type"),
        ),
        "kinds": _table(
            (
                "kind of value",
                "tune: true",
                "right of published",
                "found",
                "held out: true",
                "right of published",
                "found",
            ),
            _group_rows(figures, "by_kind"),
        ),
        "classes": _table(
            ("category", "tune: filings", "F1", "held out: filings", "F1"), _class_rows(figures)
        ),
    }


def with_tables(page: str, drawn: Mapping[str, str]) -> str:
    """The page with its tables replaced, each between ``<!-- table NAME -->`` and ``<!-- end -->``."""
    for name, table in drawn.items():
        mark = re.compile(rf"(<!-- table {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        page = mark.sub(lambda found, table=table: f"{found[1]}{table}\n{found[2]}", page)
    return page


def _main_rows(figures: Mapping[str, Any]) -> Iterator[list[str]]:
    for path, label in _MAIN.items():
        yield [label, *(_shown(path, _value(figures[name], path)) for name in _COLUMNS)]


def _group_rows(figures: Mapping[str, Any], group: str) -> Iterator[list[str]]:
    tune, held_out = figures["tune"][group], figures["held_out"][group]
    for name in sorted({*tune, *held_out}):
        yield [name.replace("_", " "), *_three(tune.get(name)), *_three(held_out.get(name))]


def _three(one: Mapping[str, Any] | None) -> list[str]:
    if one is None:
        return ["–", "–", "–"]
    return [
        str(one["true"]),
        f"{100 * one['precision']:.1f} %" if one["judged"] else "–",
        f"{100 * one['recall']:.1f} %",
    ]


def _class_rows(figures: Mapping[str, Any]) -> Iterator[list[str]]:
    tune, held_out = figures["tune"]["by_class"], figures["held_out"]["by_class"]
    for name in sorted({*tune, *held_out}):
        pair = [one.get(name) for one in (tune, held_out)]
        cells = [[str(one["filings"]), f"{one['f1']:.2f}"] if one else ["–", "–"] for one in pair]
        yield [name, *cells[0], *cells[1]]


def _value(figures: Mapping[str, Any], path: str) -> float:
    value: Any = figures
    for part in path.split("."):
        value = value[part]
    return float(value)


def _shown(path: str, value: float) -> str:
    name = path.rsplit(".", 1)[-1]
    if name in _SHARES or name.endswith(("_accuracy", "_share")):
        return f"{100 * value:.1f} %"
    return f"{value:.3f}" if name in ("macro_f1", "ece") else f"{value:.0f}"


def _table(head: tuple[str, ...], rows: Iterator[list[str]]) -> str:
    lines = [head, ["---", *("--:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items() if name not in _DROPPED}
    return round(value, 4) if isinstance(value, float) else value


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    """Measures and records."""
    figures = measured(sys.argv[1])
    _write(FIGURES, figures)
    _write(FLOORS, floors(figures))
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8"), tables(figures)), encoding="utf-8")


if __name__ == "__main__":
    main()
