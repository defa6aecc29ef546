"""Bytes of HTML and XML into a tree, without entities, network or endless nesting. For readers only."""

from __future__ import annotations

import codecs
import re
import warnings
from typing import Any, NamedTuple

from parsel import Selector
from w3lib.encoding import html_body_declared_encoding, html_to_unicode

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][\w.-]{0,40})["']""")
_SPACE = re.compile(r"\s+")
#: What every encoding of markup leaves as it is; Python's names also stand for codecs that are none.
_PLAIN = b"<a b='1'>\\x41 +AGE- a--b..c</a>"


class Tree(NamedTuple):
    """A parsed file: its selector, and flags where the parser gave up or had to mend."""

    selector: Selector
    flags: list[str]

    @property
    def root(self) -> Any:
        return self.selector.root


def parse_html(data: bytes) -> Tree:
    """The tree of an HTML file, in the encoding that a browser would choose."""
    declared = html_body_declared_encoding(data)
    known = None if declared is None or _is_encoding(declared) else f"text/html; charset={_guess(data)}"
    _, text = html_to_unicode(known, data, default_encoding="utf-8", auto_detect_fun=_guess)
    return _parse(text, "html")


def parse_xml(data: bytes) -> Tree:
    """The tree of an XML file; entities of its own are left out, and a cut file is ``broken``."""
    tree = _parse(_decode_xml(data), "xml")
    log = tree.root.getroottree().parser.error_log
    if not tree.flags and any(entry.level_name == "FATAL" for entry in log):
        tree.flags.append("broken")
    return tree


def local_name(element: Any) -> str:
    """Name of an element without its namespace; ``""`` for comments, entities and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def squeeze(text: str) -> str:
    """Text with every run of white space as one space.

    >>> squeeze(" a \\n b ")
    'a b'
    """
    return _SPACE.sub(" ", text).strip()


def _parse(text: str, kind: str) -> Tree:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        selector = Selector(text=text, type=kind, huge_tree=False)
    # parsel warns when the parser stopped at a limit of nesting or size.
    flags = ["too_large"] if any("too big" in str(warning.message) for warning in caught) else []
    return Tree(selector, flags)


def _guess(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _decode_xml(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace")
    declared = _XML_ENCODING.match(data)
    name = declared.group(1).decode("ascii") if declared else "utf-8"
    return data.decode(name if _is_encoding(name) else "utf-8", "replace")


def _is_encoding(name: str) -> bool:
    """Whether markup may be written in it: not as in ``rot13`` or ``unicode_escape``."""
    try:
        return _PLAIN.decode(name) == _PLAIN.decode("ascii")
    except (LookupError, ValueError):
        return False
