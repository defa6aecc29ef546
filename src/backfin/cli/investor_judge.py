"""``backfin investor`` alias, merge, split, judgements and undo: who is who, as people say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from backfin.cli.output import Json, print_json, say
from backfin.cli.session import open_store, user_name
from backfin.cli.tables import print_table
from backfin.clock import as_ist
from backfin.errors import ConfigError
from backfin.notifications.clean import one_line

if TYPE_CHECKING:
    from backfin.models import Judgement

Investor = Annotated[str, typer.Argument(help="Name or id.")]
Why = Annotated[str, typer.Option(help="The reason, kept with the judgement.")]
By = Annotated[str | None, typer.Option(help="Who says so; you, if left out.")]


def alias(
    name: Investor,
    alias: Annotated[str, typer.Argument(help="Another name of it.")],
    why: Why = "",
    by: By = None,
    as_json: Json = False,
) -> None:
    """Makes a name one more of an investor's: filings that write it mean that investor from now on."""
    from backfin.investors.find import check_name
    from backfin.investors.resolve import investor_of
    from backfin.models import Party

    store = open_store()
    key = store.investors.meant(name)
    other = investor_of(Party(name_as_written=check_name(one_line(alias)), role="investor"))
    made = store.investors.alias(key, other, by=named(by), why=why)
    if made is None:
        if as_json:
            print_json(None)
        else:
            say(f"“{other.name}” is a name of “{one_line(name)}” already.")
        return
    tell_judgement(made, f"“{other.name}” is a name of “{one_line(name)}” now", as_json)


def merge(
    first: Annotated[str, typer.Argument(help="Name or id of the investor that stays.")],
    second: Annotated[str, typer.Argument(help="Name or id of the one that is shown under it.")],
    why: Why = "",
    by: By = None,
    as_json: Json = False,
) -> None:
    """Makes two investors one, shown under the first; both keep their ids, and it can be undone."""
    from backfin.models import Verdict

    store = open_store()
    one, other = store.investors.find(first), store.investors.find(second)
    if one == other:
        raise ConfigError(f"{first!r} and {second!r} are one investor already, {one}.")
    # Of the names as given, not of whom they are shown under: the judgement outlives what joined them to others.
    pair = store.investors.meant(first), store.investors.meant(second)
    made = store.judgements.judge(*pair, Verdict.SAME, by=named(by), why=why)
    shown = store.investors.show(made.one_id, with_mentions=False)["name"]
    tell_judgement(made, f"“{one_line(second)}” is shown under “{shown}” now", as_json)


def split(
    investor: Investor,
    name: Annotated[str, typer.Argument(help="The one of its names that is somebody else's.")],
    why: Why = "",
    by: By = None,
    as_json: Json = False,
) -> None:
    """Takes a name out of an investor; it becomes one of its own and is never linked back by itself."""
    store = open_store()
    made = store.judgements.split(store.investors.part(investor, name), by=named(by), why=why)
    tell_judgement(made, f"“{one_line(name)}” is an investor of its own now", as_json)


def judgements(
    limit: Annotated[int, typer.Option(min=1, max=5000, help="Most rows.")] = 50, as_json: Json = False
) -> None:
    """Lists who was judged to be the same and who was not, the latest first, with what was undone."""
    found = open_store().judgements.list(limit)
    if as_json:
        print_json(found)
        return
    columns = ("id", "IST", "by", "first", "verdict", "second", "why", "undone by")
    rows = [
        (
            row["link_id"],
            as_ist(row["made_at"]),
            row["made_by"],
            row["one_name"],
            row["verdict"].replace("_", " "),
            row["other_name"],
            row["why"],
            row["undone_by"],
        )
        for row in found
    ]
    print_table(columns, rows, wraps=("first", "second", "why"), empty="Nothing was judged yet.")


def undo(
    judgement: Annotated[int, typer.Argument(help="Its number; `backfin investor judgements` has it.")],
    by: By = None,
    as_json: Json = False,
) -> None:
    """Takes a judgement back with all it did: what was merged comes apart, what was split is one again."""
    undone = open_store().judgements.undo(judgement, by=named(by))
    if as_json:
        print_json(undone.model_dump(mode="json"))
    else:
        say(f"Judgement {judgement} is undone; it stays on record.")


def tell_judgement(made: Judgement, sentence: str, as_json: bool) -> None:
    """Tells what a judgement did and how to undo it."""
    if as_json:
        print_json(made.model_dump(mode="json"))
    else:
        say(f"{sentence}; `backfin investor undo {made.link_id}` takes that back.")


def named(by: str | None) -> str:
    """Who judges: the one named, else the user of this process."""
    if by is not None and one_line(by):
        return one_line(by)
    return user_name()
