"""The commands as a user runs them, in processes of their own, with the plugin installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from backfin_deals.testing import DealsServer, Tables
from deal_rows import LISTS, nse_deal, nse_trade


def run(home: Path, server: DealsServer, *arguments: str) -> Any:
    """Runs a command with ``--json`` to its end and returns its document."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("BACKFIN_", "OPENAI_"))},
        "BACKFIN_HOME": str(home),
        "BACKFIN_EXCHANGES__BSE__ENABLED": "false",
        "BACKFIN_EXCHANGES__BSE_DEALS__ENABLED": "false",
        "BACKFIN_EXCHANGES__NSE_DEALS__API_URL": f"{server.url}/api",
        "BACKFIN_EXCHANGES__NSE_DEALS__FILES_URL": server.url,
        "BACKFIN_EXCHANGES__NSE_DEALS__MIN_INTERVAL": "0",
    }
    command = [str(Path(sys.executable).parent / "backfin"), *arguments, "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return json.loads(done.stdout)


def test_a_day_is_replayed_read_and_proved_whole(tmp_path: Path) -> None:
    tables = Tables(nse_bulk=[nse_deal(1), nse_deal(1)], nse_trades=[nse_trade(1)], files=LISTS)
    with DealsServer(tables, needs_cookie=True) as server:
        (found,) = [one for one in run(tmp_path, server, "plugins") if one["name"] == "deals"]
        replayed = run(tmp_path, server, "replay", "2026-07-01", "--exchange", "nse_deals", "--wait")
        (report,) = run(tmp_path, server, "day", "2026-07-01", "--exchange", "nse_deals")

    assert found["state"] == "on"
    assert (replayed["new"], replayed["done"], replayed["failed"]) == (3, 3, 0)
    assert (report["stored"], report["missing"], report["complete"], report["basis"]) == (3, 0, True, "sweep")
