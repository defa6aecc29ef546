"""Recorded floors of figures, and which of them a run falls below."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backfin.errors import ConfigError

#: What is recorded, and by how much a later run may be worse: more for figures over few filings.
MARGINS = {
    "category.accuracy": 0.01,
    "category.macro_f1": 0.02,
    "event_type.accuracy": 0.01,
    "event_type.macro_f1": 0.02,
    "facts.precision": 0.02,
    "facts.recall": 0.02,
    "money.exact": 0.01,
    "money.recall": 0.02,
    "parties.recall": 0.05,
    "grounded.share": 0.0,
    "valid_share": 0.0,
}

#: What is counted, and may not become more.
COUNTS = ("money.unit_errors",)


@dataclass(frozen=True, slots=True)
class Breach:
    """A figure on the wrong side of its limit."""

    figure: str
    value: float
    limit: float

    def __str__(self) -> str:
        """In words."""
        return f"{self.figure} is {self.value:.4g}, recorded limit {self.limit:.4g}"


def limits_of(figures: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """The limits that follow from a run: measured values less their margin, counts as they are."""
    floors = {name: max(0.0, figure(figures, name) - margin) for name, margin in MARGINS.items()}
    return {name: {"at_least": _rounded_down(value)} for name, value in floors.items()} | {
        name: {"at_most": figure(figures, name)} for name in COUNTS
    }


def load_limits(path: Path, section: str) -> dict[str, dict[str, float]]:
    """Reads the limits of one section of a file.

    Raises:
        ConfigError: No such file or section, or not in the format.
    """
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): dict(limit) for name, limit in table[section].items()}
    except (OSError, ValueError) as problem:
        raise ConfigError(f"{path} is no file of floors; see docs/accuracy.md.") from problem
    except (KeyError, AttributeError, TypeError) as problem:
        raise ConfigError(f"{path} records no floors for {section!r}.") from problem


def breaches(figures: Mapping[str, Any], limits: Mapping[str, Mapping[str, float]]) -> list[Breach]:
    """Figures that are below their floor or above their ceiling."""
    found = []
    for name, limit in limits.items():
        value = figure(figures, name)
        if value < limit.get("at_least", value):
            found.append(Breach(name, value, limit["at_least"]))
        if value > limit.get("at_most", value):
            found.append(Breach(name, value, limit["at_most"]))
    return found


def figure(figures: Mapping[str, Any], name: str) -> float:
    """One figure by its dotted name.

    Raises:
        ConfigError: There is none of that name.
    """
    value: Any = figures
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if not isinstance(value, int | float):
        raise ConfigError(f"There is no figure {name!r}; docs/accuracy.md lists them.")
    return value


def _rounded_down(value: float) -> float:
    return int(value * 1000) / 1000
