"""``backfin doctor``: every dependency, and what to do about the ones that ail."""

from __future__ import annotations

from backfin.cli.output import LOOK, NO_SERVICE, Json, print_json, stop
from backfin.cli.session import open_settings
from backfin.cli.tables import print_table


def doctor(as_json: Json = False) -> None:
    """Checks Redis, store, archive, disk, clock, LLM, channels, plugins, what runs, and each exchange."""
    from backfin.diagnosis import diagnose

    findings = diagnose(open_settings())
    if as_json:
        print_json([finding.as_json() for finding in findings])
    else:
        rows = [(f.name, "ok" if f.ok else "look", f.detail, "" if f.ok else f.fix) for f in findings]
        columns = ("name", "state", "detail", "fix")
        print_table(columns, rows, wraps=("detail", "fix"), empty="There is nothing to check.")
    ailing = {finding.name for finding in findings if not finding.ok}
    if ailing & {"redis", "store"}:
        stop(NO_SERVICE)
    if ailing:
        stop(LOOK)
