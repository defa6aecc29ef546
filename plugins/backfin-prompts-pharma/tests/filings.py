"""Letters as drug makers write them: the words are theirs, the products, plants and figures are made up."""

from __future__ import annotations

from typing import Any

from backfin_prompts_pharma import PharmaPrompts

from backfin.enrichment.rules.enricher import RulesEnricher
from backfin.models import Enrichment, Reading
from backfin.testing import make_reading

LETTER = """{company}
{day}
To, BSE Limited, Phiroze Jeejeebhoy Towers, Dalal Street, Mumbai 400 001
Sub: {subject}

Dear Sir/Madam,

{body}

This is for your information and records.
Thanking you,
Company Secretary

About {company}
{company} is a global pharmaceutical company. Its facilities are approved by USFDA, MHRA and ANVISA. In FY26 it
received a Form 483 with 11 observations, a warning letter, and had revenues of US$ 2,400 million.
"""

SUN_483 = """Pursuant to Regulation 30 of the SEBI (LODR) Regulations, 2015, we wish to inform you that the US FDA
conducted a Good Manufacturing Practices (GMP) inspection at our Halol facility (Gujarat, India) from
June 2, 2026 to June 13, 2026. At the conclusion of the inspection, the US FDA has issued a Form-483,
with 8 observations."""

LUPIN_483 = """Lupin Limited today announced that the U.S. FDA has completed an inspection at its Pithampur Unit-3
manufacturing facility. The inspection was carried out from July 7 to July 17, 2026 and closed with
issuance of a Form 483 with four observations. None of the observations are related to data integrity. We
will address them comprehensively and respond to the U.S. FDA within the stipulated timeframe."""

REDDY_483 = """This is to inform you that the United States Food & Drug Administration (USFDA) today completed a GMP and
a Pre-Approval Inspection (PAI) at our formulations manufacturing facility (FTO-11) in Srikakulam, Andhra
Pradesh (FEI No. 3009187654). The inspection was conducted from July 10-18, 2026. We have been issued a
Form 483 with seven (7) observations, which we will address within the stipulated timeline."""

CIPLA_ZERO = """This is to inform you that the United States Food and Drug Administration (USFDA) conducted a routine
current Good Manufacturing Practices (cGMP) inspection at the Company's manufacturing facility in
Bommasandra, Bengaluru from 26th to 30th May, 2026. We are pleased to inform that the inspection ended
with zero observations in Form 483."""

AURO_NONE = """We wish to inform that the US FDA inspected Unit-IV, a formulation manufacturing facility of our wholly
owned subsidiary, from 2nd June 2026 to 10th June 2026. The inspection concluded with no observations and
no data integrity issues were identified."""

LUPIN_EIR = """Lupin announced that it has received the Establishment Inspection Report (EIR) from the U.S. FDA for its
Somerset, New Jersey manufacturing facility. The EIR was issued post the last inspection of the facility
conducted from 7 January to 21 January 2026, with a classification of Voluntary Action Indicated (VAI)."""

SUN_OAI = """This is with reference to our earlier intimation dated May 14, 2026 of the inspection at the Dadra
facility. The US FDA has determined the inspection classification status of this facility as Official
Action Indicated (OAI). The Company will continue to cooperate with the US FDA, and the agency may
withhold approvals or issue a warning letter."""

WARNING = """We wish to inform you that the Company has received a Warning Letter dated 12 June 2026 from the USFDA
for its API manufacturing facility at Pashamylaram, Telangana. The Company believes that this will not
disrupt supplies."""

CLOSED = """We are pleased to inform that the warning letter issued in November 2023 by USFDA to our Pithampur
facility has been closed out. The Company has received the close-out letter today."""

ALERT = """This is to inform that the US FDA has placed our Mohali facility under Import Alert 66-40. Products made
at the facility are subject to refusal of admission into the US market."""

LUPIN_ANDA = """Global pharma major Lupin Limited announced today that it has received approval from the United States
Food and Drug Administration (U.S. FDA) for its Abbreviated New Drug Application (ANDA) for Tolvaptan
Tablets, 15 mg and 30 mg, to market a generic equivalent of Jynarque® Tablets, 15 mg and 30 mg of Otsuka
Pharmaceutical Company, Ltd. Tolvaptan Tablets are indicated to slow kidney function decline in adults at
risk of rapidly progressing disease. Lupin was one of the first ANDA applicants and is eligible for 180
days of shared generic exclusivity. Tolvaptan Tablets (RLD Jynarque®) had estimated annual sales of USD
1,467 million in the U.S. (IQVIA MAT May 2026)."""

