"""What cannot work is refused at start: one sentence that says what to do, an exit code, no waiting."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from backfin.storage.store import Store
from backfin.testing.llm_server import Habit, LlmServer
from processes import BIN, Cli
from rights import without_root
from valkey_server import valkey_server

WORKER = ("dramatiq", "backfin.actors", "--processes", "1", "--threads", "1")
SCHEDULER = ("periodiq", "backfin.actors")
UP = ("backfin", "up", "--no-web")

#: Where nobody listens.
NOWHERE = "127.0.0.1:1"


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis that is well."""
    with valkey_server(tmp_path_factory.mktemp("valkey")) as server:
        yield server.url


def refused(cli: Cli, command: tuple[str, ...], **settings: str) -> subprocess.CompletedProcess[str]:
    """Runs a command that must end by itself, soon."""
    program, *arguments = command
    return subprocess.run(
        [str(BIN / program), *arguments],
        env={**cli.env(), **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
    )


@pytest.mark.parametrize(
    ("url", "advice"),
    [(f"redis://{NOWHERE}/0", "Redis does not answer"), ("nonsense", "is no address of a Redis")],
)
@pytest.mark.parametrize(
    ("command", "code"), [(WORKER, 2), (SCHEDULER, 1), (UP, None)], ids=["worker", "scheduler", "up"]
)
def test_a_wrong_redis_is_refused(
    cli: Cli, command: tuple[str, ...], code: int | None, url: str, advice: str
) -> None:
    done = refused(cli, command, BACKFIN_REDIS_URL=url)

    # Bad use for what can never be one, a missing service for one that is not there.
    assert (code or (2 if url == "nonsense" else 3)) == done.returncode
    assert advice in done.stderr
    assert "BACKFIN_REDIS_URL" in done.stderr
    assert "the direct cause of" not in done.stderr


@pytest.mark.parametrize("command", [WORKER, UP], ids=["worker", "up"])
def test_a_database_that_is_not_there_is_refused(cli: Cli, redis_url: str, command: tuple[str, ...]) -> None:
    database_url = f"postgresql://backfin:hunter2@{NOWHERE}/backfin"

    done = refused(cli, command, BACKFIN_REDIS_URL=redis_url, BACKFIN_DATABASE_URL=database_url)

    assert_one_sentence(done, 3, "see `backfin doctor`")
    assert "hunter2" not in done.stderr


@pytest.mark.parametrize("command", [WORKER, UP], ids=["worker", "up"])
def test_a_home_that_cannot_be_made_is_refused(cli: Cli, redis_url: str, command: tuple[str, ...]) -> None:
    in_the_way = cli.home / "file"
    in_the_way.touch()

    done = refused(cli, command, BACKFIN_REDIS_URL=redis_url, BACKFIN_HOME=str(in_the_way / "home"))

    assert_one_sentence(done, 2, "set BACKFIN_HOME to a folder of yours")


@pytest.mark.parametrize("command", [WORKER, UP], ids=["worker", "up"])
def test_a_store_of_another_version_is_refused(cli: Cli, redis_url: str, command: tuple[str, ...]) -> None:
    store = Store(f"sqlite:///{cli.home / 'backfin.db'}")
    store.upgrade("0001")
    store.close()

    done = refused(cli, command, BACKFIN_REDIS_URL=redis_url)

    assert_one_sentence(done, 2, "run `backfin db upgrade`")


@pytest.mark.parametrize("command", [WORKER, UP], ids=["worker", "up"])
def test_a_key_that_the_model_service_refuses_stops_the_workers(
    cli: Cli, redis_url: str, command: tuple[str, ...]
) -> None:
    with LlmServer(habits=[Habit.WRONG_KEY]) as llm:
        key = {"BACKFIN_LLM__API_KEY": "sk-wrong-key", "BACKFIN_LLM__MODEL": "stub"}

        done = refused(cli, command, BACKFIN_REDIS_URL=redis_url, BACKFIN_LLM__BASE_URL=llm.url, **key)

    assert_one_sentence(done, 2, "check BACKFIN_LLM__API_KEY")
    assert "sk-wrong-key" not in done.stderr


def assert_one_sentence(done: subprocess.CompletedProcess[str], code: int, advice: str) -> None:
    """One line of the command's own words says what to do, and no traceback buries it."""
    lines = [line for line in done.stderr.splitlines() if advice in line]
    assert (code, 1) == (done.returncode, len(lines)), done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_without_write_permission_is_refused(cli: Cli) -> None:
    cli.home.chmod(0o555)

    done = subprocess.run(
        [*without_root(), str(BIN / "backfin"), *UP[1:]],
        env=cli.env(),
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert_one_sentence(done, 2, "set BACKFIN_HOME to a folder of yours")
