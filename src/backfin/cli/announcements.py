"""``backfin announcements``: search over the store, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from backfin.cli.arguments import isin_of_text, one_of, span
from backfin.cli.output import Json, print_json, say
from backfin.cli.session import open_store
from backfin.cli.tables import print_table, told
from backfin.clock import as_ist

if TYPE_CHECKING:
    from backfin.storage.records import SearchPage


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
    first, last = span(since, until)
    page = open_store().announcements.search(
        since=first,
        until=last,
        isin=isin_of_text(isin) if isin else None,
        category=_label_of(category) if category else None,
        event_type=_event_type_of(event_type) if event_type else None,
        query=query,
        limit=limit,
        after=after,
    )
    if category and not page.items:
        _refuse_unknown(category)
    if as_json:
        print_json({"items": page.items, "next": page.next})
    else:
        _show(page)


def _show(page: SearchPage) -> None:
    rows = [
        (as_ist(item["disseminated_at"]), item.get("category") or item["exchange_category"], told(item))
        for item in page.items
    ]
    print_table(("IST", "category", "headline"), rows, wraps=("headline",), empty="No announcement matches.")
    if page.next:
        say(f"more: --after {page.next}")


def _event_type_of(text: str) -> str:
    from backfin.models import EventType

    return one_of(text, EventType, "event type")


def _label_of(text: str) -> str:
    """The label meant by any spelling of one; what is none stays, as a plugin may have brought it."""
    from backfin.enrichment.taxonomy import category_for
    from backfin.errors import ParseError

    try:
        return category_for(text).label
    except ParseError:
        return text


def _refuse_unknown(category: str) -> None:
    from backfin.enrichment.taxonomy import categories

    one_of(_label_of(category), (known.label for known in categories()), "category")
