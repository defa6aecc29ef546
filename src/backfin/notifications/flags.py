"""Flags of an enrichment in sentences: signs of trouble at the issuer apart from doubts about the reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

#: Signs of trouble, made of what the filing says.
RED_FLAGS: Mapping[str, str] = {
    "auditor_resignation": "The auditor resigns.",
    "cfo_resignation": "The chief financial officer resigns.",
    "cyber_incident": "A cyber incident is reported.",
    "default": "A default is reported.",
    "forensic_audit": "A forensic audit is reported.",
    "fraud": "Fraud, or an allegation of it, is reported.",
    "going_concern": "There is doubt whether the company can go on.",
    "independent_director_resignation": "An independent director resigns.",
    "insolvency_admission": "The company is admitted to insolvency proceedings.",
    "pledge_invoked": "A pledge is invoked.",
    "qualified_opinion": "The auditor's opinion is not clean.",
    "rating_d": "A rating is D.",
    "trading_suspension": "Trading is suspended.",
}

_DOUBTS: Mapping[str, str] = {
    "attachment_gone": "The attachment could not be fetched; this is from the exchange's own text.",
    "broken": "The document is damaged and could not be read.",
    "crashed_reader": "The document could not be read.",
    "empty": "The document is empty.",
    "encrypted": "The document is locked with a password and could not be read.",
    "garbled": "The text of the document is garbled on some pages.",
    "hidden_text": "The document holds text that is not seen on its pages; it was left out.",
    "injection_suspected": "The document speaks to a machine that reads it; those words were left out.",
    "needs_ocr": "The document is a scan that has not been read.",
    "poor_ocr": "The document is a poor scan; characters may be misread.",
    "scanned": "The document is a scan; characters may be misread.",
    "timed_out": "Reading the document took too long.",
    "too_large": "The document is too large to be read.",
    "too_many_pages": "Only the first pages of the document were read.",
    "unread_member": "A file inside the attachment could not be read.",
    "unsafe_archive": "The attachment is an archive that could do harm; parts of it were not opened.",
    "wrong_type": "The document is not of the type its name says.",
}

#: By the word before the colon of a flag; the rest names what is meant.
_DOUBTS_ABOUT: Mapping[str, str] = {
    "arithmetic": "{}: the numbers of the filing do not agree.",
    "disputed": "{}: the model and the rules read it differently.",
    "fallback": "{} could not answer; another reader did.",
    "unconfirmed": "{}: stated by the model alone.",
    "ungrounded": "{}: it does not stand in the filing as it was read, and was left out.",
}


#: Every flag of the built-in readers, without what those with a colon are about. Plugins may have others.
KNOWN_FLAGS = frozenset((*RED_FLAGS, *_DOUBTS, *_DOUBTS_ABOUT, "no_text", "unreadable"))


def warnings_of(flags: Iterable[str]) -> tuple[str, ...]:
    """A sentence for each sign of trouble."""
    return tuple(RED_FLAGS[flag] for flag in dict.fromkeys(flags) if flag in RED_FLAGS)


def doubts_of(flags: Iterable[str]) -> tuple[str, ...]:
    """A sentence for each flag that is no sign of trouble.

    >>> doubts_of(["fraud", "scanned", "ungrounded:order_value", "arithmetic:two_scales:order_value"])[1:]
    ('Order value: it does not stand in the filing as it was read, and was left out.', \
'Two scales, order value: the numbers of the filing do not agree.')
    """
    return tuple(_doubt(flag) for flag in dict.fromkeys(flags) if flag not in RED_FLAGS)


def _doubt(flag: str) -> str:
    kind, _, about = flag.partition(":")
    if flag in _DOUBTS:
        return _DOUBTS[flag]
    if kind in _DOUBTS_ABOUT and about:
        return _DOUBTS_ABOUT[kind].format(_words(about))
    return f"{_words(flag)}."


def _words(name: str) -> str:
    words = name.replace(":", ", ").replace(".", ", ").replace("_", " ")
    return words[:1].upper() + words[1:]
