"""What should be running: workers, the scheduler, and days that wait for their rows. Idle is well."""

from __future__ import annotations

from backfin.app import Backfin
from backfin.clock import in_ist, time_in_ist
from backfin.diagnosis.finding import Finding
from backfin.fleet import Fleet, is_missed

#: A scheduler that has found nothing due for so long, in seconds, does not tick: something is due each minute.
LATE_TICK_S = 150.0

#: Most gaps, and most pauses, that are named.
_MOST_NAMED = 5


def workers_finding(app: Backfin) -> Finding:
    """Whether the workers that are about get on."""
    rows = Fleet(app).status()
    well = [row for row in rows if row["alive"]]
    ill = [row for row in rows if is_missed(row)]
    if ill:
        detail = "; ".join(f"{row['id']} on {row['host']}: {row['why']}" for row in ill)
        return Finding("workers", False, detail, "Run `backfin worker status`; restart those that hang.")
    if not well:
        return Finding("workers", True, "none is about; `backfin up` runs some")
    hosts = len({row["host"] for row in well})
    threads = sum(row["threads"] for row in well)
    busy = sum(row["running"] for row in well)
    return Finding(
        "workers",
        True,
        f"{len(well)} alive on {hosts} host{'s'[: hosts != 1]}, {busy} of {threads} threads busy",
    )


def scheduler_finding(app: Backfin) -> Finding:
    """Whether the scheduler ticks, where there are workers it should tick for."""
    ticked = app.context.store.overview.last_tick()
    has_workers = any(row["alive"] for row in Fleet(app).status())
    age_s = None if ticked is None else max((app.clock.now() - ticked).total_seconds(), 0.0)
    detail = "has never ticked" if age_s is None else f"last ticked {age_s:.0f} s ago"
    if age_s is not None and age_s <= LATE_TICK_S:
        return Finding("scheduler", True, detail)
    if not has_workers:
        return Finding("scheduler", True, f"{detail}; nothing runs, `backfin up` starts all of it")
    fix = "Start `periodiq backfin.actors`: without it nothing is read, swept or closed."
    return Finding("scheduler", False, detail, fix)


def steps_finding(app: Backfin) -> Finding:
    """Whether a step rests because it failed at one item after the other."""
    resting = app.context.store.breakers.resting()
    if not resting:
        return Finding("steps", True, "none rests")
    detail = "; ".join(f"{step} until {time_in_ist(one.until)} ({one.why})" for step, one in resting.items())
    return Finding("steps", False, detail, "Mend what it names; the step goes on by itself.")


def pauses_finding(app: Backfin) -> Finding:
    """Whether a person holds a queue, a host or a worker back; exchanges say so themselves."""
    pauses = [one for one in app.context.store.pauses.list() if not one.target.startswith("exchange:")]
    if not pauses:
        return Finding("pauses", True, "nothing is held back")
    told = [f"{one.target} since {in_ist(one.paused_at)} by {one.paused_by}" for one in pauses]
    more = f" and {len(pauses) - _MOST_NAMED} more" if len(pauses) > _MOST_NAMED else ""
    fixes = list(dict.fromkeys(_way_on(one.target) for one in pauses))[:_MOST_NAMED]
    return Finding("pauses", False, "; ".join(told[:_MOST_NAMED]) + more, f"Run {', '.join(fixes)} to go on.")


def _way_on(target: str) -> str:
    kind, _, name = target.rpartition(":")
    if kind == "host":
        return f"`backfin worker resume --host {name}`"
    if kind == "worker":
        return f"`backfin worker resume {name}`"
    return f"`backfin queue resume {target.removeprefix('backfin.')}`"


def gaps_finding(app: Backfin) -> Finding:
    """Whether a closed day lacks rows."""
    gaps = app.context.store.gaps.list()
    if not gaps:
        return Finding("gaps", True, "no closed day lacks announcements")
    named = [f"{one.exchange} {one.day} lacks {one.expected - one.stored} of {one.expected}" for one in gaps]
    more = f" and {len(gaps) - _MOST_NAMED} more" if len(gaps) > _MOST_NAMED else ""
    fix = f"Run `backfin replay {gaps[0].day} --wait`; the nightly close tries it too."
    return Finding("gaps", False, "; ".join(named[:_MOST_NAMED]) + more, fix)
