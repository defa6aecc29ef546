"""Which module reads which kind of file. Reader processes only: each module is loaded when it is first needed."""

from __future__ import annotations

from collections.abc import Callable

from backfin.documents import sniff
from backfin.documents.extract import Extract, Limits


def extract_safely(data: bytes, media_type: str, limits: Limits) -> Extract:
    """What a file holds; whatever goes wrong with it is a flag."""
    if not data:
        return Extract(flags=["empty"])
    try:
        return extractor_of(media_type)(data, limits)
    except MemoryError:
        return Extract(flags=["too_large"])
    except Exception:
        return Extract(flags=["broken"])


def extractor_of(media_type: str) -> Callable[[bytes, Limits], Extract]:
    """The function that reads files of a kind."""
    if media_type == sniff.PDF:
        from backfin.documents import pdf

        return pdf.extract
    if media_type == sniff.HTML:
        from backfin.documents import html

        return html.extract
    if media_type == sniff.ZIP:
        from backfin.documents import archive

        return archive.extract
    from backfin.documents import xbrl

    return xbrl.extract
