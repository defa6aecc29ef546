"""A few persistent reader processes, shared by all threads of a process."""

from __future__ import annotations

import os
import time
import weakref
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from backfin.documents import sniff
from backfin.documents.bitmap import Bitmap, parse_bitmap
from backfin.documents.crew import Crew, Loan
from backfin.documents.extract import Extract, Limits, parse_extract
from backfin.documents.process import ReaderDied, ReaderTimedOut
from backfin.errors import TransientError
from backfin.settings import DocumentSettings

#: Readers that must die of a file before the file is blamed: the first one may have been killed for lack of
#: memory, or by a person.
_DEATHS = 2
#: Share of a file's time after which a reader ends with the pages it has; beyond the whole it is ended.
_OWN_SHARE = 0.85
#: Flags of a part after which the pages of the next one would not follow.
_CUT = {"too_large", "timed_out"}
#: Size from which a PDF has pages enough to share.
_SHARED_FROM_BYTES = 64 * 1024


class ReaderPool:
    """Reads files in child processes that may crash, hang or grow without harm.

    Nothing starts before the first file. Any number of threads may use one pool; at most
    ``settings.processes`` files are read at once, the others wait; a long file is shared with a reader that has
    nothing to do. A process forked off this one gets readers
    of its own. Readers end with :meth:`close`, with the pool, or with the process, however it ends.
    """

    def __init__(self, settings: DocumentSettings) -> None:
        self._settings = settings
        #: By process number. A lock taken over from the parent of a fork could be held for ever by a thread
        #: that does not exist here; a new process therefore gets a new crew.
        self._crews: dict[int, Crew] = {}
        self._finalizer = weakref.finalize(self, _end_crews, self._crews)

    def extract(self, path: Path, media_type: str) -> Extract:
        """Text of a file; what is wrong with the file is said by flags, never by an error.

        Raises:
            TransientError: No reader could be started, the file vanished, or the pool was closed meanwhile.
        """
        crew = self._crew()
        left_s = self._settings.timeout
        with crew.turn():
            for death in range(_DEATHS):
                # After a death one reader reads alone: whose fault it was is plain then.
                most = 0 if death else _helpers_for(path, media_type)
                with crew.reader() as loan, crew.helpers(most) as helpers:
                    began = time.monotonic()
                    try:
                        return self._read([loan, *helpers], path, media_type, began + left_s)
                    except ReaderTimedOut:
                        return Extract(flags=["timed_out"])
                    except ReaderDied:
                        crew.check_open()
                    left_s -= time.monotonic() - began
        return Extract(flags=["crashed_reader"])

    def picture(self, path: Path, media_type: str, index: int, deadline: float) -> Bitmap | None:
        """A page of a PDF, or of one in a zip file, as a picture; ``None`` when it cannot be drawn in time.

        Raises:
            TransientError: No reader could be started, or the pool was closed meanwhile.
        """
        crew = self._crew()
        request = {**self._request(path, media_type), "picture_of": index}
        with crew.turn(), crew.reader() as loan:
            try:
                reply, pixels = loan.reader.ask_picture(request, deadline=deadline)
                picture = parse_bitmap(reply["size"], pixels)
                loan.is_sound = not reply["leaving"]
            except (ReaderTimedOut, ReaderDied, ValueError, TypeError, LookupError):
                crew.check_open()
                return None
        return picture

    def scan_turn(self) -> AbstractContextManager[None]:
        """Waits until a file may be read by OCR, which leaves the readers to other files."""
        return self._crew().scan_turn()

    def pids(self) -> list[int]:
        """Numbers of the reader processes that run now."""
        crew = self._crews.get(os.getpid())
        return crew.pids() if crew is not None else []

    def close(self) -> None:
        """Ends all readers of this process: reads under way raise ``TransientError``."""
        crew = self._crews.pop(os.getpid(), None)
        if crew is not None:
            crew.close()

    def _crew(self) -> Crew:
        pid = os.getpid()
        crew = self._crews.get(pid)
        if crew is None:
            _disown_others(self._crews, pid)
            # setdefault is atomic: of two threads that come first, both get the same crew.
            crew = self._crews.setdefault(pid, Crew(self._settings))
        return crew

    def _request(self, path: Path, media_type: str) -> dict[str, Any]:
        return {
            "path": os.fsencode(path.absolute()).decode("latin-1"),
            "media_type": media_type,
            "limits": Limits(
                self._settings.max_pages,
                self._settings.max_chars,
                self._settings.tables,
                with_scans=self._settings.ocr,
                seconds=_OWN_SHARE * self._settings.timeout,
            ),
            "timeout": self._settings.timeout,
        }

    def _read(self, loans: Sequence[Loan], path: Path, media_type: str, deadline: float) -> Extract:
        """What the readers find together, each in its part of the pages."""
        request = self._request(path, media_type)
        for number, loan in enumerate(loans):
            limits = request["limits"]._replace(part=(number, len(loans)))
            loan.reader.start({**request, "limits": limits})
        parts = [self._answer(loan, deadline) for loan in loans]
        whole = parts[0]
        for part in parts[1:]:
            if _CUT & set(whole.flags):
                break
            whole = whole.followed_by(part)
        return whole._replace(page_count=parts[0].page_count)

    def _answer(self, loan: Loan, deadline: float) -> Extract:
        reply = loan.reader.answer(max_chars=self._settings.max_chars, deadline=deadline)
        found, leaving = _parse_reply(reply)
        loan.is_sound = not leaving and loan.reader.files_read < self._settings.recycle_after
        if isinstance(found, Extract):
            return found
        raise TransientError(f"A document vanished before it was read; fetch it again ({found}).", why=found)


def _helpers_for(path: Path, media_type: str) -> int:
    """Readers beside the first that a file is worth: a long PDF is read in half the time by two."""
    try:
        is_long = media_type == sniff.PDF and path.stat().st_size >= _SHARED_FROM_BYTES
    except OSError:
        return 0
    return 1 if is_long else 0


def _parse_reply(reply: Any) -> tuple[Extract | str, bool]:
    try:
        if "unopened" in reply:
            return str(reply["unopened"]), False
        return parse_extract(reply["extract"]), bool(reply["leaving"])
    except (ValueError, TypeError, LookupError) as error:
        raise ReaderDied from error


def _disown_others(crews: dict[int, Crew], pid: int) -> None:
    for other in [number for number in list(crews) if number != pid]:
        crew = crews.pop(other, None)
        if crew is not None:
            crew.disown()


def _end_crews(crews: dict[int, Crew]) -> None:
    """Ends this process's readers; those of the process it was forked from are none of its business."""
    pid = os.getpid()
    _disown_others(crews, pid)
    crew = crews.pop(pid, None)
    if crew is not None:
        crew.close()
