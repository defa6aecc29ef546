"""``backfin delivery``: what was told to whom, what was not and why, and sending it once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from backfin.cli.arguments import one_of, past_day
from backfin.cli.asking import is_meant
from backfin.cli.output import LOOK, Json, print_json, say, stop, tell
from backfin.cli.session import open_app, open_store
from backfin.cli.tables import print_table
from backfin.clock import as_ist, in_ist
from backfin.errors import ConfigError
from backfin.notifications.clean import one_line

if TYPE_CHECKING:
    from backfin.models import Delivery
    from backfin.storage.store import Store

app = typer.Typer(help="Show what was told and what was not, and send it once more.", no_args_is_help=True)


#: What a person can do about a delivery, by its state.
_ADVICE = {
    "pending": "It is sent as soon as the channel takes it.",
    "unsure": "Nobody knows whether it arrived: look there, and `backfin delivery resend ID` if it is missing.",
    "failed": "Correct what the error says; `backfin delivery resend ID` then sends it.",
    "expired": "It was not sent; `backfin delivery resend ID` sends it all the same.",
    "muted": "Its watch was muted; `backfin delivery resend ID` sends it all the same.",
    "collected": "It is told in one message with others, when their time comes.",
}


@app.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="Only those in this state, e.g. unsure.")] = None,
    watch: Annotated[str | None, typer.Option(help="Only those of this watch.")] = None,
    since: Annotated[str | None, typer.Option(help="Only those of this day, YYYY-MM-DD, and later.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Most rows.")] = 100,
    as_json: Json = False,
) -> None:
    """Lists deliveries, the newest first."""
    from backfin.clock import day_bounds
    from backfin.models import DeliveryState

    states = [] if state is None else [DeliveryState(one_of(state, DeliveryState, "state"))]
    first = None if since is None else day_bounds(past_day(since))[0]
    store = open_store()
    watch_id = None if watch is None else _watch_id(store, watch)
    found = store.deliveries.search(states=states, watch_id=watch_id, since=first, limit=limit + 1)
    shown = _described(store, found[:limit])
    if as_json:
        print_json(shown)
    else:
        columns = ("delivery_id", "IST", "state", "watch", "address", "headline", "error")
        rows = [
            [as_ist(one["created_at"]) if name == "IST" else one[name] for name in columns] for one in shown
        ]
        print_table(columns, rows, wraps=columns[3:], empty="There are no such deliveries.")
    if len(found) > limit:
        tell(f"There are more than {limit}; --limit shows more of them.")


@app.command()
def show(
    delivery: Annotated[str, typer.Argument(metavar="ID", help="The delivery.")], as_json: Json = False
) -> None:
    """Shows one delivery: what it tells whom, each try, and what the channel answered."""
    from backfin.models import Delivery

    store = open_store()
    key = Delivery.id_of(delivery)
    found = store.deliveries.find(key)
    if found is None:
        raise ConfigError(f"There is no delivery {delivery!r}; `backfin delivery list` shows them.")
    (shown,) = _described(store, [found])
    shown["attempts"] = store.deliveries.attempts(found.told_by or found.digest_id or key)
    told = store.deliveries.search(told_by=key)
    shown["told_with_it"] = [one.delivery_id for one in told]
    shown["tells"] = [one.announcement_id for one in store.digests.items(key)]
    if as_json:
        print_json(shown)
        return
    for name, value in shown.items():
        text = "" if name == "attempts" else _words(name, value)
        if text:
            say(f"{name.replace('_', ' ')}: {text}")
    rows = [(one["number"], as_ist(one["at"]), one["outcome"], one["error"]) for one in shown["attempts"]]
    print_table(("try", "IST", "outcome", "error"), rows, wraps=("error",), empty="It was not tried yet.")
    say(_ADVICE.get(found.state.value, ""))


def _words(name: str, value: Any) -> str:
    """A value as a person reads it: moments in IST, what a channel answered as words; empty where there is none."""
    if value is None or (isinstance(value, dict | list | tuple) and not value):
        return ""
    if name.endswith("_at") or name == "held_until":
        return f"{in_ist(value)}"
    if isinstance(value, dict):
        inner = {key: _words(key, one) for key, one in value.items()}
        return ", ".join(
            text if isinstance(value[key], dict) else f"{key.replace('_', ' ')} {text}"
            for key, text in inner.items()
            if text
        )
    if isinstance(value, list | tuple):
        return ", ".join(_words("", one) for one in value)
    return one_line(str(value))


@app.command()
def resend(
    deliveries: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Which ones.")] = None,
    unsure: Annotated[bool, typer.Option("--unsure", help="All that may or may not have arrived.")] = False,
    failed: Annotated[bool, typer.Option("--failed", help="All that their channels refused.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Also what was sent: the person is told once more.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Sends deliveries once more, at once and whatever the limits of their watches; nothing else does that."""
    if bool(deliveries) == (unsure or failed):
        raise ConfigError("Say which deliveries: their ids, or --unsure or --failed for all of those.")
    backfin = open_app()
    ids = list(deliveries or []) or _of_states(backfin.store, unsure=unsure, failed=failed)
    if not ids:
        tell("There are no such deliveries.")
        return
    _ask(len(ids), again=again, yes=yes)
    results = backfin.resend(ids, again=again)
    if as_json:
        print_json(_described(backfin.store, results))
    else:
        for one in results:
            say(f"{one.state.value}: {one.delivery_id}{f' ({one.error})' if one.error else ''}")
    if any(one.state.value != "sent" for one in results):
        stop(LOOK)


def _of_states(store: Store, *, unsure: bool, failed: bool) -> list[str]:
    from backfin.models import DeliveryState

    wanted = [(DeliveryState.UNSURE, unsure), (DeliveryState.FAILED, failed)]
    found = store.deliveries.search(states=[state for state, is_wanted in wanted if is_wanted])
    return [one.delivery_id for one in reversed(found) if one.told_by is None]


def _ask(count: int, *, again: bool, yes: bool) -> None:
    """Makes sure that a person means it, where several are told or one is told twice."""
    if yes or (count == 1 and not again):
        return
    what = f"{count} message{'s' if count != 1 else ''}"
    question = f"Send {what}{', also to those who were told' if again else ''}?"
    if not is_meant(question, f"That sends {what}; add --yes if you mean it."):
        raise ConfigError("Nothing was sent.")


def _watch_id(store: Store, name: str) -> str:
    """The id of a watch, which may be removed by now."""
    from backfin.identity import watch_id

    watch = store.watches.find(name)
    found = watch_id(name) if watch is None else watch.watch_id
    if watch is None and not store.deliveries.search(watch_id=found, limit=1):
        raise ConfigError(f"There is no watch {name!r}; `backfin watch list` shows them.")
    return found


def _described(store: Store, deliveries: list[Delivery]) -> list[dict[str, Any]]:
    """Deliveries with the name of their watch and the headline of what they tell."""
    from backfin.steps.alert import REMOVED

    names = {watch.watch_id: watch.name for watch in store.watches.list()}
    items = store.announcements.find_all({one.announcement_id for one in deliveries})
    described = []
    for one in deliveries:
        item = items.get(one.announcement_id)
        told = "several filings" if one.is_digest else item and (item.headline or item.subject)
        watch = one.watch_id if one.is_digest else names.get(one.watch_id, REMOVED)
        described.append({**one.model_dump(mode="json"), "watch": watch, "headline": told or ""})
    return described
