"""Tells apart the people of one name that a list holds, by the numbers and relatives it states."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from backfin.investors.contradictions import contradiction, is_other_number
from backfin.investors.listing import Listed, Refused
from backfin.investors.resolve import investor_of
from backfin.models import Party, Scheme
from backfin.storage.clusters import survivors
from backfin.storage.database import Database
from backfin.storage.identifiers import Identifiers
from backfin.storage.investors import Investors

_ADVICE = "give one of them another name, e.g. with the father's name as a middle name"


class Namesakes:
    """What the book and a list say of investors, while the list is taken in."""

    def __init__(self, database: Database, investors: Investors, identifiers: Identifiers) -> None:
        self._database = database
        self._investors = investors
        self._identifiers = identifiers
        # By the investor of the name's own form; also of lines whose work was taken back.
        self._names: dict[str, dict[str, None]] = defaultdict(dict)
        self._numbers: dict[tuple[str, Scheme], dict[str, None]] = defaultdict(dict)

    def tell_apart(self, lines: Sequence[Listed | Refused]) -> list[Listed | Refused]:
        """The lines in their order, those refused that cannot be about whom the name stands for already.

        The transaction holds the book's lock from here on.
        """
        self._identifiers.hold()
        keys = {line.number: _key(line.name) for line in lines if isinstance(line, Listed)}
        self._look_up(set(keys.values()))
        return [self._judged(line, keys[line.number]) if isinstance(line, Listed) else line for line in lines]

    def _look_up(self, keys: Collection[str]) -> None:
        with self._database.write() as connection:
            under = survivors(connection, keys)
        names = self._investors.known_as(under.values())
        numbers = self._identifiers.of(under.values())
        for key, survivor in under.items():
            self._names[key] |= dict.fromkeys(names.get(survivor, ()))
            for one in numbers.get(survivor, ()):
                self._numbers[key, Scheme(one["scheme"])][one["value"]] = None

    def _judged(self, line: Listed, key: str) -> Listed | Refused:
        if why := self._other_number(line, key) or self._other_name(line, key):
            return Refused(line.number, why, line.name)
        self._names[key][line.name] = None
        for scheme, value in line.identifiers:
            self._numbers[key, scheme][value] = None
        return line

    def _other_number(self, line: Listed, key: str) -> str:
        for scheme, value in line.identifiers:
            known = self._numbers[key, scheme]
            if is_other_number(scheme, value, known):
                label = "PAN ending in" if scheme is Scheme.PAN else scheme.value.upper()
                return (
                    f"It has the {label} {value}, but {next(iter(known))} is known of one of that name; these are two "
                    f"by their {scheme.value.upper()}s, so {_ADVICE}."
                )
        return ""

    def _other_name(self, line: Listed, key: str) -> str:
        for known in self._names[key]:
            if what := contradiction(line.name, known):
                return f"“{known}” is somebody else of the same name by their {what}; {_ADVICE}."
        return ""


def _key(name: str) -> str:
    return investor_of(Party(name_as_written=name, role="investor")).investor_id
