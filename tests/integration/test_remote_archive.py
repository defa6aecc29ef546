"""An archive that lies on another machine, reached by fsspec over FTP, as several hosts use it at once."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backfin.errors import PermanentError, StoreUnavailable
from backfin.storage import Archive

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of modules that Python 3.12 has no more
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler
    from pyftpdlib.ioloop import IOLoop
    from pyftpdlib.servers import FTPServer

TEXT, FILE = b'{"Table": []}' * 50, b"%PDF-1.7 " + bytes(range(256)) * 200


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What the server keeps."""
    folder = tmp_path / "served"
    folder.mkdir()
    return folder


@pytest.fixture
def url(folder: Path) -> Iterator[str]:
    """A folder of an FTP server on this machine."""
    logging.getLogger("pyftpdlib").setLevel(logging.ERROR)
    authorizer = DummyAuthorizer()
    authorizer.add_user("host", "secret", str(folder), perm="elradfmwMT")
    handler = type("Handler", (FTPHandler,), {"authorizer": authorizer})
    loop = IOLoop()
    with FTPServer(("127.0.0.1", 0), handler, ioloop=loop) as server:
        is_over = threading.Event()

        def serve() -> None:
            while not is_over.is_set():
                server.serve_forever(timeout=0.05, blocking=False)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"ftp://host:secret@127.0.0.1:{server.address[1]}/archive"
        is_over.set()
        thread.join()
        server.close_all()


def test_what_one_host_puts_another_gets_whole(url: str, folder: Path) -> None:
    ids = [Archive(url).put(TEXT, "json"), Archive(url).put(FILE, "pdf")]

    other = Archive(url)

    assert [other.get(one) for one in ids] == [TEXT, FILE]
    assert set(other.contents()) == set(ids)
    assert [path.name for path in folder.rglob("*part*")] == []


def test_what_one_host_removes_another_does_not_take_for_kept(url: str) -> None:
    one, other = Archive(url), Archive(url)
    content_id = one.put(FILE, "pdf")
    before = other.has(content_id)

    one.remove(content_id)

    assert before
    assert not other.has(content_id)
    assert other.put(FILE, "pdf") == content_id
    assert one.get(content_id) == FILE
    one.remove("0" * 64)


def test_many_who_put_the_same_at_once_leave_one_whole_file(url: str, folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(lambda _: Archive(url).put(FILE, "pdf"), range(8)))

    (content_id,) = ids
    assert Archive(url).get(content_id) == FILE
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1


def test_a_copy_takes_what_it_lacks_and_nothing_that_is_damaged(
    url: str, folder: Path, tmp_path: Path
) -> None:
    remote, copy = Archive(url), Archive(str(tmp_path / "copy"))
    good, bad = remote.put(TEXT, "json"), remote.put(FILE, "pdf")
    (folder / "archive" / bad[:2] / bad).write_bytes(b"damaged")

    copied = {remote.copy_to(copy, path) for path in remote.stored()}

    assert copied == {good, None}
    assert copy.get(good) == TEXT
    with pytest.raises(PermanentError):
        copy.get(bad)


def test_a_server_that_is_gone_is_worth_another_try() -> None:
    with pytest.raises(StoreUnavailable):
        Archive("ftp://host:secret@127.0.0.1:1/archive").put(TEXT, "json")
