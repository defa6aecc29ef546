"""Investors and their mentions in filings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from backfin.errors import ConfigError
from backfin.identity import investor_number, normalised_text
from backfin.models import Investor, Mention, State
from backfin.storage.database import Database
from backfin.storage.statements import chunks, insert_ignore, upsert
from backfin.storage.tables import announcements, investor_names, investors, mentions

_MENTION = tuple(Mention.model_fields)
_ADD = insert_ignore(investors)
_ADD_NAMES = insert_ignore(investor_names)
_VERIFY = update(investors).where(investors.c.investor_id == bindparam("id")).values(status="verified")
_PUT_MENTIONS = upsert(mentions, key=["mention_id"], change=[n for n in _MENTION if n != "created_at"])
_DROP_MENTIONS = delete(mentions).where(mentions.c.mention_id.in_(bindparam("ids", expanding=True)))
_MENTION_IDS = select(mentions.c.mention_id).where(mentions.c.announcement_id == bindparam("id"))
_ADVANCE = (
    update(announcements)
    .where(announcements.c.announcement_id == bindparam("id"))
    .values(state=State.LINKED.value, tries=0, failed_step=None, error=None, due_at=bindparam("due"))
)
_MENTIONS = (
    select(*(mentions.c[name] for name in _MENTION))
    .where(mentions.c.announcement_id == bindparam("id"))
    .order_by(mentions.c.page, mentions.c.name_as_written, mentions.c.mention_id)
)
_FIND = select(investors).where(
    or_(
        investors.c.investor_id == bindparam("text"),
        investors.c.normal_form == bindparam("text"),
        investors.c.investor_id.in_(
            select(investor_names.c.investor_id).where(investor_names.c.folded == bindparam("folded"))
        ),
    )
)
_NAMES = select(investor_names.c.name).where(investor_names.c.investor_id == bindparam("id")).order_by("name")
_TOLD_OF = (
    select(
        *(mentions.c[name] for name in _MENTION), announcements.c.issuer_name, announcements.c.disseminated_at
    )
    .join(announcements, announcements.c.announcement_id == mentions.c.announcement_id)
    .where(mentions.c.investor_id == bindparam("id"))
    .order_by(announcements.c.position.desc(), mentions.c.mention_id)
)


class Investors:
    """The tables ``investors``, ``investor_names`` and ``mentions``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self,
        announcement_id: str,
        investors: Sequence[Investor],
        mentions: Sequence[Mention],
        *,
        due_at: datetime,
    ) -> None:
        """Stores who appears in an announcement and moves it to ``linked``.

        Investors that are there stay as they are and may gain names. The mentions given take the place of all
        earlier ones of this announcement.

        Args:
            announcement_id: Where they appear.
            investors: Every investor a mention refers to that may be new.
            mentions: All mentions of this announcement.
            due_at: When the sweep may send the announcement again.
        """
        bodies = [_body(investor) for investor in _by_id(investors)]
        names = [row for investor in _by_id(investors) for row in _name_rows(investor)]
        rows = {mention.mention_id: mention.model_dump() for mention in mentions}
        with self._database.write() as connection:
            if bodies:
                _ADD.run(connection, bodies)
                _ADD_NAMES.run(connection, names)
            _drop_others(connection, announcement_id, rows)
            if rows:
                _PUT_MENTIONS.run(connection, list(rows.values()))
            connection.execute(_ADVANCE, {"id": announcement_id, "due": due_at})

    def add(self, investor: Investor) -> None:
        """Puts an investor into the book as verified; one that is there gains the names."""
        with self._database.write() as connection:
            _ADD.run(connection, [_body(investor)])
            _ADD_NAMES.run(connection, _name_rows(investor))
            connection.execute(_VERIFY, {"id": investor.investor_id})

    def mentions(self, announcement_id: str) -> list[Mention]:
        """Every mention in an announcement, by page."""
        with self._database.read() as connection:
            rows = connection.execute(_MENTIONS, {"id": announcement_id}).mappings()
            return [Mention.model_validate(dict(row)) for row in rows]

    def show(self, name_or_id: str) -> dict[str, Any]:
        """An investor with its names and mentions, newest first.

        Args:
            name_or_id: An id, a normal form, or a name as some filing writes it (case does not matter).

        Raises:
            ConfigError: Nobody, or more than one investor, goes by that name.
        """
        with self._database.read() as connection:
            names = {"text": name_or_id, "folded": normalised_text(name_or_id)}
            found = connection.execute(_FIND, names).mappings().all()
            if len(found) != 1:
                raise _not_one(name_or_id, [row["investor_id"] for row in found])
            key = {"id": found[0]["investor_id"]}
            told_of = [dict(row) for row in connection.execute(_TOLD_OF, key).mappings()]
            known_as = list(connection.execute(_NAMES, key).scalars())
        for row in told_of:
            row["quantity"] = None if row["quantity"] is None else int(row["quantity"])
        body = {name: found[0][name] for name in ("investor_id", "name", "kind", "status")}
        return body | {"names": known_as, "mentions": told_of}

    def list(self, limit: int = 50, query: str | None = None) -> list[dict[str, Any]]:
        """Investors with the number of their mentions, most mentioned first.

        Args:
            limit: At most so many.
            query: Words that must all stand in one of the names.
        """
        count = func.count(mentions.c.mention_id).label("mentions")
        found = (
            select(investors.c.investor_id, investors.c.name, investors.c.kind, investors.c.status, count)
            .select_from(investors.outerjoin(mentions))
            .group_by(investors.c.investor_id)
            .order_by(count.desc(), investors.c.name, investors.c.investor_id)
            .limit(limit)
        )
        words = normalised_text(query or "").split()
        if words:
            holds = [investor_names.c.folded.contains(word, autoescape=True) for word in words]
            found = found.where(
                investors.c.investor_id.in_(select(investor_names.c.investor_id).where(*holds))
            )
        with self._database.read() as connection:
            return [dict(row) for row in connection.execute(found).mappings()]


def _by_id(investors: Iterable[Investor]) -> list[Investor]:
    """Each investor once, in an order in which two writers never wait for each other."""
    return [one for _, one in sorted({one.investor_id: one for one in investors}.items())]


def _body(investor: Investor) -> dict[str, Any]:
    key = investor.investor_id
    return investor.model_dump(exclude={"names"}) | {"number": investor_number(key), "survivor_id": key}


def _name_rows(investor: Investor) -> list[dict[str, Any]]:
    return [
        {"investor_id": investor.investor_id, "name": name, "folded": normalised_text(name)}
        for name in sorted({investor.name, *investor.names})
    ]


def _drop_others(connection: Connection, announcement_id: str, kept: Iterable[str]) -> None:
    stored = set(connection.execute(_MENTION_IDS, {"id": announcement_id}).scalars())
    for part in chunks(stored.difference(kept)):
        connection.execute(_DROP_MENTIONS, {"ids": part})


def _not_one(name: str, ids: Sequence[str]) -> ConfigError:
    if ids:
        return ConfigError(f"{name!r} is the name of {len(ids)} investors; use one of {', '.join(ids)}.")
    return ConfigError(f"No investor goes by {name!r}; look for it with `backfin investor list`.")
