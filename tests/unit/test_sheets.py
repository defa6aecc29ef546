"""The 27 sheets hold the fields of the schema, in its words, and every field says how it is measured."""

from __future__ import annotations

import pytest

from backfin.models import EventType
from backfin.models.sheets import SHEETS
from backfin.models.sheets.results import COLUMNS, LINES

RESULT_LINES = (
    "revenue_from_operations other_income total_income ebitda finance_costs depreciation exceptional_items"
    " profit_before_tax tax profit_after_tax pat_owners eps_basic eps_diluted"
)
FIELDS = {
    "financial_results": f"period_start period_end basis audit_status opinion segments dividend_ref {RESULT_LINES}",
    "order_win": "customer customer_country domestic_or_export nature order_value value_basis execution_start"
    " execution_end duration_months is_repeat stage related_party promoter_interest order_book_after",
    "allotment": "instrument route allottees total_quantity issue_price premium total_consideration"
    " consideration_kind resolution_date allotment_date relevant_date floor_price lock_in_until capital_before"
    " capital_after conversion_terms",
    "fund_raise": "route instrument max_amount max_quantity price_or_formula proposed_allottees objects_of_issue"
    " approvals_pending",
    "dividend": "kind per_share face_value pct record_date ex_date payment_date total_payout payout_ratio",
    "corporate_action": "kind ratio_new ratio_old price size_quantity size_amount route record_date entitlement"
    " acceptance_ratio",
    "sast_disclosure": "regulation acquirer pacs side quantity pct pre_quantity pre_pct post_quantity post_pct"
    " diluted_post_pct mode trade_date_from trade_date_to consideration",
    "insider_trade": "person category security_type side quantity value pre_pct post_pct mode trade_date_from"
    " trade_date_to intimated_at exchange",
    "encumbrance": "promoter event quantity pct_of_holding pct_of_capital total_encumbered_pct_before"
    " total_encumbered_pct_after lender purpose loan_amount date",
    "open_offer": "acquirers target trigger offer_price offer_quantity offer_pct offer_size pa_date dps_date opens"
    " closes min_acceptance",
    "merger_acquisition": "kind counterparty stake_before stake_after consideration consideration_kind swap_ratio"
    " target_turnover target_incorporated related_party arms_length approvals expected_completion",
    "management_change": "person din position action effective_date reason no_other_reason_confirmed tenure"
    " relation_to_directors",
    "auditor_change": "firm frn kind action effective_date reasons disagreement pending_limited_review replacement",
    "credit_rating": "agency instrument facility_amount rating_before rating_after outlook_before outlook_after"
    " action rationale",
    "debt_default": "obligation lender default_date principal_default interest_default obligation_total"
    " outstanding_bank_debt total_debt cured",
    "debt_financing": "instrument amount coupon tenure security lender purpose allotment_date maturity ots_amount",
    "insolvency": "stage petitioner tribunal case_no claim_amount order_date irp next_date",
    "litigation_regulatory": "authority matter order_date received_at demand penalty interest stage appeal_intended"
    " financial_impact",
    "expansion_capex": "project location capacity_before capacity_added unit utilisation capex funding start"
    " completion rationale",
    "operational_update": "metric period value unit yoy qoq",
    "regulatory_approval": "authority product kind observations market_size date",
    "disruption": "cause sites start end insured loss_estimate cyber",
    "meeting_or_call": "kind at agenda participants results transcript_url recording_url",
    "rumour_clarification": "media_source rumour stance price_move details",
    "shareholding_pattern": "period_end category_totals holders pledged",
    "deal": "deal_kind client side quantity price value pct date",
    "routine": "regulation document_kind period note",
}


def test_there_is_one_sheet_for_every_event_type() -> None:
    assert set(FIELDS) == {event_type.value for event_type in EventType} == {kind.value for kind in SHEETS}
    assert len(FIELDS) == 27


@pytest.mark.parametrize("name", sorted(set(FIELDS) - {"financial_results"}))
def test_a_sheet_has_the_fields_of_the_schema(name: str) -> None:
    assert FIELDS[name].split() == list(SHEETS[EventType(name)].model_fields)


def test_every_line_of_a_result_has_a_field_for_every_column() -> None:
    fields = set(SHEETS[EventType.FINANCIAL_RESULTS].model_fields)

    assert RESULT_LINES.split() == list(LINES)
    assert set(FIELDS["financial_results"].split()) <= fields
    assert {f"{line}_{column}" for line in LINES for column in COLUMNS} <= fields
    assert COLUMNS == ("prior_quarter", "prior_year_quarter", "ytd", "prior_ytd")


@pytest.mark.parametrize("event_type", list(EventType))
def test_every_field_declares_its_metric(event_type: EventType) -> None:
    sheet = SHEETS[event_type]

    assert set(sheet.kinds()) == set(sheet.model_fields)
