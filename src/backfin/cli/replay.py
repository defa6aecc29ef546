"""``backfin replay``: a day, a range or some announcements again."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backfin.cli.arguments import check_order, past_day
from backfin.cli.choices import FromStep, Only
from backfin.cli.output import LOOK, Json, print_json, say, stop, tell
from backfin.cli.session import open_app, open_app_on_broker, open_settings
from backfin.errors import ConfigError

if TYPE_CHECKING:
    from backfin.app import Backfin
    from backfin.settings import Settings
    from backfin.steps.replay import ReplayRequest


def replay(
    day: Annotated[
        str | None, typer.Argument(help="First day, YYYY-MM-DD; may be left out with --ids.")
    ] = None,
    to: Annotated[str | None, typer.Option(help="Last day, YYYY-MM-DD.")] = None,
    exchange: Annotated[str | None, typer.Option(help="One exchange; all when left out.")] = None,
    from_step: Annotated[
        FromStep | None, typer.Option(help="Start at this step; scraping is left out.")
    ] = None,
    only: Annotated[Only, typer.Option(help="Which announcements.")] = "missing",
    ids: Annotated[
        list[str] | None, typer.Option("--ids", help="Announcement ids; may be given often.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    notify: Annotated[bool, typer.Option("--notify", help="Tell watchers, whatever the age.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Run workers if none are about; end when drained.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Does again what is missing (or failed, or all), on the bulk lane. Tells nobody without --notify."""
    from backfin.steps.replay import ReplayRequest

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
    )
    if not request.first and not request.ids:
        raise ConfigError("Say which day to replay (backfin replay 2026-07-15), or give --ids.")
    settings = open_settings()
    if dry_run:
        result = _plan(open_app(settings), request)
    elif wait:
        result = _run(settings, request, quiet=as_json)
    else:
        result = _send(settings, request)
    if as_json:
        print_json(result)
    elif wait or dry_run:
        _show(result)
    else:
        say(f"sent as {result['run_id']}; workers do it on the bulk lane")
    if result["failed"]:
        tell(f"{result['failed']} items failed; see `backfin day D --list`.")
        stop(LOOK)


def _split(ids: list[str]) -> list[str]:
    return [part for one in ids for part in one.replace(",", " ").split()]


def _send(settings: Settings, request: ReplayRequest) -> dict[str, Any]:
    from backfin.cli.runtime import find_redis
    from backfin.cli.waiting import start_replay, summary

    app = open_app_on_broker(settings.model_copy(update={"redis_url": find_redis(settings)}))
    run_id = start_replay(app, request)
    if not app.has_workers():
        tell("No worker is about yet; start `backfin up` or `dramatiq backfin.actors`.")
    return summary(app, run_id)


def _run(settings: Settings, request: ReplayRequest, *, quiet: bool) -> dict[str, Any]:
    from backfin.cli.progress import bar
    from backfin.cli.runtime import redis_of
    from backfin.cli.waiting import start_replay, wait_for

    with redis_of(settings) as (url, is_ours):
        app = open_app_on_broker(settings.model_copy(update={"redis_url": url}))
        run_id = start_replay(app, request)
        with _workers_if_none(app, url, is_ours), bar(quiet=quiet) as on_progress:
            return wait_for(app, run_id, on_progress)


def _workers_if_none(app: Backfin, url: str, is_ours: bool) -> contextlib.AbstractContextManager[None]:
    from backfin.cli.runtime import workers

    if not is_ours and app.has_workers():
        return contextlib.nullcontext()
    return workers(app.settings, url)


def _plan(app: Backfin, request: ReplayRequest) -> dict[str, Any]:
    from backfin.steps.replay import check, select

    check(app.context, request)
    selected = select(app.context, request)
    return {
        "run_id": None,
        "selected": len(selected),
        "done": 0,
        "failed": 0,
        "new": 0,
        "changed": 0,
        "notified": 0,
        "seconds": 0.0,
        "ids": selected,
    }


def _show(result: dict[str, Any]) -> None:
    if result["run_id"] is None:
        say(
            f"{result['selected']} stored announcements would be replayed, and with scraping what the exchange "
            "shows beyond them; nothing was done.",
            wrap=True,
        )
        return
    say(
        f"{result['selected']} selected, {result['done']} done, {result['failed']} failed, {result['new']} new, "
        f"{result['changed']} changed, {result['notified']} alerts, {result['seconds']} s"
    )
