"""The watch language: what a rule says, and whether an announcement is meant by it.

A rule is a plain word, a ``"quoted phrase"``, an ISIN, a comparison such as ``symbol = TCS``,
``category = "New Order"``, ``order_value > 100 crore`` or ``investor : kacholia``, ``*`` for everything,
or several of these joined by ``and``, ``or``, ``not`` and brackets.

``=`` compares a whole value, ``:`` finds words in it. Amounts are compared in rupees. ``issuer`` is an ISIN,
a symbol, a scrip code or a name. Fields that need an enrichment (category, facts, parties, …) are not known
in the flash phase, so a rule that depends on them is silent until the facts are there. In the enriched phase
a fact that a filing does not state matches no comparison, and ``not`` turns that round.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backfin.notifications.fields import Vocabulary
from backfin.notifications.nodes import All, Anchor, AnyOf, FactIs, Node, Not
from backfin.notifications.parser import parse
from backfin.notifications.subject import MatchInput, match_input

__all__ = ["MatchInput", "Rule", "Vocabulary", "match_input", "parse_rule", "unknown_facts"]

_DEFAULT = Vocabulary()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was understood."""

    text: str
    root: Node

    def matches(self, subject: MatchInput) -> bool:
        """Whether the rule is certain to mean this announcement."""
        return self.root.holds(subject) is True

    @property
    def needs_enrichment(self) -> bool:
        """Whether it can never match in the flash phase."""
        return self.root.needs_enrichment

    def anchor(self) -> Anchor | None:
        """What the index files it under, ``None`` when it must always be looked at."""
        return self.root.anchor()


def parse_rule(text: str, vocabulary: Vocabulary = _DEFAULT) -> Rule:
    """Reads a rule.

    Args:
        text: The rule as its owner wrote it.
        vocabulary: Names of facts and categories beyond the built-in ones.

    Raises:
        ConfigError: With a sentence, a pointer below the mistake and, where one is near, a suggestion.

    >>> parse_rule("INE002A01018").root
    Equals(name='isin', forms=frozenset({'ine002a01018'}))
    """
    return Rule(text, parse(text, vocabulary))


def unknown_facts(rule: Rule, vocabulary: Vocabulary) -> list[str]:
    """The facts a rule names that no sheet in use has, in its order: what nobody reads never matches.

    >>> unknown_facts(parse_rule("order_value > 5 crore and not holding_size > 5"), Vocabulary())
    ['holding_size']
    """
    named = dict.fromkeys(node.name for node in _leaves(rule.root) if isinstance(node, FactIs))
    return [name for name in named if name not in vocabulary.known_facts]


def _leaves(node: Node) -> Iterator[Node]:
    if isinstance(node, All | AnyOf):
        for part in node.parts:
            yield from _leaves(part)
    elif isinstance(node, Not):
        yield from _leaves(node.part)
    else:
        yield node
