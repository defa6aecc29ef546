"""Judgements: whether two investors are the same, by whom, why and when; what is undone stays on record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from backfin.errors import ConfigError
from backfin.investors.clusters import survivors_of
from backfin.models import Judgement, Verdict
from backfin.storage.clusters import forming_anew, lock_book, next_id, said_between, survivors
from backfin.storage.database import Database
from backfin.storage.tables import investor_links as links
from backfin.storage.tables import investors

_HOLDS = links.c.undone_at.is_(None)
_GET = select(links).where(links.c.link_id == bindparam("id"))
_ADD = insert(links)
_UNDO = (
    update(links)
    .where(or_(links.c.link_id == bindparam("id"), links.c.part_of == bindparam("id")))
    .values(undone_at=bindparam("at"), undone_by=bindparam("by"), undone_for=None)
)
_REVIVE = (
    update(links)
    .where(links.c.undone_for == bindparam("id"))
    .values(undone_at=None, undone_by=None, undone_for=None)
)
_CUT = (
    update(links)
    .where(links.c.link_id == bindparam("id"))
    .values(undone_at=bindparam("at"), undone_by=bindparam("by"), undone_for=bindparam("for_"))
)
_OF_SPLIT = select(links.c.one_id, links.c.other_id).where(
    or_(
        links.c.link_id == bindparam("id"),
        links.c.part_of == bindparam("id"),
        links.c.undone_for == bindparam("id"),
    )
)
_MEMBERS = select(investors.c.investor_id).where(investors.c.survivor_id == bindparam("id"))
_JOINED = (
    select(links.c.link_id, links.c.one_id, links.c.other_id)
    .join(investors, investors.c.investor_id == links.c.one_id)
    .where(_HOLDS, links.c.verdict == Verdict.SAME.value, investors.c.survivor_id == bindparam("id"))
    .order_by(links.c.link_id)
)
_ONE, _OTHER = investors.alias("one"), investors.alias("other")
_LIST = (
    select(links, _ONE.c.name.label("one_name"), _OTHER.c.name.label("other_name"))
    .select_from(
        links.join(_ONE, _ONE.c.investor_id == links.c.one_id).join(
            _OTHER, _OTHER.c.investor_id == links.c.other_id
        )
    )
    .order_by(links.c.link_id.desc())
)


class Judgements:
    """The table ``investor_links``. Each change works out anew who is one with whom, in the same transaction.

    What a person says survives even a power cut.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def judge(self, one_id: str, other_id: str, verdict: Verdict, *, by: str, why: str = "") -> Judgement:
        """Records what somebody says of two investors.

        Args:
            one_id: An investor; where they are the same, the one it is shown under survives.
            other_id: Another.
            verdict: What is said.
            by: Who says so.
            why: The reason, in words.

        Raises:
            ConfigError: It contradicts a judgement that holds, which is named, or was said before.
        """
        with self._database.write(durable=True) as connection:
            lock_book(connection)
            return self._judge(connection, (one_id, other_id), verdict, by, why)

    def undo(self, link_id: int, *, by: str) -> Judgement:
        """Takes a judgement back with all it did: what it joined comes apart, what it split is one again.

        Raises:
            ConfigError: There is none of that number that holds, or a later judgement speaks against it.
        """
        with self._database.write(durable=True) as connection:
            lock_book(connection)
            _check_holds(link_id, connection.execute(_GET, {"id": link_id}).mappings().first())
            ends = {end for pair in connection.execute(_OF_SPLIT, {"id": link_id}) for end in pair}
            groups = set(survivors(connection, ends).values())
            with forming_anew(connection, groups):
                connection.execute(_UNDO, {"id": link_id, "at": self._database.clock.now(), "by": by})
                connection.execute(_REVIVE, {"id": link_id})
            return _judgement(connection.execute(_GET, {"id": link_id}).mappings().one())

    def split(self, investor_id: str, *, by: str, why: str = "") -> Judgement:
        """Takes an investor of one normal form out of those it is one with, and says they are not the same.

        The others stay together. Undoing the judgement joins all of them as they were.

        Args:
            investor_id: The investor of the name to take out.
            by: Who says so.
            why: The reason, in words.

        Raises:
            ConfigError: It is one with nobody.
        """
        with self._database.write(durable=True) as connection:
            lock_book(connection)
            group = survivors(connection, [investor_id]).get(investor_id, investor_id)
            rest = [
                one for one in connection.execute(_MEMBERS, {"id": group}).scalars() if one != investor_id
            ]
            if not rest:
                raise ConfigError(
                    "This investor has only names that are read as one and the same; there is nothing to split."
                )
            return self._split(connection, investor_id, group, rest, (by, why))

    def list(self, limit: int = 50) -> list[dict[str, Any]]:
        """Judgements, undone ones too, the latest first, with the names of both investors."""
        with self._database.read() as connection:
            return [dict(row) for row in connection.execute(_LIST.limit(limit)).mappings()]

    def _judge(
        self, connection: Connection, pair: tuple[str, str], verdict: Verdict, by: str, why: str
    ) -> Judgement:
        found = survivors(connection, pair)
        for end in pair:
            if end not in found:
                raise ConfigError(
                    f"No investor has the id {end!r}; look for it with `backfin investor list`."
                )
        groups = {found[end] for end in pair}
        if len(groups) == 1:
            raise ConfigError(
                "The two are one investor already; `backfin investor split` takes a name out of it."
            )
        said = said_between(connection, groups, verdict)
        if said is not None:
            raise ConfigError(f"That is judged already: judgement {said.link_id}, by {said.made_by}.")
        row = self._row(connection, pair, verdict, by, why)
        with forming_anew(connection, groups):
            connection.execute(_ADD, [row])
        return _judgement(row)

    def _split(
        self, connection: Connection, out: str, group: str, rest: Sequence[str], said: tuple[str, str]
    ) -> Judgement:
        by, why = said
        joined = connection.execute(_JOINED, {"id": group}).all()
        kept = [(one, other) for _, one, other in joined if out not in (one, other)]
        tops = list(dict.fromkeys(survivors_of(rest, kept).values()))
        first = group if group in tops else tops[0]
        row = self._row(connection, (first, out), Verdict.NOT_SAME, by, why)
        cut = {"at": row["made_at"], "by": by, "for_": row["link_id"]}
        parts = [
            row
            | {"link_id": row["link_id"] + place, "one_id": first, "other_id": top}
            | {"verdict": Verdict.SAME.value, "part_of": row["link_id"], "why": "Stay one after a split."}
            for place, top in enumerate((one for one in tops if one != first), start=1)
        ]
        with forming_anew(connection, [group]):
            connection.execute(_CUT, [cut | {"id": key} for key, *ends in joined if out in ends])
            connection.execute(_ADD, [row, *parts])
        return _judgement(row)

    def _row(
        self, connection: Connection, pair: tuple[str, str], verdict: Verdict, by: str, why: str
    ) -> dict[str, Any]:
        return {
            "link_id": next_id(connection, links.c.link_id),
            "one_id": pair[0],
            "other_id": pair[1],
            "verdict": verdict.value,
            "score": None,
            "made_by": by,
            "why": why,
            "made_at": self._database.clock.now(),
            "part_of": None,
        }


def _judgement(row: Any) -> Judgement:
    return Judgement.model_validate(dict(row))


def _check_holds(link_id: int, row: Any) -> None:
    if row is None:
        raise ConfigError(f"There is no judgement {link_id}; `backfin investor judgements` lists them.")
    if row["undone_at"] is not None:
        raise ConfigError(f"Judgement {link_id} was undone already, by {row['undone_by']}.")
    if row["part_of"] is not None:
        raise ConfigError(f"Judgement {link_id} is part of a split; undo judgement {row['part_of']} instead.")
