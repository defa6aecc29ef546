"""The table of keys: the known names that a name may mean, found with few statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache

from sqlalchemy import Connection, TextClause, text

from backfin.identity import investor_number
from backfin.investors.blocking import keys_of
from backfin.investors.candidates import MOST_PER_KEY, key_number
from backfin.investors.decide import KnownInvestor
from backfin.models import Investor, PartyKind
from backfin.storage.statements import chunks, insert_ignore
from backfin.storage.tables import investor_keys

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
        self._investors: dict[int, KnownInvestor] = {}

    def look_up(self, keys: Collection[int]) -> None:
        """Reads the names under keys, those of many names at once."""
        unread = sorted(set(keys).difference(self._bearers))
        self._bearers.update((key, []) for key in unread)
        for part in chunks(unread, _KEYS_AT_ONCE):
            values = {f"key_{place}": key for place, key in enumerate(part)} | {"most": MOST_PER_KEY}
            for key, number, *rest in self._connection.execute(_under(len(part)), values):
                self._bearers[key].append(number)
                if number not in self._investors:
                    investor_id, survivor_id, name, form, kind = rest
                    self._investors[number] = KnownInvestor(
                        number, investor_id, survivor_id, name, form, PartyKind(kind)
                    )
        for key in unread:
            self._bearers[key].sort()

    def bearers(self, key: int, most: int) -> Sequence[int]:
        """At most so many of the names under a key."""
        if key not in self._bearers:
            self.look_up([key])
        return self._bearers[key][:most]

    def forms(self, names: Sequence[int]) -> Sequence[str]:
        """The normal forms of names that :meth:`bearers` gave."""
        return [self._investors[name].form for name in names]

    def investor(self, number: int) -> KnownInvestor:
        """The investor of a number that :meth:`bearers` gave."""
        return self._investors[number]

    def add(self, known: KnownInvestor) -> None:
        """Takes in one that was met since, under those of its keys that were read."""
        self._investors[known.number] = known
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
    each = " UNION ALL ".join(
        "SELECT * FROM (SELECT key, number FROM investor_keys"
        f" WHERE key = :key_{place} ORDER BY number LIMIT :most) AS of_{place}"
        for place in range(count)
    )
    return text(
        "SELECT found.key, i.number, i.investor_id, i.survivor_id, i.name, i.normal_form, i.kind"
        f" FROM ({each}) AS found JOIN investors AS i ON i.number = found.number"
    )
