"""Sends for one contender: ``python -m contenders.sender module`` reads "first count" lines and answers each."""

from __future__ import annotations

import importlib
import sys

from contenders.job import SENT, note


def main() -> None:
    module = importlib.import_module(f"contenders.{sys.argv[1]}")
    if hasattr(module, "prepare"):
        module.prepare()
    print("ready", flush=True)
    for line in sys.stdin:
        first, count = map(int, line.split())
        for number in range(first, first + count):
            note(SENT, number)
        module.send(range(first, first + count))
        print("sent", flush=True)


if __name__ == "__main__":
    main()
