"""Writes exported rows to a file: JSON lines, CSV or Parquet. The file appears whole or not at all."""

from __future__ import annotations

import csv
import itertools
import json
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from backfin.errors import ConfigError

#: Rows of an export.
Rows = Iterator[tuple[Any, ...]]

#: Rows written to a Parquet file at once.
_GROUP = 5000


def write_export(columns: list[str], rows: Rows, output: Path, format: str) -> int:
    """Writes rows to a file, replacing one that is there, and returns their number.

    Times are ISO 8601 with offset, decimals exact: strings in JSON and Parquet. Lists and objects are JSON,
    as text in CSV and Parquet.

    Args:
        columns: Names of the columns.
        rows: Their values; read once, never all at a time.
        output: The file to write.
        format: ``jsonl``, ``csv`` or ``parquet``.

    Raises:
        ConfigError: The format is unknown, its package is not installed, or the file cannot be written.
    """
    output = output.resolve()
    if format not in WRITERS:
        raise ConfigError(f"There is no format {format!r}; choose one of {', '.join(WRITERS)}.")
    if format == "parquet":
        _need_pyarrow()
    if output.exists() and not output.is_file():
        raise ConfigError(f"{output} is no ordinary file; name a file to write, e.g. {output.name}.{format}.")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=".export-") as folder:
            part = Path(folder) / output.name
            count = WRITERS[format](columns, rows, part)
            part.replace(output)
    except OSError as error:
        raise ConfigError(
            f"{output} cannot be written ({error.strerror or error}); choose another place.", path=str(output)
        ) from error
    return count


def _write_jsonl(columns: list[str], rows: Rows, path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(_json(dict(zip(columns, map(_plain, row), strict=True))) + "\n")
            count += 1
    return count


def _write_csv(columns: list[str], rows: Rows, path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_cell(value) for value in row])
            count += 1
    return count


def _write_parquet(columns: list[str], rows: Rows, path: Path) -> int:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    schema = pa.schema([(name, _parquet_type(pa, name)) for name in columns])
    count = 0
    with parquet.ParquetWriter(path, schema) as writer:
        while group := list(itertools.islice(rows, _GROUP)):
            arrays = [
                pa.array([_parquet_cell(row[index], field.type, pa) for row in group], field.type)
                for index, field in enumerate(schema)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            count += len(group)
    return count


#: How each format is written.
WRITERS: dict[str, Callable[[list[str], Rows, Path], int]] = {
    "jsonl": _write_jsonl,
    "csv": _write_csv,
    "parquet": _write_parquet,
}


def _need_pyarrow() -> None:
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise ConfigError("Parquet needs a package of its own: pip install 'backfin[parquet]'.") from error


def _parquet_type(pa: Any, name: str) -> Any:
    if name.endswith("_at"):
        return pa.timestamp("us", tz="Asia/Kolkata")
    return pa.int64() if name in ("materiality", "attempts", "page", "mentions") else pa.string()


def _parquet_cell(value: Any, column_type: Any, pa: Any) -> Any:
    return value if value is None or column_type != pa.string() else _cell(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return _json(value) if isinstance(value, list | dict) else str(_plain(value))
