"""The frozen values everything else passes around."""

from __future__ import annotations

from backfin.models.announcement import Announcement, Attachment, Issuer, IssuerCode, State
from backfin.models.delivery import Alert, Delivery, DeliveryState, Digest, Receipt
from backfin.models.document import Box, Document, Method, Page, Table
from backfin.models.enrichment import Enrichment, IssuerRecord, MaterialityPart, Reading, Sentiment
from backfin.models.facts import EventType, Evidence, Fact, Party, PartyKind, Status
from backfin.models.investor import Investor, Judgement, Mention, Verdict
from backfin.models.ledger import GroupKind, Identifier, Member, Membership, Scheme
from backfin.models.model_call import CallLimits, CallOutcome, ModelCall, ModelUse
from backfin.models.money import Money, Scale
from backfin.models.timeline import Action, Stated, Timeline, TimelineEvent, TimelineTotal
from backfin.models.watch import Cadence, Limits, Phase, Watch

__all__ = [
    "Action",
    "Alert",
    "Announcement",
    "Attachment",
    "Box",
    "Cadence",
    "CallLimits",
    "CallOutcome",
    "Delivery",
    "DeliveryState",
    "Digest",
    "Document",
    "Enrichment",
    "EventType",
    "Evidence",
    "Fact",
    "GroupKind",
    "Identifier",
    "Investor",
    "Issuer",
    "IssuerCode",
    "IssuerRecord",
    "Judgement",
    "Limits",
    "MaterialityPart",
    "Member",
    "Membership",
    "Mention",
    "Method",
    "ModelCall",
    "ModelUse",
    "Money",
    "Page",
    "Party",
    "PartyKind",
    "Phase",
    "Reading",
    "Receipt",
    "Scale",
    "Scheme",
    "Sentiment",
    "State",
    "Stated",
    "Status",
    "Table",
    "Timeline",
    "TimelineEvent",
    "TimelineTotal",
    "Verdict",
    "Watch",
]
