"""Reads a rule into conditions, by recursive descent.

::

    rule       = all {"or" all}
    all        = one {["and"] one}           "and" may be left out between words
    one        = "not" one | "(" rule ")" | comparison | word | "phrase" | "*"
    comparison = name op value | name ["not"] "in" ("(" value {"," value} ")" | "file" value)
    op         = "=" | "!=" | ":" | ">" | ">=" | "<" | "<="
"""

from __future__ import annotations

from backfin.errors import ConfigError
from backfin.notifications.conditions import Comparison, all_of, any_of, word_condition
from backfin.notifications.fields import FIELDS, LISTED, Vocabulary, example_of
from backfin.notifications.nodes import Everything, Node, Not
from backfin.notifications.tokens import Kind, Token, mistake, tokenize

#: Brackets and ``not`` inside each other; beyond this nobody wrote the rule by hand.
_MAX_DEPTH = 40

#: Characters of a rule; room for a list of a thousand ISINs.
_MAX_CHARS = 20_000

_JOINERS = ("and", "or", "not")

#: How programming languages write what rules write otherwise.
_DOUBLED = {"==": "=", "=>": ">=", "=<": "<=", "<>": "!=", "!==": "!=", ">==": ">=", "<==": "<="}
_SIGNS = {"&&": "and", "||": "or"}

#: Words with which people say a comparison.
_SAID = ("is", "more", "less", "above", "below", "over", "under", "at", "equals", "exceeds")


def parse(rule: str, vocabulary: Vocabulary) -> Node:
    """The condition a rule means.

    Raises:
        ConfigError: Pointing at the mistake.
    """
    if not rule.strip():
        raise ConfigError("The rule is empty; write * to match everything.", rule=rule, position=0)
    if len(rule) > _MAX_CHARS:
        raise ConfigError(f"The rule is longer than {_MAX_CHARS} characters; split it into several watches.")
    parser = _Parser(rule, vocabulary)
    node = parser.rule_node(0)
    if parser.current.kind is not Kind.END:
        raise parser.fault("This bracket was never opened; remove it.")
    return node


def _joined(first: Token, last: Token) -> Token:
    return Token(Kind.OPERATOR, first.text + last.text, first.start, last.end)


