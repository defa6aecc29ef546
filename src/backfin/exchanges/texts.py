"""Plain text out of an exchange's mixture of text, HTML and entities."""

from __future__ import annotations

import html
import re

_BLOCK = frozenset(
    "br p div tr table thead tbody tfoot ul ol li dl dt dd hr h1 h2 h3 h4 h5 h6 center pre".split()  # noqa: SIM905
)
_CELL = frozenset(("td", "th"))
_INLINE = frozenset(
    "a b i u s em strong span font sup sub small big img tt code input label html body head".split()  # noqa: SIM905
)
_KNOWN = _BLOCK | _CELL | _INLINE

_HIDDEN_START = re.compile(r"<!--|<(script|style|title)\b[^<>]*>", re.IGNORECASE)
_HIDDEN_END = {
    "": re.compile("-->"),
    **{name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style", "title")},
}
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)(?=[\s/>])[^<>]*>")
_CUT_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)(\s[^<>]*)?$")
_DOUBLED_APOSTROPHE = re.compile(r"(?<=\w)''(?=\w)")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_BLANKS = re.compile(r"[^\S\n]+")
_GAPS = re.compile(r"\n{3,}")


def plain_text(markup: str) -> str:
    """Text as a person would read it: markup removed, entities decoded, blanks tidied, lines kept.

    Only tags of HTML are markup: ``<ABC Ltd>`` and ``margin < 5 %`` stay as they are.

    >>> plain_text("Profit &amp; loss<BR> for <b>Q1</b>\\r\\nof the company''s year")
    "Profit & loss\\nfor Q1\\nof the company's year"
    """
    text = markup.replace("\r\n", "\n").replace("\r", "\n")
    if "<" in text:
        text = _without_hidden(text)
        text = _TAG.sub(_replacement, text)
        text = _CUT_TAG.sub(lambda cut: "" if cut[1].lower() in _KNOWN else cut[0], text)
    text = html.unescape(text)
    text = _CONTROL.sub("", text)
    text = _DOUBLED_APOSTROPHE.sub("'", text)
    lines = (_BLANKS.sub(" ", line).strip() for line in text.split("\n"))
    return _GAPS.sub("\n\n", "\n".join(lines)).strip()


def one_line(markup: str) -> str:
    """The same on one line."""
    return " ".join(plain_text(markup).split())


def _without_hidden(text: str) -> str:
    """Text without comments, scripts and the like; one that never ends stays.

    An end that was once not found is not looked for again, so the time grows with the length only.
    """
    kept: list[str] = []
    place = 0
    endless: set[str] = set()
    for start in _HIDDEN_START.finditer(text):
        name = (start[1] or "").lower()
        if start.start() < place or name in endless:
            continue
        end = _HIDDEN_END[name].search(text, start.end())
        if end is None:
            endless.add(name)
            continue
        kept += (text[place : start.start()], " ")
        place = end.end()
    return "".join((*kept, text[place:]))


def _replacement(tag: re.Match[str]) -> str:
    name = tag[1].lower()
    if name in _BLOCK:
        return "\n"
    if name in _CELL:
        return " "
    return "" if name in _INLINE else tag[0]
