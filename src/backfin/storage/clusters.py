"""Which investors are one: whom each is shown under, worked out anew from the judgements that hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, text, update

from backfin.errors import ConfigError
from backfin.investors.clusters import survivors_of
from backfin.investors.decide import why_doubted
from backfin.investors.resolve import Standing, explained
from backfin.models import Verdict
from backfin.storage.open_reviews import OPEN_DOUBTS
from backfin.storage.statements import chunks
from backfin.storage.tables import investor_links as links
from backfin.storage.tables import investors, mentions

#: By whom a judgement is made that nobody made.
BACKFIN = "backfin"

#: Any number, the same in every process: who holds it on PostgreSQL may change who is one with whom.
_BOOK_LOCK = 0x626F6F6B

_HOLDS = links.c.undone_at.is_(None)
_SAME = links.c.verdict == Verdict.SAME.value
_ONE, _OTHER = investors.alias("one"), investors.alias("other")
_ENDS = links.join(_ONE, _ONE.c.investor_id == links.c.one_id).join(
    _OTHER, _OTHER.c.investor_id == links.c.other_id
)
_IDS: Any = bindparam("ids", expanding=True)
_MEMBERS = select(investors.c.investor_id, investors.c.survivor_id).where(investors.c.survivor_id.in_(_IDS))
_JOINED = (
    select(links.c.one_id, links.c.other_id)
    .join(_ONE, _ONE.c.investor_id == links.c.one_id)
    .where(_HOLDS, _SAME, _ONE.c.survivor_id.in_(_IDS))
    .order_by(links.c.link_id)
)
_MOVE = (
    update(investors).where(investors.c.investor_id == bindparam("id")).values(survivor_id=bindparam("under"))
)
_CONTRADICTIONS = (
    select(links.c.link_id, links.c.made_by, links.c.why, _ONE.c.name, _OTHER.c.name.label("other_name"))
    .select_from(_ENDS)
    .where(
        _HOLDS,
        links.c.verdict == Verdict.NOT_SAME.value,
        _ONE.c.survivor_id == _OTHER.c.survivor_id,
        _ONE.c.survivor_id.in_(_IDS),
    )
    .order_by(links.c.link_id)
    .limit(1)
)
_BETWEEN = (
    select(links.c.link_id, links.c.made_by)
    .select_from(_ENDS)
    .where(
        _HOLDS,
        links.c.verdict == bindparam("said"),
        _ONE.c.survivor_id.in_(_IDS),
        _OTHER.c.survivor_id.in_(_IDS),
        _ONE.c.survivor_id != _OTHER.c.survivor_id,
    )
    .order_by(links.c.link_id)
    .limit(1)
)
_SURVIVORS = select(investors.c.investor_id, investors.c.survivor_id).where(investors.c.investor_id.in_(_IDS))
_LINKED = (
    select(links, _ONE.c.name, _OTHER.c.name.label("other_name"))
    .select_from(_ENDS)
    .where(_HOLDS, _SAME, links.c.other_id.in_(_IDS) | links.c.one_id.in_(_IDS))
    .order_by(links.c.link_id)
)
_TOLD = (
    select(
        mentions.c.mention_id,
        mentions.c.investor_id,
        mentions.c.name_as_written,
        mentions.c.tier,
        mentions.c.explanation,
        investors.c.normal_form,
    )
    .join(investors, investors.c.investor_id == mentions.c.investor_id)
    .where(mentions.c.investor_id.in_(_IDS))
)
_RETELL = (
    update(mentions)
    .where(mentions.c.mention_id == bindparam("id"))
    .values(tier=bindparam("as_tier"), explanation=bindparam("because"))
)


def lock_book(connection: Connection) -> None:
    """Waits until no other transaction changes who is one with whom. On SQLite there is one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _BOOK_LOCK})


def next_id(connection: Connection, column: ColumnElement[int]) -> int:
    """The number that follows the greatest; for those who hold the book's lock."""
    return int(connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one()) + 1