class _Parser:
    def __init__(self, rule: str, vocabulary: Vocabulary) -> None:
        self.rule = rule
        self.vocabulary = vocabulary
        self.tokens = tokenize(rule)
        self.place = 0

    @property
    def current(self) -> Token:
        return self.tokens[self.place]

    def ahead(self, steps: int) -> Token:
        return self.tokens[min(self.place + steps, len(self.tokens) - 1)]

    def advance(self) -> Token:
        token = self.current
        self.place += 1
        return token

    def fault(self, sentence: str, token: Token | None = None, hint: str | None = None) -> ConfigError:
        where = token or self.current
        return mistake(self.rule, where.start, where.end, sentence, suggestion=hint)

    def rule_node(self, depth: int) -> Node:
        parts = [self.all_node(depth)]
        while self.current.is_keyword("or"):
            self.advance()
            parts.append(self.all_node(depth))
        return any_of(parts)

    def all_node(self, depth: int) -> Node:
        parts: list[Node] = []
        while True:
            start = self.place
            parts.append(self.one_node(depth))
            was_word = self.place == start + 1
            if self.current.is_keyword("and"):
                self.advance()
            elif self.current.kind in (Kind.END, Kind.CLOSE) or self.current.is_keyword("or"):
                return all_of(parts)
            elif not (was_word and self.starts_word()):
                raise self.fault("Two conditions stand side by side; put and or or between them.")

    def starts_word(self) -> bool:
        token = self.current
        if token.kind is Kind.WORD and not token.is_keyword(*_JOINERS):
            return not self.starts_comparison()
        return token.kind is Kind.QUOTED

    def starts_comparison(self) -> bool:
        return self.ahead(1).kind is Kind.OPERATOR or self.starts_list(1)

    def starts_list(self, steps: int) -> bool:
        steps += 1 if self.ahead(steps).is_keyword("not") else 0
        if not self.ahead(steps).is_keyword("in"):
            return False
        return self.ahead(steps + 1).kind is Kind.OPEN or self.starts_file(steps + 1)

    def starts_file(self, steps: int) -> bool:
        is_listed = self.current.text.casefold() in LISTED
        is_named = self.ahead(steps + 1).kind in (Kind.WORD, Kind.QUOTED)
        return is_listed and is_named and self.ahead(steps).is_keyword("file")

    def one_node(self, depth: int) -> Node:
        token = self.current
        if depth > _MAX_DEPTH:
            raise self.fault("The rule is nested too deeply; split it into several watches.")
        if token.is_keyword("not") and self.ahead(1).kind is not Kind.OPERATOR:
            self.advance()
            return Not(self.one_node(depth + 1))
        if token.kind is Kind.OPEN:
            return self.group_node(depth)
        if token.kind is Kind.WORD and not token.is_keyword(*_JOINERS):
            return self.word_or_comparison()
        if token.kind is Kind.QUOTED:
            return self.phrase_node()
        raise self.fault("A condition is missing here, such as symbol = TCS or a word to look for.")

    def group_node(self, depth: int) -> Node:
        opening = self.advance()
        node = self.rule_node(depth + 1)
        if self.current.kind is not Kind.CLOSE:
            raise self.fault("This bracket is never closed; add ) at its end.", opening)
        self.advance()
        return node

    def phrase_node(self) -> Node:
        token = self.advance()
        if self.current.kind is Kind.OPERATOR:
            raise self.fault("The name of a field is written without quotes.", token)
        return word_condition(self.rule, token)

    def word_or_comparison(self) -> Node:
        if self.starts_comparison():
            return self.comparison_node()
        self.refuse_sign()
        token = self.advance()
        if token.text == "*":
            return Everything()
        if "*" in token.text:
            raise self.fault("* stands alone and matches everything; it cannot be part of a word.", token)
        if token.text.casefold() in FIELDS and self.current.is_keyword("in"):
            file = ' or, in a file, in file "name.csv"' if token.text.casefold() in LISTED else ""
            raise self.fault(f"A list is written {token.text} in (A, B){file}.")
        self.refuse_bare_name(token)
        return word_condition(self.rule, token)

    def refuse_sign(self) -> None:
        token = self.current
        if token.kind is Kind.WORD and (hint := _SIGNS.get(token.text)):
            raise self.fault(f"{token.text} means nothing in a rule.", hint=hint)

    def refuse_bare_name(self, token: Token) -> None:
        """Refuses the name of a field or fact that nothing is compared with, though an operator was surely meant.

        A fact may have the name of a word people look for, such as ``penalty``; then what follows tells.
        """
        name = token.text.casefold()
        is_fact = name in self.vocabulary.known_facts
        is_name = name in FIELDS or (is_fact and ("_" in name or self.current.is_keyword(*_SAID)))
        if not is_name:
            return
        skipped = 1 if self.current.is_keyword("is") else 0
        value = self.ahead(skipped)
        has_value = value.kind is Kind.WORD and not value.is_keyword(*_JOINERS, *_SAID)
        example = example_of(name, self.vocabulary, value.text if has_value else None)
        raise self.fault(f"An operator is missing; write {example}, or quote it to look for the word.", token)

    def comparison_node(self) -> Node:
        name = self.advance()
        if self.current.kind is Kind.OPERATOR:
            op = self.advance()
            return self.comparison(name, op, [self.value(op)])
        is_negated = self.current.is_keyword("not")
        self.place += 1 if is_negated else 0
        op = self.advance()
        equals = Token(Kind.OPERATOR, "=", op.start, op.end)
        if self.current.is_keyword("file"):
            self.advance()
            node = Comparison(self.rule, name, equals, [self.advance()], self.vocabulary).in_file()
        else:
            node = self.comparison(name, equals, self.value_list())
        return Not(node) if is_negated else node

    def comparison(self, name: Token, op: Token, values: list[Token]) -> Node:
        return Comparison(self.rule, name, op, values, self.vocabulary).condition()

    def value_list(self) -> list[Token]:
        opening = self.advance()
        values = [self.value(opening, in_list=True)]
        while self.current.kind is Kind.COMMA:
            values.append(self.value(self.advance(), in_list=True))
        if self.current.kind is not Kind.CLOSE:
            raise self.fault("This list is never closed; add ) at its end.", opening)
        self.advance()
        return values

    def value(self, before: Token, *, in_list: bool = False) -> Token:
        """The words up to the next keyword, bracket or end, as one value."""
        parts: list[Token] = []
        while self.continues_value(in_list):
            self.refuse_sign()
            parts.append(self.advance())
        if not parts:
            raise self.no_value(before)
        if self.current.kind in (Kind.OPERATOR, Kind.OPEN):
            raise self.fault(
                "This belongs to no condition: put and or or before the next one, "
                "or quotes around a value with such a character."
            )
        if len(parts) > 1 and any(part.kind is Kind.QUOTED for part in parts):
            raise self.fault("A value is either in quotes or not; put and or or before this.", parts[1])
        start, end = parts[0].start, parts[-1].end
        text = parts[0].text if len(parts) == 1 else self.rule[start:end]
        return Token(Kind.WORD, text, start, end)

    def no_value(self, before: Token) -> ConfigError:
        """The error of what stands where a value should; operators of programming languages get a hint."""
        doubled = self.rule[before.start : self.current.end]
        if self.current.kind is Kind.OPERATOR and (hint := _DOUBLED.get(doubled)):
            return self.fault(f"{doubled} means nothing in a rule.", _joined(before, self.current), hint)
        return self.fault("A value is missing after this.", before)

    def continues_value(self, in_list: bool) -> bool:
        token = self.current
        if token.kind is Kind.COMMA:
            return not in_list and self.is_inside_number(token)
        if token.kind is Kind.WORD:
            return not token.is_keyword(*_JOINERS)
        return token.kind is Kind.QUOTED

    def is_inside_number(self, comma: Token) -> bool:
        around = self.rule[comma.start - 1 : comma.start] + self.rule[comma.end : comma.end + 1]
        return len(around) == 2 and around.isdigit()
