"""``backfin investor group``: families, promoter groups, fund houses and those who act in concert."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from backfin.cli.arguments import one_of
from backfin.cli.investor_judge import By, named
from backfin.cli.output import Json, print_json, say
from backfin.cli.session import open_store
from backfin.cli.tables import print_table
from backfin.clock import as_ist
from backfin.errors import ConfigError
from backfin.notifications.clean import one_line

if TYPE_CHECKING:
    from backfin.models import GroupKind

app = typer.Typer(help="Families and groups of investors.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name or id of the investor.")]
Group = Annotated[str, typer.Argument(help="What the group is called: a head of family, an issuer, a house.")]
Kind = Annotated[str | None, typer.Option(help="promoter_group, pac, family or fund_house.")]


@app.command()
def add(
    name: Name,
    group: Group,
    kind: Annotated[str, typer.Option(help="promoter_group, pac, family or fund_house.")],
    relation: Annotated[str, typer.Option(help="How it belongs, e.g. wife.")] = "",
    by: By = None,
    as_json: Json = False,
) -> None:
    """Says that an investor belongs to a group."""
    from backfin.models import GroupKind, Membership

    chosen = GroupKind(one_of(kind, GroupKind, "kind of group"))
    store = open_store()
    key = store.investors.find(name)
    said = Membership(kind=chosen, label=one_line(group), relation=one_line(relation))
    store.memberships.add(key, said, by=named(by))
    if as_json:
        print_json([one.model_dump() for one in store.memberships.show(group, chosen)])
    else:
        say(f"“{one_line(name)}” belongs to “{one_line(group)}” ({chosen.value}) now.")


@app.command()
def remove(name: Name, group: Group, kind: Kind = None, by: By = None, as_json: Json = False) -> None:
    """Says that an investor does not belong to a group, whatever filings state."""
    store = open_store()
    count = store.memberships.remove(store.investors.find(name), group, _kind(kind), by=named(by))
    if as_json:
        print_json({"removed": count})
    else:
        say(f"“{one_line(name)}” does not belong to “{one_line(group)}” any more.")


@app.command()
def show(
    group: Annotated[str | None, typer.Argument(help="A group; all of them if left out.")] = None,
    kind: Kind = None,
    as_json: Json = False,
) -> None:
    """Shows the members of a group with the filings that say so, or lists all groups."""
    store = open_store()
    if group is None:
        _list(store.memberships.groups(), as_json)
        return
    members = store.memberships.show(group, _kind(kind))
    if not members:
        raise ConfigError(
            f"Nobody belongs to a group {one_line(group)!r}; `backfin investor group show` lists the groups."
        )
    if as_json:
        print_json([one.model_dump() for one in members])
        return
    columns = ("name", "kind", "relation", "first seen IST", "last seen IST", "by")
    rows = [
        (
            one.name,
            one.kind.value,
            one.relation,
            as_ist(one.first_seen_at),
            as_ist(one.last_seen_at),
            (*one.announcement_ids, *one.said_by),
        )
        for one in members
    ]
    print_table(columns, rows, wraps=("name", "by"), empty="", title=members[0].label)


def _list(groups: list[dict[str, object]], as_json: bool) -> None:
    if as_json:
        print_json(groups)
        return
    rows = [(one["label"], one["kind"], one["members"]) for one in groups]
    print_table(("group", "kind", "members"), rows, wraps=("group",), empty="There are no groups yet.")


def _kind(text: str | None) -> GroupKind | None:
    from backfin.models import GroupKind

    return None if text is None else GroupKind(one_of(text, GroupKind, "kind of group"))
