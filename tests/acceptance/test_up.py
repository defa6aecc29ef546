"""``backfin up``: everything on one machine, whatever dies, until it is asked to stop."""

from __future__ import annotations

import contextlib
import json
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from backfin.models import DeliveryState
from backfin.storage.store import Store
from processes import Cli, Exchange, kill_group, made_day, processes_of, today, wait_until
from receiver import Receiver
from valkey_server import free_port

pytestmark = pytest.mark.recovery

COUNT = 60

#: Watches of one address: each filing is one message and as many deliveries.
WATCHES = ("everything", "all of it")


@pytest.fixture
def store(cli: Cli) -> Iterator[Store]:
    """The store of the home, as an onlooker sees it."""
    store = Store(f"sqlite:///{cli.home / 'backfin.db'}")
    yield store
    store.close()


@pytest.fixture
def watched(cli: Cli, start_exchange: Callable[..., Exchange], receiver: Receiver) -> Cli:
    """A home that reads an exchange with rows of today and tells a receiver everything, by two watches."""
    exchange = start_exchange(*made_day(COUNT, today()), "slow:5")
    cli.environment = exchange.environment | receiver.environment | {"BACKFIN_STEPS__DEADLINE": "5"}
    for watch in WATCHES:
        cli.run("watch", "add", watch, "*", "--to", receiver.address)
    return cli


def worker(home: Path) -> psutil.Process | None:
    """A process that runs actors: one whose parent is the ``dramatiq`` command."""
    found = {process.pid: process for process in processes_of(home, "bin/dramatiq backfin.actors")}
    for one in found.values():
        with contextlib.suppress(psutil.NoSuchProcess):  # it has ended since
            if (parent := found.get(one.ppid())) and is_no_guard(parent):
                return one
    return None


def is_no_guard(process: psutil.Process) -> bool:
    """Whether a process is the command itself, and not the guard that started it."""
    return "guard.py" not in " ".join(process.cmdline())


def server(home: Path) -> psutil.Process | None:
    """The private server, once it runs."""
    return next(iter(processes_of(home, "valkey-server unixsocket")), None)


def end(process: psutil.Process) -> None:
    """Kills a process and sees it gone."""
    process.kill()
    wait_until("it is dead", lambda: is_gone(process))


def is_gone(process: psutil.Process) -> bool:
    """Whether a process has ended, collected or not."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def sent(store: Store) -> int:
    """How many alerts were accepted; the deliveries of one are sent together, at every moment."""
    told, rest = divmod(store.deliveries.counts().get(DeliveryState.SENT, 0), len(WATCHES))
    assert rest == 0
    return told


def start_up(cli: Cli) -> tuple[psutil.Process, psutil.Process]:
    """Starts ``up`` and waits for its worker and its server."""
    cli.start("backfin", "up", "--processes", "1", "--threads", "4", "--no-web")
    return (
        wait_until("a worker runs", lambda: worker(cli.home)),
        wait_until("the server runs", lambda: server(cli.home)),
    )


def test_a_killed_worker_and_a_killed_server_come_back_and_lose_nothing(
    watched: Cli, store: Store, receiver: Receiver
) -> None:
    first_worker, first_server = start_up(watched)
    wait_until("some work is done", lambda: sent(store) >= 5)

    end(first_worker)
    second_worker = wait_until("another worker runs", lambda: worker(watched.home))
    wait_until("it works", lambda: sent(store) >= 15)
    end(first_server)
    second_server = wait_until("another server runs", lambda: server(watched.home))
    left = COUNT - sent(store)
    wait_until("everything is told", lambda: sent(store) == COUNT, seconds=90)

    assert left > 0, "nothing was left to do, so nothing was tested"
    assert first_worker.pid != second_worker.pid
    assert first_server.pid != second_server.pid
    assert COUNT == len(set(receiver.ids))
    assert {tuple(sorted(WATCHES))} == {tuple(message["body"]["watches"]) for message in receiver.told}
    twice = [one for one, times in Counter(receiver.ids).items() if times > 1]
    assert [] == [one for one in twice if store.deliveries.get(one).attempts < 2]


@pytest.mark.parametrize("victim", ["guard.py", "bin/dramatiq backfin.actors"])
def test_workers_end_when_what_started_them_is_killed(cli: Cli, victim: str) -> None:
    cli.environment = {"BACKFIN_EXCHANGES__BSE__ENABLED": "false"}
    orphan, _ = start_up(cli)
    parents = [one for one in orphan.parents() if victim in " ".join(one.cmdline())]

    end(parents[0])

    wait_until("the orphan is gone", lambda: is_gone(orphan), seconds=40)
    wait_until("another worker runs", lambda: worker(cli.home))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_request_to_stop_finishes_what_is_in_hand_and_leaves_no_process(
    watched: Cli, store: Store, receiver: Receiver, number: signal.Signals
) -> None:
    receiver.delay_s = 0.5
    start_up(watched)
    (up,) = watched.started
    wait_until("alerts are being sent", lambda: store.deliveries.counts().get(DeliveryState.SENDING, 0) >= 2)

    # A Ctrl-C reaches the whole group, as from a terminal.
    kill_group(up, number)
    code = up.wait(timeout=60)

    assert (0, []) == (code, processes_of(watched.home))
    counts = store.deliveries.counts()
    assert 0 == counts.get(DeliveryState.SENDING, 0)
    assert sent(store) == len(receiver.ids) == len(set(receiver.ids))
    assert sent(store) < COUNT, "everything was done before, so nothing was tested"


def test_a_second_up_in_one_home_shares_the_server_and_ends_by_itself(watched: Cli, store: Store) -> None:
    first_worker, first_server = start_up(watched)
    began_s = time.monotonic()

    done = watched.run("up", "--for", "3", "--processes", "1", "--no-web")

    assert time.monotonic() - began_s >= 3
    assert f"unix://{first_server.cmdline()[0].partition('unixsocket:')[2].strip()}" in done.stderr.replace(
        "\n", ""
    )
    assert (first_worker.is_running(), first_server.is_running()) == (True, True)
    wait_until("the first one works on", lambda: sent(store) == COUNT)


def test_every_line_is_json_where_the_log_is(cli: Cli, start_exchange: Callable[..., Exchange]) -> None:
    exchange = start_exchange(*made_day(1, today()))
    cli.environment = exchange.environment | {"BACKFIN_LOG_FORMAT": "json"}
    starts = ("backfin is up", "Starting Periodiq", "Metrics are at")

    cli.start("backfin", "up", "--processes", "1", "--threads", "2", "--metrics-port", str(free_port()))

    for sentence in starts:
        wait_until(sentence, lambda sentence=sentence: sentence in cli.log("backfin"))
    lines = [json.loads(line) for line in cli.log("backfin").splitlines(keepends=True) if line.endswith("\n")]
    assert {start for start in starts for line in lines if line["message"].startswith(start)} == set(starts)
