"""The fields a rule may name, what each is compared with, and what to suggest for a wrong name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from backfin.models import EventType, Sentiment
from backfin.models.sheets import SHEETS, Kind, Sheet
from backfin.notifications.fold import code_form, fold, label_form, name_form
from backfin.notifications.lists import IssuerLists
from backfin.suggest import nearest


class FieldKind(StrEnum):
    """How a field's values are compared by ``=``."""

    CODE = "code"
    LABEL = "label"
    NAME = "name"
    PROSE = "prose"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the watch language.

    Args:
        kind: How values are compared.
        needs_enrichment: Whether it is unknown in the flash phase.
        rank: How few announcements one value selects; lower is fewer.
        choices: Every value there is, where the set is closed.
    """

    kind: FieldKind
    needs_enrichment: bool = False
    rank: int = 5
    choices: tuple[str, ...] = ()


FIELDS: Mapping[str, Field] = {
    "isin": Field(FieldKind.CODE, rank=0),
    "symbol": Field(FieldKind.CODE, rank=0),
    "scrip_code": Field(FieldKind.CODE, rank=0),
    "issuer": Field(FieldKind.NAME, rank=1),
    "investor": Field(FieldKind.NAME, needs_enrichment=True, rank=1),
    "group": Field(FieldKind.NAME, needs_enrichment=True, rank=1),
    "party": Field(FieldKind.NAME, needs_enrichment=True, rank=1),
    "subject": Field(FieldKind.PROSE, rank=3),
    "text": Field(FieldKind.PROSE, rank=3),
    "category": Field(FieldKind.LABEL, needs_enrichment=True, rank=5),
    "flag": Field(FieldKind.LABEL, needs_enrichment=True, rank=5),
    "event_type": Field(FieldKind.LABEL, needs_enrichment=True, rank=6, choices=tuple(EventType)),
    "sentiment": Field(FieldKind.LABEL, needs_enrichment=True, rank=8, choices=tuple(Sentiment)),
    "exchange": Field(FieldKind.CODE, rank=9),
    "materiality": Field(FieldKind.NUMBER, needs_enrichment=True, rank=9),
}

FORMS: Mapping[FieldKind, Callable[[str], str]] = {
    FieldKind.CODE: code_form,
    FieldKind.LABEL: label_form,
    FieldKind.NAME: name_form,
    FieldKind.PROSE: fold,
}

#: Fields that a file may list the values of.
LISTED = ("issuer", "isin", "symbol", "scrip_code")

#: Words people try first, and the field they mean.
_SYNONYMS: Mapping[str, str] = {
    "categories": "category",
    "code": "scrip_code",
    "company": "issuer",
    "event": "event_type",
    "family": "group",
    "flags": "flag",
    "headline": "text",
    "score": "materiality",
    "ticker": "symbol",
    "type": "event_type",
    "word": "text",
    "words": "text",
}

#: Facts of the built-in sheets. Others, brought by plugins, are accepted too; these feed the suggestions.
KNOWN_FACTS = frozenset(name for sheet in SHEETS.values() for name in sheet.model_fields)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names a rule is checked against beyond the built-in ones.

    Args:
        facts: Further names of facts, e.g. those a plugin's prompt set brings.
        categories: Labels of the taxonomies in use; empty accepts any label.
        exchanges: Names of the exchanges in use; empty accepts any.
        sheets: Sheets that prompt sets bring beside the built-in ones.
        lists: Where the files are that rules name; without it none can be named.
    """

    facts: frozenset[str] = frozenset()
    categories: tuple[str, ...] = ()
    exchanges: tuple[str, ...] = ()
    sheets: tuple[type[Sheet], ...] = ()
    lists: IssuerLists | None = None

    @property
    def known_facts(self) -> frozenset[str]:
        """Names of all facts that some sheet or plugin is known to have."""
        return KNOWN_FACTS.union(self.facts, *(sheet.model_fields for sheet in self.sheets))

    def kinds_of(self, fact: str) -> frozenset[Kind]:
        """The kinds of value a fact has on the sheets that have it; none where that is not known."""
        if fact in self.facts:
            return frozenset()
        sheets = (*SHEETS.values(), *self.sheets)
        return frozenset(kind for sheet in sheets if (kind := sheet.kinds().get(fact)) is not None)

    def choices_of(self, field: str) -> tuple[str, ...]:
        """Every value of a field there is, as far as the set is closed and known."""
        known = {"category": self.categories, "exchange": self.exchanges}
        return known.get(field) or FIELDS[field].choices

    def suggested_name(self, name: str) -> str | None:
        """What a name that is neither a field nor a known fact was probably meant to be."""
        known = {*FIELDS, *self.known_facts}
        if name in known:
            return None
        return _SYNONYMS.get(name) or nearest(name, known, cutoff=0.82)


#: A comparison of each kind of fact that others are like.
_EXAMPLES = {Kind.MONEY: "> 100 crore", Kind.NUMBER: "> 10", Kind.DATE: "> 2026-07-01"}


def example_of(name: str, vocabulary: Vocabulary, value: str | None = None) -> str:
    """A comparison of a field or fact as it is written, with ``value`` where one is at hand.

    >>> example_of("order_value", Vocabulary()), example_of("symbol", Vocabulary(), "TCS")
    ('order_value > 100 crore', 'symbol = TCS')
    """
    field = FIELDS.get(name)
    if field is not None and field.kind is FieldKind.NUMBER:
        return f"{name} >= {value or 60}"
    kinds = [] if field else sorted(vocabulary.kinds_of(name) & _EXAMPLES.keys())
    if kinds:
        return f"{name} {_EXAMPLES[kinds[0]]}"
    return f"{name} = {value or '…'}"
