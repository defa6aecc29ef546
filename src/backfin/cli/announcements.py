"""``backfin announcements``: search over the store, newest first."""

from __future__ import annotations

from typing import Annotated

import typer

from backfin.cli.output import Json, as_ist, console, day_of_text, print_json, print_table
from backfin.cli.session import open_store


def announcements(
    since: Annotated[str | None, typer.Option(help="First day, YYYY-MM-DD.")] = None,
    until: Annotated[str | None, typer.Option(help="Last day, YYYY-MM-DD.")] = None,
    isin: Annotated[str | None, typer.Option(help="One issuer.")] = None,
    category: Annotated[str | None, typer.Option(help="One category, e.g. 'New Order'.")] = None,
    event_type: Annotated[str | None, typer.Option(help="One event type, e.g. order_win.")] = None,
    query: Annotated[str | None, typer.Option(help="Words that must all occur.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="Most rows.")] = 50,
    after: Annotated[str | None, typer.Option(help="Cursor of the page before.")] = None,
    as_json: Json = False,
) -> None:
    """Lists announcements of the store, newest first."""
    page = open_store().announcements.search(
        since=day_of_text(since) if since else None,
        until=day_of_text(until) if until else None,
        isin=isin,
        category=category,
        event_type=event_type,
        query=query,
        limit=limit,
        after=after,
    )
    if as_json:
        print_json({"items": page.items, "next": page.next})
        return
    rows = [
        (
            as_ist(item["disseminated_at"]),
            item["issuer_name"],
            item.get("category") or item["exchange_category"],
            item.get("enriched_headline") or item["headline"] or item["subject"],
        )
        for item in page.items
    ]
    print_table(("IST", "issuer", "category", "headline"), rows)
    if page.next:
        console.print(f"more: --after {page.next}", highlight=False)
