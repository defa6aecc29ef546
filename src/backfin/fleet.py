"""The workers of every host: how they do, and asking them to hold back or to end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from backfin.app import Backfin
from backfin.errors import ConfigError
from backfin.heartbeat import SILENT_AFTER
from backfin.storage.fleet import STOP
from backfin.storage.records import WorkerBeat

#: Seconds that a step may run beyond its limit before its worker counts as stuck.
_OVERTIME_S = 30.0

#: A worker that has been silent for so long, in seconds, is no longer missed: others have taken its place.
_MISSED_S = 600.0


class Fleet:
    """Workers as their heartbeats in the store tell of them.

    Args:
        app: The app; its actors say how long a step may take.
    """

    def __init__(self, app: Backfin) -> None:
        self._store = app.store
        self._clock = app.clock
        self._limits_s = {spec.name: spec.time_limit_s for spec in app.specs}

    def status(self) -> list[dict[str, Any]]:
        """One row a worker process: ``id, host, pid, queues, processes, threads, running, done, failed,
        last_progress_s, alive``, and with them ``state, why, beat_s, memory_mib, current``.

        A worker is alive when it beats, all of its threads run, and no step has run beyond its limit. ``processes``
        counts the processes of its command. ``current`` are its steps under way. One that has been silent for ten
        minutes is ``gone``, and is listed until it is forgotten.
        """
        now = self._clock.now()
        # One that was asked to end and says nothing any more has ended, whether or not it could say so.
        beats = [beat for beat in self._store.workers.list() if _beats(beat, now) or beat.wish is None]
        paused = {pause.target for pause in self._store.pauses.list()}
        siblings = Counter((beat.host, beat.parent_pid) for beat in beats if _beats(beat, now))
        return [self._row(beat, now, paused, max(siblings[beat.host, beat.parent_pid], 1)) for beat in beats]

    def _row(self, beat: WorkerBeat, now: datetime, paused: set[str], processes: int) -> dict[str, Any]:
        ill = self._illness(beat, now)
        held = not paused.isdisjoint((f"host:{beat.host}", f"worker:{beat.worker_id}"))
        return {
            "id": beat.worker_id,
            "host": beat.host,
            "pid": beat.pid,
            "queues": beat.queues,
            "processes": processes,
            "threads": beat.threads,
            "running": len(beat.running),
            "done": beat.done,
            "failed": beat.failed,
            "last_progress_s": _age_s(beat.progress_at, now),
            "alive": ill is None,
            "state": _state(beat, ill, held, now),
            "why": ill,
            "beat_s": _age_s(beat.beat_at, now),
            "memory_mib": None if beat.memory_bytes is None else round(beat.memory_bytes / 2**20, 1),
            "current": [_current(doing, now) for doing in beat.running],
        }

    def _illness(self, beat: WorkerBeat, now: datetime) -> str | None:
        """Why a worker does not count as alive."""
        if not _beats(beat, now):
            return f"it has said nothing for {_age_s(beat.beat_at, now):.0f} s"
        if beat.fault is not None:
            return beat.fault
        for doing in (_current(one, now) for one in beat.running):
            limit_s = self._limits_s.get(doing["actor"])
            if limit_s is not None and doing["for_s"] > limit_s + _OVERTIME_S:
                return f"{doing['actor']} of {doing['item'] or '-'} runs for {doing['for_s']:.0f} s"
        return None

    def chosen(self, worker_id: str | None, host: str | None) -> list[WorkerBeat]:
        """The workers that are meant, as far as they still say something.

        Args:
            worker_id: One worker, by its id or the start of it.
            host: All workers of a host.

        Raises:
            ConfigError: Neither or both are given, or there are none.
        """
        if worker_id and host:
            raise ConfigError("Give either the id of one worker or --host NAME for all of a host, not both.")
        now = self._clock.now()
        beats = [beat for beat in self._store.workers.list() if _beats(beat, now)]
        if worker_id:
            found = [beat for beat in beats if beat.worker_id.startswith(worker_id)]
            if len(found) > 1:
                ids = ", ".join(beat.worker_id for beat in found)
                raise ConfigError(f"{worker_id!r} is the start of several workers' ids: {ids}.")
        elif host:
            found = [beat for beat in beats if beat.host == host]
        else:
            raise ConfigError("Say which worker is meant by its id, or which host with --host NAME.")
        if not found and not self._is_paused(host):
            known = ", ".join(sorted({f"{beat.worker_id} on {beat.host}" for beat in beats})) or "none"
            raise ConfigError(f"There is no such worker; known: {known}.")
        return found

    def _is_paused(self, host: str | None) -> bool:
        return any(pause.target == f"host:{host}" for pause in self._store.pauses.list())

    def drain(self, workers: Sequence[WorkerBeat], host: str | None, by: str) -> list[str]:
        """Lets workers finish what is in hand and take no more, those that start later on the host too."""
        self._store.pauses.put(_targets(workers, host), by)
        return [worker.worker_id for worker in workers]

    def resume(self, workers: Sequence[WorkerBeat], host: str | None) -> list[str]:
        """Lets workers take messages again."""
        self._store.pauses.remove([*_targets(workers, host), *(f"worker:{one.worker_id}" for one in workers)])
        return [worker.worker_id for worker in workers]

    def stop(self, workers: Sequence[WorkerBeat], host: str | None, by: str) -> list[str]:
        """Asks workers to finish what is in hand and end, with the command that runs them.

        What supervises the command starts it again; of a whole host, the new ones take nothing until :meth:`resume`.
        """
        if host:
            self._store.pauses.put([f"host:{host}"], by)
        self._store.workers.ask([worker.worker_id for worker in workers], STOP)
        return [worker.worker_id for worker in workers]


def is_missed(row: Mapping[str, Any]) -> bool:
    """Whether a row of :meth:`Fleet.status` is of a worker that hangs, or that fell silent a moment ago."""
    return bool(row["state"] == "ill")


def is_gone(row: Mapping[str, Any]) -> bool:
    """Whether a row of :meth:`Fleet.status` is of a worker that fell silent so long ago that nobody misses it."""
    return bool(row["state"] == "gone")


def _targets(workers: Sequence[WorkerBeat], host: str | None) -> list[str]:
    return [f"host:{host}"] if host else [f"worker:{worker.worker_id}" for worker in workers]


def _beats(beat: WorkerBeat, now: datetime) -> bool:
    return now - beat.beat_at <= SILENT_AFTER


def _state(beat: WorkerBeat, ill: str | None, held: bool, now: datetime) -> str:
    if ill is not None:
        return "ill" if _age_s(beat.beat_at, now) < _MISSED_S else "gone"
    if beat.wish is not None:
        return "stopping"
    if held:
        return "draining" if beat.running else "drained"
    return "working" if beat.running else "idle"


def _current(doing: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    for_s = round(max(now.timestamp() - float(doing["since"]), 0.0), 1)
    return {"actor": doing["actor"], "item": doing["item"], "for_s": for_s}


def _age_s(moment: datetime, now: datetime) -> float:
    return round(max((now - moment).total_seconds(), 0.0), 1)
