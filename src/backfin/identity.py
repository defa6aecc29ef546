"""Every key backfin recognises things by, as pure functions.

Same input, same key, on every machine and in every version: keys are never made from clocks, counters or
random numbers. Each hashed key starts with a short prefix that says what it names.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from urllib.parse import quote, unquote

#: Hex digits kept of a SHA-256: 128 bits, far beyond any number of filings.
_DIGITS = 32

#: What keys of documents without bytes begin with.
_MISSING = "missing:"

_WEB_HOST = re.compile(r"//[^/?#]*")


def _key(prefix: str, parts: Iterable[str]) -> str:
    joined = "\x1f".join(parts)
    return f"{prefix}_{hashlib.sha256(joined.encode()).hexdigest()[:_DIGITS]}"


def announcement_id(exchange: str, native_id: str) -> str:
    """Key of one item published by one exchange.

    >>> announcement_id("bse", "6FB57B5E-A05F-4E05-B2DA-6E2B5BFE32AE")
    'bse:6fb57b5e-a05f-4e05-b2da-6e2b5bfe32ae'
    """
    return f"{exchange.lower()}:{native_id.strip().lower()}"


def document_id(data: bytes) -> str:
    """Key of a document: the SHA-256 of its bytes, in hex.

    >>> document_id(b"")[:12]
    'e3b0c44298fc'
    """
    return hashlib.sha256(data).hexdigest()


def missing_document_id(announcement: str, name: str) -> str:
    """Key of an attachment that was announced and could not be had.

    >>> missing_document_id("bse:6fb57b5e", "letter.pdf")
    'missing:bse:6fb57b5e:letter.pdf'
    """
    return f"{_MISSING}{announcement}:{name}"


def is_missing_document(document: str) -> bool:
    """Whether a document's key is that of one that could not be had."""
    return document.startswith(_MISSING)


def normalised_text(text: str) -> str:
    """Text as compared between two copies of one filing: letters with their marks, and digits, folded.

    >>> normalised_text("  Receipt of an Order,\\r\\nworth ₹5 crore ")
    'receipt of an order worth 5 crore'
    >>> normalised_text("की") == normalised_text("का")
    False
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(char if _is_of_word(char) else " " for char in folded).split())


def _is_of_word(char: str) -> bool:
    # In Indian scripts most vowels are marks, not letters: without them, different words are one.
    return char.isalnum() or char == "_" or unicodedata.category(char).startswith("M")


def filing_id(issuer: str, day: date, content: str) -> str:
    """Key of the company's disclosure behind one or more announcements.

    Args:
        issuer: ISIN where known, else ``<exchange>:<code>``.
        day: Day of dissemination in the exchange's zone.
        content: ``document_id`` of the attachment, or the normalised text where there is none.

    >>> filing_id("INE002A01018", date(2026, 7, 1), "ab") == filing_id("INE002A01018", date(2026, 7, 1), "ab")
    True
    """
    return _key("f", (issuer, day.isoformat(), content))


def posting_id(exchange: str, code: str, day: date, files: Iterable[str]) -> str:
    """Key of what an exchange shows of a filing before its files are read: the same files, by name.

    Nothing that may be learnt later, like an ISIN, is part of it.

    Args:
        exchange: Name of the exchange.
        code: The exchange's own code or symbol of the issuer.
        day: Day of dissemination in the exchange's zone.
        files: Names of the attachments, at least one.

    >>> posting_id("bse", "500002", date(2026, 7, 1), ["a", "b"])[:2]
    'p_'
    """
    return _key("p", (exchange, code, day.isoformat(), *sorted(files)))


def enrichment_id(
    announcement: str,
    documents: Iterable[str],
    enricher: str,
    prompt_set: str,
    prompt_version: str,
    model: str,
) -> str:
    """Key of one reading of one announcement by one enricher.

    >>> enrichment_id("bse:1", [], "rules", "core", "1", "")[:2]
    'e_'
    """
    return _key("e", (announcement, ",".join(documents), enricher, prompt_set, prompt_version, model))


def changed_reading_id(enrichment: str, said: str) -> str:
    """Key of a reading that says something else than the one whose key it would have.

    Args:
        enrichment: That key.
        said: All that it says.
    """
    return _key("e", (enrichment, said))


def mention_id(announcement: str, name: str, role: str, ordinal: int = 0) -> str:
    """Key of one investor's appearance in one announcement.

    Args:
        announcement: The announcement's key.
        name: The name's normal form, so a second reading of the same filing finds the same mention.
        role: The role in which the name appears.
        ordinal: 0 for the first appearance of this name in this role, 1 for the second, …
    """
    return _key("m", (announcement, name, role, str(ordinal)))


def investor_id(kind: str, normal_form: str, mark: str = "") -> str:
    """Key of a person or body that nobody has merged by hand.

    Args:
        kind: The class of its kind.
        normal_form: Of its name.
        mark: What tells it from others of that name where it was met; empty where nothing does.

    >>> investor_id("person", "asha mehra") == investor_id("person", "asha mehra", "din 01234567")
    False
    """
    return _key("i", (kind, normal_form, mark) if mark else (kind, normal_form))


def watch_id(name: str) -> str:
    """Key of a watch: its name, folded, so that adding it twice changes it instead of doubling it.

    >>> watch_id("Large  Orders ") == watch_id("large orders"), watch_id("gain > 5") == watch_id("gain < 5")
    (True, False)
    """
    return _key("w", (" ".join(unicodedata.normalize("NFKC", name).casefold().split()),))


def delivery_id(watch: str, filing: str, phase: str, address: str) -> str:
    """Key of one send: one (watch, filing, phase, address) is told once.

    >>> delivery_id("w_1", "f_1", "flash", "console:")[:2]
    'd_'
    """
    return _key("d", (watch, filing, phase, address))


def plain_address(address: str) -> str:
    """The one spelling of an address, however it was written, so that nobody is told twice at it.

    What is no address is left as it is.

    >>> plain_address("FILE:///var/log/../log/a%20b.jsonl"), plain_address("mailto:Desk@Example.IN")
    ('file:/var/log/a b.jsonl', 'mailto:Desk@example.in')
    >>> plain_address("HTTPS://Hooks.Example/Path?Key=1"), plain_address("nonsense")
    ('https://hooks.example/Path?Key=1', 'nonsense')
    """
    written, colon, rest = address.partition(":")
    scheme = written.lower()
    if scheme == "file":
        path = posixpath.normpath(unquote(rest))
        rest = _escaped("/" + path.lstrip("/"))
    elif scheme == "mailto":
        local, at, host = unquote(rest).rpartition("@")
        rest = _escaped(f"{local}{at}{host.lower()}")
    elif scheme in ("http", "https"):
        rest = _WEB_HOST.sub(lambda host: host[0].lower(), rest, count=1)
    return f"{scheme}:{rest}" if colon else address


def _escaped(text: str) -> str:
    """What unquoting turns into the text again, with no more escapes than needed."""
    return "".join(quote(char) if char == "%" or not char.isprintable() else char for char in text)
