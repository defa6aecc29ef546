"""Families and groups that a filing says an investor belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from backfin.investors.names import normal_form
from backfin.investors.pan import mask_pan
from backfin.investors.places import Place
from backfin.models import Enrichment, EventType, GroupKind, Membership, Mention, PartyKind

_TITLES = r"(?:(?i:mr|mrs|ms|shri|smt|sri|dr|late|mx|kum)\b\.?\s+)*"
_PERSON = rf"{_TITLES}(?P<who>[A-Z][\w.'’-]*(?:[ \t]+[A-Z][\w.'’-]*){{1,4}})"
_RELATIONS = {"w": "wife", "s": "son", "d": "daughter", "h": "husband"}
_RELATION = re.compile(
    r"[\s,(–-]{0,3}(?:(?i:being|is|who is)\s)?(?:(?i:an?|the|his|her|our)\s)?(?:"
    r"(?P<word>(?i:wife|husband|spouse|son|daughter|father|mother|brother|sister))\s+(?i:of)"
    rf"|(?P<letter>[WwSsDdHh])\s?/\s?[Oo]\.?)\s+{_PERSON}"
)
_HUF = re.compile(r"(?i)[\s,(/-]*\b(?:h\.?\s?u\.?\s?f\b|hindu undivided family)\.?.*$")
_HOUSE = (
    r"(?P<house>[A-Z][\w.&'’-]*(?:[ \t]+(?:[A-Z&][\w.&'’-]*|of|and|India)){0,7}?[ \t]+"
    r"(?:Mutual Fund|Fund|Trust|MF))\b"
)
_SCHEME_OF = re.compile(
    rf"[\s,(–-]{{0,3}}\b(?i:an?\s)?(?i:scheme|series|sub-?fund|plan)s?\s(?i:of)\s(?:(?i:the)\s)?{_HOUSE}"
)
_SCHEME_IN_NAME = re.compile(
    r"^(?P<house>\S.{1,60}?\b(?i:mutual fund))\s*(?:[-–—/:,(]|(?i:a/c)\b)\s*\S{3}", re.ASCII
)
_PROMOTER = r"(?i:promoters?)(?P<group>\s?(?:(?:and|&|/)\s?(?i:promoters?)\s?)?\s?(?i:group))?"
_PROMOTER_BEHIND = re.compile(
    r"^[\s,(–-]{0,3}(?:(?i:being|is|who is|which is|forms)\s)?"
    r"(?:(?i:an?|the|one of(?: the| our)?|(?:a )?member of(?: the| our)?|belonging to(?: the| our)?"
    rf"|part of(?: the| our)?|our)\s)*{_PROMOTER}\b(?!\s(?i:or|and)\s(?i:pac|director))"
    r"(?:\s(?i:of)\s(?P<of>[A-Z][\w.&'’()-]*(?:\s[A-Z&][\w.&'’()-]*){0,6}\s(?:Limited|Ltd)\b))?"
)
_PROMOTER_AHEAD = re.compile(
    rf"(?<![Nn]on-)(?<![Nn]on )\b{_PROMOTER}[\s,:(–-]{{1,3}}(?:(?i:namely|viz|being|i\.e)\b[.,]?\s)?"
    rf"{_TITLES}(?:M/s\.?\s)?$"
)
_PROMOTERS = ("promoter", "promoter group", "promoter_group")
_TAKEOVERS = (EventType.SAST_DISCLOSURE, EventType.OPEN_OFFER)


def stated_groups(
    mention: Mention, enrichment: Enrichment, issuer_name: str, places: Sequence[Place]
) -> Iterator[Membership]:
    """The groups that a filing says an investor belongs to.

    Args:
        mention: Of the investor.
        enrichment: The filing's.
        issuer_name: Whose filing it is.
        places: Wherever the name stands.
    """
    yield from _by_name(mention)
    yield from _in_concert(mention, enrichment)
    yield from _by_category(mention, enrichment, issuer_name)
    for place in places:
        yield from _by_words(place)
        yield from _of_promoters(place, issuer_name)


def _by_name(mention: Mention) -> Iterator[Membership]:
    """What the name itself says: a family after its head, a scheme after its fund."""
    name = mention.name_as_written
    if mention.kind is PartyKind.HUF:
        head = _HUF.sub("", name).strip(" ,-–(")
        if len(normal_form(head).split()) > 1 and head != name:
            yield _told(mention, GroupKind.FAMILY, head, "huf")
    relation = _RELATION.search(name)
    if relation is not None:
        yield _told(mention, GroupKind.FAMILY, relation["who"], _relation(relation))
    scheme = _SCHEME_IN_NAME.match(name) or _SCHEME_OF.search(name)
    if scheme is not None:
        yield _told(mention, GroupKind.FUND_HOUSE, scheme["house"], "scheme")


def _in_concert(mention: Mention, enrichment: Enrichment) -> Iterator[Membership]:
    if mention.role != "pac" or enrichment.event_type not in _TAKEOVERS:
        return
    leaders = [party.name_as_written for party in enrichment.parties if party.role in ("acquirer", "seller")]
    if leaders:
        yield _told(mention, GroupKind.PAC, " ".join(leaders[0].split()), "acting in concert")


def _by_category(mention: Mention, enrichment: Enrichment, issuer_name: str) -> Iterator[Membership]:
    """What an insider's form says of the person it is about."""
    person, category = enrichment.facts.get("person"), enrichment.facts.get("category")
    if person is None or category is None or str(category.value).lower() not in _PROMOTERS:
        return
    if normal_form(str(person.value)) == normal_form(mention.name_as_written) and category.evidence:
        place = category.evidence[0]
        yield Membership(
            kind=GroupKind.PROMOTER_GROUP,
            label=issuer_name,
            relation=str(category.value).lower().replace("_", " "),
            page=place.page,
            quote=mask_pan(place.quote),
        )


