"""``backfin up``: everything on this machine until Ctrl-C."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from backfin.cli.metrics import need_extra
from backfin.cli.output import announce, stop
from backfin.cli.session import open_app, open_settings

if TYPE_CHECKING:
    from backfin.settings import Settings


def up(
    processes: Annotated[int, typer.Option(min=1, help="Worker processes.")] = 2,
    threads: Annotated[int, typer.Option(min=1, help="Threads in each.")] = 8,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the live page.")] = 8080,
    metrics_port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Serve metrics for Prometheus at 127.0.0.1, at this port."),
    ] = None,
    no_web: Annotated[bool, typer.Option("--no-web", help="No live page.")] = False,
    for_seconds: Annotated[
        float | None, typer.Option("--for", min=0.1, help="Stop after so many seconds.")
    ] = None,
) -> None:
    """Runs workers and scheduler, and a private Redis unless one is configured. One Ctrl-C stops all of it."""
    from backfin.broker import build_broker, check_redis
    from backfin.cli.runtime import GRACE_S, redis_of, scheduler_spec, worker_spec
    from backfin.supervisor import ProcessSpec, Supervisor

    settings = open_settings()
    metrics_port = metrics_port or settings.telemetry.metrics_port
    if metrics_port:
        need_extra()
    app = open_app(settings)
    app.open()
    with redis_of(settings) as (url, _):
        check_redis(build_broker(settings.model_copy(update={"redis_url": url})))
        environment = {"BACKFIN_REDIS_URL": url}
        specs = [worker_spec(environment, processes=processes, threads=threads), scheduler_spec(environment)]
        if metrics_port:
            command = ["backfin", "metrics", "--port", str(metrics_port)]
            specs.append(ProcessSpec("metrics", command, environment))
        _announce(settings, url, no_web)
        app.close()
        code = Supervisor(specs, grace_s=GRACE_S).run(for_seconds=for_seconds)
    stop(code)


def _announce(settings: Settings, url: str, no_web: bool) -> None:
    from backfin.settings import mask_url

    page = "" if no_web else "; this version has no live page yet"
    where = f"Redis {mask_url(url)}, store {mask_url(settings.effective_database_url)}"
    announce(f"backfin is up: {where}{page}. Ctrl-C stops it.", settings.log_format)
    sys.stderr.flush()
