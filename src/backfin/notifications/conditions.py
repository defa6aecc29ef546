"""Turns one comparison of a rule into a condition, or says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from backfin.errors import ConfigError
from backfin.notifications.fields import FIELDS, FORMS, Field, FieldKind, Vocabulary
from backfin.notifications.fits import misfit
from backfin.notifications.flags import KNOWN_FLAGS
from backfin.notifications.fold import fold, isin_with_check_digit, label_form
from backfin.notifications.literals import ORDERINGS, parse_literal
from backfin.notifications.nodes import All, AnyOf, Contains, Equals, FactIs, MaterialityIs, Node, Not
from backfin.notifications.tokens import Token, mistake
from backfin.suggest import nearest

_FACT_PREFIX = "fact."
_FACT_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_ISIN = re.compile(r"[a-z]{2}[a-z0-9]{9}[0-9]")
_INDIAN_ISIN = re.compile(r"in[ef][a-z0-9]{8}[0-9]")
_WRONG_DIGIT = "The last digit of this ISIN does not belong to the others, so a character of it is wrong."
_HUNDRED = Decimal(100)


class Comparison:
    """One comparison as written: a name, an operator, and one value or several.

    ``values`` are tokens whose text is the value and whose place is that of the value in the rule.
    """

    def __init__(
        self, rule: str, name: Token, op: Token, values: Sequence[Token], vocabulary: Vocabulary
    ) -> None:
        self.rule = rule
        self.name = name
        self.op = op
        self.values = tuple(values)
        self.vocabulary = vocabulary

    def condition(self) -> Node:
        """The condition this comparison means.

        Raises:
            ConfigError: Pointing at the name, the operator or the value at fault.
        """
        if self.op.text == "!=":
            return Not(self._condition("="))
        return self._condition(self.op.text)

    def _condition(self, op: str) -> Node:
        name = self.name.text.casefold()
        field = FIELDS.get(name)
        if field is None:
            return self._fact(name, op)
        if field.kind is FieldKind.NUMBER:
            return self._number(op)
        if op in ORDERINGS:
            raise self._fault(self.op, f"{name} has no order; compare it with =, !=, : or in.")
        if op == ":" and field.kind is not FieldKind.CODE and not field.choices:
            return any_of([self._contains(name, value) for value in self.values])
        if field.kind is FieldKind.PROSE:
            return any_of([self._contains(name, value) for value in self.values])
        return Equals(name, frozenset(self._form(name, field, value) for value in self.values))

    def in_file(self) -> Node:
        """The condition that the field has one of the values that a file lists.

        Raises:
            ConfigError: Pointing at the name of the file, which cannot be read.
        """
        (value,) = self.values
        if self.vocabulary.lists is None:
            raise self._fault(value, "Files cannot be named here; write the issuers as issuer in (A, B).")
        try:
            return Equals(self.name.text.casefold(), self.vocabulary.lists.forms(value.text))
        except ConfigError as error:
            raise self._fault(value, str(error)) from error

    def _contains(self, name: str, value: Token) -> Node:
        phrase = fold(value.text)
        if not phrase:
            raise self._fault(value, "There is no letter or digit to look for here.")
        return Contains(name, phrase)

    def _form(self, name: str, field: Field, value: Token) -> str:
        form = FORMS[field.kind](value.text)
        if not form:
            raise self._fault(value, f"{name} needs a value with letters or digits.")
        self._check_choice(name, field, value, form)
        if name == "isin" and not _ISIN.fullmatch(form):
            raise self._fault(value, "An ISIN has 12 characters, such as INE002A01018.")
        if _looks_like_isin(name, form) and (right := isin_with_check_digit(form)) != form:
            raise self._fault(value, _WRONG_DIGIT, right.upper())
        if field.kind is FieldKind.CODE and " " in form:
            raise self._fault(value, f"A {name} has no spaces; put and or or between two conditions.")
        return form

    def _check_choice(self, name: str, field: Field, value: Token, form: str) -> None:
        if name == "flag":
            self._check_flag(value, form)
        choices = self.vocabulary.choices_of(name)
        known = {FORMS[field.kind](choice): str(choice) for choice in choices}
        if known and form not in known:
            near = nearest(form, known)
            hint = known[near] if near else None
            is_short = name != "category" and not hint
            listed = f" It is one of {', '.join(choices)}." if is_short else ""
            raise self._fault(value, f"There is no {name} {value.text}.{listed}", hint)

    def _check_flag(self, value: Token, form: str) -> None:
        """Refuses a slip of a known flag; whatever is like none of them may be a plugin's."""
        known = {label_form(flag): flag for flag in KNOWN_FLAGS}
        near = None if form in known else nearest(form, known, cutoff=0.82)
        if near and not form.startswith(f"{near}-"):
            sentence = f"There is no flag {value.text} (a flag of a plugin is written flag : {value.text})."
            raise self._fault(value, sentence, known[near])

    def _number(self, op: str) -> Node:
        numbers = tuple(self._plain_number(value) for value in self.values)
        return MaterialityIs("=" if op == ":" else op, numbers)

    def _plain_number(self, value: Token) -> Decimal:
        literal = parse_literal(value.text)
        if literal.number is None or literal.currency or not 0 <= literal.number <= _HUNDRED:
            raise self._fault(value, "materiality is a number from 0 to 100.")
        return literal.number

    def _fact(self, name: str, op: str) -> Node:
        hint = self.vocabulary.suggested_name(name.partition(".")[0])
        if hint and not name.startswith(_FACT_PREFIX):
            sentence = f"There is no field or known fact {name} (a fact of a plugin is written fact.{name})."
            raise self._fault(self.name, sentence, hint)
        path = name.removeprefix(_FACT_PREFIX)
        if not _FACT_NAME.fullmatch(path):
            raise self._fault(
                self.name, "This is no name of a field or fact; put quotes around words to look for."
            )
        literals = tuple(parse_literal(value.text) for value in self.values)
        for literal, value in zip(literals, self.values, strict=True):
            if op in ORDERINGS and not literal.has_order:
                raise self._fault(
                    value, f"{op} needs a number, an amount such as 100 crore, or a day such as 2026-07-01."
                )
        head, *rest = path.split(".")
        kinds = frozenset() if rest else self.vocabulary.kinds_of(head)
        for literal, value in zip(literals, self.values, strict=True):
            if wrong := misfit(head, kinds, op, literal):
                raise self._fault(value, wrong)
        return FactIs(head, tuple(rest), op, literals)

    def _fault(self, where: Token, sentence: str, hint: str | None = None) -> Exception:
        return mistake(self.rule, where.start, where.end, sentence, suggestion=hint)


def _looks_like_isin(field: str, form: str) -> bool:
    return field == "isin" or (field == "issuer" and bool(_INDIAN_ISIN.fullmatch(form)))


def word_condition(rule: str, token: Token) -> Node:
    """The condition of a bare word or a quoted phrase; a bare ISIN means that issuer.

    Raises:
        ConfigError: There is nothing to look for in it.
    """
    folded = token.text.casefold()
    if _INDIAN_ISIN.fullmatch(folded) and (right := isin_with_check_digit(folded)) != folded:
        raise mistake(rule, token.start, token.end, _WRONG_DIGIT, suggestion=right.upper())
    if _ISIN.fullmatch(folded):
        return Equals("isin", frozenset([folded]))
    phrase = fold(token.text)
    if not phrase:
        raise mistake(rule, token.start, token.end, "There is no letter or digit to look for here.")
    return Contains("text", phrase)


def all_of(parts: Sequence[Node]) -> Node:
    """Every one of some conditions, or the only one there is."""
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def any_of(parts: Sequence[Node]) -> Node:
    """At least one of some conditions, or the only one there is."""
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))
