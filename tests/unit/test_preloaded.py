"""The command that loads before it forks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import json, sys, threading
rules = "backfin.enrichment.rules.enricher"
print(json.dumps([__name__, sys.argv, rules in sys.modules, threading.active_count()]))
"""


def test_a_command_runs_as_itself_with_everything_loaded_and_no_thread_about(tmp_path: Path) -> None:
    script = tmp_path / "command"
    script.write_text(SCRIPT)
    command = [
        sys.executable,
        "-m",
        "backfin.cli.preloaded",
        str(script),
        "backfin.actors",
        "--processes",
        "2",
    ]

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    arguments = [str(script), "backfin.actors", "--processes", "2"]
    assert ["__main__", arguments, True, 1] == json.loads(done.stdout)
