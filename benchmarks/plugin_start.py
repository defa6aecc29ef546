"""How long 50 installed plugins, five of them broken, take to start, against importing the same modules.

Each plugin is a real distribution with an entry point; every run is a new process. Times are CPU times, so that
what else the machine does is not counted.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

MODULE = '''"""A plugin that offers an actor, hears events, and takes settings."""

from pydantic import BaseModel

from backfin.plugins import hookimpl
from backfin.specs import ActorSpec

backfin_api = "1"


class Config(BaseModel):
    token: str = "t"


@hookimpl
def backfin_config_model():
    return Config


@hookimpl
def backfin_actors(config):
    return [ActorSpec("p{number}.work", print, "p{number}", cron="*/5 9-15 * * 1-5")]


@hookimpl
def backfin_on_event(event):
    pass
'''

#: What both runs have loaded before the clock starts.
READY = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
from backfin.clock import SystemClock
from backfin.plugins.host import PluginHost
from backfin.plugins.services import Services
from backfin.settings import Settings
from backfin.testing import StillPacer
names = ["backfin_p%d" % number for number in range(int(sys.argv[2]))]
"""

HOST = (
    READY
    + """
import logging
logging.disable()
settings = Settings()
start = time.process_time()
host = PluginHost(settings, Services(settings, StillPacer(), SystemClock(), lambda name: ""))
host.load([])
took_s = time.process_time() - start
mine = [record.state for record in host.records if record.name.startswith("p")]
print(json.dumps({"s": took_s, "on": mine.count("on"), "failed": mine.count("failed")}))
"""
)

IMPORT = (
    READY
    + """
import contextlib, importlib
start = time.process_time()
for name in names:
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
print(json.dumps({"s": time.process_time() - start}))
"""
)


def write_plugins(folder: Path, count: int, broken: int) -> None:
    """So many distributions; the last ``broken`` of them import what is not there."""
    for number in range(count):
        source = MODULE.replace("{number}", str(number))
        if number >= count - broken:
            source += "\nimport nowhere_at_all\n"
        (folder / f"backfin_p{number}.py").write_text(source)
        info = folder / f"backfin_p{number}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: backfin-p{number}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[backfin]\np{number} = backfin_p{number}\n")


def measured(code: str, folder: Path, count: int) -> dict[str, float]:
    """What one new process says."""
    command = [sys.executable, "-c", code, str(folder), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plugins", type=int, default=50)
    parser.add_argument("--broken", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--smoke", action="store_true", help="one small round, to see that it runs")
    wanted = parser.parse_args()
    if wanted.smoke:
        wanted.rounds = 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_plugins(folder, wanted.plugins, wanted.broken)
        measured(IMPORT, folder, wanted.plugins)  # compiles the modules
        hosts, imports = [], []
        for _ in range(wanted.rounds):
            hosts.append(measured(HOST, folder, wanted.plugins))
            imports.append(measured(IMPORT, folder, wanted.plugins))
    host_ms = statistics.median(one["s"] for one in hosts) * 1000
    import_ms = statistics.median(one["s"] for one in imports) * 1000
    result = {
        "benchmark": "plugin_start",
        "plugins": wanted.plugins,
        "on": hosts[-1]["on"],
        "failed": hosts[-1]["failed"],
        "host_ms": round(host_ms, 1),
        "import_ms": round(import_ms, 1),
        "own_ms": round(host_ms - import_ms, 1),
        "ratio": round(host_ms / import_ms, 2),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
