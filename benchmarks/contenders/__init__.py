"""Six ways to run one job of five steps over Redis, each as a module that its workers and its sender import."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

#: Programs of this environment.
_BIN = Path(sys.executable).parent

#: Seconds after which unacknowledged work of a dead worker counts as abandoned, wherever that can be set.
ABANDONED_S = 15


@dataclass(frozen=True)
class Contender:
    """One way to run the job.

    Args:
        name: As tables and plots show it.
        module: Where its ``send`` and its workers' code is.
        stores: Where each step's result goes before the next step begins.
        worker: Command of its workers; ``{p}`` and ``{t}`` are processes and threads of each.
        commands: How many such commands make up ``{p}`` processes: 1 where the command starts them itself.
    """

    name: str
    module: str
    stores: str
    worker: tuple[str, ...]
    starts_processes: bool = True

    def command(self, processes: int, threads: int) -> list[str]:
        """The command of its workers."""
        program, *arguments = (part.format(p=processes, t=threads) for part in self.worker)
        return [program if program == sys.executable else str(_BIN / program), *arguments]


def _dramatiq(module: str) -> tuple[str, ...]:
    return ("dramatiq", f"contenders.{module}", "-p", "{p}", "-t", "{t}", "--skip-logging")


BACKFIN, BARE, CELERY = "backfin", "dramatiq, one actor", "Celery chain"

CONTENDERS = (
    Contender(BACKFIN, "backfin_shell", "SQLite, in its own tables", _dramatiq("backfin_shell")),
    Contender(BARE, "bare_actor", "nowhere", _dramatiq("bare_actor")),
    Contender("dramatiq, message per step", "bare_steps", "nowhere", _dramatiq("bare_steps")),
    Contender(
        CELERY,
        "celery_chain",
        "Redis, by its result backend",
        ("celery", "-A", "contenders.celery_chain", "worker", "-P", "threads", "-c", "{t}")
        + ("--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "ERROR"),
        starts_processes=False,
    ),
    Contender(
        "lists and BRPOP (the old design)",
        "brpop_lists",
        "nowhere; the job carries all it has",
        (sys.executable, "-m", "contenders.brpop_lists", "{t}"),
        starts_processes=False,
    ),
    Contender(
        "taskiq on streams",
        "taskiq_streams",
        "Redis, by its result backend",
        ("taskiq", "worker", "contenders.taskiq_streams:broker", "--workers", "{p}")
        + ("--max-async-tasks", "{t}", "--log-level", "ERROR"),
    ),
)
