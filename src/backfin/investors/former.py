"""Names that companies had before: as a filing states them, or as an exchange's list had them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from backfin.investors.clauses import former_names
from backfin.investors.kinds import class_of
from backfin.investors.latin import to_latin
from backfin.investors.names import kind_of, normal_form
from backfin.investors.resolve import investor_of
from backfin.investors.telling import says_enough
from backfin.models import Investor, Party

#: Words of what somebody was before, rather than of what it was called.
_NO_NAMES = frozenset(
    [
        "before",
        "director",
        "division",
        "employee",
        "member",
        "part",
        "partner",
        "promoter",
        "subsidiary",
        "unit",
    ]
)


@dataclass(frozen=True, slots=True)
class Renaming:
    """A company by its present name and by one before.

    Args:
        present: The investor of the present name.
        former: The investor of the other.
        why: Who says so, in one sentence.
    """

    present: Investor
    former: Investor
    why: str


def stated_renamings(name: str) -> list[Renaming]:
    """The former names of a company that its name states. What a person was called before is left out: namesakes.

    >>> [one.former.name for one in stated_renamings("Yew Fabrics Ltd (formerly known as Oak (India) Ltd)")]
    ['Oak (India) Ltd']
    >>> stated_renamings("Asha Mehra (formerly Asha Gupta)")
    []
    """
    found = [_as_written(former, name) for former in former_names(to_latin(name).casefold())]
    why = f"“{name}” states the former name."
    return [one for former in found if (one := _renaming(name, former, why)) is not None]


def listed_renamings(names: Iterable[tuple[str, str, date | None]]) -> list[Renaming]:
    """The renamed companies of an exchange's lists, without names that another company has or had.

    Args:
        names: ISIN, name, and the day on which it was another, ``None`` for a present one.
    """
    bearers: dict[str, set[str]] = defaultdict(set)
    present: dict[str, str] = {}
    past: list[tuple[str, str, date]] = []
    for isin, name, until in names:
        bearers[normal_form(name)].add(isin)
        if until is None:
            present.setdefault(isin, name)
        else:
            past.append((isin, name, until))
    found = [
        _renaming(present[isin], name, f"The company with ISIN {isin} was listed as “{name}” until {until}.")
        for isin, name, until in past
        if isin in present and len(bearers[normal_form(name)] | bearers[normal_form(present[isin])]) == 1
    ]
    return [one for one in found if one is not None]


def _renaming(present: str, former: str, why: str) -> Renaming | None:
    form = normal_form(former)
    is_name = says_enough(form) and class_of(kind_of(form)) not in ("person", "huf")
    if not is_name or form == normal_form(present) or _NO_NAMES.intersection(form.split()):
        return None
    return Renaming(_investor(present), _investor(former), why)


def _as_written(folded: str, name: str) -> str:
    """A part of a name in the capitals it has there, where it can be found again."""
    start = name.casefold().find(folded)
    written = name[start : start + len(folded)]
    return written if start >= 0 and written.casefold() == folded else folded


def _investor(name: str) -> Investor:
    return investor_of(Party(name_as_written=name, role="former name"))
