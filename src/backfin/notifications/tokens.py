"""The pieces of a rule's text, with their places, and the error that points at one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from backfin.errors import ConfigError

#: Characters of a long rule shown on either side of a mistake.
_WINDOW = 60

_SCAN = re.compile(
    r"""(?P<space>\s+)
      | "(?P<double>[^"]*)" | “(?P<curly>[^”]*)” | '(?P<single>[^']*)'(?![^\s=:<>!(),])
      | (?P<operator>>=|<=|!=|[=:<>])
      | (?P<open>\() | (?P<close>\)) | (?P<comma>,)
      | (?P<word>[^\s"“”=:<>!(),]+)""",
    re.VERBOSE,
)
_QUOTES = ("double", "curly", "single")


class Kind(StrEnum):
    """What a piece of a rule is."""

    WORD = "word"
    QUOTED = "quoted"
    OPERATOR = "operator"
    OPEN = "open"
    CLOSE = "close"
    COMMA = "comma"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a rule; ``text`` is without its quotes, ``start`` and ``end`` are places in the rule."""

    kind: Kind
    text: str
    start: int
    end: int

    def is_keyword(self, *names: str) -> bool:
        """Whether this is one of the given keywords, in any case."""
        return self.kind is Kind.WORD and self.text.casefold() in names


def mistake(rule: str, start: int, end: int, sentence: str, *, suggestion: str | None = None) -> ConfigError:
    """An error that shows the rule with a pointer below the mistake.

    >>> print(mistake("categry = x", 0, 7, "There is no field categry.", suggestion="category"))
    There is no field categry. Did you mean category?
      categry = x
      ^^^^^^^
    """
    hint = f" Did you mean {suggestion}?" if suggestion else ""
    left = max(0, start - _WINDOW)
    shown = "".join(char if char.isprintable() else " " for char in rule[left : end + _WINDOW])
    pointer = " " * (start - left) + "^" * max(1, end - start)
    message = f"{sentence}{hint}\n  {shown.rstrip()}\n  {pointer}"
    return ConfigError(message, rule=rule, position=start, suggestion=suggestion)


def tokenize(rule: str) -> list[Token]:
    """The pieces of a rule, in order, closed by one of kind ``end``.

    Raises:
        ConfigError: A quote that is never closed, or a character that means nothing here.
    """
    return [*_scan(rule), Token(Kind.END, "", len(rule), len(rule))]


def _scan(rule: str) -> Iterator[Token]:
    place = 0
    while place < len(rule):
        found = _SCAN.match(rule, place)
        if found is None or found.lastgroup is None:
            raise _unreadable(rule, place)
        place = found.end()
        if found.lastgroup != "space":
            group = found.lastgroup
            kind = Kind.QUOTED if group in _QUOTES else Kind(group)
            yield Token(kind, found[group], found.start(), found.end())


def _unreadable(rule: str, place: int) -> ConfigError:
    if rule[place] == "!":
        return mistake(rule, place, place + 1, "A lone ! means nothing.", suggestion="not … or !=")
    return mistake(rule, place, place + 1, "This quote is never closed; add one at the end of the phrase.")
