"""Becoming somebody with fewer rights, where the tests run as root."""

from __future__ import annotations

import os
import shutil

import pytest


def without_root() -> tuple[str, ...]:
    """Words before a command that make it run as a user who is not root; none where the tests are not root.

    That user may enter every folder, so that a Python inside root's own home can be run, and no more.
    """
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not on this machine")
    words = ["setpriv", "--reuid=nobody", "--regid=65534", "--clear-groups", "--securebits=+no_setuid_fixup"]
    words += [f"--{kind}=-all,+dac_read_search" for kind in ("inh-caps", "ambient-caps", "bounding-set")]
    return tuple(words)
