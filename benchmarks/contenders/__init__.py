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
        starts_processes: Whether one such command starts all processes; else each is a process.
    """

    name: str
    module: str
    stores: str
    worker: str = "dramatiq contenders.{module} -p {p} -t {t} --skip-logging"
    starts_processes: bool = True

    def command(self, processes: int, threads: int) -> list[str]:
        """The command of its workers."""
        words = self.worker.format(module=self.module, p=processes, t=threads).split()
        return [str(_BIN / words[0]), *words[1:]]


BACKFIN, BARE, CELERY = "backfin", "dramatiq, one actor", "Celery chain"

CONTENDERS = (
    Contender(BACKFIN, "backfin_shell", "SQLite, in its own tables"),
    Contender(BARE, "bare_actor", "nowhere"),
    Contender("dramatiq, message per step", "bare_steps", "nowhere"),
    Contender(
        CELERY,
        "celery_chain",
        "Redis, by its result backend",
        "celery -A contenders.{module} worker -P threads -c {t} -l ERROR "
        "--without-gossip --without-mingle --without-heartbeat",
        starts_processes=False,
    ),
    Contender(
        "lists and BRPOP (the old design)",
        "brpop_lists",
        "nowhere; the job carries all it has",
        "python -m contenders.{module} {t}",
        starts_processes=False,
    ),
    Contender(
        "taskiq on streams",
        "taskiq_streams",
        "Redis, by its result backend",
        "taskiq worker contenders.{module}:broker --workers {p} --max-async-tasks {t} --log-level ERROR",
    ),
)
