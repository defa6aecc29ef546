"""Lists of investors as spreadsheets write them: names, other names, kinds, numbers, one investor a line."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from backfin.errors import ConfigError
from backfin.investors.find import check_name
from backfin.investors.identifiers import read_identifier
from backfin.investors.pan import mask_pan
from backfin.models import PartyKind, Scheme

#: A longer line is no line of such a list; it is refused without being read into memory.
_MOST_CHARS = 20_000
#: Characters of a refused name that are shown.
_SHOWN = 60
#: Control characters that no table program writes as text.
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_SEPARATORS = ",;\t"
#: What parts several other names in one cell.
_ALSO = "|"
_HEADS = {
    "name": "name investor investor_name full_name client client_name holder shareholder",
    "alias": "alias aliases other_name other_names also_known_as aka alternate_name",
    "kind": "kind type category",
    "pan": "pan pan_no pan_number permanent_account_number",
    "cin": "cin cin_no cin_number corporate_identity_number",
    "din": "din din_no din_number director_identification_number",
    "lei": "lei lei_code lei_number legal_entity_identifier",
}
_ROLES = {head: role for role, heads in _HEADS.items() for head in heads.split()}
_UNNAMED = ("name", "alias", "kind")


@dataclass(frozen=True, slots=True)
class Listed:
    """One investor of a list. ``number`` is its line, ``identifiers`` are as they are kept."""

    number: int
    name: str
    aliases: tuple[str, ...] = ()
    kind: PartyKind = PartyKind.UNKNOWN
    identifiers: tuple[tuple[Scheme, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that is not taken, and what to do about it; its name, where that was read."""

    number: int
    why: str
    name: str = ""


def read_listing(path: Path) -> Iterator[Listed | Refused]:
    """Reads a list line by line; blank lines are passed over, and a line that cannot be read stops no other.

    Each line in UTF-8, else Windows-1252; all in UTF-16 where the file says so. Comma, semicolon or tab, whichever
    the first line has most of. With a line of heads the columns stand in any order; without one they are name, other
    names, kind, and numbers of any kind. ``|`` parts several other names. A name has no line breaks, also in quotes.

    Raises:
        ConfigError: The file cannot be read, holds nothing or no text, or its heads have no column for names.
    """
    try:
        with path.open("rb") as start:
            is_wide = start.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        _check_is_text(path, is_wide)
        # Bytes as characters: each line is decoded by itself, so that one wrong byte spoils no other line.
        with path.open(encoding="utf-16" if is_wide else "latin-1", errors="replace", newline="") as file:
            yield from _lines(file, path, (lambda line: line) if is_wide else _decoded)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror or error}).", path=str(path)) from error


def _check_is_text(path: Path, is_wide: bool) -> None:
    """Refuses a workbook or another file of bytes before any of its lines is taken."""
    with path.open(encoding="utf-16" if is_wide else "latin-1", errors="replace", newline="") as file:
        while part := file.read(_MOST_CHARS):
            if _NO_TEXT.search(part):
                raise ConfigError(
                    f"{path} is no CSV: it holds control characters; save the list as CSV in UTF-8.",
                    path=str(path),
                )


def _decoded(line: str) -> str:
    data = line.encode("latin-1")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _lines(file: TextIO, path: Path, decoded: Callable[[str], str]) -> Iterator[Listed | Refused]:
    columns: Sequence[str] | None = None
    separator = ","
    is_empty = True
    for number, raw in enumerate(_physical(file), start=1):
        if raw is None:
            is_empty = False
            yield Refused(
                number, f"The line has more than {_MOST_CHARS} characters; is this a list of names?"
            )
            continue
        line = decoded(raw)
        if not line.strip(f'{_SEPARATORS} \r\n"\ufeff'):
            continue
        is_empty = False
        if columns is None:
            separator = max(_SEPARATORS, key=line.count)
            cells = _cells(line, separator)
            heads = None if isinstance(cells, str) else _heads(cells, path)
            columns = heads or ()
            if heads:
                continue
        cells = _cells(line, separator)
        yield Refused(number, cells) if isinstance(cells, str) else _listed(number, cells, columns)
    if is_empty:
        raise ConfigError(f"{path} is empty; write one investor a line, the name first.", path=str(path))


