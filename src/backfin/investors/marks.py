"""What tells people of one name apart where a filing names them: relatives, director and account numbers.

The mark is part of an investor's key. It is made of the one filing alone, so that reading it again gives the same key
on every machine, whatever was read before.
"""

from __future__ import annotations

from collections.abc import Collection

from backfin.investors.clauses import numbers_of, relatives_of
from backfin.investors.latin import to_latin
from backfin.investors.names import normal_form
from backfin.models import Scheme

#: Numbers of which one person has one alone. A company gets a new CIN when it moves or is listed.
_MARKING = (Scheme.DIN, Scheme.PAN)

#: So much is kept of a PAN, in characters.
_PAN_CHARS = 4


def mark_of(name: str, beside: Collection[tuple[Scheme, str]] = ()) -> str:
    """The mark of a name as it is written; empty where nothing tells it from others of its normal form.

    Args:
        name: The name.
        beside: Numbers that stand beside it. Of two of one scheme neither marks it: they are two people's.

    >>> mark_of("Asha Mehra w/o Shri Ravi Mehra (DIN: 1234567)"), mark_of("Asha Mehra")
    ('w/o ravi mehra; din 01234567', '')
    """
    text = to_latin(name).casefold()
    relatives = ((kind, normal_form(told)) for kind, told in sorted(relatives_of(text).items()))
    marks = [f"{kind} {form}" for kind, form in relatives if form]
    stated = numbers_of(text)
    for scheme in _MARKING:
        values = {*stated.get(scheme, ()), *(value for of, value in beside if of is scheme)}
        told = {value[-_PAN_CHARS:] if scheme is Scheme.PAN else value for value in values}
        if len(told) == 1:
            marks.append(f"{scheme.value} {told.pop()}")
    return "; ".join(marks)
