"""What stands beside an investor's name in a filing: identifiers, relations, groups."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from backfin.investors.groups import stated_groups
from backfin.investors.identifiers import fits, identifiers_in, read_identifier
from backfin.investors.marks import mark_of
from backfin.investors.places import MOST_CHARS, REACH, Place, places_of
from backfin.investors.resolve import joined, key_of
from backfin.models import Enrichment, Identifier, Investor, Membership, Mention, Page

_Stated = TypeVar("_Stated")

#: Pages that are looked at.
_MOST_PAGES = 60

#: A page without any of these has nothing to say here.
_MAY_SAY = re.compile(
    r"(?i)\b(?:PAN|DIN|CIN|LEI)\b|[A-Z]{5}\d{4}[A-Z]|[LU]\d{5}[A-Z]{2}\d{4}|promoter|\bof\b|\b[wsdh]\s?/\s?o\b"
)
#: What may stand between a name and its number. Any other word may be somebody else's name.
_BETWEEN = re.compile(
    r"[\s,;:|()\[\]./–-]+|(?i:(?:having|holding|bearing|with|its|his|her|the|of|is|and|no|number|permanent|account"
    r"|corporate|corporation|identity|identification|legal|entity|identifier|director|managing|whole[- ]?time"
    r"|independent|non[- ]executive|executive|additional|chairman|chairperson|promoter|acquirer|seller|allottee|pac)"
    r"\b)"
)


@dataclass(frozen=True, slots=True)
class Beside:
    """What a filing states of its investors, by the id each was met as."""

    identifiers: dict[str, tuple[Identifier, ...]]
    memberships: dict[str, tuple[Membership, ...]]


def find_beside(
    pages: Sequence[Page], enrichment: Enrichment, issuer_name: str, mentions: Iterable[Mention]
) -> Beside:
    """Finds what a filing states of its investors.

    Args:
        pages: Of the filing.
        enrichment: Made from them.
        issuer_name: Whose filing it is.
        mentions: Of the investors, each as it was met.
    """
    speaking = [page for page in pages[:_MOST_PAGES] if _MAY_SAY.search(page.text, 0, MOST_CHARS)]
    identifiers: dict[str, dict[tuple[str, str], Identifier]] = {}
    memberships: dict[str, dict[tuple[str, str], Membership]] = {}
    for mention in mentions:
        places = [place for page in speaking for place in places_of(page, mention.name_as_written)]
        for place in places:
            for one in _numbers(place, mention):
                identifiers.setdefault(mention.investor_id, {}).setdefault((one.scheme, one.value), one)
        for group in stated_groups(mention, enrichment, issuer_name, places):
            memberships.setdefault(mention.investor_id, {}).setdefault((group.kind, group.label), group)
    return Beside(
        {key: tuple(found.values()) for key, found in identifiers.items()},
        {key: tuple(found.values()) for key, found in memberships.items()},
    )


def tell_apart(
    found: Sequence[Investor], met: Sequence[Mention], beside: Beside
) -> tuple[list[Investor], list[Mention], Beside]:
    """The same investors, mentions and findings, under ids that the numbers beside the names are part of.

    Args:
        found: The investors of a filing, by the ids that :func:`backfin.investors.resolve.link` gives.
        met: Its mentions.
        beside: From :func:`find_beside`.
    """
    ids: dict[str, str] = {}
    for one in found:
        numbers = [(each.scheme, each.value) for each in beside.identifiers.get(one.investor_id, ())]
        ids[one.investor_id] = key_of(one.normal_form, mark_of(one.name, numbers))
    apart: dict[str, Investor] = {}
    for one in found:
        key = ids[one.investor_id]
        apart[key] = joined(apart.get(key), one.model_copy(update={"investor_id": key}))
    mentions = [one.model_copy(update={"investor_id": ids[one.investor_id]}) for one in met]
    return (
        list(apart.values()),
        mentions,
        Beside(_under(ids, beside.identifiers), _under(ids, beside.memberships)),
    )


def _under(
    ids: Mapping[str, str], stated: Mapping[str, tuple[_Stated, ...]]
) -> dict[str, tuple[_Stated, ...]]:
    """What is stated of each investor, by its other id."""
    found: dict[str, tuple[_Stated, ...]] = {}
    for key, told in stated.items():
        found[ids[key]] = tuple(dict.fromkeys((*found.get(ids[key], ()), *told)))
    return found


def _numbers(place: Place, mention: Mention) -> Iterator[Identifier]:
    """The identifiers behind a name, up to the first word that may belong to somebody else."""
    text, at = place.page.text, place.end
    last = min(len(text), place.end + REACH)
    while at < last:
        found = next(identifiers_in(text, at), None)
        if found is not None:
            scheme, whole, end = found
            value = read_identifier(scheme, whole)
            if value and fits(scheme, whole, mention.kind):
                quote = place.quote(place.start, end)
                yield Identifier(scheme=scheme, value=value, page=place.page.number, quote=quote)
            at = end
            continue
        between = _BETWEEN.match(text, at)
        if between is None:
            return
        at = between.end()