def _physical(file: TextIO) -> Iterator[str | None]:
    """The lines of a file, ``None`` for one that is too long."""
    while line := file.readline(_MOST_CHARS):
        whole = line
        while len(line) == _MOST_CHARS and not line.endswith(("\n", "\r")):
            line = file.readline(_MOST_CHARS)
        yield whole if whole is line else None


def _cells(line: str, separator: str) -> list[str] | str:
    """The cells of a line, or why there are none."""
    text = line.rstrip("\r\n")
    try:
        (cells,) = csv.reader([text], delimiter=separator, strict=True, skipinitialspace=True)
    except (csv.Error, ValueError):
        return "The quotes of the line do not match; close each one, or double it inside a name."
    return [" ".join(cell.split()) for cell in cells]


def _heads(cells: Sequence[str], path: Path) -> list[str] | None:
    """What the columns are, if the first line says so."""
    plain = ["_".join(cell.strip("\ufeff").lower().replace(".", " ").split()) for cell in cells]
    roles = [_ROLES.get(head, "") for head in plain]
    if "name" in roles:
        return roles
    if len([role for role in roles if role]) > 1:
        raise ConfigError(f"{path} has no column for names; call it “name”.", path=str(path))
    return None


def _listed(number: int, cells: Sequence[str], columns: Sequence[str]) -> Listed | Refused:
    values, unnamed = _by_column(cells, columns)
    why = _refusal(values)
    if columns and any(cells[len(columns) :]):
        why = "It has more cells than there are heads; put quotes around a name that has a separator in it."
    kind = values.get("kind", "").lower().replace(" ", "_") or PartyKind.UNKNOWN.value
    if not why and kind not in set(PartyKind):
        why = f"There is no kind {mask_pan(kind)!r}; choose one of {', '.join(PartyKind)}."
    identifiers = [(Scheme(name), values[name]) for name in Scheme if values.get(name)]
    identifiers += [found for cell in unnamed if cell and (found := _scheme_of(cell))]
    kept = [
        (scheme, read_identifier(scheme, text) or _last_four(scheme, text)) for scheme, text in identifiers
    ]
    wrong = [scheme.value.upper() for scheme, value in kept if value is None]
    unread = sum(bool(cell) and _scheme_of(cell) is None for cell in unnamed)
    if not why and (wrong or unread):
        why = (
            f"It has a wrong {wrong[0]}." if wrong else "A cell behind the kind is no number of a known form."
        )
    if why:
        return Refused(number, why, mask_pan(values.get("name", "")[:_SHOWN]))
    return Listed(
        number,
        values["name"],
        tuple(alias for alias in _aliases(values) if alias != values["name"]),
        PartyKind(kind),
        tuple(dict.fromkeys((scheme, value) for scheme, value in kept if value is not None)),
    )


def _by_column(cells: Sequence[str], columns: Sequence[str]) -> tuple[dict[str, str], Sequence[str]]:
    if columns:
        return {role: cell for role, cell in zip(columns, cells, strict=False) if role and cell}, ()
    return dict(zip(_UNNAMED, cells, strict=False)), cells[len(_UNNAMED) :]


def _refusal(values: dict[str, str]) -> str:
    name = values.get("name", "")
    if not name:
        return "It has no name."
    try:
        for text in (name, *_aliases(values)):
            check_name(text)
            if mask_pan(text) != text:
                return "A name holds a PAN; put that in a column of its own, called “pan”."
    except ConfigError as error:
        return mask_pan(error.sentence)
    return ""


def _aliases(values: dict[str, str]) -> Iterator[str]:
    found = (alias.strip() for alias in values.get("alias", "").split(_ALSO))
    return (alias for alias in dict.fromkeys(found) if alias)


def _scheme_of(cell: str) -> tuple[Scheme, str] | None:
    return next(((scheme, cell) for scheme in Scheme if read_identifier(scheme, cell)), None)


def _last_four(scheme: Scheme, text: str) -> str | None:
    """The last characters of a PAN alone, as careful lists have them."""
    plain = text.strip("Xx*• ").upper()
    is_end = len(plain) == 4 and plain.isascii() and plain[:3].isdigit() and plain[3].isalpha()
    return plain if scheme is Scheme.PAN and is_end else None
