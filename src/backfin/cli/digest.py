"""``backfin digest``: what was filed on some days, or what a digest told, on one page."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from backfin.cli.arguments import past_day
from backfin.cli.output import Json, print_json, say
from backfin.cli.session import open_app
from backfin.errors import ConfigError

if TYPE_CHECKING:
    from backfin.app import Backfin
    from backfin.models import Digest


def digest(
    delivery: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A digest that was sent, by the id at its end.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="First day, YYYY-MM-DD; today if left out.")] = None,
    until: Annotated[str | None, typer.Option(help="Last day, YYYY-MM-DD; today if left out.")] = None,
    rule: Annotated[
        str, typer.Option(help="Rule as for a watch, e.g. an ISIN; '*' matches everything.")
    ] = "*",
    to: Annotated[list[str] | None, typer.Option("--to", help="Send it there; may be given often.")] = None,
    html: Annotated[bool, typer.Option("--html", help="Print HTML instead of text.")] = False,
    as_json: Json = False,
) -> None:
    """Shows all filings of some days that a rule matches, or all that a sent digest told; sends it where asked."""
    if delivery is not None and (since, until, rule) != (None, None, "*"):
        raise ConfigError("A digest that was sent has its own days and rule; give its id alone.")
    _refuse_console(to or (), as_json=as_json)
    app = open_app()
    if delivery is None:
        made = _of_days(app, since, until, rule)
    else:
        found = app.find_digest(delivery)
        if found is None:
            raise ConfigError(
                f"There is no digest {delivery!r}; its id, d_…, stands at the end of the message."
            )
        made = found
    for address in to or ():
        app.send_digest(made, address)
        if not as_json:
            say(f"sent: {address}")
    if to and as_json:
        print_json({"sent": to, "delivery_id": made.delivery_id, "count": made.count})
    elif not to:
        _show(app, made, html=html, as_json=as_json)


def _refuse_console(addresses: Iterable[str], *, as_json: bool) -> None:
    """Refuses to print a message where one JSON document is to stand.

    Raises:
        ConfigError: It would be.
    """
    if as_json and any(address.lower() == "console:" for address in addresses):
        raise ConfigError("console: prints the message where the JSON would stand; leave out one of the two.")


def _of_days(app: Backfin, since: str | None, until: str | None, rule: str) -> Digest:
    from backfin.clock import day_of

    first = past_day(since) if since else day_of(app.clock.now())
    return app.digest(first, past_day(until) if until else None, rule, most=None)


def _show(app: Backfin, made: Digest, *, html: bool, as_json: bool) -> None:
    from backfin.notifications.payload import digest_payload_of
    from backfin.notifications.render import render_digest

    if as_json:
        print_json(digest_payload_of(made, app.clock.now()))
    elif html:
        sys.stdout.write(render_digest(made).html)
    else:
        say(render_digest(made).text.rstrip())
