"""The table of keys: the known names that a name may mean, found with few statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache

from sqlalchemy import Connection, TextClause, bindparam, select, text

from backfin.investors.blocking import keys_of
from backfin.investors.candidates import MOST_PER_KEY, key_number
from backfin.investors.decide import KnownInvestor
from backfin.models import Investor, PartyKind
from backfin.storage.statements import chunks, insert_ignore
from backfin.storage.tables import investor_keys
from backfin.storage.tables import investors as i

_ADD_KEYS = insert_ignore(investor_keys)
_INVESTORS = (
    select(i.c.investor_id, i.c.survivor_id, i.c.name, i.c.normal_form.label("form"), i.c.kind)
    .where(i.c.normal_form.in_(bindparam("forms", expanding=True)))
    .order_by(i.c.investor_id)
)

#: Keys asked for in one statement; SQLite takes no more than 500 selects in one.
_KEYS_AT_ONCE = 100


class NamesInStore:
    """Known names as one transaction sees them, numbered as they come; what was read stays at hand.

    Every key has a select of its own within one statement, because a limit holds for each of them.

    Args:
        connection: Of the transaction.
        without: Ids of investors that are stored and not decided on yet; :meth:`add` takes them in.
    """

    def __init__(self, connection: Connection, without: Collection[str] = ()) -> None:
        self._connection = connection
        self._without = frozenset(without)
        self._bearers: dict[int, list[int]] = {}
        self._forms: list[str] = []
        self._numbers: dict[str, int] = {}
        self._read: dict[str, list[KnownInvestor]] = {}
        self._added: dict[str, list[KnownInvestor]] = {}

    def look_up(self, keys: Collection[int]) -> None:
        """Reads the names under keys, those of many names at once."""
        unread = sorted(set(keys).difference(self._bearers))
        self._bearers.update((key, []) for key in unread)
        for part in chunks(unread, _KEYS_AT_ONCE):
            values = {f"key_{place}": key for place, key in enumerate(part)} | {"most": MOST_PER_KEY}
            for key, form in sorted(self._connection.execute(_under(len(part)), values).all()):
                self._bearers[key].append(self._number(form))

    def bearers(self, key: int, most: int) -> Sequence[int]:
        """At most so many of the names under a key."""
        if key not in self._bearers:
            self.look_up([key])
        return self._bearers[key][:most]

    def forms(self, names: Sequence[int]) -> Sequence[str]:
        """The normal forms of names that :meth:`bearers` gave."""
        return [self._forms[name] for name in names]

    def investors(self, names: Sequence[int]) -> Sequence[Sequence[KnownInvestor]]:
        """The investors of each of the names that :meth:`bearers` gave, in the order asked for."""
        forms = self.forms(names)
        unread = set(forms).difference(self._read)
        self._read.update((form, []) for form in unread)
        for part in chunks(unread):
            for row in self._connection.execute(_INVESTORS, {"forms": part}).mappings():
                known = KnownInvestor(**{**row, "kind": PartyKind(row["kind"])})
                if known.investor_id not in self._without:
                    self._read[known.form].append(known)
        return [[*self._read[form], *self._added.get(form, ())] for form in forms]

    def add(self, known: KnownInvestor) -> None:
        """Takes in one that was met since, under those of its keys that were read."""
        self._added.setdefault(known.form, []).append(known)
        number = self._number(known.form)
        for key in numbered_keys(known.form):
            if key in self._bearers and number not in self._bearers[key]:
                self._bearers[key].insert(0, number)

    def _number(self, form: str) -> int:
        number = self._numbers.setdefault(form, len(self._forms))
        if number == len(self._forms):
            self._forms.append(form)
        return number


def add_keys(connection: Connection, investors: Iterable[Investor]) -> None:
    """Stores the keys under which investors are found from now on."""
    rows = [
        {"key": key, "form": investor.normal_form}
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
            "SELECT * FROM (SELECT key, form FROM investor_keys"
            f" WHERE key = :key_{place} ORDER BY form LIMIT :most) AS of_{place}"
            for place in range(count)
        )
    )
