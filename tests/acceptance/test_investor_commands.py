"""The commands by which people say who is who."""

from __future__ import annotations

import os
import pty
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from backfin.storage import Store
from processes import BIN, Cli
from store_contract.book import KNOWN, NEAR, read

LARCH = "Zubin Larch"


@pytest.fixture
def store(cli: Cli) -> Iterator[Store]:
    """A store in which two names may be one, and one is somebody else's."""
    with closing(Store(f"sqlite:///{cli.home / 'backfin.db'}")) as store:
        store.upgrade()
        read(store, 1, [KNOWN, LARCH])
        read(store, 2, [NEAR])
        yield store


def type_keys(cli: Cli, keys: str, *arguments: str) -> str:
    """Runs a command in a terminal, types a key at each question, and returns what the terminal showed."""
    ours, theirs = pty.openpty()
    command = [str(BIN / "backfin"), *arguments]
    process = subprocess.Popen(command, env=cli.env(), stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown, typed = "", 0
    with suppress(OSError):  # how Linux says that nobody is on the other end any more
        while part := os.read(ours, 4096):
            shown += part.decode()
            if shown.count("[q] quit") > typed and typed < len(keys):
                time.sleep(0.3)  # what is typed before the terminal listens is thrown away
                os.write(ours, keys[typed].encode())
                typed += 1
    os.close(ours)
    assert process.wait(60) == 0
    return shown


def test_a_merge_is_listed_shown_and_undone(cli: Cli, store: Store) -> None:
    before = cli.json("investor", "show", LARCH)

    made = cli.json("investor", "merge", KNOWN, LARCH, "--why", "the same address", "--by", "asha")
    shown = cli.json("investor", "show", LARCH)
    listed = cli.json("investor", "judgements")
    cli.run("investor", "undo", str(made["link_id"]))

    assert {"investor_id", "name", "kind", "status", "names", "mentions"} <= shown.keys()
    assert (shown["name"], shown["names"]) == (KNOWN, [KNOWN, LARCH])
    assert shown["investor_id"] == made["one_id"]
    assert [(one["made_by"], one["why"], one["verdict"]) for one in listed] == [
        ("asha", "the same address", "same")
    ]
    assert cli.json("investor", "show", LARCH) == before


def test_what_is_said_of_a_merged_investor_stays_its_own_when_the_merge_is_undone(cli: Cli) -> None:
    for name in ("Alpha Beta Rao", "Gamma Delta Rao", "Epsilon Zeta Rao"):
        cli.run("investor", "add", name)
    first = cli.json("investor", "merge", "Alpha Beta Rao", "Gamma Delta Rao")
    said = cli.run("investor", "merge", "Gamma Delta Rao", "Epsilon Zeta Rao").stdout
    cli.run("investor", "alias", "Gamma Delta Rao", "Kaka Rao")

    cli.run("investor", "undo", str(first["link_id"]))

    assert "“Epsilon Zeta Rao” is shown under “Alpha Beta Rao” now" in said
    assert cli.json("investor", "show", "Alpha Beta Rao")["names"] == ["Alpha Beta Rao"]
    assert cli.json("investor", "show", "Kaka Rao")["names"] == [
        "Epsilon Zeta Rao",
        "Gamma Delta Rao",
        "Kaka Rao",
    ]


def test_an_alias_and_its_split(cli: Cli, store: Store) -> None:
    cli.run("investor", "alias", KNOWN, "Kaka Mehra")
    known = cli.json("investor", "show", "kaka mehra")
    made = cli.json("investor", "split", KNOWN, "KAKA MEHRA", "--why", "his uncle")
    apart = cli.json("investor", "show", "Kaka Mehra")
    refused = cli.run("investor", "merge", KNOWN, "Kaka Mehra", code=2)

    assert known["name"] == KNOWN
    assert (apart["names"], apart["investor_id"] != known["investor_id"]) == (["Kaka Mehra"], True)
    assert f"judgement {made['link_id']} (" in refused.stderr
    assert "his uncle" in refused.stderr


def test_a_pair_is_decided_without_a_terminal(cli: Cli, store: Store) -> None:
    (waiting,) = cli.json("investor", "review")
    number = str(waiting["review_id"])
    printed = cli.run("investor", "review", number).stdout

    cli.run("investor", "review", number, "--verdict", "same", "--why", "one PAN")

    for told in (
        KNOWN,
        NEAR,
        "person",
        "Saraswati Cables Ltd, page 2, bse:2",
        f"“shares to {NEAR}”",
        "score 0.8",
    ):
        assert told in printed
    assert cli.json("investor", "review") == []
    assert cli.json("investor", "show", NEAR)["name"] == KNOWN


def test_one_key_decides_a_pair_and_another_takes_that_back(cli: Cli, store: Store) -> None:
    shown = type_keys(cli, "szznq", "investor", "review")
    judged = store.judgements.list()

    assert "[s] same" in shown
    assert "the last decision is undone" in shown
    assert "There is nothing to undo yet." in shown
    assert "1 decided; none wait." in shown
    assert [(one["verdict"], one["undone_at"] is None) for one in judged] == [
        ("not_same", True),
        ("same", False),
    ]


def test_quitting_decides_nothing(cli: Cli, store: Store) -> None:
    assert "0 decided; 1 waits." in type_keys(cli, "q", "investor", "review")
    assert "1 decided; none wait." in type_keys(cli, "uq", "investor", "review")
    assert cli.run("investor", "review").stdout == "No pair waits.\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("merge", KNOWN, "Nobody"), "No investor goes by 'Nobody'"),
        (("merge", KNOWN, "MEHRA, Ashok Kumar"), "No investor"),
        (("merge", KNOWN, "ashok kumar mehra"), "are one investor already"),
        (("merge", KNOWN, ""), "No investor goes by ''"),
        (("alias", KNOWN, LARCH), "is a name of another investor"),
        (("alias", KNOWN, "ABCDE1234F"), "not a name"),
        (("alias", KNOWN, "a@example.com"), "not a name"),
        (("alias", KNOWN, "Promoter Group"), "names nobody"),
        (("alias", KNOWN, "..."), "names nobody"),
        (("alias", KNOWN, " "), "is empty"),
        (("add", "INE002A01018"), "not a name"),
        (("split", KNOWN, KNOWN), "nothing to split"),
        (("split", KNOWN, LARCH), "is no name of that investor"),
        (("split", "Nobody", LARCH), "No investor"),
        (("undo", "9"), "There is no judgement 9"),
        (("undo", "nine"), "valid integer"),
        (("review", "9"), "There is no review 9"),
        (("review", "1", "--verdict", "sam"), "did you mean 'same'"),
        (("review", "--verdict", "same"), "needs the number"),
        (("review",), "no terminal"),
    ],
)
def test_a_mistake_gets_a_sentence(cli: Cli, store: Store, arguments: tuple[str, ...], told: str) -> None:
    done = cli.run("investor", *arguments, code=2)

    assert done.stderr.startswith("backfin: ")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert store.judgements.list() == []


def test_a_watch_on_any_name_or_id_hears_of_a_merged_investor(cli: Cli, store: Store, tmp_path: Path) -> None:
    ids = [store.investors.find(name) for name in (KNOWN, LARCH)]
    cli.run("investor", "merge", KNOWN, LARCH)

    for asked in (KNOWN, LARCH, *ids):
        tried = cli.json("watch", "test", f'investor = "{asked}"', "--since", "2026-07-01")
        assert [one["announcement_id"] for one in tried["items"]] == ["bse:1"]

    output = tmp_path / "mentions.csv"
    cli.run("export", "mentions", "--format", "csv", "--output", str(output))
    assert ids[1] not in output.read_text()


def test_an_empty_list_and_another_kind_are_told_in_a_sentence(
    cli: Cli, store: Store, tmp_path: Path
) -> None:
    empty = tmp_path / "list.csv"
    empty.touch()

    said = cli.run("investor", "import", str(empty), code=2).stderr
    assert "is empty" in said
    said = cli.run("investor", "add", LARCH, "--kind", "company", code=2).stderr
    assert "of the kind person, not company" in said
