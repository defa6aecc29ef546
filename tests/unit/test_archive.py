"""The archive keeps bytes by their hash, once, whole, wherever it lies."""

from __future__ import annotations

import gzip
import hashlib
import threading
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.errors import ConfigError, PermanentError, StoreUnavailable
from backfin.storage import Archive

TEXT = b'{"Table": []}' * 100
PDF = b"%PDF-1.7 " + bytes(range(256))


@pytest.fixture(params=["folder", "file", "memory"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    """An archive in each kind of place."""
    urls = {
        "folder": str(tmp_path / "archive"),
        "file": f"file://{tmp_path / 'archive'}",
        "memory": f"memory://{uuid.uuid4().hex}",
    }
    return Archive(urls[request.param])


@pytest.mark.parametrize(("data", "kind"), [(TEXT, "json"), (PDF, "application/pdf"), (b"", "html")])
def test_bytes_come_back_as_they_went_in(archive: Archive, data: bytes, kind: str) -> None:
    content_id = archive.put(data, kind)

    assert content_id == hashlib.sha256(data).hexdigest()
    assert archive.get(content_id) == data
    with archive.open_path(content_id) as path:
        assert path.read_bytes() == data


def test_what_is_not_there_is_a_permanent_error(archive: Archive) -> None:
    assert archive.has("ab" * 32) is False
    with pytest.raises(PermanentError, match="fetch it"):
        archive.get("ab" * 32)
    with pytest.raises(PermanentError, match="fetch it"), archive.open_path("ab" * 32):
        pass


def test_putting_again_changes_nothing(archive: Archive) -> None:
    first = archive.put(TEXT, "json")

    assert archive.put(TEXT, "pdf") == first
    assert archive.get(first) == TEXT


@pytest.mark.parametrize("name", ["a.pdf", "a.html"])
def test_a_file_is_copied_in(archive: Archive, tmp_path: Path, name: str) -> None:
    source = tmp_path / name
    source.write_bytes(PDF)

    first, again = archive.put_file(source), archive.put_file(source)

    assert archive.get(first.content_id) == PDF
    assert (first.is_new, again.is_new) == (True, False)
    assert source.exists()


def test_a_check_writes_and_reads(archive: Archive) -> None:
    archive.check()


def test_text_is_compressed_and_pdf_is_not(tmp_path: Path) -> None:
    archive = Archive(str(tmp_path))
    text, pdf = archive.put(TEXT, "application/json"), archive.put(PDF, ".PDF")

    assert gzip.decompress((tmp_path / text[:2] / f"{text}.gz").read_bytes()) == TEXT
    assert (tmp_path / pdf[:2] / pdf).read_bytes() == PDF


def test_a_local_pdf_is_read_where_it_lies(tmp_path: Path) -> None:
    archive = Archive(str(tmp_path))
    pdf = archive.put(PDF, "pdf")

    with archive.open_path(pdf) as path:
        assert path.is_relative_to(tmp_path)


def test_an_empty_file_left_by_a_power_cut_is_written_anew(tmp_path: Path) -> None:
    archive = Archive(str(tmp_path))
    pdf = archive.put(PDF, "pdf")
    (tmp_path / pdf[:2] / pdf).write_bytes(b"")

    archive.put(PDF, "pdf")

    assert archive.get(pdf) == PDF


@pytest.mark.parametrize("kind", ["pdf", "json"])
def test_damaged_bytes_are_never_handed_out(tmp_path: Path, kind: str) -> None:
    archive = Archive(str(tmp_path))
    content_id = archive.put(PDF, kind)
    for path in tmp_path.rglob(f"{content_id}*"):
        path.write_bytes(path.read_bytes()[:-3])

    with pytest.raises(PermanentError, match="damaged"):
        archive.get(content_id)


def test_many_threads_may_put_the_same(tmp_path: Path) -> None:
    archive = Archive(str(tmp_path))
    threads = [threading.Thread(target=archive.put, args=(TEXT, "json")) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_place_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StoreUnavailable, match="doctor"):
        Archive(str(tmp_path / "file")).put(TEXT, "json")


def test_an_unknown_scheme_is_a_matter_of_configuration() -> None:
    with pytest.raises(ConfigError, match="BACKFIN_ARCHIVE_URL"):
        Archive("nowhere://bucket").has("ab" * 32)


@given(st.binary(max_size=2000), st.sampled_from(["json", "pdf", "text/html", "", "x/y/z"]))
def test_any_bytes_of_any_kind_come_back(data: bytes, kind: str) -> None:
    archive = Archive("memory://property")

    assert archive.get(archive.put(data, kind)) == data
