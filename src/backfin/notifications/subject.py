"""What a rule is held against: one announcement with everything known of it, folded once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from backfin.models import Announcement, Enrichment, Fact, Mention
from backfin.notifications.fold import code_form, label_form, name_form, padded

#: What the index looks watches up by: a field (or ``field:`` for one word of it) and a folded value.
Key = tuple[str, str]

#: Key of everything that has an enrichment.
ENRICHED: Key = ("enriched", "")


@dataclass(frozen=True, slots=True)
class MatchInput:
    """One announcement as rules see it.

    ``values`` holds the folded forms compared by ``=``; ``texts`` the padded texts searched by ``:``,
    and ``words`` every word of each of them.
    Fields that need an enrichment are absent while there is none.
    """

    is_enriched: bool
    values: Mapping[str, frozenset[str]]
    texts: Mapping[str, str]
    words: Mapping[str, frozenset[str]]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    materiality: Decimal | None = None

    def index_keys(self) -> Iterator[Key]:
        """Every key under which the index may have filed a rule that matches this."""
        if self.is_enriched:
            yield ENRICHED
        for name, forms in self.values.items():
            for form in forms:
                yield (name, form)
        for name, words in self.words.items():
            for word in words:
                yield (f"{name}:", word)
        for name in self.facts:
            yield ("fact", name)


def match_input(
    announcement: Announcement,
    enrichment: Enrichment | None,
    mentions: Iterable[Mention] = (),
    *,
    investor_names: Mapping[str, Iterable[str]] | None = None,
    groups: Iterable[str] = (),
) -> MatchInput:
    """Folds an announcement for matching.

    Args:
        announcement: The announcement.
        enrichment: Its current enrichment, ``None`` in the flash phase.
        mentions: Investors linked to it.
        investor_names: Further names of those investors by ``investor_id`` (aliases, merged names).
        groups: Families and groups that those investors belong to, by their labels.
    """
    names = _Names(announcement, enrichment, tuple(mentions), investor_names or {}, tuple(groups))
    texts = _texts(announcement, enrichment, names)
    words = {name: frozenset(text.split()) for name, text in texts.items()}
    if enrichment is None:
        return MatchInput(False, _exchange_values(announcement), texts, words)
    return MatchInput(
        is_enriched=True,
        values={**_exchange_values(announcement), **_enriched_values(enrichment, names)},
        texts=texts,
        words=words,
        facts=enrichment.facts,
        materiality=Decimal(enrichment.materiality),
    )


class _Names:
    """Every name in an announcement, by the field that knows it."""

    def __init__(
        self,
        announcement: Announcement,
        enrichment: Enrichment | None,
        mentions: tuple[Mention, ...],
        investor_names: Mapping[str, Iterable[str]],
        groups: tuple[str, ...],
    ) -> None:
        self.groups = groups
        self.ids = [mention.investor_id for mention in mentions]
        self.issuer = [announcement.issuer_name]
        self.investors = [mention.name_as_written for mention in mentions]
        for known in self.ids:
            self.investors.extend(investor_names.get(known, ()))
        self.parties = [party.name_as_written for party in enrichment.parties] if enrichment else []
        self.parties.extend(self.investors)


def _exchange_values(announcement: Announcement) -> dict[str, frozenset[str]]:
    codes = {
        "isin": announcement.isin,
        "symbol": announcement.symbol,
        "scrip_code": announcement.scrip_code,
        "exchange": announcement.exchange,
    }
    forms = {name: code_form(code) for name, code in codes.items() if code}
    issuer = [form for name, form in forms.items() if name != "exchange"]
    return {
        **{name: frozenset([form]) for name, form in forms.items()},
        "issuer": frozenset([name_form(announcement.issuer_name), *issuer]),
    }


def _enriched_values(enrichment: Enrichment, names: _Names) -> dict[str, frozenset[str]]:
    return {
        "category": frozenset(map(label_form, (enrichment.category, *enrichment.also))),
        "event_type": frozenset([label_form(enrichment.event_type)]),
        "flag": frozenset(map(label_form, enrichment.flags)),
        "sentiment": frozenset([label_form(enrichment.sentiment)]),
        "investor": frozenset([*map(name_form, names.investors), *names.ids]),
        "group": frozenset(map(name_form, names.groups)),
        "party": frozenset([*map(name_form, names.parties), *names.ids]),
    }


def _texts(announcement: Announcement, enrichment: Enrichment | None, names: _Names) -> dict[str, str]:
    parts = [announcement.issuer_name, announcement.text]
    texts = {"issuer": padded(names.issuer), "subject": padded([announcement.subject])}
    if enrichment is not None:
        parts += [enrichment.headline, enrichment.summary, *names.parties]
        texts["investor"] = padded(names.investors)
        texts["group"] = padded(names.groups)
        texts["party"] = padded(names.parties)
        texts["category"] = padded((enrichment.category, *enrichment.also))
        texts["flag"] = padded(flag.replace("_", " ") for flag in enrichment.flags)
    texts["text"] = padded(parts)
    return texts
