"""``backfin metrics``: figures for Prometheus, on this machine alone unless asked otherwise."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
from typing import Annotated

import typer

from backfin.cli.output import announce
from backfin.cli.session import open_app, open_settings
from backfin.errors import ConfigError

#: The port where nobody chose one.
DEFAULT_PORT = 9464

LOOPBACK = "127.0.0.1"


def metrics(
    host: Annotated[
        str, typer.Option(help="Address to listen at; others than loopback are open to all.")
    ] = LOOPBACK,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help=f"Port; as set if left out, else {DEFAULT_PORT}.")
    ] = None,
    for_seconds: Annotated[
        float | None, typer.Option("--for", min=0.1, help="Stop after so many seconds.")
    ] = None,
) -> None:
    """Serves /metrics for Prometheus: all hosts, since store and Redis know them all. Ctrl-C stops it."""
    from backfin.cli.runtime import embedded_url

    need_extra()
    from prometheus_client import start_http_server

    from backfin.observing.metrics import registry_of
    from backfin.observing.sight import Watchtower

    settings = open_settings()
    chosen = next(one for one in (port, settings.telemetry.metrics_port, DEFAULT_PORT) if one is not None)
    tower = Watchtower(open_app(settings), settings.redis_url or embedded_url(settings))
    try:
        server, thread = start_http_server(chosen, addr=host, registry=registry_of(tower.look))
    except OSError as error:
        raise ConfigError(
            f"Nothing can listen at {host}:{chosen} ({error.strerror}); choose another with --host or --port."
        ) from error
    if not is_loopback(host):
        announce(
            f"Everybody who reaches {host} can read the figures: names of exchanges, queues and channels, how much was "
            "told and what models cost. There is no password; let a firewall or a proxy ask for one.",
            settings.log_format,
            logging.WARNING,
        )
    announce(
        f"Metrics are at http://{host}:{server.server_port}/metrics. Ctrl-C stops it.", settings.log_format
    )
    with contextlib.suppress(KeyboardInterrupt):
        thread.join(for_seconds)
    server.shutdown()
    server.server_close()
    tower.close()


def need_extra() -> None:
    """Refuses where the extra is missing.

    Raises:
        ConfigError: It says what to install.
    """
    try:
        import prometheus_client  # noqa: F401
    except ImportError as error:
        raise ConfigError("Metrics need an extra: run `pip install 'backfin[metrics]'`.") from error


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine alone."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
