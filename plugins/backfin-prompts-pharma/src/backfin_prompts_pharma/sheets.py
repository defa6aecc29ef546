"""The facts of drug makers' filings: the core's sheets of the same event types, and what they lack."""

from __future__ import annotations

from collections.abc import Mapping

from backfin.models import EventType
from backfin.models.sheets import Sheet
from backfin.models.sheets.company import ExpansionCapex, OperationalUpdate, RegulatoryApproval
from backfin.models.sheets.kinds import Amount, Date, Exact, Name, Number, Text


class DrugRegulation(RegulatoryApproval):
    """What a drug authority did: inspected, objected, warned, approved.

    ``kind`` is ``483``, ``inspection``, ``EIR``, ``WL``, ``import alert``, ``CRL``, ``ANDA``, ``NDA``, ``BLA``,
    ``DMF``, ``CEP``, ``marketing authorisation``, ``prequalification`` or ``GMP``. ``market_size`` is what all makers
    together sell of the drug, never the company's own sales.
    """

    site: Text = None  #: The plant, as written.
    fei: Exact = None  #: Its number in the USFDA's register of establishments.
    inspection_start: Date = None
    inspection_end: Date = None
    inspection_kind: Exact = None  #: ``pre-approval``, ``cGMP`` or ``for cause``.
    classification: Exact = None  #: ``OAI``, ``VAI`` or ``NAI``.
    data_integrity: Exact = None  #: ``no``: none of the observations is about it; ``yes``: some are.
    is_closed: Exact = None  #: ``yes`` when a warning letter or an import alert ends.
    approval_stage: Exact = None  #: ``final`` or ``tentative``.
    application_no: Exact = None
    strength: Text = None
    reference_drug: Text = None
    reference_owner: Name = None
    indication: Text = None
    market_source: Name = None
    market_period: Text = None
    exclusivity_days: Number = None
    is_first_to_file: Exact = None  #: ``yes`` where the filing says so.


class DrugTrial(OperationalUpdate):
    """What became of a clinical trial."""

    product: Text = None
    phase: Exact = None
    indication: Text = None
    trial_id: Exact = None
    patients: Number = None
    endpoint_met: Exact = None  #: ``yes`` or ``no``, of the primary endpoint.


class DrugLaunch(ExpansionCapex):
    """A drug that is sold from now on."""

    product: Text = None
    strength: Text = None
    reference_drug: Text = None
    reference_owner: Name = None
    indication: Text = None
    market_country: Exact = None
    market_size: Amount = None
    market_source: Name = None
    market_period: Text = None
    exclusivity_days: Number = None


SHEETS: Mapping[EventType, type[Sheet]] = {
    EventType.REGULATORY_APPROVAL: DrugRegulation,
    EventType.OPERATIONAL_UPDATE: DrugTrial,
    EventType.EXPANSION_CAPEX: DrugLaunch,
}
