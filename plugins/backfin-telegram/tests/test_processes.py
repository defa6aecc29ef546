"""With real processes: the commands, and a worker that tells a chat of a day."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bot_server import TOKEN, BotServer

from backfin.testing.exchange_server import ExchangeServer
from backfin.testing.pdf import one_page_pdf

#: Commands take their time on a busy machine.
pytestmark = pytest.mark.timeout(400)

BIN = Path(sys.executable).parent
DAY = "2026-07-15"
GUID = "00000001-0000-4000-8000-000000000000"

ROW = {
    "NEWSID": GUID,
    "SCRIP_CD": 999001,
    "NEWSSUB": "Announcement under Regulation 30 (LODR)-Award_of_Order_Receipt_of_Order",
    "HEADLINE": "Receipt of an order",
    **dict.fromkeys(("NEWS_DT", "DT_TM", "DissemDT", "News_submission_dt"), f"{DAY}T09:30:00"),
    "CATEGORYNAME": "Company Update",
    "SUBCATNAME": "Award of Order / Receipt of Order",
    "ATTACHMENTNAME": f"{GUID}.pdf",
    "PDFFLAG": 0,
    "SLONGNAME": "Saraswati Cables Ltd",
    "MORE": "",
}
LETTER = one_page_pdf("Receipt of an order worth Rs. 12.50 crore from Example Rail Limited.")


class Commands:
    """Commands in one home."""

    def __init__(self, home: Path, settings: dict[str, str]) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BACKFIN_")}
        self.env = {**kept, "BACKFIN_HOME": str(home), **settings}

    def run(self, *command: str, code: int = 0) -> str:
        """Runs a command to its end and returns what it printed."""
        done = subprocess.run(
            [BIN / command[0], *command[1:]],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert TOKEN.partition(":")[2] not in done.stdout + done.stderr
        assert done.returncode == code, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def json(self, *command: str) -> Any:
        """Runs a command with ``--json``."""
        done = subprocess.run(
            [BIN / command[0], *command[1:], "--json"],
            env=self.env,
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)


@pytest.fixture
def commands(tmp_path: Path, server: BotServer) -> Iterator[Commands]:
    """Commands of a home whose exchange and whose Telegram are local."""
    with ExchangeServer([ROW], {f"{GUID}.pdf": LETTER}.get) as exchange:
        settings = {
            "BACKFIN_PLUGIN__TELEGRAM__TOKEN": TOKEN,
            "BACKFIN_PLUGIN__TELEGRAM__API_URL": server.url,
            "BACKFIN_EXCHANGES__BSE__API_URL": exchange.api_url,
            "BACKFIN_EXCHANGES__BSE__FILES_URL": exchange.files_url,
            "BACKFIN_EXCHANGES__BSE__MIN_INTERVAL": "0",
        }
        yield Commands(tmp_path / "home", settings)


def test_a_worker_turns_a_flash_into_its_facts(commands: Commands, server: BotServer) -> None:
    commands.run("backfin", "watch", "add", "all", "*", "--to", "telegram://42", "--phase", "both")

    commands.run("backfin", "replay", DAY, "--notify", "--wait")

    (text,) = server.texts
    assert "Saraswati Cables Ltd" in text
    assert "12.50 crore" in text
    assert "has not been read yet" not in text
    methods = [method for method in server.methods() if method != "getUpdates"]
    assert methods in (["sendMessage", "editMessageText"], ["sendMessage"])


def test_a_link_is_printed_and_waited_for(commands: Commands, server: BotServer) -> None:
    commands.run("backfin", "watch", "add", "orders", "*", "--to", "console:")
    process = subprocess.Popen(
        [BIN / "backfin-telegram", "link", "orders"], env=commands.env, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    link = process.stdout.readline().strip()
    assert link.startswith("https://t.me/a_bot?start=")

    server.say(42, f"/start {link.partition('=')[2]}")

    said, _ = process.communicate(timeout=300)
    assert (process.returncode, said) == (0, "linked: orders\n")
    (watch,) = commands.json("backfin", "watch", "list")
    assert watch["addresses"] == ["console:", "telegram://42"]


def test_what_waits_is_read_by_a_command_that_ends(commands: Commands, server: BotServer) -> None:
    commands.run("backfin", "watch", "add", "orders", "*", "--to", "telegram://42")
    server.say(42, "/stop")

    commands.run("backfin-telegram", "listen", "--for", "0")

    (watch,) = commands.json("backfin", "watch", "list")
    assert watch["addresses"] == []
    assert server.updates == []


def test_mistakes_are_a_sentence_and_an_exit_code(commands: Commands, server: BotServer) -> None:
    assert "no watch 'nobody'" in commands.run("backfin-telegram", "link", "nobody", code=2)
    commands.run("backfin", "watch", "add", "orders", "*", "--to", "console:")
    bad = commands.run("backfin", "watch", "add", "x", "*", "--to", "telegram://somebody", code=2)
    assert "telegram://123456789" in bad
    commands.env["BACKFIN_PLUGIN__TELEGRAM__API_URL"] = "http://127.0.0.1:1"
    assert "cannot be reached" in commands.run("backfin-telegram", "link", "orders", code=3)
    del commands.env["BACKFIN_PLUGIN__TELEGRAM__TOKEN"]
    assert "BACKFIN_PLUGIN__TELEGRAM__TOKEN" in commands.run("backfin-telegram", "link", "orders", code=2)
