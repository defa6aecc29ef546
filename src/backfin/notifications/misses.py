"""Near misses: announcements that a rule would mean but for one condition, and what stood in its way."""

from __future__ import annotations

from dataclasses import dataclass

from backfin.models import Status
from backfin.notifications.nodes import (
    All,
    AnyOf,
    Contains,
    Equals,
    Everything,
    FactIs,
    MaterialityIs,
    Node,
    Not,
)
from backfin.notifications.rules import Rule
from backfin.notifications.subject import MatchInput
from backfin.notifications.view import value_text


@dataclass(frozen=True, slots=True)
class Missed:
    """A condition that did not hold, as a rule writes it, and what the announcement has instead."""

    condition: str
    value: str
    sentence: str


@dataclass(frozen=True, slots=True)
class _Distance:
    """How many conditions must change for a rule to hold, and how many that ask for something hold already.

    ``missed`` are the conditions of which one would do, where it is one.
    """

    failed: int
    held: int
    missed: tuple[Node, ...] = ()


def near_miss(rule: Rule, subject: MatchInput) -> tuple[Missed, ...]:
    """The conditions of which one alone kept a rule from matching; empty where it matches, or more than one did.

    That nothing but a ``not`` holds is no near miss. Where any of several would have done, all of them are given.
    """
    found = _distance(rule.root, subject)
    if found.failed != 1 or not found.held:
        return ()
    return tuple(_missed(node, subject) for node in found.missed)


def _distance(node: Node, subject: MatchInput) -> _Distance:
    if isinstance(node, All):
        parts = [_distance(part, subject) for part in node.parts]
        missed = tuple(one for part in parts for one in part.missed)
        return _Distance(sum(part.failed for part in parts), sum(part.held for part in parts), missed)
    answer = node.holds(subject)
    if isinstance(node, AnyOf) and answer is False:
        return _nearest([_distance(part, subject) for part in node.parts])
    if answer is None:
        return _Distance(failed=2, held=0)
    if not answer:
        return _Distance(1, 0, (node,))
    return _Distance(0, 0 if isinstance(node, Not | Everything) else 1)


def _nearest(parts: list[_Distance]) -> _Distance:
    failed = min(part.failed for part in parts)
    best = [part for part in parts if part.failed == failed]
    missed = tuple(one for part in best for one in part.missed)
    return _Distance(failed, max(part.held for part in best), missed)


def _missed(node: Node, subject: MatchInput) -> Missed:
    name, wanted = _name_of(node), _wanted(node)
    condition = f"{name} {wanted}".strip()
    value = _value(node, subject)
    if isinstance(node, Contains):
        return Missed(condition, value, f'"{node.phrase}" is not in the {name}')
    if isinstance(node, Not):
        has = f" ({value})" if value else ""
        return Missed(condition, value, f"it is so that {_text(node.part)}{has}, wanted the opposite")
    return Missed(condition, value, f"{name} {value}, wanted {wanted}")


def _text(node: Node) -> str:
    """A condition as a rule could write it."""
    if isinstance(node, All | AnyOf):
        word = " and " if isinstance(node, All) else " or "
        return f"({word.join(map(_text, node.parts))})"
    return f"{_name_of(node)} {_wanted(node)}".strip()


def _name_of(node: Node) -> str:
    if isinstance(node, FactIs):
        return ".".join((node.name, *node.path))
    if isinstance(node, MaterialityIs):
        return "materiality"
    return node.name if isinstance(node, Equals | Contains) else ""


def _wanted(node: Node) -> str:
    if isinstance(node, FactIs):
        return f"{node.op} {' or '.join(literal.text for literal in node.literals)}"
    if isinstance(node, MaterialityIs):
        return f"{node.op} {' or '.join(map(str, node.numbers))}"
    if isinstance(node, Equals):
        return f"= {' or '.join(sorted(node.forms))}"
    if isinstance(node, Contains):
        return f': "{node.phrase}"'
    return f"not {_text(node.part)}" if isinstance(node, Not) else "*"


def _value(node: Node, subject: MatchInput) -> str:
    if isinstance(node, Not):
        return _value(node.part, subject)
    if isinstance(node, FactIs):
        fact = subject.facts.get(node.name)
        is_stated = fact is not None and fact.status is not Status.NOT_STATED
        return value_text(node.name, fact) if fact is not None and is_stated else "not stated"
    if isinstance(node, MaterialityIs):
        return str(subject.materiality)
    if isinstance(node, Equals):
        return ", ".join(sorted(subject.values.get(node.name, ()))) or "not known"
    return ""
