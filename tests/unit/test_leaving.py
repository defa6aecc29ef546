"""How a command ends when a plugin left something running."""

from __future__ import annotations

import subprocess
import sys

import pytest

LEAVE = "from backfin.cli import leaving; leaving.GRACE_S = 0.2; print('done'); leaving.leave(1)"


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (
            "import threading, time; threading.Thread(target=time.sleep, args=(60,), name='poller').start()",
            "poller",
        ),
        ("import atexit, time; atexit.register(time.sleep, 60)", "exit functions"),
    ],
)
def test_a_command_ends_with_its_code_and_names_what_still_runs(left: str, said: str) -> None:
    command = [sys.executable, "-c", f"{left}\n{LEAVE}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert (done.returncode, done.stdout) == (1, "done\n")
    assert said in done.stderr
