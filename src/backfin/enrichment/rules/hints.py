"""The exchange's own labels as hints: BSE sub-categories and NSE subjects that say what a filing is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from backfin.models import EventType

_WORDS = re.compile(r"[a-z0-9]+")
BOILERPLATE = re.compile(
    r"(?i)^(?:announcement under regulation 30 \(lodr\)-|shareholder meeting / postal ballot-"
    r"|corporate action-|compliances-|corporate insolvency resolution process \(cirp\)-)"
)

#: How far a matter has come, said before its name.
_STEP = re.compile(r"(?i)^(?:intimation of|updates? on|board (?:approves|recommends|to consider)|fixes)\s")


@dataclass(frozen=True, slots=True)
class Hint:
    """What an exchange's label points to, and how far it is to be believed: 3 firmly, 1 hardly."""

    label: str
    event_type: EventType
    weight: int


def normal_form(text: str) -> str:
    """Letters and digits only, so that the exchange's odd spacing does not matter.

    >>> normal_form("Strikes /Lockouts / Disturbances")
    'strikes lockouts disturbances'
    """
    return " ".join(_WORDS.findall(text.lower().replace("_", " ")))


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, Hint], tuple[tuple[str, Hint], ...]]:
    """Hints by whole name, and those (ending in ``*`` in the file) by how the name begins, the longest first."""
    exact: dict[str, Hint] = {}
    begins: list[tuple[str, Hint]] = []
    text = resources.files("backfin.enrichment.rules").joinpath("hints.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        name, label, event_type, weight = (part.strip() for part in line.split("|"))
        hint = Hint(label, EventType(event_type), int(weight))
        if name.endswith("*"):
            begins.append((normal_form(name), hint))
        else:
            exact[normal_form(name)] = hint
    return exact, tuple(sorted(begins, key=lambda item: -len(item[0])))


def hint_for(*labels: str | None) -> Hint | None:
    """The hint of the first label that says something; of the first that is known when none does.

    >>> hint_for("General", "Award of Order / Receipt of Order").label
    'New Order'
    """
    known = [hint for label in labels if label and (hint := _hint_of(label)) is not None]
    return next((hint for hint in known if hint.weight), known[0] if known else None)


@lru_cache(maxsize=4096)
def _hint_of(label: str) -> Hint | None:
    exact, begins = _table()
    whole = BOILERPLATE.sub("", label.strip())
    for name in dict.fromkeys((normal_form(whole), normal_form(_STEP.sub("", whole)))):
        if name in exact:
            return exact[name]
        for start, hint in begins:
            if name.startswith(start):
                return hint
    return None
