"""``backfin replay``: days or some announcements again."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from backfin.cli import replay_options as options
from backfin.cli.arguments import check_order, past_day
from backfin.cli.output import LOOK, Json, print_json, say, stop, tell
from backfin.cli.session import open_app, open_app_on_broker, open_settings
from backfin.errors import ConfigError

if TYPE_CHECKING:
    from backfin.app import Backfin
    from backfin.settings import Settings
    from backfin.steps.replay_request import ReplayRequest


def replay(
    day: options.Day = None,
    to: options.To = None,
    exchange: options.OneExchange = None,
    issuer: options.OneIssuer = None,
    category: options.OneCategory = None,
    event_type: options.OneEventType = None,
    from_step: options.Start = None,
    only: options.Which = "missing",
    ids: options.Ids = None,
    prompts: options.Prompts = None,
    archive: options.FromArchive = False,
    dry_run: options.DryRun = False,
    with_llm: options.WithLlm = False,
    limit: options.Limit = options.DRY_LIMIT,
    notify: options.Notify = False,
    wait: options.Wait = False,
    as_json: Json = False,
) -> None:
    """Does again what is missing (or failed, or all), on the bulk lane. Tells nobody without --notify."""
    from backfin.steps.replay_request import ReplayRequest

    first, last = past_day(day) if day else None, past_day(to) if to else None
    check_order(first, last)
    request = ReplayRequest(
        first=first.isoformat() if first else None,
        last=last.isoformat() if last else None,
        exchange=exchange,
        from_step=from_step,
        only=only,
        ids=tuple(_split(ids or [])),
        notify=notify,
        issuer=issuer,
        category=category,
        event_type=event_type,
        prompts=prompts,
        archive=archive,
    )
    if not request.first and not request.ids:
        raise ConfigError("Say which day to replay (backfin replay 2026-07-15), or give --ids.")
    settings = open_settings()
    if dry_run:
        from backfin.cli.replay_preview import show_preview

        show_preview(open_app(settings), request, limit=limit, with_llm=with_llm, as_json=as_json)
        return
    result = _run(settings, request, quiet=as_json) if wait else _send(settings, request)
    _conclude(result, wait=wait, as_json=as_json)


def _conclude(result: dict[str, Any], *, wait: bool, as_json: bool) -> None:
    """Prints what came of it. Ends with 1 when somebody must look."""
    if as_json:
        print_json(result)
    elif wait:
        _show(result)
    else:
        say(
            f"sent as {result['run_id']}; workers do it on the bulk lane, `backfin run show` tells how far it is"
        )
    if result["failed"]:
        tell(f"{result['failed']} items failed; see `backfin run show {result['run_id']} --failed`.")
    if result["failed"] or result["state"] == "cancelled":
        stop(LOOK)


def _split(ids: list[str]) -> list[str]:
    return [part for one in ids for part in one.replace(",", " ").split()]


def _send(settings: Settings, request: ReplayRequest) -> dict[str, Any]:
    from backfin.cli.runtime import find_redis
    from backfin.cli.waiting import summary

    app = open_app_on_broker(settings.model_copy(update={"redis_url": find_redis(settings)}))
    run_id = _start(app, request)
    if not app.has_workers():
        tell("No worker is about yet; start `backfin up` or `dramatiq backfin.actors`.")
    return summary(app, run_id)


def _run(settings: Settings, request: ReplayRequest, *, quiet: bool) -> dict[str, Any]:
    from backfin.cli.progress import bar
    from backfin.cli.runtime import redis_of
    from backfin.cli.waiting import wait_for

    with redis_of(settings) as (url, is_ours):
        app = open_app_on_broker(settings.model_copy(update={"redis_url": url}))
        run_id = _start(app, request)
        with _workers_if_none(app, url, is_ours), bar(quiet=quiet) as on_progress:
            return wait_for(app, run_id, on_progress)


def _start(app: Backfin, request: ReplayRequest) -> str:
    from backfin.cli.waiting import start_replay

    run_id, was_there = start_replay(app, request)
    if was_there:
        tell(f"The same replay is under way as {run_id}; that one goes on.")
    return run_id


def _workers_if_none(app: Backfin, url: str, is_ours: bool) -> contextlib.AbstractContextManager[None]:
    from backfin.cli.runtime import REPLAYS_ALONE, workers

    if not is_ours and app.has_workers():
        return contextlib.nullcontext()
    return workers(app.settings, url, extra=REPLAYS_ALONE)


def _show(result: dict[str, Any]) -> None:
    left = f", {result['cancelled']} left as they were (cancelled)" if result["cancelled"] else ""
    say(
        f"{result['selected']} selected, {result['done']} done, {result['failed']} failed, {result['new']} new, "
        f"{result['changed']} changed, {result['first_read']} read for the first time, {result['notified']} alerts, "
        f"{result['seconds']} s{left}"
    )
