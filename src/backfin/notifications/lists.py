"""Lists of issuers in files: an index, a portfolio, or whatever one keeps in a table."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from backfin.errors import ConfigError
from backfin.notifications.fold import code_form, fold, name_form

#: Bytes of one file; room for every listed company.
_MOST_BYTES = 2_000_000

_NAME = re.compile(r"[^/\\:\x00]{1,200}")

#: Columns that say who is meant, by the words with which their heads begin.
_HEADS = ("isin", "symbol", "ticker", "scrip code", "security code", "bse code")
_NAME_HEADS = ("company", "issuer", "name")


class IssuerLists:
    """Files of one folder, each read when a rule names it.

    Args:
        folder: Where they are. Names with a path in them are refused, so that a rule reads nothing else.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamps: dict[Path, tuple[int, int] | None] = {}

    def forms(self, name: str) -> frozenset[str]:
        """Every code in a file, folded; its names where it has no codes.

        The file is CSV. Under a head such as ``ISIN Code``, ``Symbol`` or ``Scrip Code`` stand codes, as in the
        lists of index members that exchanges publish; in a file without such heads, the first column counts.

        Raises:
            ConfigError: There is no such file, or nothing in it can be read.
        """
        path = self._path(name)
        self._stamps[path] = _stamp(path)
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise ConfigError(
                    f"The list {path} is too large; {_MOST_BYTES // 1_000_000} MB are the most."
                )
            rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
        except OSError as error:
            raise ConfigError(
                f"The list {path} cannot be read ({error.strerror}); put a CSV file there."
            ) from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise ConfigError(f"The list {path} is no CSV file in UTF-8; save it as one.") from error
        forms = _forms([row for row in rows if any(cell.strip() for cell in row)])
        if not forms:
            raise ConfigError(
                f"The list {path} is empty; write an ISIN, a symbol or a scrip code on each line."
            )
        return forms

    def have_changed(self) -> bool:
        """Whether a file that was read, or was not there, is another one by now."""
        return any(_stamp(path) != stamp for path, stamp in self._stamps.items())

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name) or name.startswith("."):
            raise ConfigError(f"A list is the name of a file in {self._folder}, without a path.")
        return self._folder / name


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _forms(rows: list[list[str]]) -> frozenset[str]:
    if not rows:
        return frozenset()
    heads = [fold(cell.replace("_", " ")) for cell in rows[0]]
    columns = _under(heads, _HEADS)
    if columns:
        cells = (row[column] for row in rows[1:] for column in columns if column < len(row))
        return frozenset(form for cell in cells if (form := code_form(cell)))
    names = _under(heads, _NAME_HEADS)
    body, column = (rows[1:], names[0]) if names else (rows, 0)
    cells = (row[column] for row in body if column < len(row))
    return frozenset(form for cell in cells for form in (code_form(cell), name_form(cell)) if form)


def _under(heads: list[str], known: tuple[str, ...]) -> list[int]:
    return [number for number, head in enumerate(heads) if head.startswith(known)]