def survivors(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Whom investors are shown under; those that are not there are left out."""
    return {
        key: survivor
        for part in chunks(ids)
        for key, survivor in connection.execute(_SURVIVORS, {"ids": part})
    }


def said_between(connection: Connection, groups: Collection[str], verdict: Verdict) -> Any:
    """The first judgement of a kind that holds between two groups: its ``link_id`` and ``made_by``."""
    return connection.execute(_BETWEEN, {"ids": sorted(groups), "said": verdict.value}).first()


@contextmanager
def forming_anew(connection: Connection, groups: Collection[str]) -> Iterator[None]:
    """Works out anew who survives in groups of investors, once judgements among them came or went in the block.

    Args:
        connection: Of a transaction that holds the book's lock.
        groups: The survivors so far of all groups concerned.

    Raises:
        ConfigError: Two in one group were judged not to be the same.
    """
    key = {"ids": sorted(groups)}
    members = {row.investor_id: row.survivor_id for row in connection.execute(_MEMBERS, key)}
    before = standings(connection, members)
    yield
    joined = [(one, other) for one, other in connection.execute(_JOINED, key)]
    tops = survivors_of(sorted(members), joined)
    moved = [{"id": one, "under": top} for one, top in tops.items() if top != members[one]]
    if moved:
        connection.execute(_MOVE, moved)
    _refuse_contradiction(connection, set(tops.values()))
    after = standings(connection, members)
    _retell(connection, {one: after[one] for one in members if after[one] != before[one]})


def _refuse_contradiction(connection: Connection, groups: Iterable[str]) -> None:
    found = connection.execute(_CONTRADICTIONS, {"ids": sorted(groups)}).mappings().first()
    if found is not None:
        raise ConfigError(
            f"“{found['name']}” and “{found['other_name']}” are not the same by judgement {found['link_id']} "
            f"({found['made_by']}{_because(found['why'])}); to change that, "
            f"`backfin investor undo {found['link_id']}` first."
        )


def standings(connection: Connection, ids: Collection[str]) -> dict[str, Standing]:
    """Where investors stand among the others."""
    found = survivors(connection, ids)
    doubts: dict[str, str] = {}
    for part in chunks(found):
        for new_id, name, score, explanation in connection.execute(OPEN_DOUBTS, {"ids": part}):
            doubts.setdefault(new_id, why_doubted(name, score, explanation))
    linked = _links(connection, [one for one, survivor in found.items() if one != survivor])
    return {
        one: Standing(survivor, linked.get(one, ""), doubts.get(one, "")) for one, survivor in found.items()
    }


def _links(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Why investors are shown under others: the first judgement that gave each away, else one that it survived."""
    given: dict[str, str] = {}
    kept: dict[str, str] = {}
    for part in chunks(ids):
        for row in connection.execute(_LINKED, {"ids": part}).mappings():
            given.setdefault(row["other_id"], _told(row, row["name"]))
            kept.setdefault(row["one_id"], _told(row, row["other_name"]))
    return {one: given.get(one) or kept[one] for one in ids}


def _told(row: Any, with_name: str) -> str:
    """A judgement that two are the same, as the reason of a link."""
    if row["made_by"] == BACKFIN:
        return str(row["why"])
    return (
        f"The same as “{with_name}” by judgement {row['link_id']} of {row['made_by']}{_because(row['why'])}."
    )


def _because(why: str) -> str:
    return f": {why.rstrip('.')}" if why else ""


def _retell(connection: Connection, changed: dict[str, Standing]) -> None:
    """Has mentions say how they are linked now."""
    rows = []
    for part in chunks(changed):
        for told in connection.execute(_TOLD, {"ids": part}).mappings():
            standing = changed[told["investor_id"]]
            tier, why = explained(told["name_as_written"], told["normal_form"], standing)
            if (tier, why) != (told["tier"], told["explanation"]):
                rows.append({"id": told["mention_id"], "as_tier": tier, "because": why})
    if rows:
        connection.execute(_RETELL, rows)
