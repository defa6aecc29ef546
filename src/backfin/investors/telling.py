"""How much a name says of who bears it: what many bear is never linked to another name by itself."""

from __future__ import annotations

from backfin.investors.kinds import class_of
from backfin.investors.legal_forms import LEGAL_FORMS
from backfin.investors.names import kind_of_form
from backfin.investors.words import GENERIC_WORDS, NOBODY_WORDS

#: A person's name needs so many words that are no initials.
_WORDS_OF_A_PERSON = 2


def says_enough(form: str) -> bool:
    """Whether another name may be taken for this one without asking a person.

    >>> says_enough("asha mehra"), says_enough("a k mehra"), says_enough("mehra")
    (True, False, False)
    >>> says_enough("pine finance ltd"), says_enough("capital finance ltd")
    (True, False)
    """
    return says_something(form) and len(_telling(form)) >= _least(form)


def says_something(form: str) -> bool:
    """Whether it is worth a person's while to hold another name against this one.

    >>> says_something("a k mehra"), says_something("mehra"), says_something("ncd 12 25")
    (True, False, False)
    """
    is_code = _is_personal(form) and any(char.isdigit() for char in form)
    words = [word for word in form.split() if word != "huf"]
    return bool(_telling(form)) and not is_code and len(words) >= _least(form)


def _least(form: str) -> int:
    return _WORDS_OF_A_PERSON if _is_personal(form) else 1


def _is_personal(form: str) -> bool:
    return class_of(kind_of_form(form)) in ("person", "huf")


def _telling(form: str) -> list[str]:
    common = NOBODY_WORDS if _is_personal(form) else GENERIC_WORDS
    return [
        word
        for word in form.split()
        if len(word) > 1 and not word.isdigit() and word not in common and word not in LEGAL_FORMS
    ]
