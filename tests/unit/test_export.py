"""Exports appear whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backfin.errors import ConfigError
from backfin.storage.export import write_export


def _broken() -> Iterator[tuple[Any, ...]]:
    yield (1,)
    raise RuntimeError("the store went away")


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
def test_a_failed_export_leaves_the_old_file(tmp_path: Path, format: str) -> None:
    output = tmp_path / "rows"
    output.write_text("old")

    with pytest.raises(RuntimeError):
        write_export(["page"], _broken(), output, format)

    assert output.read_text() == "old"
    assert list(tmp_path.iterdir()) == [output]


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
def test_an_export_of_nothing_is_a_file(tmp_path: Path, format: str) -> None:
    assert write_export(["page"], iter(()), tmp_path / "rows", format) == 0
    assert (tmp_path / "rows").exists()


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="jsonl, csv, parquet"):
        write_export(["page"], iter(()), tmp_path / "rows", "xlsx")


def test_a_file_that_cannot_be_written_is_a_matter_of_configuration(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(ConfigError, match="cannot be written"):
        write_export(["page"], iter(()), tmp_path / "file" / "rows", "csv")


def test_parquet_without_its_package_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(ConfigError, match=r"backfin\[parquet\]"):
        write_export(["page"], iter(()), tmp_path / "rows", "parquet")


def test_an_export_takes_no_place_of_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(ConfigError, match="no ordinary file"):
        write_export(["a"], iter([(1,)]), tmp_path / "pipe", "jsonl")


def test_an_export_keeps_a_link_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "file")

    write_export(["a"], iter([(1,)]), tmp_path / "link", "jsonl")

    assert (tmp_path / "link").is_symlink()
    assert '{"a":1}\n' == (tmp_path / "file").read_text()
