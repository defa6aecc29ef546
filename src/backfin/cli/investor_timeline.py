"""``backfin investor timeline``: what an investor did and held, filing by filing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from backfin.cli.arguments import span
from backfin.cli.output import Json, print_json, say
from backfin.cli.session import open_store
from backfin.cli.tables import print_table

if TYPE_CHECKING:
    from backfin.models import Timeline, TimelineEvent, TimelineTotal

_COLUMNS = (
    "date",
    "issuer",
    "action",
    "role",
    "quantity",
    "price_inr",
    "amount_inr",
    "pct",
    "before",
    "after",
    "note",
    "announcement_id",
)


def timeline(
    name: Annotated[str, typer.Argument(help="Name or id.")],
    since: Annotated[str | None, typer.Option(help="First day of publication, YYYY-MM-DD.")] = None,
    until: Annotated[str | None, typer.Option(help="Last day of publication, YYYY-MM-DD.")] = None,
    as_json: Json = False,
) -> None:
    """Lists everything an investor did and held, oldest first, and what its trades come to by issuer."""
    found = open_store().timelines.of(name, *span(since, until))
    if as_json:
        print_json(found.model_dump())
        return
    say(_title(found), style="bold")
    rows = [_row(event) for event in found.events]
    print_table(_COLUMNS, rows, wraps=("issuer", "note"), empty="No filing of these days mentions it.")
    if found.totals:
        columns = ("issuer", "in all", "security", "quantity", "amount_inr", "trades", "note")
        print_table(
            columns,
            [_total(total) for total in found.totals],
            wraps=("issuer", "note"),
            empty="",
            title="Totals",
        )


def _title(found: Timeline) -> str:
    others = [name for name in found.names if name != found.name]
    return f"{found.name}, also {'; '.join(others)}" if others else found.name


def _row(event: TimelineEvent) -> list[Any]:
    return [
        event.date,
        event.issuer_name,
        event.action.value,
        event.role,
        event.quantity,
        event.price_inr,
        event.amount_inr,
        event.pct,
        _holding(event.pre_quantity, event.pre_pct),
        _holding(event.post_quantity, event.post_pct),
        _note(event),
        event.announcement_id,
    ]


def _holding(quantity: int | None, pct: object) -> str:
    parts = ["" if quantity is None else str(quantity), "" if pct is None else f"{pct} %"]
    return " = ".join(part for part in parts if part)


def doubts(stated_for: str, tier: str) -> list[str]:
    """What a reader should know of a mention: whose its numbers are, and whether it is surely this investor's."""
    notes = ("numbers of the whole group", stated_for == "group"), ("link to be reviewed", tier == "review")
    return [note for note, is_so in notes if is_so]


def _note(event: TimelineEvent) -> str:
    notes = [
        *doubts(event.stated_for, event.tier),
        f"same trade as {event.same_trade_as}" if event.same_trade_as else "",
        f"also {', '.join(event.also_in)}" if event.also_in else "",
    ]
    return "; ".join(note for note in notes if note)


def _total(total: TimelineTotal) -> list[Any]:
    notes = [
        _share("quantity", total.with_quantity, total.trades),
        _share("amount", total.with_amount, total.trades),
        f"{total.repeats} told again" if total.repeats else "",
        f"{total.of_group} with a group" if total.of_group else "",
    ]
    return [
        total.issuer_name,
        total.action.value,
        total.security,
        total.quantity,
        total.amount_inr,
        total.trades,
        "; ".join(note for note in notes if note),
    ]


def _share(what: str, count: int, trades: int) -> str:
    """Of how many trades a sum is, where it is not of all."""
    if count == trades:
        return ""
    return f"{what} stated of {count} of {trades}" if count else f"no {what} stated"
