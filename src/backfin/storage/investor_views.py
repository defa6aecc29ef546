"""Investors as they are shown: everybody who is one by judgements is one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select

from backfin.errors import ConfigError
from backfin.identity import normalised_text
from backfin.investors.names import normal_form
from backfin.storage.database import Database
from backfin.storage.tables import investor_names, investors, mentions
from backfin.storage.told_filings import told_of

_TOP = investors.alias("survivor")
_FIND = (
    select(investors.c.survivor_id)
    .where(
        or_(
            investors.c.investor_id == bindparam("text"),
            investors.c.normal_form == bindparam("text"),
            investors.c.normal_form == bindparam("form"),
            investors.c.investor_id.in_(
                select(investor_names.c.investor_id).where(investor_names.c.folded == bindparam("folded"))
            ),
        )
    )
    .distinct()
    .order_by(investors.c.survivor_id)
)
_FIND_WRITTEN = (
    select(investors.c.survivor_id)
    .join(investor_names, investor_names.c.investor_id == investors.c.investor_id)
    .where(investor_names.c.folded == bindparam("folded"))
    .distinct()
    .order_by(investors.c.survivor_id)
)
_MEMBERS = (
    select(investors.c.investor_id, investors.c.normal_form, investors.c.status)
    .where(investors.c.survivor_id == bindparam("id"))
    .order_by(investors.c.investor_id)
)
_GET = select(investors).where(investors.c.investor_id == bindparam("id"))
_NAMES = (
    select(investor_names.c.name, investor_names.c.folded, investor_names.c.investor_id)
    .join(investors, investors.c.investor_id == investor_names.c.investor_id)
    .where(investors.c.survivor_id == bindparam("id"))
    .order_by(investor_names.c.name)
)
#: What a mention is shown with beside its own: its numbers with those of the filing's facts, and where these stand.
_FROM_EVENT = {"quantity", "price_inr", "amount_inr", "pct", "stated_for", "from_facts", "issuer_name"}


class InvestorViews:
    """Finds, shows and lists investors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, name_or_id: str) -> str:
        """Id of the investor that is shown for a name or an id.

        Args:
            name_or_id: An id, or a name in any spelling of one normal form.

        Raises:
            ConfigError: Nobody, or more than one investor, goes by that name.
        """
        with self._database.read() as connection:
            return _find(connection, name_or_id)

    def show(self, name_or_id: str, *, with_mentions: bool = True) -> dict[str, Any]:
        """An investor with its names and mentions, newest first; without the mentions where they are not wanted.

        ``ids`` are those of all investors that are one with it. A mention has the numbers that
        :meth:`backfin.storage.timelines.Timelines.of` gives, with their places in ``from_facts`` where they are not
        those of its own row.

        Raises:
            ConfigError: Nobody, or more than one investor, goes by that name.
        """
        with self._database.read() as connection:
            key = {"id": _find(connection, name_or_id)}
            top = connection.execute(_GET, key).mappings().one()
            members = connection.execute(_MEMBERS, key).all()
            names = list(dict.fromkeys(connection.execute(_NAMES, key).scalars()))
            told = _mentions(connection, key["id"], names) if with_mentions else []
        status = "verified" if any(one.status == "verified" for one in members) else top["status"]
        body = {"investor_id": key["id"], "name": top["name"], "kind": top["kind"], "status": status}
        return body | {"names": names, "ids": [one.investor_id for one in members], "mentions": told}

    def part(self, name_or_id: str, name: str) -> str:
        """Id under which one of an investor's names was met.

        Raises:
            ConfigError: Nobody goes by the first, or it has no such name.
        """
        with self._database.read() as connection:
            found = _met_under(connection, _find(connection, name_or_id), name)
        if len(found) != 1:
            raise ConfigError(f"{name!r} is no name of that investor; `backfin investor show` has its names.")
        return str(*found)

    def meant(self, name_or_id: str) -> str:
        """Id under which a name was met, whomever it is shown under: what is said of it stays its own.

        Raises:
            ConfigError: Nobody, or more than one investor, goes by that name.
        """
        with self._database.read() as connection:
            shown = _find(connection, name_or_id)
            found = _met_under(connection, shown, name_or_id)
        return str(*found) if len(found) == 1 else shown

    def list(self, limit: int = 50, query: str | None = None) -> list[dict[str, Any]]:
        """Investors with the number of their mentions, most mentioned first.

        Args:
            limit: At most so many.
            query: Words that must all stand in one of the names.
        """
        count = func.count(mentions.c.mention_id).label("mentions")
        # Of the two words, "verified" is the greater.
        status = func.max(investors.c.status).label("status")
        found = (
            select(_TOP.c.investor_id, _TOP.c.name, _TOP.c.kind, status, count)
            .select_from(
                _TOP.join(investors, investors.c.survivor_id == _TOP.c.investor_id).outerjoin(
                    mentions, mentions.c.investor_id == investors.c.investor_id
                )
            )
            .group_by(_TOP.c.investor_id, _TOP.c.name, _TOP.c.kind)
            .order_by(count.desc(), _TOP.c.name, _TOP.c.investor_id)
            .limit(limit)
        )
        words = normalised_text(query or "").split()
        if words:
            found = found.where(_TOP.c.investor_id.in_(_named(words)))
        with self._database.read() as connection:
            return [dict(row) for row in connection.execute(found).mappings()]


def _met_under(connection: Connection, survivor_id: str, name: str) -> set[str]:
    """Ids of those who are one with an investor and were met under a name, or have it for an id."""
    key = {"id": survivor_id}
    members = connection.execute(_MEMBERS, key).all()
    names = connection.execute(_NAMES, key).all()
    form, folded = normal_form(name), normalised_text(name)
    found = {one.investor_id for one in members if name == one.investor_id or form == one.normal_form}
    written = {one.investor_id for one in names if one.folded == folded}
    return written if len(found) != 1 and written else found


def _mentions(connection: Connection, survivor_id: str, names: Iterable[str]) -> list[dict[str, Any]]:
    """What filings tell of an investor, the newest first, with the numbers that its timeline gives."""
    forms = {normal_form(name) for name in names}
    found = [
        mention.model_dump()
        | event.model_dump(include=_FROM_EVENT)
        | {"investor_id": survivor_id, "disseminated_at": event.disseminated_at}
        for mention, event in told_of(connection, survivor_id, forms)
    ]
    return found[::-1]


def _named(words: Iterable[str]) -> Any:
    """Survivors one of whose names holds all these words."""
    holds = [investor_names.c.folded.contains(word, autoescape=True) for word in words]
    named = investors.join(investor_names, investor_names.c.investor_id == investors.c.investor_id)
    return select(investors.c.survivor_id).select_from(named).where(*holds)


def _find(connection: Connection, name: str) -> str:
    asked = {"text": name, "form": normal_form(name), "folded": normalised_text(name)}
    found = list(connection.execute(_FIND, asked).scalars())
    if len(found) > 1:  # of one normal form, told apart by what stands beside their names
        found = list(connection.execute(_FIND_WRITTEN, asked).scalars()) or found
    if len(found) == 1:
        return str(found[0])
    if found:
        raise ConfigError(f"{name!r} is the name of {len(found)} investors; use one of {', '.join(found)}.")
    raise ConfigError(f"No investor goes by {name!r}; look for it with `backfin investor list`.")
