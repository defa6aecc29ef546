"""Families and groups of investors: who belongs to which, as filings and people say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, select

from backfin.errors import ConfigError
from backfin.investors.find import without_legal_form
from backfin.investors.names import normal_form
from backfin.models import GroupKind, Member, Membership
from backfin.storage.database import Database
from backfin.storage.statements import chunks, insert_ignore, upsert
from backfin.storage.tables import investor_memberships as t
from backfin.storage.tables import investors

_TOP = investors.alias("survivor")
_ADD = insert_ignore(t)
_PUT = upsert(
    t,
    key=["investor_id", "kind", "form", "announcement_id"],
    change=["label", "relation", "said_by", "seen_at", "is_member"],
)
_DROP = delete(t).where(t.c.announcement_id == bindparam("id"))
_ROWS = (
    select(t, investors.c.survivor_id, _TOP.c.name.label("shown_name"))
    .join(investors, investors.c.investor_id == t.c.investor_id)
    .join(_TOP, _TOP.c.investor_id == investors.c.survivor_id)
    .order_by(_TOP.c.name, investors.c.survivor_id, t.c.kind, t.c.form, t.c.seen_at, t.c.announcement_id)
)
#: What a group is called, once for each spelling, in however many filings it stands.
_LABELS = (
    select(investors.c.survivor_id, t.c.kind, t.c.form, t.c.label, t.c.is_member)
    .join(investors, investors.c.investor_id == t.c.investor_id)
    .where(investors.c.survivor_id.in_(bindparam("ids", expanding=True)))
    .distinct()
)
_HEADED = (
    select(t.c.label)
    .join(investors, investors.c.normal_form == t.c.form)
    .where(investors.c.survivor_id.in_(bindparam("ids", expanding=True)))
    .distinct()
)


_OWN_FORMS = (
    select(investors.c.normal_form)
    .join(_TOP, _TOP.c.survivor_id == investors.c.survivor_id)
    .where(_TOP.c.investor_id == bindparam("id"))
)


class Memberships:
    """The table ``investor_memberships``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self, announcement_id: str, found: Mapping[str, Sequence[Membership]], *, seen_at: datetime
    ) -> None:
        """Stores what a filing states, in the place of what it stated before.

        Args:
            announcement_id: Of the filing.
            found: By the investor as it was met.
            seen_at: When it was published.
        """
        rows = [
            _row(key, one, announcement_id, seen_at) for key, told in sorted(found.items()) for one in told
        ]
        with self._database.write() as connection:
            connection.execute(_DROP, {"id": announcement_id})
            if rows:
                _ADD.run(connection, rows)

    def add(self, investor_id: str, membership: Membership, *, by: str) -> None:
        """Says that an investor belongs to a group; also where it was said before that it does not.

        Raises:
            ConfigError: The group is called after the investor itself, or after one that belongs to its group.
        """
        with self._database.together(durable=True):
            self._refuse_circle(investor_id, membership)
            self._say(investor_id, membership, by, is_member=True)

    def remove(self, investor_id: str, group: str, kind: GroupKind | None = None, *, by: str) -> int:
        """Says that an investor does not belong to a group, whatever filings state, and returns to how many kinds.

        Raises:
            ConfigError: Nothing says that it does.
        """
        form = normal_form(group)
        members = [one for one in self.show(group, kind) if one.investor_id == investor_id]
        if not members or not form:
            raise ConfigError(
                f"Nothing says that it belongs to {group!r}; `backfin investor group show` lists the groups."
            )
        for one in members:
            said = Membership(kind=one.kind, label=one.label, relation=one.relation)
            self._say(investor_id, said, by, is_member=False)
        return len(members)

    def show(self, group: str, kind: GroupKind | None = None) -> list[Member]:
        """The members of a group by name, each once for each kind.

        Args:
            group: The group's label, in any spelling of one normal form; a company's also without "Ltd" and the like.
            kind: Of that kind alone.
        """
        query = _ROWS.where(t.c.form.in_(self._forms(group)))
        return self._members(query if kind is None else query.where(t.c.kind == kind.value))

    def of(self, survivor_id: str) -> list[Member]:
        """The groups that an investor belongs to."""
        return self._members(_ROWS.where(investors.c.survivor_id == survivor_id))

    def of_many(self, survivor_ids: Collection[str]) -> dict[str, list[Member]]:
        """The groups of several investors, by the id each is shown under."""
        found: dict[str, list[Member]] = {}
        for part in chunks(set(survivor_ids)):
            for member in self._members(_ROWS.where(investors.c.survivor_id.in_(part))):
                found.setdefault(member.investor_id, []).append(member)
        return found

    def labels(self, survivor_ids: Collection[str]) -> set[str]:
        """What the groups of these investors are called: those they belong to, and those they are the head of."""
        found: set[str] = set()
        with self._database.read() as connection:
            for part in chunks(set(survivor_ids)):
                rows = connection.execute(_LABELS, {"ids": part}).all()
                denied = {row[:3] for row in rows if not row.is_member}
                found |= {row.label for row in rows if row[:3] not in denied}
                found |= set(connection.execute(_HEADED, {"ids": part}).scalars())
        return found

    def groups(self) -> list[dict[str, Any]]:
        """Every group: ``label, kind, members``, the largest first."""
        groups: dict[tuple[str, str], list[Member]] = {}
        for one in self._members(_ROWS):
            groups.setdefault((one.kind, normal_form(one.label)), []).append(one)
        found = [{"label": of[0].label, "kind": of[0].kind, "members": len(of)} for of in groups.values()]
        return sorted(found, key=lambda group: (-group["members"], group["label"], group["kind"]))

    def _forms(self, group: str) -> list[str]:
        """The forms of the labels that are meant."""
        asked = normal_form(group)
        with self._database.read() as connection:
            forms = list(connection.execute(select(t.c.form).distinct()).scalars())
        short = without_legal_form(asked)
        if asked in forms or not short:
            return [asked]
        return [form for form in forms if without_legal_form(form) == short]

    def _refuse_circle(self, investor_id: str, said: Membership) -> None:
        with self._database.read() as connection:
            own = set(connection.execute(_OWN_FORMS, {"id": investor_id}).scalars())
        wanted, seen = {normal_form(said.label)}, set[str]()
        if own & wanted:
            raise ConfigError(
                f"The group {said.label!r} is called after that investor itself, who counts as one of it already."
            )
        while wanted := wanted - seen:
            seen |= wanted
            heads = select(investors.c.survivor_id).where(investors.c.normal_form.in_(wanted))
            above = self._members(
                _ROWS.where(investors.c.survivor_id.in_(heads), t.c.kind == said.kind.value)
            )
            wanted = {normal_form(one.label) for one in above}
            if own & wanted:
                raise ConfigError(
                    f"{said.label!r} belongs to a group of that investor already, so neither can hold the other; "
                    "`backfin investor group remove` takes that back."
                )

    def _say(self, investor_id: str, said: Membership, by: str, *, is_member: bool) -> None:
        row = _row(investor_id, said, "", self._database.clock.now())
        if not row["form"]:
            raise ConfigError(f"{said.label!r} is no name of a group; write it with letters.")
        with self._database.write(durable=True) as connection:
            _of_cluster(connection, row)
            _PUT.run(connection, [row | {"said_by": by, "is_member": is_member}])

    def _members(self, query: Select[Any]) -> list[Member]:
        found: dict[tuple[str, str, str], list[Any]] = {}
        with self._database.read() as connection:
            for row in connection.execute(query).mappings():
                found.setdefault((row["survivor_id"], row["kind"], row["form"]), []).append(row)
        return [member for rows in found.values() if (member := _member(rows)) is not None]


