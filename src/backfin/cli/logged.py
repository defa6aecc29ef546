"""Runs a command whose first lines have the chosen form too, where that is one for machines.

``python -m backfin.cli.logged /path/to/periodiq backfin.actors``: it says that it starts before it imports the actors,
which see to the log.
"""

from __future__ import annotations

import runpy
import sys

from backfin.log import configure
from backfin.settings import load_settings


def main() -> None:
    """Sees to the log, then becomes the command."""
    settings = load_settings()
    if settings.log_format == "json":
        configure(settings)
    del sys.argv[0]
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
