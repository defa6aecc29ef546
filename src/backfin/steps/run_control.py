"""What a person asks of a replay that runs: to rest, to go on, to end."""

from __future__ import annotations

from backfin.context import Context
from backfin.errors import ConfigError
from backfin.specs import Next
from backfin.steps.replay import settle
from backfin.storage.records import OPEN_RUNS, Run


def find_run(ctx: Context, text: str) -> Run:
    """The run of an id, or of the start of one.

    Raises:
        ConfigError: There is none, or there are several.
    """
    found = ctx.store.runs.starting_with(text)
    if len(found) == 1:
        return found[0]
    if found:
        ids = " and ".join(one.run_id for one in found)
        raise ConfigError(f"{text!r} is the start of several runs' ids, such as {ids}; write more of it.")
    raise ConfigError(f"There is no run {text!r}; `backfin run list` shows their ids.")


def pause(ctx: Context, run: Run) -> None:
    """Holds a replay back: what it has begun ends, nothing else of it is taken up.

    Raises:
        ConfigError: It is no replay that runs.
    """
    _change(ctx, run, ("running",), "paused", "pause")


def resume(ctx: Context, run: Run) -> list[Next]:
    """Lets a paused replay go on.

    Raises:
        ConfigError: It is not paused.
    """
    _change(ctx, run, ("paused",), "running", "resume")
    return [Next("backfin.replay", run.run_id)]


def cancel(ctx: Context, run: Run) -> list[Next]:
    """Ends a replay: what it has begun is finished, all the rest stays as it is.

    Raises:
        ConfigError: It is no replay that has not ended.
    """
    _change(ctx, run, OPEN_RUNS, "cancelling", "cancel")
    return settle(ctx, run.run_id)


def _change(ctx: Context, run: Run, states: tuple[str, ...], to: str, verb: str) -> None:
    if run.kind != "replay":
        raise ConfigError(f"{run.run_id} is a {run.kind}, no replay; only replays can be told to {verb}.")
    if not ctx.store.runs.change_state(run.run_id, states, to):
        state = ctx.store.runs.get(run.run_id).state
        raise ConfigError(f"{run.run_id} is {state}; there is nothing to {verb}.")
