"""The items of a replay: one is set back when a worker takes it up, and not before.

So whatever a replay has not begun is as it was, whether it is paused, cancelled or cut off.
"""

from __future__ import annotations

from backfin.context import Context
from backfin.enrichment.difference import difference
from backfin.interfaces import PromptSet
from backfin.models import Announcement, State
from backfin.specs import Next
from backfin.steps.item import announcement_of, enrichment_of, keep, step_after, was_enriched_before
from backfin.steps.replay_request import ReplayRequest, prompt_set_of
from backfin.storage.records import Status, Taken

#: Why an item of a replay from the archive was left alone.
NOT_KEPT = "The archive has no file of it; a replay without --archive downloads it."


def take(ctx: Context, actor: str, key: str) -> str | None:
    """Takes an announcement up for the replay at hand, and sets it back as far as that wants it.

    Returns:
        Name of the step to run; ``None`` when the replay is paused or cancelled, or done with it.
    """
    if ctx.replay is None:
        return actor
    run_id = ctx.replay.run_id
    request = ReplayRequest.from_options(ctx.store.runs.get(run_id).options)
    keep(ctx, key, request=request)
    lacks = request.archive and _is_not_kept(ctx, request, key)

    def set_back() -> str | None:
        taken = ctx.store.runs.take_item(run_id, key)
        if taken is not Taken.FIRST:
            return actor if taken is Taken.AGAIN else None
        if lacks:
            ctx.store.runs.item_done(run_id, key, ok=False, changed=False, error=NOT_KEPT)
            return None
        status = ctx.store.announcements.status(key)
        state = request.state_for(status)
        if state is not status.state:
            ctx.store.announcements.rewind([key], state, due_at=ctx.due_at)
        return step_after(state)

    return ctx.store.change(set_back)


def prompts_for(ctx: Context, announcement: Announcement) -> PromptSet:
    """The prompt set that an announcement is read with: the one that its replay names, else the one that wants it."""
    request: ReplayRequest | None = ctx.kept.get((announcement.announcement_id, "request"))
    if request is None or request.prompts is None:
        return ctx.prompt_set_for(announcement)
    return prompt_set_of(ctx, request.prompts)


def told_beside(ctx: Context, key: str) -> list[Next]:
    """What else follows for an announcement that a replay takes up: its flash, where people are told."""
    return [Next("backfin.flash", key)] if ctx.replay is not None and ctx.replay.notify else []


def _is_not_kept(ctx: Context, request: ReplayRequest, key: str) -> bool:
    return any(lacks_files(ctx, status, request) for status in ctx.store.announcements.select(ids=[key]))


def lacks_files(ctx: Context, status: Status, request: ReplayRequest) -> bool:
    """Whether a replay would read the files of an announcement, and the archive does not have all of them."""
    if request.state_for(status) is not State.STORED:
        return False
    key = status.announcement_id
    if not announcement_of(ctx, key).attachments:
        return False
    kept = ctx.store.documents.of(key)
    return not kept or not all(item.size_bytes and ctx.archive.has(item.document_id) for item in kept)


def finish_item(ctx: Context, key: str, *, changed: bool = False, error: str | None = None) -> None:
    """Writes down that the replay, if there is one, is done with an announcement."""
    if ctx.replay is not None:
        ctx.store.runs.item_done(ctx.replay.run_id, key, ok=error is None, changed=changed, error=error)


def has_changed(ctx: Context, key: str) -> bool:
    """Whether the replay, if there is one, read an announcement in another way than before."""
    if ctx.replay is None or not was_enriched_before(ctx, key):
        return False
    item = ctx.store.runs.item(ctx.replay.run_id, key)
    latest = enrichment_of(ctx, key)
    if item is None or item.before_id is None or latest is None or item.before_id == latest.enrichment_id:
        return False
    return bool(difference(ctx.store.enrichments.find(item.before_id), latest))
