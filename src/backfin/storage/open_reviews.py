"""Which pairs wait for a person: neither one investor by now, nor judged by anybody."""

from __future__ import annotations

from sqlalchemy import bindparam, exists, select

from backfin.models import Verdict
from backfin.storage.tables import investor_links as links
from backfin.storage.tables import investors, reviews

KNOWN, NEW = investors.alias("known"), investors.alias("new")
_ONE, _OTHER = investors.alias("judged_one"), investors.alias("judged_other")

#: Reviews with the investors of both names.
PAIRS = reviews.join(KNOWN, KNOWN.c.investor_id == reviews.c.known_id).join(
    NEW, NEW.c.investor_id == reviews.c.new_id
)

_BOTH = (KNOWN.c.survivor_id, NEW.c.survivor_id)

#: Somebody has said that the two are not the same, or that it cannot be told.
_IS_JUDGED = exists(
    select(1)
    .select_from(
        links.join(_ONE, _ONE.c.investor_id == links.c.one_id).join(
            _OTHER, _OTHER.c.investor_id == links.c.other_id
        )
    )
    .where(
        links.c.undone_at.is_(None),
        links.c.verdict != Verdict.SAME.value,
        _ONE.c.survivor_id.in_(_BOTH),
        _OTHER.c.survivor_id.in_(_BOTH),
        _ONE.c.survivor_id != _OTHER.c.survivor_id,
    )
    .correlate(KNOWN, NEW)
)

#: What a review must be to wait for a person.
IS_OPEN = (KNOWN.c.survivor_id != NEW.c.survivor_id) & ~_IS_JUDGED

#: Whom new names may mean, the likeliest first.
OPEN_DOUBTS = (
    select(reviews.c.new_id, reviews.c.known_name, reviews.c.score, reviews.c.explanation)
    .select_from(PAIRS)
    .where(IS_OPEN, reviews.c.new_id.in_(bindparam("ids", expanding=True)))
    .order_by(reviews.c.score.desc(), reviews.c.review_id)
)
