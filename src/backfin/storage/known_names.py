"""The table of keys: the known names that a name may mean, found with few statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache

from sqlalchemy import Connection, TextClause, bindparam, select, text

from backfin.identity import investor_number
from backfin.investors.blocking import keys_of
from backfin.investors.candidates import MOST_PER_KEY, key_number
from backfin.investors.decide import KnownInvestor
from backfin.models import Investor, PartyKind
from backfin.storage.statements import chunks, insert_ignore
from backfin.storage.tables import investor_keys
from backfin.storage.tables import investors as i

_NUMBERED = i.c.number.in_(bindparam("numbers", expanding=True))
_FORMS = select(i.c.number, i.c.normal_form).where(_NUMBERED)
_INVESTORS = select(
    i.c.number, i.c.investor_id, i.c.survivor_id, i.c.name, i.c.normal_form.label("form"), i.c.kind
).where(_NUMBERED)
_ADD_KEYS = insert_ignore(investor_keys)

#: Keys asked for in one statement; SQLite takes no more than 500 selects in one.
_KEYS_AT_ONCE = 100


class NamesInStore:
    """Known names as one transaction sees them; what was read stays at hand.

    Every key has a select of its own within one statement, because a limit holds for each of them.

    Args:
        connection: Of the transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._bearers: dict[int, list[int]] = {}
        self._forms: dict[int, str] = {}
        self._investors: dict[int, KnownInvestor] = {}

    def look_up(self, keys: Collection[int]) -> None:
        """Reads the names under keys, those of many names at once."""
        unread = sorted(set(keys).difference(self._bearers))
        bearers: dict[int, list[int]] = {key: [] for key in unread}
        for part in chunks(unread, _KEYS_AT_ONCE):
            values = {f"key_{place}": key for place, key in enumerate(part)} | {"most": MOST_PER_KEY}
            for key, number in self._connection.execute(_under(len(part)), values).all():
                bearers[key].append(number)
        self._bearers.update((key, sorted(numbers)) for key, numbers in bearers.items())
        unread = sorted(set().union(*bearers.values()).difference(self._forms))
        for part in chunks(unread):
            self._forms.update(map(tuple, self._connection.execute(_FORMS, {"numbers": part}).all()))

    def bearers(self, key: int, most: int) -> Sequence[int]:
        """At most so many of the names under a key."""
        if key not in self._bearers:
            self.look_up([key])
        return self._bearers[key][:most]

    def forms(self, names: Sequence[int]) -> Sequence[str]:
        """The normal forms of names that :meth:`bearers` gave."""
        return [self._forms[name] for name in names]

    def investors(self, names: Sequence[int]) -> Sequence[KnownInvestor]:
        """The investors of names that :meth:`bearers` gave, in the order asked for."""
        unread = set(names).difference(self._investors)
        for part in chunks(unread):
            for row in self._connection.execute(_INVESTORS, {"numbers": part}).mappings():
                self._investors[row["number"]] = KnownInvestor(**{**row, "kind": PartyKind(row["kind"])})
        return [self._investors[name] for name in names]

    def add(self, known: KnownInvestor) -> None:
        """Takes in one that was met since, under those of its keys that were read."""
        self._investors[known.number] = known
        self._forms[known.number] = known.form
        for key in numbered_keys(known.form):
            if key in self._bearers and known.number not in self._bearers[key]:
                self._bearers[key].insert(0, known.number)


def add_keys(connection: Connection, investors: Iterable[Investor]) -> None:
    """Stores the keys under which investors are found from now on."""
    rows = [
        {"key": key, "number": investor_number(investor.investor_id)}
        for investor in investors
        for key in sorted(numbered_keys(investor.normal_form))
    ]
    if rows:
        _ADD_KEYS.run(connection, rows)


def numbered_keys(form: str) -> set[int]:
    """The keys of a normal form as the table holds them."""
    return {key_number(key) for key in keys_of(form)}


@cache
def _under(count: int) -> TextClause:
    """The statement for so many keys."""
    return text(
        " UNION ALL ".join(
            "SELECT * FROM (SELECT key, number FROM investor_keys"
            f" WHERE key = :key_{place} ORDER BY number LIMIT :most) AS of_{place}"
            for place in range(count)
        )
    )
