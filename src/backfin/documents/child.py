"""The program of a reader process: takes a path, answers with text by page, until its parent is gone.

Started by :mod:`backfin.documents.process` with nothing inherited but two pipes. Stays small on purpose: only
the extractor a file needs is imported, none of the models and settings.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backfin.documents import frames, sandbox, sniff
from backfin.documents.extract import Limits
from backfin.documents.extractors import extract_safely, extractor_of

#: Longest request: a path and some numbers.
_MAX_REQUEST_BYTES = 1 << 20
#: A reader that holds more than this after a file asks to be replaced: one big file must not cost memory for
#: ever.
_MAX_IDLE_BYTES = 256 * 1024 * 1024
#: Seconds between two looks at who the parent is; the pipe usually tells first.
_PARENT_CHECK_S = 2.0

_REQUESTS = 0


def main(max_memory_bytes: int) -> None:
    """Serves requests on standard input until it ends."""
    parent = os.getppid()
    # A library that prints must not garble the replies.
    replies = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    # Before the sandbox, which lets nothing be written: an installer that compiles nothing, as uv is, would leave
    # the bindings of PDFium to be compiled by every reader again, which takes longer than most files.
    extractor_of(sniff.PDF)
    sys.dont_write_bytecode = True
    sandbox.enter(max_memory_bytes)
    threading.Thread(target=_leave_with_parent, args=(parent,), daemon=True).start()
    frames.send(replies, {"ready": True})
    with contextlib.suppress(EOFError, BrokenPipeError):
        _serve(replies)
    os._exit(0)


def _serve(replies: int) -> None:
    while True:
        request = frames.receive(_REQUESTS, max_bytes=_MAX_REQUEST_BYTES)
        sandbox.allow_cpu(request["timeout"])
        if "picture_of" in request:
            for body in _picture(request):
                frames.send_bytes(replies, body)
        else:
            frames.send(replies, _answer(request))


def _leave_with_parent(parent: int) -> None:
    """Ends this process when its parent is gone, also in the middle of a file.

    The kernel's own signal for that (``PR_SET_PDEATHSIG``) follows the *thread* that started us, which may
    end long before the pool does. A process forked off the parent can hold the pipe open, so the parent's
    number is looked at too.
    """
    poller = select.poll()
    poller.register(_REQUESTS, 0)  # a hang-up is reported without asking
    while os.getppid() == parent:
        if poller.poll(_PARENT_CHECK_S * 1000):
            break
    os._exit(0)


def _answer(request: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        data = _bytes_of(request)
    except OSError as error:
        return {"unopened": str(error)}
    found = extract_safely(data, request["media_type"], Limits(*request["limits"]))
    return {"extract": found, "leaving": _is_leaving()}


def _picture(request: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """Size and pixels of a page; an empty size for one that cannot be drawn."""
    from backfin.documents import pdf_render

    data, index = _bytes_of(request), request["picture_of"]
    try:
        if request["media_type"] == sniff.ZIP:
            data, index = _member(data, index, Limits(*request["limits"]))
        picture = pdf_render.render(data, index)
    except Exception:
        return json.dumps({"size": None, "leaving": True}).encode(), b""
    size = [picture.width, picture.height, picture.dpi]
    return json.dumps({"size": size, "leaving": _is_leaving()}).encode(), picture.pixels


def _member(data: bytes, index: int, limits: Limits) -> tuple[bytes, int]:
    from backfin.documents import archive

    found = archive.member_at(data, index, limits._replace(with_tables=False))
    if found is None or found[0].media_type != sniff.PDF:
        raise ValueError("a page of no member that can be drawn")
    return found[0].data, found[1]


def _bytes_of(request: Mapping[str, Any]) -> bytes:
    return Path(os.fsdecode(request["path"].encode("latin-1"))).read_bytes()


def _is_leaving() -> bool:
    return sandbox.held_memory_bytes() > _MAX_IDLE_BYTES
