"""Runs a command that forks, with what its processes need loaded before: they share it, in memory and in time.

``python -m backfin.cli.preloaded /path/to/dramatiq backfin.actors …``. Importing backfin opens nothing and starts no
thread, so there is nothing that a fork could break.
"""

from __future__ import annotations

import gc
import runpy
import sys


def main() -> None:
    """Loads the app and the rules, then becomes the command."""
    import backfin.app
    import backfin.enrichment.rules.enricher  # noqa: F401

    gc.collect()
    gc.freeze()  # a collection in a forked process would touch, and so copy, all that is shared
    del sys.argv[0]
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
