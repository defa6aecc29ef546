"""A statement of results: its lines, and which of them have a field."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from backfin.enrichment.rules.quotes import tidy
from backfin.models import Evidence, Page
from backfin.models.money_scale import Scale

_UNITS = re.compile(
    r"(?i)(?:\bin (?:rs|rupees|inr|₹)\b\.?|amount in (?:rs|₹))(?!\s{0,3}(?:in\s)?(?:lakh|lac|cr|mill|thou))"
)
_OF_SHARES = re.compile(r"(?i)\bshares?\b|\beps\b|annuali[sz]ed")
#: The number of a line: "1", "(a)", "iv)", "IX.".
ENUMERATOR = re.compile(r"(?i)^(?:[(\[]?(?:\d{1,2}|[ivx]{1,5}|[a-z])[)\].:]{1,2}\s?|\d{1,2}\s|[ivx]{1,4}\s)")
#: Lines that say little without the heading above them.
UNDER_HEADING = re.compile(r"(?i)\bowners\b|\bholders\b|\bcontrolling\b|\bbasic\b|\bdiluted\b")
#: Whether a statement is the group's or the company's alone.
SEPARATE = re.compile(r"(?i)\bconsolidated\b|\bstandalone\b")


@dataclass(frozen=True, slots=True)
class Known:
    """A line of a statement that has a field."""

    field: str
    says: re.Pattern[str]
    never: re.Pattern[str] | None
    better: re.Pattern[str] | None

    def fits(self, label: str) -> bool:
        """Whether a label in lower case, its enumerator removed, is this line's."""
        return self.says.search(label) is not None and not (self.never and self.never.search(label))


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its label, its figures by the role of their column, and where they stand."""

    label: str
    cells: tuple[tuple[str, str], ...]
    place: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """The lines of one statement under the scale that its head states."""

    page: Page
    scale: Scale | None
    head: str
    lines: tuple[Line, ...]

    @property
    def is_consolidated(self) -> bool:
        """Whether its head says so."""
        said = SEPARATE.findall(self.head.lower())
        return bool(said) and said[0] == "consolidated"


@lru_cache(maxsize=1)
def known_lines() -> tuple[Known, ...]:
    """The table of lines."""
    text = (
        resources.files("backfin.enrichment.rules").joinpath("results_lines.txt").read_text(encoding="utf-8")
    )
    return tuple(_known(line) for line in text.splitlines() if line and not line.startswith("#"))


def _known(line: str) -> Known:
    field, says, never, *better = (part.strip() for part in line.split(" | "))
    never = never.rstrip(" |")
    return Known(
        field,
        re.compile(says),
        re.compile(never) if never else None,
        re.compile(better[0]) if better and better[0] else None,
    )


def plain_label(text: str) -> str:
    """A label in lower case without its enumerator.

    >>> plain_label("(a) Basic (Rs.)"), plain_label("IX Profit before tax (VII-VIII)")
    ('basic (rs.)', 'profit before tax (vii-viii)')
    """
    label = tidy(text)
    for _ in range(2):
        label = ENUMERATOR.sub("", label)
    return re.sub(r"\s?/\s?", "/", label.lower()).strip(" .:-–")


def is_known(label: str) -> bool:
    """Whether a label is that of a line with a field."""
    plain = plain_label(label)
    return any(known.fits(plain) for known in known_lines())


def plain_units(*heads: str) -> Scale | None:
    """Plain rupees, where a head says so of the whole table and not of its earnings per share."""
    lines = (line for head in heads for line in head.splitlines())
    return Scale.UNIT if any(_UNITS.search(line) and not _OF_SHARES.search(line) for line in lines) else None
