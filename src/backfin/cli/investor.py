"""``backfin investor``: who appears in filings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from backfin.cli import (
    investor_compare,
    investor_files,
    investor_group,
    investor_judge,
    investor_review,
    investor_timeline,
)
from backfin.cli.arguments import one_of
from backfin.cli.output import Json, print_json, say
from backfin.cli.session import open_store
from backfin.cli.tables import print_table
from backfin.notifications.clean import one_line

if TYPE_CHECKING:
    from backfin.storage.store import Store

app = typer.Typer(help="Add, list, show, join and part investors.", no_args_is_help=True)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Name as filings write it.")],
    kind: Annotated[str, typer.Option(help="What it is, e.g. person, huf, company, aif.")] = "unknown",
    as_json: Json = False,
) -> None:
    """Adds an investor to the book, or verifies the one that filings brought in under this name."""
    from backfin.investors.find import check_name
    from backfin.investors.resolve import investor_of
    from backfin.models import Party, PartyKind

    chosen = PartyKind(one_of(kind, PartyKind, "kind of investor"))
    party = Party(name_as_written=check_name(one_line(name)), kind=chosen, role="investor")
    investor = investor_of(party)
    store = open_store()
    store.investors.add(investor, chosen)
    _show(_shown(store, investor.investor_id), as_json)


@app.command("list")
def list_(
    query: Annotated[str | None, typer.Option(help="Part of a name.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="Most rows.")] = 50,
    as_json: Json = False,
) -> None:
    """Lists investors, the most mentioned first."""
    found = open_store().investors.list(limit=limit, query=query)
    if as_json:
        print_json(found)
        return
    columns = ("name", "kind", "mentions", "investor_id")
    rows = [[item[column] for column in columns] for item in found]
    print_table(columns, rows, wraps=("name",), empty="No investor matches.")


@app.command()
def show(name: Annotated[str, typer.Argument(help="Name or id.")], as_json: Json = False) -> None:
    """Shows one investor, all its names, and every filing that names it."""
    store = open_store()
    _show(_shown(store, name), as_json)


app.command("alias")(investor_judge.alias)
app.command("merge")(investor_judge.merge)
app.command("split")(investor_judge.split)
app.command("judgements")(investor_judge.judgements)
app.command("undo")(investor_judge.undo)
app.command("review")(investor_review.review)
app.command("compare")(investor_compare.compare)
app.command("import")(investor_files.import_)
app.command("export")(investor_files.export)
app.command("timeline")(investor_timeline.timeline)
app.add_typer(investor_group.app, name="group")


def _shown(store: Store, name: str) -> dict[str, Any]:
    """An investor with its numbers and groups."""
    found = store.investors.show(name)
    key = found["investor_id"]
    numbers = store.identifiers.of([key]).get(key, [])
    return found | {"identifiers": numbers, "groups": [one.model_dump() for one in store.memberships.of(key)]}


def _show(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    say(one_line(f"{found['name']} ({found['kind']}, {found['status']})"), style="bold")
    others = [name for name in found["names"] if name != found["name"]]
    if others:
        say(one_line(f"also: {'; '.join(others)}"), wrap=True)
    numbers = [f"{one['scheme'].upper()} {one['value']}" for one in found["identifiers"]]
    groups = [f"{one['relation'] or one['kind']} of {one['label']}" for one in found["groups"]]
    for line in filter(None, ("; ".join(numbers), "; ".join(groups))):
        say(one_line(line), wrap=True)
    columns = ("announcement_id", "role", "quantity", "price_inr", "amount_inr", "pct", "issuer_name")
    rows = [
        [
            *(item[column] for column in columns),
            "; ".join(investor_timeline.doubts(item["stated_for"], item["tier"])),
        ]
        for item in found["mentions"]
    ]
    print_table((*columns, "note"), rows, wraps=("issuer_name", "note"), empty="No filing mentions it yet.")
