"""Takes lists of investors into the book, a chunk a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from backfin.errors import ConfigError
from backfin.investors.listing import Listed, Refused
from backfin.investors.resolve import investor_of
from backfin.models import Investor, Party
from backfin.storage.clusters import survivors
from backfin.storage.database import Database
from backfin.storage.identifiers import Identifiers
from backfin.storage.investors import Investors
from backfin.storage.namesakes import Namesakes

#: Lines of one transaction: others who write wait no longer than these take.
_CHUNK = 200


class _TakeBackError(Exception):
    """Ends a transaction whose work is not to be kept."""


@dataclass
class Intake:
    """What became of a list: lines that added an investor, that gave a known one something new, or nothing new.

    ``refused`` are lines that could not be read or are about somebody else of a known name, and other names that are
    somebody else's. ``lines`` tells of those
    that were joined or refused.
    """

    added: int = 0
    joined: int = 0
    known: int = 0
    refused: int = 0
    lines: list[dict[str, Any]] = field(default_factory=list)

    def count(self, outcome: str, number: int, name: str = "", why: str = "", investor_id: str = "") -> None:
        """Counts a line, and remembers it where a person may want to look."""
        setattr(self, outcome, getattr(self, outcome) + 1)
        if outcome in ("joined", "refused"):
            told = {"line": number, "what": outcome, "name": name, "investor_id": investor_id or None}
            self.lines.append(told | {"why": why})


class Intakes:
    """Adds what lists hold: investors, other names, numbers."""

    def __init__(self, database: Database, investors: Investors, identifiers: Identifiers) -> None:
        self._database = database
        self._investors = investors
        self._identifiers = identifiers

    def take(
        self, lines: Iterable[Listed | Refused], *, by: str, source: str, is_dry: bool = False
    ) -> Intake:
        """Adds a list; again, it changes nothing. Each chunk of lines is stored whole or not at all.

        Args:
            lines: Of the list, read as they are taken.
            by: Who brings it.
            source: What the list is called.
            is_dry: Whether all is tried and nothing kept.
        """
        found = Intake()
        seen: set[tuple[str, str]] = set()
        namesakes = Namesakes(self._database, self._investors, self._identifiers)
        rest = iter(lines)
        while chunk := list(islice(rest, _CHUNK)):
            part = Intake()
            try:
                with self._database.together(durable=not is_dry):
                    self._take(namesakes.tell_apart(chunk), part, seen, (by, source))
                    if is_dry:
                        raise _TakeBackError
            except _TakeBackError:
                pass
            _sum(found, part)
        return found

    def _take(
        self,
        chunk: Sequence[Listed | Refused],
        found: Intake,
        seen: set[tuple[str, str]],
        said: tuple[str, str],
    ) -> None:
        made = {line.number: _investor(line) for line in chunk if isinstance(line, Listed)}
        new, gained = self._investors.add_all(_each_once(made.values()))
        for line in chunk:
            if isinstance(line, Refused):
                found.count("refused", line.number, line.name, line.why)
                continue
            one = made[line.number]
            # What the chunk itself added counts as new for the first line that has it.
            is_new = one.investor_id in new and not _was_seen(seen, one.investor_id, "")
            is_spelling = one.investor_id in gained and not _was_seen(seen, one.investor_id, line.name)
            self._one(line, one, found, seen, said, is_new=is_new, is_spelling=is_spelling)

    def _one(
        self,
        line: Listed,
        one: Investor,
        found: Intake,
        seen: set[tuple[str, str]],
        said: tuple[str, str],
        *,
        is_new: bool,
        is_spelling: bool,
    ) -> None:
        gained = ["It is another spelling of a known name."] if is_spelling and not is_new else []
        for alias in line.aliases:
            try:
                if self._add_alias(one, alias, said) and not _was_seen(seen, one.investor_id, alias):
                    gained.append(f"“{alias}” is one of its names now.")
            except ConfigError as error:
                found.count("refused", line.number, line.name, error.sentence, one.investor_id)
        stated = [(one.investor_id, scheme, value) for scheme, value in line.identifiers]
        is_number = bool(stated) and self._identifiers.add(stated, by=said[0]) > 0
        if is_number and not _was_seen(seen, one.investor_id, str(line.identifiers)):
            gained.append("It has a new number.")
        under = self._under(one.investor_id)
        if is_new and under == one.investor_id:
            found.count("added", line.number)
        elif is_new or gained:
            linked = ["It is taken for an investor that was known."] if is_new else []
            found.count("joined", line.number, line.name, " ".join([*linked, *gained]), under)
        else:
            found.count("known", line.number)

    def _add_alias(self, one: Investor, alias: str, said: tuple[str, str]) -> bool:
        by, source = said
        other = investor_of(Party(name_as_written=alias, role="investor"))
        if other.investor_id == one.investor_id:
            return self._investors.add_name(other)
        why = f"Both stand in one line of {source}."
        return self._investors.alias(one.investor_id, other, by=by, why=why) is not None

    def _under(self, key: str) -> str:
        with self._database.write() as connection:
            return survivors(connection, [key])[key]


def _each_once(made: Iterable[Investor]) -> list[Investor]:
    """Investors with all their spellings, in order."""
    found: dict[str, Investor] = {}
    for one in made:
        first = found.setdefault(one.investor_id, one)
        found[one.investor_id] = first.model_copy(update={"names": (*first.names, one.name)})
    return list(found.values())


def _was_seen(seen: set[tuple[str, str]], key: str, text: str) -> bool:
    """Whether a line before had this already, also one whose work was taken back."""
    if (key, text) in seen:
        return True
    seen.add((key, text))
    return False


def _investor(line: Listed) -> Investor:
    return investor_of(Party(name_as_written=line.name, kind=line.kind, role="investor"))


def _sum(whole: Intake, part: Intake) -> None:
    for outcome in ("added", "joined", "known", "refused"):
        setattr(whole, outcome, getattr(whole, outcome) + getattr(part, outcome))
    whole.lines += part.lines
