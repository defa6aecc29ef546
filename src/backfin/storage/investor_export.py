"""The book as a file: one row for each investor, or the entities and edges of FollowTheMoney."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select

from backfin.clock import IST
from backfin.investors import ftm
from backfin.investors.names import normal_form
from backfin.investors.pan import mask_pan
from backfin.models import GroupKind, Member, PartyKind, TimelineEvent
from backfin.storage.database import Database
from backfin.storage.identifiers import Identifiers
from backfin.storage.memberships import Memberships
from backfin.storage.statements import CHUNK
from backfin.storage.tables import announcements, investor_names, investors, mentions
from backfin.storage.timelines import Timelines

#: The columns of an export.
COLUMNS = [
    "investor_id",
    "name",
    "kind",
    "status",
    "names",
    "ids",
    "identifiers",
    "groups",
    "mentions",
    "first_seen_at",
    "last_seen_at",
]

_MEMBERS = investors.alias("member")
_PAGE = (
    select(investors.c.investor_id, investors.c.name, investors.c.kind)
    .where(investors.c.investor_id == investors.c.survivor_id, investors.c.investor_id > bindparam("after"))
    .order_by(investors.c.investor_id)
    .limit(CHUNK)
)
_IDS: Any = bindparam("ids", expanding=True)
_OF = (
    select(investors.c.survivor_id, investors.c.investor_id, investors.c.status, investor_names.c.name)
    .outerjoin(investor_names, investor_names.c.investor_id == investors.c.investor_id)
    .where(investors.c.survivor_id.in_(_IDS))
    .order_by(investors.c.investor_id, investor_names.c.name)
)
_SEEN = (
    select(
        investors.c.survivor_id,
        func.count(mentions.c.mention_id).label("mentions"),
        func.min(announcements.c.disseminated_at).label("first"),
        func.max(announcements.c.disseminated_at).label("last"),
    )
    .join(investors, investors.c.investor_id == mentions.c.investor_id)
    .join(announcements, announcements.c.announcement_id == mentions.c.announcement_id)
    .where(investors.c.survivor_id.in_(_IDS))
    .group_by(investors.c.survivor_id)
)
_NAMED = (
    select(_MEMBERS.c.investor_id, _MEMBERS.c.kind)
    .join(investors, investors.c.survivor_id == _MEMBERS.c.investor_id)
    .where(investors.c.normal_form == bindparam("form"))
    .order_by(_MEMBERS.c.investor_id)
    .limit(1)
)


class InvestorExports:
    """Reads all investors, each under the id it is shown under."""

    def __init__(
        self,
        database: Database,
        identifiers: Identifiers,
        memberships: Memberships,
        timelines: Timelines,
    ) -> None:
        self._database = database
        self._identifiers = identifiers
        self._memberships = memberships
        self._timelines = timelines

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """One row for each investor, in the order of :data:`COLUMNS`; times are IST, lists are lists."""
        for page in self._pages():
            for row in page:
                yield tuple(row[name] for name in COLUMNS)

    def entities(self) -> Iterator[tuple[Any, ...]]:
        """Entities of FollowTheMoney as ``id, schema, properties``: investors, issuers, and what joins them.

        Each entity comes once. An edge stands for one filing that states it.
        """
        issuers: set[str] = set()
        for page in self._pages():
            for row in page:
                # Two lots of one allotment state one holding.
                once = {entity["id"]: entity for entity in self._of(row, issuers)}
                for entity in once.values():
                    yield entity["id"], entity["schema"], entity["properties"]

    def _of(self, row: dict[str, Any], issuers: set[str]) -> Iterator[ftm.Entity]:
        key, kind = row["investor_id"], PartyKind(row["kind"])
        numbers = [(one["scheme"], one["value"]) for one in row["identifiers"]]
        entity = ftm.investor_entity(key, kind, row["names"], numbers)
        yield entity
        events = self._timelines.of(key).events if row["mentions"] else ()
        for edge, event in ftm.event_edges(key, events):
            yield from _new(ftm.issuer_entity(event.issuer_name, event.isin), issuers)
            yield edge
        for member in self._memberships.of(key) if row["groups"] else ():
            yield from self._joined(member, entity["schema"], events, issuers)

    def _joined(
        self, member: Member, schema: str, events: Sequence[TimelineEvent], issuers: set[str]
    ) -> Iterator[ftm.Entity]:
        told = next((event for event in events if event.announcement_id in member.announcement_ids), None)
        url = told.url if told else None
        if member.kind is GroupKind.PROMOTER_GROUP:
            is_issuer = told is not None and normal_form(told.issuer_name) == normal_form(member.label)
            isin = told.isin if told and is_issuer else None
            issuer = ftm.issuer_entity(member.label, isin)
            yield from _new(issuer, issuers)
            yield ftm.member_edge(member, schema, issuer["id"], "Company", url)
            return
        with self._database.read() as connection:
            head = connection.execute(_NAMED, {"form": normal_form(member.label)}).first()
        if head is not None and head.investor_id != member.investor_id:
            other = ftm.investor_entity(head.investor_id, PartyKind(head.kind), (), ())
            yield ftm.member_edge(member, schema, head.investor_id, other["schema"], url)

    def _pages(self) -> Iterator[list[dict[str, Any]]]:
        after = ""
        while page := self._page(after):
            yield page
            after = page[-1]["investor_id"]

    def _page(self, after: str) -> list[dict[str, Any]]:
        with self._database.read() as connection:
            found = connection.execute(_PAGE, {"after": after}).all()
            ids = [row.investor_id for row in found]
            members: dict[str, list[Any]] = {}
            for row in connection.execute(_OF, {"ids": ids}) if ids else ():
                members.setdefault(row.survivor_id, []).append(row)
            seen = {row.survivor_id: row for row in connection.execute(_SEEN, {"ids": ids})} if ids else {}
        numbers = self._identifiers.of(ids)
        groups = self._memberships.of_many(ids)
        return [
            _row(row, members[row.investor_id], seen.get(row.investor_id))
            | {
                "identifiers": [
                    {"scheme": one["scheme"], "value": one["value"]}
                    for one in numbers.get(row.investor_id, ())
                ],
                "groups": [
                    {"kind": one.kind.value, "label": one.label, "relation": one.relation}
                    for one in groups.get(row.investor_id, ())
                ],
            }
            for row in found
        ]


def _row(top: Any, members: Sequence[Any], seen: Any) -> dict[str, Any]:
    told = [top.name, *sorted({one.name for one in members if one.name})]
    names = list(dict.fromkeys(map(mask_pan, told)))
    is_verified = any(one.status == "verified" for one in members)
    return {
        "investor_id": top.investor_id,
        "name": names[0],
        "kind": top.kind,
        "status": "verified" if is_verified else "unverified",
        "names": names,
        "ids": list(dict.fromkeys(one.investor_id for one in members)),
        "mentions": seen.mentions if seen else 0,
        "first_seen_at": seen and seen.first and seen.first.astimezone(IST),
        "last_seen_at": seen and seen.last and seen.last.astimezone(IST),
    }


def _new(issuer: ftm.Entity, known: set[str]) -> Iterator[ftm.Entity]:
    if issuer["id"] not in known:
        known.add(issuer["id"])
        yield issuer
