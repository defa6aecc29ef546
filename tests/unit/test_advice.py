"""Advice is caught, and the words that filings use all the time are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.enrichment.advice import gives_advice, has_link, patterns
from backfin.enrichment.rules.headlines import templates
from backfin.enrichment.taxonomy import categories

ADVICE = [
    "Strong buy: order of Rs. 5 crore",
    "STRONG BUY on the order win",
    "Must-buy stock after the results",
    "Buy now before the price moves",
    "Buy this stock on dips",
    "A good time to buy",
    "Investors should buy the share",
    "Investors may accumulate at current levels",
    "Shareholders should exit",
    "You should consider buying",
    "We recommend a buy",
    "Analysts recommend holding the stock",
    "Brokerage maintains buy with a higher target",
    "Upgraded to outperform",
    "Sell rating reiterated",
    "Target price Rs 500",
    "Price target raised to ₹1,200",
    "Target: Rs 900",
    "25% upside from here",
    "Upside potential is large",
    "Keep a stop loss at 95",
    "The next multibagger",
    "The stock is undervalued",
    "Shares will soar on this news",
    "The stock is likely to double",
    "Share price should rise",
    "Book profits",
    "To the moon",
    "Guaranteed returns for holders",
    "BUY Sagarika Forge",
    "Sagarika Forge: SELL",
    "Accumulate on dips",
    "शेयर खरीदें, लक्ष्य मूल्य 500",
    "अभी निवेश करें",
    "Strong  buy",
    "Strong\nbuy on the order",
    "b\u200buy now",
    "Ｂuy now",
    "\u0430ccumulate now",
    "Multi bagger of the year",
    "CMP 300 TGT 450",
    "The stock may double",
    "Shares to rally",
    "To touch Rs. 500",
    "Sell your holdings",
    "Avoid the stock",
    "A must for every portfolio",
    "Invest now",
    "Attractive investment opportunity",
    "Time to exit",
    "Subscribe to the IPO",
]

VOCABULARY = [
    "Board approves buy-back of equity shares at Rs. 250 per share",
    "Buyback of shares through the tender offer route",
    "BUY BACK OF EQUITY SHARES",
    "COMPANY TO BUY 51% STAKE IN ACME LIMITED",
    "Promoter sale of shares by offer for sale",
    "Acquirer to buy 26% of the target company",
    "The target company informed the acquirer",
    "Company to sell its land parcel at Thane for Rs. 40 crore",
    "Sells 51% stake in subsidiary to the buyer",
    "Share purchase agreement between seller and buyer",
    "Sales target of 5,000 vehicles for the year",
    "Target date of completion is 30 June 2026",
    "The company met its production target",
    "ICRA upgraded the rating to AA- with a stable outlook",
    "Rating reaffirmed at CRISIL A1+",
    "The Board recommended a final dividend of Rs. 2 per share",
    "Shareholders may vote by electronic means",
    "Shareholders holding shares in physical form should update their PAN",
    "Eligible shareholders can subscribe to the rights issue",
    "Reduction of share capital approved",
    "The company will hold its annual general meeting on 5 August 2026",
    "Hold-co discount and holding of shares by promoters",
    "Exit offer to the public shareholders under the delisting regulations",
    "Investors can join the call by the link given",
    "Board to add a line at the Pune plant",
    "Trading window closed; insiders may not buy or sell shares",
    "Price of the issue is Rs. 250, at a premium of Rs. 240",
    "Aims to target ₹2,500 Crore revenue this fiscal year",
    "Power purchase agreement to sell 50 MW",
]


@pytest.mark.parametrize("text", ADVICE)
def test_advice_is_caught(text: str) -> None:
    assert gives_advice(text)


@pytest.mark.parametrize("text", VOCABULARY)
def test_ordinary_words_of_filings_are_no_advice(text: str) -> None:
    assert not gives_advice(text)


def test_no_sentence_of_our_own_gives_advice() -> None:
    own = [template.text for template in templates()]
    own += [f"{category.label}: {category.guidance}" for category in categories()]

    assert [text for text in own if gives_advice(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "see https://evil.example/x",
        "www.evil.example",
        "go to bit.ly/abc",
        "JavaScript:alert(1)",
        "https : //x",
        "hxxp://x",
        "join @tips24",
        "x.co/1",
    ],
)
def test_links_are_caught(text: str) -> None:
    assert has_link(text)


@pytest.mark.parametrize(
    "text", ["Info Edge (India) Limited", "Rs. 5/- each", "Q1FY27 results", "PayTM.com Limited wins"]
)
def test_names_and_figures_are_no_links(text: str) -> None:
    assert not has_link(text)


@given(st.data())
def test_the_words_before_a_pattern_are_in_all_that_it_finds(data: st.DataObject) -> None:
    letters = st.characters(max_codepoint=127, include_characters="₹–—“’”")
    english = [pattern for pattern in patterns() if "खरीदें" not in pattern.regex.pattern]
    pattern = data.draw(st.sampled_from(english))
    text = data.draw(st.from_regex(pattern.regex, alphabet=letters))

    assert pattern.is_likely(text.lower())
