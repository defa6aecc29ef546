"""``backfin demo``: a sample day through the whole pipeline, offline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from backfin.cli.output import LOOK, Json, console, errors, print_json, print_table, stop

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
            errors.print("The sample exchange and the workers stay up; Ctrl-C stops them.")
            _stay_up()
    if result["failed"]:
        stop(LOOK)


def _show(settings: Settings, result: dict[str, Any], as_json: bool) -> None:
    from backfin.demo import DAY
    from backfin.settings import mask_url

    if as_json:
        print_json(result)
        return
    columns = ("score", "issuer", "category", "headline")
    names = ("materiality", "issuer_name", "category", "enriched_headline")
    rows = [[item.get(name) for name in names] for item in result["top"]]
    print_table(columns, rows, title=f"{DAY:%d %B %Y}, by materiality")
    console.print(
        f"{result['announcements']} announcements, {result['enriched']} enriched, {result['mentions']} mentions of "
        f"investors, {result['deliveries']} alerts, {result['failed']} failed, in {result['seconds']} s",
        highlight=False,
    )
    console.print(f"store    {mask_url(settings.effective_database_url)}", highlight=False)
    console.print(f"archive  {settings.effective_archive_url}", highlight=False)
    console.print(f"alerts   {settings.home / 'demo'}", highlight=False)


def _stay_up() -> None:
    import threading

    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return
