"""One small model per event type: which facts a filing of that type can state."""

from __future__ import annotations

from pydantic import ValidationError

from backfin.errors import ParseError
from backfin.models.facts import EventType, Fact
from backfin.models.sheets.capital import Allotment, CorporateAction, Dividend, FundRaise, ShareholdingPattern
from backfin.models.sheets.company import (
    Disruption,
    ExpansionCapex,
    OperationalUpdate,
    OrderWin,
    RegulatoryApproval,
)
from backfin.models.sheets.credit import (
    CreditRating,
    DebtDefault,
    DebtFinancing,
    Insolvency,
    LitigationRegulatory,
)
from backfin.models.sheets.governance import (
    AuditorChange,
    ManagementChange,
    MeetingOrCall,
    Routine,
    RumourClarification,
)
from backfin.models.sheets.kinds import Kind, Sheet, is_count
from backfin.models.sheets.ownership import (
    Deal,
    Encumbrance,
    InsiderTrade,
    MergerAcquisition,
    OpenOffer,
    SastDisclosure,
)
from backfin.models.sheets.results import FinancialResults

__all__ = ["SCHEMA_VERSION", "SHEETS", "Kind", "Sheet", "check_facts", "is_count"]

#: Changes when a field is renamed or changes its meaning.
SCHEMA_VERSION = "1"

SHEETS: dict[EventType, type[Sheet]] = {
    EventType.FINANCIAL_RESULTS: FinancialResults,
    EventType.ORDER_WIN: OrderWin,
    EventType.ALLOTMENT: Allotment,
    EventType.FUND_RAISE: FundRaise,
    EventType.DIVIDEND: Dividend,
    EventType.CORPORATE_ACTION: CorporateAction,
    EventType.SAST_DISCLOSURE: SastDisclosure,
    EventType.INSIDER_TRADE: InsiderTrade,
    EventType.ENCUMBRANCE: Encumbrance,
    EventType.OPEN_OFFER: OpenOffer,
    EventType.MERGER_ACQUISITION: MergerAcquisition,
    EventType.MANAGEMENT_CHANGE: ManagementChange,
    EventType.AUDITOR_CHANGE: AuditorChange,
    EventType.CREDIT_RATING: CreditRating,
    EventType.DEBT_DEFAULT: DebtDefault,
    EventType.DEBT_FINANCING: DebtFinancing,
    EventType.INSOLVENCY: Insolvency,
    EventType.LITIGATION_REGULATORY: LitigationRegulatory,
    EventType.EXPANSION_CAPEX: ExpansionCapex,
    EventType.OPERATIONAL_UPDATE: OperationalUpdate,
    EventType.REGULATORY_APPROVAL: RegulatoryApproval,
    EventType.DISRUPTION: Disruption,
    EventType.MEETING_OR_CALL: MeetingOrCall,
    EventType.RUMOUR_CLARIFICATION: RumourClarification,
    EventType.SHAREHOLDING_PATTERN: ShareholdingPattern,
    EventType.DEAL: Deal,
    EventType.ROUTINE: Routine,
}


def check_facts(
    event_type: EventType, facts: dict[str, Fact], sheet: type[Sheet] | None = None
) -> dict[str, Fact]:
    """The same facts, if every one belongs on the sheet of that event type: ``sheet``, else the core's.

    >>> check_facts(EventType.DIVIDEND, {"per_share": Fact(value=None)})["per_share"].value

    Raises:
        ParseError: A field that the sheet does not have.
    """
    try:
        (sheet or SHEETS[event_type]).model_validate(facts)
    except ValidationError as problem:
        names = ", ".join(sorted(str(error["loc"][0]) for error in problem.errors()))
        raise ParseError(
            f"The sheet of {event_type.value} has no such facts: {names}.", event_type=event_type.value
        ) from problem
    return facts
