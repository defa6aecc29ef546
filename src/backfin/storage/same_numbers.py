"""What numbers say of who is who: the same one joins, different ones part; what is unsure waits for a person."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select

from backfin.investors.compare import compare
from backfin.investors.kinds import class_of
from backfin.models import PartyKind, Scheme, Verdict
from backfin.storage.clusters import BACKFIN, forming_anew, next_id, said_between, survivors
from backfin.storage.judgements import Judgements
from backfin.storage.statements import chunks
from backfin.storage.tables import investor_identifiers as t
from backfin.storage.tables import investor_links as links
from backfin.storage.tables import investors, reviews

#: Numbers that one investor alone has. The last four characters of a PAN are many people's.
_OWN = (Scheme.CIN, Scheme.DIN, Scheme.LEI)
#: Numbers of which one investor has one alone: a company gets a new CIN when it moves or is listed.
_ONLY = (Scheme.DIN, Scheme.LEI, Scheme.PAN)

#: Investors of one number beyond which it says nothing: a form's example, or a number of whoever filed.
_MOST = 5

#: How sure it is that two are one, for the order in which a person sees them: by the same number alone, and by names
#: that are as good as the same behind different numbers.
_SAME_SCORE, _DIFFERENT_SCORE = 0.92, 0.6

_ONE, _OTHER = investors.alias("one"), investors.alias("other")
_IDS: Any = bindparam("ids", expanding=True)
_NUMBERS = (
    select(t.c.scheme, t.c.value)
    .where(t.c.investor_id.in_(_IDS), t.c.scheme.in_([one.value for one in _OWN]))
    .distinct()
    .order_by(t.c.scheme, t.c.value)
)
_HOLDERS = (
    select(investors.c.investor_id, investors.c.survivor_id, investors.c.name, investors.c.kind)
    .where(
        investors.c.investor_id.in_(
            select(t.c.investor_id).where(
                t.c.scheme == bindparam("of_scheme"), t.c.value == bindparam("of_value")
            )
        )
    )
    .order_by(investors.c.investor_id)
)
#: Each number of an investor once, in however many filings it stands: every one is held against every other.
_GROUP_NUMBERS = (
    select(t.c.investor_id, t.c.scheme, t.c.value, investors.c.survivor_id, investors.c.name)
    .distinct()
    .join(investors, investors.c.investor_id == t.c.investor_id)
    .where(investors.c.survivor_id.in_(_IDS), t.c.scheme.in_([one.value for one in _ONLY]))
    .order_by(t.c.investor_id, t.c.scheme, t.c.value)
)
_BY_NAME_ALONE = select(links.c.link_id).where(
    links.c.undone_at.is_(None),
    links.c.made_by == BACKFIN,
    links.c.score.is_not(None),
    links.c.verdict == Verdict.SAME.value,
    or_(links.c.one_id == bindparam("id"), links.c.other_id == bindparam("id")),
)
_UNDONE = (
    select(links.c.link_id)
    .join(_ONE, _ONE.c.investor_id == links.c.one_id)
    .join(_OTHER, _OTHER.c.investor_id == links.c.other_id)
    .where(
        links.c.undone_at.is_not(None),
        links.c.made_by == BACKFIN,
        _ONE.c.survivor_id.in_(_IDS),
        _OTHER.c.survivor_id.in_(_IDS),
        _ONE.c.survivor_id != _OTHER.c.survivor_id,
    )
    .limit(1)
)
_EVIDENCE = (
    select(t.c.announcement_id, t.c.page, t.c.quote)
    .where(t.c.investor_id == bindparam("id"), t.c.scheme == bindparam("of_scheme"))
    .order_by(t.c.announcement_id.desc())
    .limit(1)
)
_REVIEWED = select(reviews.c.review_id).where(
    or_(
        (reviews.c.known_id == bindparam("one")) & (reviews.c.new_id == bindparam("other")),
        (reviews.c.known_id == bindparam("other")) & (reviews.c.new_id == bindparam("one")),
    )
)


def settle(connection: Connection, judgements: Judgements, ids: Sequence[str], now: datetime) -> None:
    """Acts on numbers that came in.

    Args:
        connection: Of a transaction that holds the book's lock and that judgements join.
        judgements: By which investors are joined and parted.
        ids: The investors that got one.
        now: When that is.
    """
    for part in chunks(ids):
        _part_different(connection, judgements, part, now)
        for scheme, value in connection.execute(_NUMBERS, {"ids": part}).all():
            _join_same(connection, judgements, scheme, value, now)


def _join_same(
    connection: Connection, judgements: Judgements, scheme: str, value: str, now: datetime
) -> None:
    key = {"of_scheme": scheme, "of_value": value}
    by_survivor: dict[str, Any] = {}
    for row in connection.execute(_HOLDERS, key):
        by_survivor.setdefault(row.survivor_id, row)
    holders = list(by_survivor.values())
    if not 1 < len(holders) <= _MOST:
        return
    first = holders[0]
    for other in holders[1:]:
        names = f"“{first.name}” and “{other.name}”"
        why = f"{names} have the same {scheme.upper()} {value}."
        groups = {first.survivor_id, other.survivor_id}
        if said_between(connection, groups, Verdict.NOT_SAME) is not None:
            continue
        if _is_near(first, other) and not was_undone(connection, groups):
            judgements.judge(first.investor_id, other.investor_id, Verdict.SAME, by=BACKFIN, why=why)
        else:
            _ask(connection, first, other, scheme, (why, _SAME_SCORE), now)


def _is_near(one: Any, other: Any) -> bool:
    """Whether names that the same number stands behind are surely of one."""
    kinds = {class_of(PartyKind(row.kind)) for row in (one, other) if row.kind != PartyKind.UNKNOWN.value}
    return len(kinds) < 2 and compare(one.name, other.name).same


def was_undone(connection: Connection, groups: Collection[str]) -> bool:
    """Whether somebody took back that backfin had joined two of these groups."""
    return connection.execute(_UNDONE, {"ids": sorted(groups)}).first() is not None


def _part_different(
    connection: Connection, judgements: Judgements, ids: Collection[str], now: datetime
) -> None:
    groups = sorted(set(survivors(connection, ids).values()))
    for scheme, one, other in _clashes(connection, groups, ids):
        joined = list(connection.execute(_BY_NAME_ALONE, {"id": one.investor_id}).scalars())
        held = survivors(connection, [one.investor_id, other.investor_id])
        if not joined or len(set(held.values())) > 1:
            continue
        why = f"“{other.name}” has the {scheme.upper()} {other.value}, “{one.name}” {one.value}."
        _ask(connection, other, one, scheme, (why, _DIFFERENT_SCORE), now)
        for link in joined:
            judgements.undo(link, by=BACKFIN)


def _clashes(
    connection: Connection, groups: Sequence[str], ids: Collection[str]
) -> Iterator[tuple[str, Any, Any]]:
    """Pairs within one group that have different numbers of a scheme, the one that came in first."""
    rows = connection.execute(_GROUP_NUMBERS, {"ids": groups}).all()
    values: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        values.setdefault((row.investor_id, row.scheme), set()).add(row.value)
    for one, other in combinations(rows, 2):
        if one.investor_id == other.investor_id or (one.scheme, one.survivor_id) != (
            other.scheme,
            other.survivor_id,
        ):
            continue
        if not values[one.investor_id, one.scheme] & values[other.investor_id, other.scheme]:
            yield (one.scheme, one, other) if one.investor_id in ids else (one.scheme, other, one)


def _ask(
    connection: Connection, known: Any, new: Any, scheme: str, why: tuple[str, float], now: datetime
) -> None:
    """Puts a pair before a person, with the places of both numbers, unless it was already."""
    pair = {"one": known.investor_id, "other": new.investor_id}
    if connection.execute(_REVIEWED, pair).first() is not None:
        return
    row = {
        "review_id": next_id(connection, reviews.c.review_id),
        "score": why[1],
        "explanation": why[0],
        "made_at": now,
    }
    for side, one in (("known", known), ("new", new)):
        place = connection.execute(_EVIDENCE, {"id": one.investor_id, "of_scheme": scheme}).first()
        row |= {
            f"{side}_id": one.investor_id,
            f"{side}_name": one.name,
            f"{side}_announcement_id": (place and place.announcement_id) or None,
            f"{side}_page": place and place.page,
            f"{side}_quote": place.quote if place else "",
        }
    # So that the mentions say whom else they may mean.
    with forming_anew(connection, [new.survivor_id]):
        connection.execute(insert(reviews), [row])
