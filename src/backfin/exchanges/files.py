"""Fetching attachments: one address after the other, and never a page in place of a file.

Exchanges move files as they age. Where a file is not, a site answers 404, or 200 with one of its own pages.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from backfin.errors import AttachmentGone, BackfinError, ExchangeUnavailable
from backfin.exchanges.file_kinds import LOOK_BYTES, UNKNOWN, is_cut, is_page_instead, is_shell, kind_of
from backfin.exchanges.patience import Patience
from backfin.http import PoliteSession, SavedFile
from backfin.interfaces import Download
from backfin.models import Attachment

#: Rounds through all addresses, when one of them answers with something that is not the file.
ROUNDS = 3


@dataclass
class _Search:
    """What was met so far: why addresses failed, and a doubtful file that is better than none."""

    name: str
    reasons: set[str] = field(default_factory=set)
    doubtful: Download | None = None

    def keep(self, download: Download | None) -> None:
        """Holds on to a doubtful file and deletes the one held before."""
        if self.doubtful is not None:
            self.doubtful.path.unlink(missing_ok=True)
        self.doubtful = download

    def take(self) -> Download | None:
        """Hands the doubtful file over."""
        kept, self.doubtful = self.doubtful, None
        return kept

    def is_settled(self, rounds: int) -> bool:
        """Whether another round can change nothing: 404 everywhere, or its site shown twice."""
        if self.doubtful is not None or "page" in self.reasons:
            return False
        return self.reasons == {"not_found"} or rounds > 1

    def failure(self) -> BackfinError:
        """What to raise when no address has a file."""
        if "page" in self.reasons:
            return ExchangeUnavailable(
                f"The exchange answers with a page instead of {self.name}; it is tried again later.",
                fault="html_200",
            )
        return AttachmentGone(
            f"No address has {self.name} any more; the exchange's own text is used instead.", name=self.name
        )


class FileFetcher:
    """Downloads attachments. Safe to share between threads.

    Args:
        http: The polite session that carries the requests.
        max_bytes: Larger files are refused.
        headers: Headers that differ from the session's.
        patience: How often one address is asked again.
    """

    def __init__(
        self, http: PoliteSession, *, max_bytes: int, headers: dict[str, str], patience: Patience
    ) -> None:
        self._http = http
        self._max_bytes = max_bytes
        self._headers = headers
        self._patience = patience

    def fetch(self, attachment: Attachment) -> Download:
        """Downloads one attachment to a temporary file that the caller deletes.

        A file that comes whole but lacks its end mark, or is of no known kind, is asked for again; when the
        exchange insists, it is handed on as it is.

        Raises:
            AttachmentGone: No address has it.
            UnreadableDocument: It is larger than allowed; ``reason`` is ``too_large``.
            ExchangeUnavailable, RateLimited: Trying again can help.
        """
        search = _Search(attachment.name)
        try:
            for number in range(ROUNDS):
                if number:
                    self._patience.pause()
                found = self._round(attachment, search)
                if found is not None:
                    return found
                if search.is_settled(number + 1):
                    break
            kept = search.take()
            if kept is None:
                raise search.failure()
            return kept
        finally:
            search.keep(None)

    def _round(self, attachment: Attachment, search: _Search) -> Download | None:
        """Tries every address once; ``None`` when none has a file beyond doubt."""
        for url in attachment.urls:
            try:
                download = self._whole(url, attachment.name)
            except AttachmentGone as error:
                # The oldest directory sends everybody away; a file's own directory does so only when troubled.
                is_odd = error.facts["fault"] == "redirect" and url == attachment.urls[0]
                search.reasons.add("page" if is_odd else error.facts["fault"])
                continue
            if download.media_type != UNKNOWN:
                return download
            search.keep(download)
        return None

    def _whole(self, url: str, name: str) -> Download:
        """The file at one address; one without its end mark is fetched a second time."""
        first, tail = self._one(url, name)
        if not is_cut(first.media_type, tail):
            return first
        first.path.unlink(missing_ok=True)
        self._patience.pause()
        return self._one(url, name)[0]

    def _one(self, url: str, name: str) -> tuple[Download, bytes]:
        return self._patience.insist(lambda: self._ask(url, name), [])

    def _ask(self, url: str, name: str) -> tuple[Download, bytes]:
        """Downloads one address; returns the file and its last bytes.

        Raises:
            AttachmentGone: It is not there; ``fault`` is ``not_found``, ``shell``, ``redirect`` or ``page``.
        """
        try:
            saved = self._http.download(url, max_bytes=self._max_bytes, headers=self._headers)
        except ExchangeUnavailable as error:
            if error.facts.get("fault") == "redirect":
                raise AttachmentGone(error.sentence, fault="redirect", url=url) from error
            raise
        head, tail = _ends(saved)
        try:
            _refuse_substitute(name, head, url)
        except (AttachmentGone, ExchangeUnavailable):
            saved.path.unlink(missing_ok=True)
            raise
        self._http.accepted(url)
        return Download(saved.path, url, saved.size_bytes, kind_of(head)), tail


def _refuse_substitute(name: str, head: bytes, url: str) -> None:
    if not head.strip():
        raise ExchangeUnavailable(
            "The exchange sent an empty file; it is tried again later.", fault="empty_body", url=url
        )
    if is_shell(head):
        raise AttachmentGone("The exchange shows its site where the file was.", fault="shell", url=url)
    if is_page_instead(name, head):
        raise AttachmentGone("The exchange sent a page instead of the file.", fault="page", url=url)


def _ends(saved: SavedFile) -> tuple[bytes, bytes]:
    """The first and the last bytes of a file."""
    with saved.path.open("rb") as file:
        head = file.read(LOOK_BYTES)
        file.seek(max(0, saved.size_bytes - LOOK_BYTES), os.SEEK_SET)
        return head, file.read()
