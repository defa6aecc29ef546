"""``backfin demo`` on a machine that knows nothing of backfin."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from backfin.demo import load_day
from processes import BIN, Cli, processes_of
from rights import without_root

#: Brings the loopback interface of an empty network up, then becomes another command.
LOOPBACK_UP = """
import fcntl, os, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", 1))
os.execvp(sys.argv[1], sys.argv[1:])
"""


def exported(cli: Cli, table: str) -> list[dict[str, Any]]:
    """Every row of a table."""
    output = cli.home / f"{table}.out"
    cli.run("export", table, "--format", "jsonl", "--output", str(output))
    return [json.loads(line) for line in output.read_text().splitlines()]


def told(cli: Cli) -> Counter[str]:
    """Deliveries in the files that the sample watches write, by delivery id."""
    lines = [line for file in cli.home.glob("*.jsonl") for line in file.read_text().splitlines()]
    return Counter(json.loads(line)["delivery_id"] for line in lines)


def test_the_demo_reads_the_whole_sample_day_once(cli: Cli) -> None:
    truth = load_day().truth

    first = cli.json("demo")
    told_first, left = told(cli), processes_of(cli.home)
    second = cli.json("demo")

    assert {"announcements", "enriched", "mentions", "deliveries", "failed", "seconds", "top"} <= first.keys()
    assert (len(truth), len(truth), 0) == (first["announcements"], first["enriched"], first["failed"])
    assert {f"bse:{key}" for key in truth} == {
        one["announcement_id"] for one in exported(cli, "announcements")
    }
    assert len(exported(cli, "mentions")) == first["mentions"] > 0
    deliveries = exported(cli, "deliveries")
    assert ({"sent"}, first["deliveries"]) == ({one["state"] for one in deliveries}, len(deliveries))
    scores = [one["materiality"] for one in first["top"]]
    assert sorted(scores, reverse=True) == scores
    assert 0 == second["deliveries"]
    assert first | {"deliveries": 0, "seconds": 0} == second | {"seconds": 0}
    assert told_first == told(cli)
    assert {1} == set(told_first.values())
    assert [] == left == processes_of(cli.home)


def test_the_demo_needs_no_rights_no_network_no_key_and_no_absolute_home(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(tmp_path, nobody.pw_uid, nobody.pw_gid)

    done = subprocess.run(
        [*without_network(), *without_root(), str(BIN / "backfin"), "demo", "--json"],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "BACKFIN_HOME": ".backfin"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=110,
    )

    assert 0 == done.returncode, done.stderr
    result = json.loads(done.stdout)
    count = len(load_day().truth)
    assert (count, count, 0) == (result["announcements"], result["enriched"], result["failed"])
    assert result["deliveries"] > 0
    assert (tmp_path / ".backfin" / "everything.jsonl").is_file()
    files = [tmp_path / ".backfin", *(tmp_path / ".backfin").rglob("*")]
    assert {tmp_path.stat().st_uid} == {file.stat().st_uid for file in files}
    assert 0 not in {file.stat().st_uid for file in files}


def without_network() -> tuple[str, ...]:
    """Words before a command that leave it nothing but loopback; none where this is not permitted."""
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-n", "true"], check=False).returncode:
        return ()
    return ("unshare", "-n", sys.executable, "-c", LOOPBACK_UP)
