"""How two readings of a filing differ, as lines for a person."""

from __future__ import annotations

from typing import Any

from backfin.cli.output import say
from backfin.notifications.clean import one_line

#: Most characters of a value that a line shows.
_WIDEST = 100


def print_difference(found: dict[str, Any]) -> None:
    """Prints a difference as :meth:`backfin.enrichment.difference.Difference.as_json` gives it."""
    for name, pair in found["changed"].items():
        say(f"  {name}: {_shown(pair['before'])} → {_shown(pair['after'])}")
    facts, parties = found["facts"], found["parties"]
    for name, pair in facts["changed"].items():
        say(f"  fact {name}: {_shown(pair['before'])} → {_shown(pair['after'])}")
    for sign, word in (("+", "added"), ("-", "removed")):
        for name, value in facts[word].items():
            say(f"  {sign} fact {name}: {_shown(value)}")
        for party in parties[word]:
            say(f"  {sign} party {party['name_as_written']} ({party['role']})")


def _shown(value: Any) -> str:
    if isinstance(value, dict) and value.get("as_written"):
        value = value["as_written"]
    text = one_line(str(value)) if value not in (None, "") else "–"
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}…"
