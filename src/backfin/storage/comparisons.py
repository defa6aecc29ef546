"""Investors that were stored before names were compared, or compared by older rules, held against all others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from backfin.investors.candidates import Step, keys_to_ask
from backfin.investors.decide import KnownInvestor, Near, decide, why_linked
from backfin.models import Investor, PartyKind, Verdict
from backfin.storage.clusters import BACKFIN, forming_anew, lock_book, next_id, said_between, survivors
from backfin.storage.database import Database
from backfin.storage.judgements import Judgements
from backfin.storage.known_names import NamesInStore, add_keys
from backfin.storage.newcomers import COMPARING, review_of
from backfin.storage.open_reviews import KNOWN, NEW, PAIRS
from backfin.storage.same_numbers import settle, was_undone
from backfin.storage.tables import investor_links, investors, mentions, reviews

#: Investors held against all others in one transaction.
_BATCH = 50

_WAITS = or_(investors.c.compared_by.is_(None), investors.c.compared_by < COMPARING)
_COUNT = select(func.count()).where(_WAITS)
_NEXT = (
    select(investors)
    .where(_WAITS, investors.c.investor_id > bindparam("after"))
    .order_by(investors.c.investor_id)
    .limit(bindparam("most"))
)
_DONE = (
    update(investors)
    .where(investors.c.investor_id.in_(bindparam("ids", expanding=True)))
    .values(compared_by=COMPARING)
)
_MEMBERS = select(investors.c.investor_id).where(investors.c.survivor_id == bindparam("id"))
_OTHER = mentions.alias("beside")
#: Whom it stands beside in one list, each in the same role with a quantity of its own.
_LISTED_WITH = (
    select(investors.c.survivor_id)
    .distinct()
    .select_from(
        mentions.join(
            _OTHER,
            (_OTHER.c.announcement_id == mentions.c.announcement_id) & (_OTHER.c.role == mentions.c.role),
        ).join(investors, investors.c.investor_id == _OTHER.c.investor_id)
    )
    .where(
        mentions.c.investor_id == bindparam("id"),
        _OTHER.c.investor_id != bindparam("id"),
        mentions.c.quantity.is_not(None),
        _OTHER.c.quantity.is_not(None),
    )
)
_GROUPS: Any = bindparam("groups", expanding=True)
_REVIEWED = (
    select(reviews.c.review_id)
    .select_from(PAIRS)
    .where(
        KNOWN.c.survivor_id.in_(_GROUPS),
        NEW.c.survivor_id.in_(_GROUPS),
        KNOWN.c.survivor_id != NEW.c.survivor_id,
    )
    .limit(1)
)
_MET_FIRST = (
    select(mentions.c.investor_id)
    .where(mentions.c.investor_id.in_(bindparam("ids", expanding=True)))
    .order_by(mentions.c.created_at, mentions.c.announcement_id)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Compared:
    """How many investors were held against all others, and how many links and reviews came of it."""

    investors: int = 0
    linked: int = 0
    reviews: int = 0

    def __add__(self, other: Compared) -> Compared:
        """Both together."""
        return Compared(
            self.investors + other.investors, self.linked + other.linked, self.reviews + other.reviews
        )


class Comparisons:
    """Who was never held against all others, and doing it."""

    def __init__(self, database: Database, judgements: Judgements) -> None:
        self._database = database
        self._judgements = judgements

    def waiting(self) -> int:
        """How many investors were not compared, or by older rules alone."""
        with self._database.read() as connection:
            return connection.execute(_COUNT).scalar_one()

    def run(self) -> Iterator[Compared]:
        """Holds those that wait against all others, as a first meeting does, and yields what came of each batch.

        Each batch is one transaction: what was yielded is kept, and another run goes on behind it. What a person
        has said, or taken back, goes before.
        """
        after = ""
        while True:
            with self._database.together(), self._database.write() as connection:
                lock_book(connection)
                rows = connection.execute(_NEXT, {"after": after, "most": _BATCH}).mappings().all()
                batch = [_investor(row) for row in rows]
                add_keys(connection, batch)
                found = sum((self._compare(connection, one) for one in batch), Compared())
                if batch:
                    connection.execute(_DONE, {"ids": [one.investor_id for one in batch]})
            if not batch:
                return
            after = batch[-1].investor_id
            yield found

    def _compare(self, connection: Connection, one: Investor) -> Compared:
        now = self._database.clock.now()
        own = survivors(connection, [one.investor_id])[one.investor_id]
        members = connection.execute(_MEMBERS, {"id": own}).scalars().all()
        book = NamesInStore(connection, without=members)
        book.look_up(keys_to_ask(one.name))
        listed = set(connection.execute(_LISTED_WITH, {"id": one.investor_id}).scalars())
        decision = decide(one, book, listed)
        near = [each for each in decision.near if _is_open(connection, own, each)]
        if decision.step is Step.LINK and near:
            _link(connection, *_in_order(connection, one, own, near[0]), now)
            settle(connection, self._judgements, [one.investor_id], now)
            return Compared(investors=1, linked=1)
        asked = near if decision.step is Step.REVIEW else []
        return Compared(investors=1, reviews=_ask(connection, one, own, asked, now))


def _investor(row: Any) -> Investor:
    named = {name: row[name] for name in ("investor_id", "name", "normal_form", "status")}
    return Investor(**named, kind=PartyKind(row["kind"]))


def _is_open(connection: Connection, own: str, near: Near) -> bool:
    """Whether nobody has said anything of the two yet, and backfin was not told that it was wrong."""
    groups = {own, near.investor.survivor_id}
    is_said = any(said_between(connection, groups, verdict) is not None for verdict in Verdict)
    return not is_said and not was_undone(connection, groups)


def _in_order(connection: Connection, one: Investor, own: str, near: Near) -> tuple[Investor, Near]:
    """The two as they would have met: the one that a filing named first is known, the other is new."""
    other = near.investor
    first = connection.execute(_MET_FIRST, {"ids": [one.investor_id, other.investor_id]}).scalar()
    if first != one.investor_id:
        return one, near
    known = KnownInvestor(one.investor_id, own, one.name, one.normal_form, one.kind)
    new = Investor(investor_id=other.investor_id, name=other.name, normal_form=other.form, kind=other.kind)
    return new, replace(near, investor=known)


def _link(connection: Connection, one: Investor, near: Near, now: datetime) -> None:
    row = {
        "link_id": next_id(connection, investor_links.c.link_id),
        "one_id": near.investor.investor_id,
        "other_id": one.investor_id,
        "verdict": Verdict.SAME.value,
        "score": near.score,
        "made_by": BACKFIN,
        "why": why_linked(one, near),
        "made_at": now,
    }
    ids = [near.investor.investor_id, one.investor_id]
    with forming_anew(connection, set(survivors(connection, ids).values())):
        connection.execute(insert(investor_links), [row])


def _ask(connection: Connection, one: Investor, own: str, asked: Sequence[Near], now: datetime) -> int:
    """Puts pairs before a person that were not yet, and returns how many."""
    rows: list[dict[str, Any]] = []
    groups = {own}
    for near in asked:
        pair = [own, near.investor.survivor_id]
        if connection.execute(_REVIEWED, {"groups": pair}).first() is None:
            number = next_id(connection, reviews.c.review_id) + len(rows)
            new, known = _in_order(connection, one, own, near)
            rows.append({"review_id": number, "made_at": now} | review_of(connection, new, known, {}))
            groups.update(pair)
    if rows:
        # So that the mentions say whom else they may mean.
        with forming_anew(connection, groups):
            connection.execute(insert(reviews), rows)
    return len(rows)
