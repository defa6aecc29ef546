"""Finds the texts behind keys of truth: recorded rows and files that stay outside the project.

A file ``sources.json`` beside the labels says, for each source, which files hold its rows, which field is the
key, and which field of a row is which part of an announcement. A value that starts with ``=`` is itself the
text.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from backfin.clock import IST
from backfin.errors import ConfigError
from backfin.exchanges.bse_parse import company_name, scrip_code, subject_of
from backfin.exchanges.texts import one_line, plain_text
from backfin.models import Announcement, Document, Page
from backfin.models.base import Frozen

#: How the recorded rows write a moment, besides ISO 8601.
_MOMENTS = ("%d-%b-%Y %H:%M:%S", "%d %b %Y", "%d-%b-%Y")

#: What a filing without a recorded time is dated, so that nothing depends on the day of the run.
_UNDATED = datetime(2000, 1, 1, tzinfo=IST)

_ONE_LINE = {"subject", "exchange_category", "exchange_subcategory"}


class Source(Frozen):
    """One kind of recorded file.

    ``files`` are patterns below the folder of texts. ``key`` is the prefix of the keys, ``key_field`` the field
    that follows it; without one, the key is the SHA-256 of the row or the file. ``fields`` maps parts of an
    announcement (and ``page_1`` …) to fields of the row.
    """

    files: tuple[str, ...]
    key: str = "sha256"
    key_field: str | None = None
    exchange: str = "bse"
    rows_with: str | None = None
    fields: dict[str, str] = Field(default_factory=dict)


class Text(Frozen):
    """The words of one filing: as the exchange gave them, and the pages, files or documents that go with them."""

    announcement: Announcement
    pages: tuple[Page, ...] = ()
    files: tuple[Path, ...] = ()
    documents: tuple[Document, ...] = ()


def load_sources(path: Path) -> dict[str, Source]:
    """Reads ``sources.json``.

    Raises:
        ConfigError: It is not there or not in the format.
    """
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return {name: Source.model_validate(entry) for name, entry in table.items()}
    except (OSError, ValueError, ValidationError) as problem:
        raise ConfigError(f"{path} does not say where the texts are; see docs/accuracy.md.") from problem


def find_texts(sources: Mapping[str, Source], folder: Path, wanted: Iterable[str]) -> dict[str, Text]:
    """The texts of the wanted keys that the folder holds. The first row of a key counts."""
    missing = set(wanted)
    found: dict[str, Text] = {}
    for source in sources.values():
        for key, text in _texts(source, folder):
            if key in missing and key not in found:
                found[key] = text
    return found


def text_from(key: str, parts: Mapping[str, str], exchange: str = "bse") -> Text:
    """The text of a filing whose words are at hand, as in ``Truth.text``."""
    return Text(announcement=_announcement(key, parts, exchange), pages=_pages(parts))


def file_text(key: str, file: Path, exchange: str = "bse") -> Text:
    """A filing of which there is a file alone."""
    return Text(announcement=_announcement(key, {}, exchange), files=(file,))


def key_of(source: Source, row: Mapping[str, Any]) -> str:
    """The key of a row: its native id, or the hash of its content when it has none."""
    native = _native_id(source, row)
    if not native:
        content = json.dumps(row, sort_keys=True, ensure_ascii=False).encode()
        return f"sha256:{hashlib.sha256(content).hexdigest()}"
    return f"{source.key}:{native}"


def _native_id(source: Source, row: Mapping[str, Any]) -> str:
    if source.key_field is None:
        return ""
    return re.split(r"[/\\=]", str(row.get(source.key_field) or ""))[-1].strip("{} -").lower()


def _texts(source: Source, folder: Path) -> Iterator[tuple[str, Text]]:
    for pattern in source.files:
        for file in sorted(folder.glob(pattern)):
            if source.rows_with is None:
                key = f"{source.key}:{hashlib.sha256(file.read_bytes()).hexdigest()}"
                yield key, file_text(key, file, source.exchange)
                continue
            for row in _rows(file, source.rows_with):
                key = key_of(source, row)
                parts = {part: _part(row, field) for part, field in source.fields.items()}
                yield key, text_from(key, parts, source.exchange)


def _rows(file: Path, field: str) -> Iterator[dict[str, Any]]:
    """Every object of a file that has the field, however deep it lies."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".csv":
        yield from csv.DictReader(io.StringIO(text, newline=""))
    elif file.suffix == ".jsonl":
        for line in filter(None, text.split("\n")):
            yield from _objects(json.loads(line), field)
    else:
        yield from _objects(json.loads(text), field)


def _objects(value: Any, field: str) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict) and field in value:
        yield value
    else:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        for item in inner:
            yield from _objects(item, field)


def _part(row: Mapping[str, Any], field: str) -> str:
    return field[1:] if field.startswith("=") else str(row.get(field) or "")


def _announcement(key: str, parts: Mapping[str, str], exchange: str) -> Announcement:
    name = company_name(parts.get("issuer_name"))
    code = scrip_code(parts.get("scrip_code"))
    words = {
        part: one_line(text) if part in _ONE_LINE else plain_text(text)
        for part, text in parts.items()
        if part in _ONE_LINE or part in ("headline", "body")
    }
    if "subject" in words:
        words["subject"] = subject_of(words["subject"], name, code)
    return Announcement(
        announcement_id=key,
        exchange=exchange,
        native_id=key.partition(":")[2],
        issuer_name=name,
        scrip_code=code,
        disseminated_at=_moment(parts.get("disseminated_at", "")),
        **{part: text or None if part.startswith("exchange_") else text for part, text in words.items()},
    )


def _pages(parts: Mapping[str, str]) -> tuple[Page, ...]:
    return tuple(
        Page(number=int(part.removeprefix("page_")), text=text)
        for part, text in sorted(parts.items())
        if part.startswith("page_")
    )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=IST)
    except ValueError:
        pass
    for form in _MOMENTS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=IST)
        except ValueError:
            continue
    return _UNDATED
