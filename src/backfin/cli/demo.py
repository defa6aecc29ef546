"""``backfin demo``: a sample day through the whole pipeline, offline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from backfin.cli.output import LOOK, Json, print_json, say, stop, tell
from backfin.cli.tables import print_table, told

if TYPE_CHECKING:
    from backfin.settings import Settings


def demo(
    serve: Annotated[bool, typer.Option("--serve", help="Stay up afterwards, until Ctrl-C.")] = False,
    as_json: Json = False,
) -> None:
    """Runs a sample day of fictional companies through real workers, Redis and store, with no network."""
    from backfin.cli.sample_day import sample_day

    with sample_day(quiet=as_json) as (settings, result):
        _show(settings, result, as_json)
        if serve:
            tell("The sample exchange and the workers stay up; Ctrl-C stops them.")
            _stay_up()
    if result["failed"]:
        stop(LOOK)


def _show(settings: Settings, result: dict[str, Any], as_json: bool) -> None:
    from backfin.demo import DAY
    from backfin.settings import mask_url

    if as_json:
        print_json(result)
        return
    rows = [(item["materiality"], item["category"], told(item)) for item in result["top"]]
    print_table(
        ("score", "category", "headline"),
        rows,
        wraps=("headline",),
        title=f"{DAY:%d %B %Y}, by materiality",
        empty="Nothing was enriched.",
    )
    say(
        f"\n{result['announcements']} announcements, {result['enriched']} enriched, {result['mentions']} mentions of "
        f"investors, {result['deliveries']} alerts, {result['failed']} failed, in {result['seconds']} s",
        wrap=True,
    )
    say(f"store    {mask_url(settings.effective_database_url)}")
    say(f"archive  {mask_url(settings.effective_archive_url)}")
    say(f"alerts   {settings.home / '*.jsonl'}")


def _stay_up() -> None:
    import threading

    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return