def _of_cluster(connection: Connection, row: dict[str, Any]) -> None:
    """Drops what people said before of any investor that is one with this one: the last word counts."""
    group = select(investors.c.survivor_id).where(investors.c.investor_id == row["investor_id"])
    members = select(investors.c.investor_id).where(investors.c.survivor_id.in_(group))
    connection.execute(
        delete(t).where(
            t.c.investor_id.in_(members),
            t.c.kind == row["kind"],
            t.c.form == row["form"],
            t.c.announcement_id == "",
        )
    )


def _row(investor_id: str, one: Membership, announcement_id: str, seen_at: datetime) -> dict[str, Any]:
    return one.model_dump(mode="json") | {
        "investor_id": investor_id,
        "form": normal_form(one.label),
        "announcement_id": announcement_id,
        "said_by": "",
        "seen_at": seen_at,
        "is_member": True,
    }


def _member(rows: Sequence[Any]) -> Member | None:
    """One membership of all that is said of it; ``None`` where somebody says that it is none."""
    if not all(row["is_member"] for row in rows):
        return None
    last = rows[-1]
    placed = next((row for row in reversed(rows) if row["quote"]), last)
    return Member(
        investor_id=last["survivor_id"],
        name=last["shown_name"],
        kind=GroupKind(last["kind"]),
        label=last["label"],
        relation=next((row["relation"] for row in reversed(rows) if row["relation"]), ""),
        first_seen_at=min(row["seen_at"] for row in rows),
        last_seen_at=max(row["seen_at"] for row in rows),
        announcement_ids=tuple(
            dict.fromkeys(row["announcement_id"] for row in rows if row["announcement_id"])
        ),
        said_by=tuple(dict.fromkeys(row["said_by"] for row in rows if row["said_by"])),
        page=placed["page"],
        quote=placed["quote"],
    )