AURO_ANDA = """Aurobindo Pharma Limited is pleased to announce that it has received final approval from the US Food &
Drug Administration (USFDA) to manufacture and market Pazopanib Tablets, 200 mg, which is bioequivalent
and therapeutically equivalent to the reference listed drug (RLD), Votrient Tablets, 200 mg, of Novartis
Pharmaceuticals Corporation. The product will be launched in Q2FY27. The approved product has an
estimated market size of US$ 78.4 million for the twelve months ending March 2026, according to IQVIA.
The Company had consolidated revenue of US$ 3.7 billion. Aurobindo now has a total of 545 ANDA approvals
(522 Final approvals and 23 tentative approvals) from USFDA."""

ZYDUS_TENTATIVE = """Zydus Lifesciences Limited has received tentative approval from the United States Food and Drug
Administration (USFDA) for Enzalutamide Tablets, 40 mg and 80 mg (USRLD: Xtandi® tablets). Enzalutamide
is indicated for the treatment of prostate cancer. Enzalutamide Tablets had annual sales of USD 869.4 mn
in the United States (IQVIA MAT May 2026). The group now has 426 approvals and has so far filed over 492
ANDAs since FY 2003-04."""

CIPLA_ANDA = """Cipla Limited announced that it has received final approval for its Abbreviated New Drug Application
(ANDA) for Lanreotide Injection 120 mg/0.5 mL from the USFDA (ANDA No. 215789). The product is a generic
version of Somatuline Depot. According to IQVIA, Somatuline Depot had US sales of approximately $ 898M
for the 12-month period ending April 2026."""

CRL = """We wish to inform that the USFDA has issued a Complete Response Letter (CRL) for our Biologics License
Application (BLA) for Bevacizumab Injection. The CRL identified questions on the facility."""

CEP = """We are pleased to inform that the Company has received the Certificate of Suitability (CEP) from the
European Directorate for the Quality of Medicines (EDQM) for Mirabegron from its Dahej facility."""

WHO = """We inform that the World Health Organization (WHO) has granted prequalification to the Company's
Artesunate for Injection, 60 mg."""

TRIAL = """Sun Pharma announced topline results from the Phase 3 clinical trial of GL0034 (NCT05123456) in 1,240
adult patients with moderate to severe plaque psoriasis. The trial did not meet its primary endpoint at
week 24."""

LAUNCH = """Dr. Reddy's Laboratories Ltd. today announced the launch of Sapropterin Dihydrochloride Tablets, 100 mg
in the U.S. market, a therapeutic equivalent generic version of Kuvan® Tablets, approved by the USFDA.
The Kuvan® brand and generic had U.S. sales of approximately $ 161 million for the twelve months ending
in March 2026 according to IQVIA."""

#: Filings whose subject says it all, by the words in it.
SUBJECTS = {
    LUPIN_ANDA: "Lupin Receives Approval from U.S. FDA for Tolvaptan Tablets",
    AURO_ANDA: "Aurobindo Pharma receives USFDA Approval for Pazopanib Tablets",
    LAUNCH: "Dr. Reddy's launches Sapropterin Dihydrochloride Tablets in the U.S. market",
    TRIAL: "Topline results of a Phase 3 trial",
}


def letter(
    body: str, subject: str = "Intimation under Regulation 30", company: str = "Example Pharma Limited"
) -> str:
    """A whole letter, with what companies say of themselves at its foot."""
    return LETTER.format(company=company, day="20 July 2026", subject=subject, body=body)


def reading_of(body: str, subject: str = "", **changes: Any) -> Reading:
    """A filing of one letter; without a subject it is told by none, as most are."""
    title = subject or SUBJECTS.get(
        body, "Announcement under Regulation 30 (LODR)-Press Release / Media Release"
    )
    values: dict[str, Any] = {
        "isin": "INE044A01036",
        "issuer_name": "Example Pharma Ltd",
        "subject": title,
        "headline": "",
        **changes,
    }
    return make_reading(letter(body, title), **values)


def read(body: str, subject: str = "", **changes: Any) -> Enrichment:
    """The filing as the rules read it."""
    return RulesEnricher().enrich(reading_of(body, subject, **changes), PharmaPrompts())


def values(enrichment: Enrichment) -> dict[str, Any]:
    """Field → value, money as "USD 78400000"."""
    return {name: _plain(fact.value) for name, fact in enrichment.facts.items()}


def _plain(value: Any) -> Any:
    return f"{value.currency} {value.amount:f}" if hasattr(value, "currency") else value
