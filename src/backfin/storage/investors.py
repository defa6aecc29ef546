"""Investors and their mentions in filings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from backfin.errors import ConfigError
from backfin.identity import normalised_text
from backfin.investors.former import Renaming, stated_renamings
from backfin.investors.names import normal_form
from backfin.investors.resolve import Standing, explained
from backfin.models import Investor, Judgement, Mention, PartyKind, State, Verdict
from backfin.storage.clusters import lock_book, standings, survivors
from backfin.storage.database import Database
from backfin.storage.investor_views import InvestorViews
from backfin.storage.judgements import Judgements
from backfin.storage.known_names import add_keys
from backfin.storage.newcomers import add_new, resolve_new
from backfin.storage.prepared import Prepared
from backfin.storage.renames import join_renamed
from backfin.storage.statements import chunks, insert_ignore, upsert
from backfin.storage.tables import announcements, investor_names, investors, mentions

_MENTION = tuple(Mention.model_fields)
_ADD_NAMES = insert_ignore(investor_names, returning=["investor_id"])
_VERIFY = update(investors).where(investors.c.investor_id == bindparam("id")).values(status="verified")
_KIND = select(investors.c.name, investors.c.kind).where(investors.c.investor_id == bindparam("id"))
_SET_KIND = (
    update(investors).where(investors.c.investor_id == bindparam("id")).values(kind=bindparam("stated"))
)
_PUT_MENTIONS = Prepared(
    upsert(mentions, key=["mention_id"], change=[n for n in _MENTION if n != "created_at"])
)
_DROP_MENTIONS = delete(mentions).where(mentions.c.mention_id.in_(bindparam("ids", expanding=True)))
_MENTION_IDS = Prepared(select(mentions.c.mention_id).where(mentions.c.announcement_id == bindparam("id")))
_ADVANCE = Prepared(
    update(announcements)
    .where(announcements.c.announcement_id == bindparam("id"))
    .values(state=State.LINKED.value, tries=0, failed_step=None, error=None, due_at=bindparam("due"))
)
_MENTIONS = (
    select(
        *(mentions.c[name] for name in _MENTION if name != "investor_id"),
        investors.c.survivor_id.label("investor_id"),
    )
    .join(investors, investors.c.investor_id == mentions.c.investor_id)
    .where(mentions.c.announcement_id == bindparam("id"))
    .order_by(mentions.c.page, mentions.c.name_as_written, mentions.c.mention_id)
)
_KNOWN_AS = (
    select(investors.c.survivor_id, investors.c.investor_id, investor_names.c.name)
    .join(investor_names, investor_names.c.investor_id == investors.c.investor_id)
    .where(investors.c.survivor_id.in_(bindparam("ids", expanding=True)))
    .order_by(investor_names.c.name, investors.c.investor_id)
)


class Investors(InvestorViews):
    """The tables ``investors``, ``investor_names`` and ``mentions``.

    An investor has one normal form. Those that are one by judgements are shown under one of them, the survivor;
    what is written here keeps the investor of the name's own form, what is read gives the survivor.
    """

    def __init__(self, database: Database, judgements: Judgements) -> None:
        super().__init__(database)
        self._judgements = judgements

    def record(
        self,
        announcement_id: str,
        investors: Sequence[Investor],
        mentions: Sequence[Mention],
        *,
        due_at: datetime,
    ) -> list[Mention]:
        """Stores who appears in an announcement, moves it to ``linked``, and returns the mentions as they are linked.

        Investors that are there stay as they are and may gain names. A new one is held against all known names:
        linked where one is surely meant, put before a person where one may be. The mentions given take the place
        of all earlier ones of this announcement.

        Args:
            announcement_id: Where they appear.
            investors: Every investor a mention refers to that may be new, each of its name's normal form.
            mentions: All mentions of this announcement.
            due_at: When the sweep may send the announcement again.
        """
        renamings = [one for told in mentions for one in stated_renamings(told.name_as_written)]
        unknown = self._unknown(investors)
        ids = {investor.investor_id for investor in investors} | {one.investor_id for one in mentions}

        def store(connection: Connection) -> list[Mention]:
            if unknown or renamings:  # before anything is written that another who holds it may wait for
                lock_book(connection)
            if unknown:
                self._meet(connection, unknown, mentions, ids)
            _add_names(connection, investors)
            self._join_renamed(connection, renamings)
            linked = _linked(mentions, standings(connection, ids))
            rows = {one.mention_id: one.model_dump() | {"investor_id": met} for met, one in linked}
            _drop_others(connection, announcement_id, rows)
            _PUT_MENTIONS.run(connection, *rows.values())
            _ADVANCE.run(connection, {"id": announcement_id, "due": due_at})
            return [one for _, one in linked]

        return self._database.change(store)

    def add(self, investor: Investor, kind: PartyKind = PartyKind.UNKNOWN) -> None:
        """Puts an investor into the book as verified; one that is there gains the names.

        Args:
            investor: With one name or more.
            kind: What somebody says it is; it becomes that of one whose kind is not known.

        Raises:
            ConfigError: It is known as of another kind; nothing is changed.
        """
        with self._database.write() as connection:
            lock_book(connection)
            self._meet(connection, [investor], (), ())
            _add_names(connection, [investor])
            connection.execute(_VERIFY, {"id": investor.investor_id})
            if kind is not PartyKind.UNKNOWN:
                _set_kind(connection, investor, kind)

    def add_all(self, investors: Sequence[Investor]) -> tuple[set[str], set[str]]:
        """Puts many into the book as :meth:`add` does, and returns the ids that are new and those that gained names."""
        if not investors:
            return set(), set()
        keys = {one.investor_id for one in investors}
        with self._database.write() as connection:
            lock_book(connection)
            known = set(survivors(connection, keys))
            if unknown := [one for one in investors if one.investor_id not in known]:
                self._meet(connection, unknown, (), keys)
            gained = _add_names(connection, investors)
            connection.execute(_VERIFY, [{"id": key} for key in sorted(keys)])
        return keys - known, gained

    def add_name(self, investor: Investor) -> bool:
        """Adds another spelling of one that is there, and says whether it is new."""
        with self._database.write() as connection:
            return bool(_add_names(connection, [investor]))

    def alias(self, investor_id: str, alias: Investor, *, by: str, why: str = "") -> Judgement | None:
        """Makes a name one more of an investor's, by a judgement; ``None`` where it is one already.

        Args:
            investor_id: Whose name it is.
            alias: The investor of the name's own normal form.
            by: Who says so.
            why: The reason, in words.

        Raises:
            ConfigError: It is another investor's name.
        """
        with self._database.together(durable=True), self._database.write() as connection:
            lock_book(connection)
            held = survivors(connection, [investor_id, alias.investor_id])
            owner = held.get(alias.investor_id)
            if owner is not None and owner != held.get(investor_id):
                raise ConfigError(
                    f"“{alias.name}” is a name of another investor, {owner}; `backfin investor merge` makes two one."
                )
            add_keys(connection, add_new(connection, [alias]))
            _add_names(connection, [alias])
            if owner is not None:
                return None
            return self._judgements.judge(investor_id, alias.investor_id, Verdict.SAME, by=by, why=why)

    def join_renamed(self, renamings: Sequence[Renaming]) -> None:
        """Makes one investor of each company and its former name; what anybody has said of the two goes before."""
        if renamings:
            with self._database.write() as connection:
                self._join_renamed(connection, renamings)

    def mentions(self, announcement_id: str) -> list[Mention]:
        """Every mention in an announcement, by page."""
        with self._database.read() as connection:
            rows = connection.execute(_MENTIONS, {"id": announcement_id}).mappings()
            return [Mention.model_validate(dict(row)) for row in rows]

    def known_as(self, ids: Collection[str]) -> dict[str, list[str]]:
        """Every name and every id under which the investors that survive as ``ids`` are known."""
        found: dict[str, dict[str, None]] = {}
        if ids:
            with self._database.read() as connection:
                for part in chunks(set(ids)):
                    for survivor, met, name in connection.execute(_KNOWN_AS, {"ids": part}):
                        found.setdefault(survivor, {}).update({name: None, met: None})
        return {survivor: list(names) for survivor, names in found.items()}

    def _unknown(self, met: Sequence[Investor]) -> list[Investor]:
        """Those that are not there yet, by one look: most have been met before."""
        if not met:
            return []
        with self._database.read() as connection:
            known = survivors(connection, [one.investor_id for one in met])
        return [one for one in met if one.investor_id not in known]

    def _join_renamed(self, connection: Connection, renamings: Sequence[Renaming]) -> None:
        if not renamings:
            return
        named = [one for renaming in renamings for one in (renaming.present, renaming.former)]
        self._meet(connection, named, (), ())
        _add_names(connection, named)
        join_renamed(connection, renamings, self._database.clock.now())

    def _meet(
        self,
        connection: Connection,
        unknown: Sequence[Investor],
        told: Sequence[Mention],
        ids: Collection[str],
    ) -> None:
        new = add_new(connection, unknown)
        if new:
            others = set(ids).difference(one.investor_id for one in new)
            resolve_new(connection, new, told, survivors(connection, others), self._database.clock.now())


def _set_kind(connection: Connection, investor: Investor, kind: PartyKind) -> None:
    """Sets the kind of whom an investor is shown under where it is not known, and refuses another."""
    under = survivors(connection, [investor.investor_id])[investor.investor_id]
    known = connection.execute(_KIND, {"id": under}).one()
    if known.kind == PartyKind.UNKNOWN.value:
        connection.execute(_SET_KIND, {"id": under, "stated": kind.value})
    elif known.kind != kind.value:
        raise ConfigError(
            f"“{investor.name}” is known as “{known.name}” of the kind {known.kind}, not {kind.value}; leave the kind "
            "out, or add another name if you mean somebody else."
        )


def _linked(mentions: Sequence[Mention], standing: Mapping[str, Standing]) -> list[tuple[str, Mention]]:
    """Each mention as it is linked, with the investor it was met as."""
    linked = []
    for one in mentions:
        where = standing.get(one.investor_id) or Standing(one.investor_id)
        change = {"investor_id": where.survivor_id}
        if where.linked or where.doubt:
            form = normal_form(one.name_as_written)
            change["tier"], change["explanation"] = explained(one.name_as_written, form, where)
        linked.append((one.investor_id, one.model_copy(update=change)))
    return linked


def _add_names(connection: Connection, investors: Iterable[Investor]) -> set[str]:
    """Adds the names of investors, in an order in which two writers never wait for each other; whose were new."""
    by_id = {one.investor_id: one for one in investors}
    rows = [
        {"investor_id": key, "name": name, "folded": normalised_text(name)}
        for key, one in sorted(by_id.items())
        for name in sorted({one.name, *one.names})
    ]
    return set(_ADD_NAMES.run(connection, rows).scalars()) if rows else set()


def _drop_others(connection: Connection, announcement_id: str, kept: Iterable[str]) -> None:
    stored = set(_MENTION_IDS.scalars(connection, {"id": announcement_id}))
    for part in chunks(stored.difference(kept)):
        connection.execute(_DROP_MENTIONS, {"ids": part})
