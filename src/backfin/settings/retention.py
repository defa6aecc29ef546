"""For how long what is no longer needed is kept. Days; not set means for ever."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from backfin.settings.fields import Section

#: So many days are kept of anything: nobody looks into what happened on the day it happened.
LEAST_DAYS = 7

_Days = Annotated[int | None, Field(ge=LEAST_DAYS)]


class RetentionSettings(Section):
    """For how long what is no longer needed is kept."""

    runs: _Days = Field(
        default=90,
        description="Days for which runs and what became of their items are kept; the last one of each day of an "
        "exchange stays.",
    )
    raw_answers: _Days = Field(
        default=90,
        description="Days for which the answers of exchanges are kept as they came, in the archive.",
    )
    attempts: _Days = Field(
        default=90, description="Days for which the single tries of a delivery are kept after it has ended."
    )
    receipts: _Days = Field(
        default=None,
        description="Days for which receipts and errors of deliveries are kept. That something was told is kept for "
        "ever.",
    )
    readings: _Days = Field(
        default=None,
        description="Days for which readings are kept that a later one has replaced. The latest is kept for ever.",
    )
    texts: _Days = Field(
        default=None,
        description="Days for which the texts of documents are kept; facts and their quotes are kept for ever.",
    )
    files: _Days = Field(
        default=None, description="Days for which the files of announcements are kept in the archive."
    )
    archive_grace: int = Field(
        default=2,
        ge=1,
        description="Days for which the archive still keeps what nothing refers to any more.",
    )
