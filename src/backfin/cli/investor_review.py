"""``backfin investor review``: pairs of names that a person should look at, one key for each decision."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backfin.cli.arguments import one_of
from backfin.cli.investor_judge import By, Why, named, tell_judgement
from backfin.cli.output import Json, print_json, say, tell
from backfin.cli.session import open_store
from backfin.errors import ConfigError
from backfin.notifications.clean import fit, one_line

if TYPE_CHECKING:
    from backfin.storage.store import Store

_QUOTE_CHARS = 400
_KEYS = {"s": "same", "n": "not_same", "u": "undecided"}
_HELP_AT_THE_END = "[z] undo the last   [q] quit"
_HELP = f"[s] same   [n] not the same   [u] undecided   {_HELP_AT_THE_END}"


def review(
    review_id: Annotated[int | None, typer.Argument(help="Number of one pair; all if left out.")] = None,
    verdict: Annotated[
        str | None, typer.Option(help="same, not_same or undecided: decides that pair.")
    ] = None,
    why: Why = "",
    by: By = None,
    limit: Annotated[int, typer.Option(min=1, max=5000, help="Most pairs that --json lists.")] = 50,
    as_json: Json = False,
) -> None:
    """Shows pairs of names that may be one investor, the likeliest first, and asks what they are."""
    store = open_store()
    if verdict is not None:
        _decide(store, review_id, verdict, (named(by), why), as_json)
    elif review_id is not None:
        _show_one(store.reviews.get(review_id), as_json)
    elif as_json:
        print_json(store.reviews.open(limit))
    else:
        _ask_all(store, named(by), why)


def _decide(store: Store, review_id: int | None, verdict: str, said: tuple[str, str], as_json: bool) -> None:
    from backfin.models import Verdict

    if review_id is None:
        raise ConfigError(
            "--verdict needs the number of a pair; `backfin investor review --json` lists them."
        )
    chosen = Verdict(one_of(verdict, Verdict, "verdict"))
    made = store.reviews.judge(review_id, chosen, by=said[0], why=said[1])
    tell_judgement(made, f"Pair {review_id} is judged: {chosen.replace('_', ' ')}", as_json)


def _show_one(pair: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(pair)
    else:
        _print_pair(pair)


def _ask_all(store: Store, by: str, why: str) -> None:
    if not store.reviews.count():
        say("No pair waits.")
        return
    if not sys.stdin.isatty():
        raise ConfigError(
            "There is no terminal to ask in; `backfin investor review --json` lists the pairs, and "
            "`backfin investor review NUMBER --verdict same` decides one."
        )
    made: list[int] = []
    passed: set[int] = set()
    while True:
        pair = _next_pair(store, passed)
        if pair is None and not made:
            break
        key = _ask(store, pair, passed)
        if key == "q":
            break
        if key == "z":
            _undo_last(store, made, by)
        elif pair is not None:
            _judge(store, pair, _KEYS[key], (by, why), made, passed)
    waiting = store.reviews.count()
    say(f"{len(made)} decided; {waiting or 'none'} {'waits' if waiting == 1 else 'wait'}.")


def _next_pair(store: Store, passed: set[int]) -> dict[str, Any] | None:
    for pair in store.reviews.open(len(passed) + 1):
        if pair["review_id"] not in passed:
            return pair
    return None


def _ask(store: Store, pair: dict[str, Any] | None, passed: set[int]) -> str:
    """Shows a pair, or that there is none left, and returns the key that is pressed."""
    say("")
    if pair is None:
        say(f"That was the last.   {_HELP_AT_THE_END}", style="dim")
        return _read_key("zq")
    say(f"{store.reviews.count() - len(passed)} to go", style="dim")
    _print_pair(pair)
    say(_HELP, style="dim")
    return _read_key("snuzq")


def _read_key(known: str) -> str:
    """The next key that means something; the end of input quits."""
    while True:
        try:
            key = typer.getchar().lower()
        except EOFError:
            return "q"
        if key and key in known:
            return key


def _judge(
    store: Store,
    pair: dict[str, Any],
    verdict: str,
    said: tuple[str, str],
    made: list[int],
    passed: set[int],
) -> None:
    """Records a decision; one that contradicts another is refused, told, and left for later."""
    from backfin.models import Verdict

    try:
        judged = store.reviews.judge(pair["review_id"], Verdict(verdict), by=said[0], why=said[1])
    except ConfigError as error:
        tell(str(error))
        passed.add(pair["review_id"])
        return
    made.append(judged.link_id)
    say(f"→ {verdict.replace('_', ' ')}", style="bold")


def _undo_last(store: Store, made: list[int], by: str) -> None:
    if not made:
        say("There is nothing to undo yet.")
        return
    store.judgements.undo(made.pop(), by=by)
    say("→ the last decision is undone", style="bold")


def _print_pair(pair: dict[str, Any]) -> None:
    for side in ("known", "new"):
        one = pair[side]
        say(one_line(f"{one['name']}  ({one['kind'].replace('_', ' ')})"), style="bold")
        say(f"    {_place(one)}", wrap=True)
        if one["quote"]:
            say(f"    “{fit(one_line(one['quote']), _QUOTE_CHARS)}”", wrap=True)
    say(f"Pair {pair['review_id']}, score {pair['score']:.2f}: {one_line(pair['explanation'])}", wrap=True)


def _place(one: dict[str, Any]) -> str:
    """Where a name was met, in words."""
    if not one["announcement_id"]:
        return "met in no filing yet"
    page = {None: "", 0: ", exchange text"}.get(one["page"], f", page {one['page']}")
    filing = one["filing_id"] or one["announcement_id"]
    return one_line(f"{one['issuer'] or 'unknown issuer'}{page}, {filing}")