def _by_words(place: Place) -> Iterator[Membership]:
    relation = _RELATION.match(place.behind)
    if relation is not None:
        yield _seen(place, relation, GroupKind.FAMILY, relation["who"], _relation(relation))
    scheme = _SCHEME_OF.match(place.behind)
    if scheme is not None:
        yield _seen(place, scheme, GroupKind.FUND_HOUSE, scheme["house"], "scheme")


def _of_promoters(place: Place, issuer_name: str) -> Iterator[Membership]:
    after = _PROMOTER_BEHIND.match(place.behind)
    if after is not None:
        relation = "promoter group" if after["group"] else "promoter"
        yield _seen(place, after, GroupKind.PROMOTER_GROUP, after["of"] or issuer_name, relation)
        return
    before = _PROMOTER_AHEAD.search(place.ahead)
    if before is not None:
        relation = "promoter group" if before["group"] else "promoter"
        start = place.start - len(place.ahead) + before.start()
        quote = place.quote(start, place.end)
        yield Membership(
            kind=GroupKind.PROMOTER_GROUP,
            label=issuer_name,
            relation=relation,
            page=place.page.number,
            quote=quote,
        )


def _seen(place: Place, match: re.Match[str], kind: GroupKind, label: str, relation: str) -> Membership:
    quote = place.quote(place.start, place.end + match.end())
    label = " ".join(label.split()).rstrip(".,")
    return Membership(kind=kind, label=label, relation=relation, page=place.page.number, quote=quote)


def _told(mention: Mention, kind: GroupKind, label: str, relation: str) -> Membership:
    label = " ".join(label.split()).rstrip(".,")
    quote = mask_pan(mention.quote)
    return Membership(kind=kind, label=label, relation=relation, page=mention.page, quote=quote)


def _relation(match: re.Match[str]) -> str:
    return match["word"].lower() if match["word"] else _RELATIONS[match["letter"].lower()]
