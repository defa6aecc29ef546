"""The workers of every host, as they tell of themselves, and what a person has paused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import bindparam, delete, literal, select, update

from backfin.storage.database import Database
from backfin.storage.records import Pause, WorkerBeat
from backfin.storage.statements import chunks, insert_ignore, upsert
from backfin.storage.tables import pauses as p
from backfin.storage.tables import workers as w

#: A person asks a worker to end; one of the processes of its command has passed that on.
STOP, STOPPING = "stop", "stopping"

_TOLD = tuple(field.name for field in fields(WorkerBeat) if field.name != "wish")
_BEAT = upsert(w, key=["worker_id"], change=[name for name in _TOLD if name != "worker_id"])
_WISH = select(w.c.wish).where(w.c.worker_id == bindparam("id"))
_LEAVE = delete(w).where(w.c.worker_id == bindparam("id"))
_FORGET = delete(w).where(w.c.beat_at < bindparam("before"))
#: A worker's id is never used again: what held it back holds nothing back once it is gone.
_PAUSES_OF_NONE = delete(p).where(
    p.c.target.startswith("worker:"), p.c.target.not_in(select(literal("worker:").concat(w.c.worker_id)))
)
_LIST = select(w).order_by(w.c.host, w.c.started_at, w.c.worker_id)
_ASK = (
    update(w)
    .where(w.c.worker_id.in_(bindparam("ids", expanding=True)), w.c.wish.is_distinct_from(STOPPING))
    .values(wish=bindparam("what"))
)
_TAKE_STOP = (
    update(w)
    .where(w.c.host == bindparam("of"), w.c.parent_pid == bindparam("parent"), w.c.wish == STOP)
    .values(wish=STOPPING)
)
_PAUSE = insert_ignore(p, returning=["target"])
_RESUME = delete(p).where(p.c.target.in_(bindparam("targets", expanding=True))).returning(p.c.target)
_PAUSED = select(p).order_by(p.c.target)


class Workers:
    """The table ``workers``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def beat(self, told: WorkerBeat) -> None:
        """Writes down how a worker is; what is asked of it stays as it is."""
        row = asdict(told)
        del row["wish"]
        with self._database.write() as connection:
            _BEAT.run(connection, row)

    def wish_of(self, worker_id: str) -> str | None:
        """What a person asks of a worker."""
        with self._database.read() as connection:
            return connection.execute(_WISH, {"id": worker_id}).scalar()

    def take_stop(self, host: str, parent_pid: int) -> bool:
        """Whether the caller is the one that passes the wish on to the command which all of its processes share."""
        with self._database.write() as connection:
            return connection.execute(_TAKE_STOP, {"of": host, "parent": parent_pid}).rowcount > 0

    def leave(self, worker_id: str) -> None:
        """A worker ends as it should; what held it back alone ends with it."""
        with self._database.write() as connection:
            connection.execute(_LEAVE, {"id": worker_id})
            connection.execute(_PAUSES_OF_NONE)

    def forget(self, before: datetime) -> int:
        """Removes workers that have said nothing since then, with what held them back alone, and says how many."""
        with self._database.write() as connection:
            count = connection.execute(_FORGET, {"before": before}).rowcount
            connection.execute(_PAUSES_OF_NONE)
        return count

    def list(self) -> list[WorkerBeat]:
        """Every worker, by host and start."""
        with self._database.read() as connection:
            return [WorkerBeat(**row) for row in connection.execute(_LIST).mappings()]

    def ask(self, worker_ids: Iterable[str], wish: str | None) -> None:
        """Asks something of workers, or takes it back; those that end already are left alone."""
        with self._database.write() as connection:
            for part in chunks(worker_ids):
                connection.execute(_ASK, {"ids": part, "what": wish})


class Pauses:
    """The table ``pauses``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, targets: Iterable[str], by: str) -> list[str]:
        """Pauses targets and returns those that were not paused before."""
        now = self._database.clock.now()
        rows = [{"target": one, "paused_at": now, "paused_by": by} for one in sorted(set(targets))]
        if not rows:
            return []
        with self._database.write() as connection:
            return sorted(_PAUSE.run(connection, rows).scalars())

    def remove(self, targets: Iterable[str]) -> list[str]:
        """Resumes targets and returns those that were paused."""
        with self._database.write() as connection:
            return sorted(
                target
                for part in chunks(sorted(set(targets)))
                for target in connection.execute(_RESUME, {"targets": part}).scalars()
            )

    def list(self) -> list[Pause]:
        """What is paused, by target."""
        with self._database.read() as connection:
            return [Pause(**row) for row in connection.execute(_PAUSED).mappings()]
