"""What a store promises about documents, enrichments, investors and issuers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from backfin.errors import ConfigError, PermanentError
from backfin.models import EventType, IssuerRecord, Method, Money, Page
from backfin.storage import Store
from store_contract.made import LATER, NOON, announcement, document, enrichment, investor, issuer, mention


class DocumentsContract:
    """Documents are stored once, whoever refers to them."""

    def test_documents_come_back_with_their_pages_in_order(self, store: Store) -> None:
        store.announcements.add([announcement()], due_at=LATER)
        documents = [document("zz"), document("aa"), document("none", pages=(), tables=(), page_count=0)]

        store.documents.record("bse:1", documents, filing_id="f_1", due_at=LATER)

        assert store.documents.of("bse:1") == documents
        assert store.documents.find(documents[1].document_id) == documents[1]
        assert store.documents.find("unknown") is None

    def test_recording_twice_changes_nothing(self, store: Store) -> None:
        store.announcements.add([announcement(1), announcement(2)], due_at=LATER)
        for key in ("bse:1", "bse:1", "bse:2"):
            store.documents.record(key, [document()], filing_id="f_1", due_at=LATER)

        assert store.documents.of("bse:1") == store.documents.of("bse:2") == [document()]

    def test_a_document_that_could_not_be_read_is_replaced_by_one_that_was(self, store: Store) -> None:
        store.announcements.add([announcement()], due_at=LATER)
        broken = document(method=Method.NONE, pages=(), tables=(), page_count=0, flags=("timed_out",))
        store.documents.record("bse:1", [broken], filing_id="f_1", due_at=LATER)

        store.documents.record("bse:1", [document()], filing_id="f_1", due_at=LATER)
        store.documents.record("bse:1", [broken], filing_id="f_1", due_at=LATER)

        assert store.documents.of("bse:1") == [document()]

    def test_a_document_that_asked_for_ocr_is_replaced_by_its_next_reading(self, store: Store) -> None:
        store.announcements.add([announcement()], due_at=LATER)
        scan = document(method=Method.TEXT, pages=(Page(number=1, text=""),), tables=(), flags=("needs_ocr",))
        store.documents.record("bse:1", [scan], filing_id="f_1", due_at=LATER)

        store.documents.record("bse:1", [document()], filing_id="f_1", due_at=LATER)
        store.documents.record("bse:1", [scan], filing_id="f_1", due_at=LATER)

        assert store.documents.of("bse:1") == [document()]

    def test_a_filing_is_found_by_all_its_files_and_no_part_of_them(self, store: Store) -> None:
        store.announcements.add([announcement(1), announcement(2), announcement(3)], due_at=LATER)
        store.documents.record("bse:1", [document("a"), document("b")], filing_id="f_1", due_at=LATER)
        store.documents.record("bse:2", [document("a")], filing_id="f_2", due_at=LATER)
        a, b = document("a").document_id, document("b").document_id

        def find(*ids: str, isin: str = "INE002A01018", day: date = date(2026, 7, 1)) -> str | None:
            return store.documents.filing_with(ids, isin=isin, day=day)

        assert (find(b, a), find(a), find(b)) == ("f_1", "f_2", None)
        assert find(a, isin="INE002A01026") is None
        assert find(a, day=date(2026, 7, 2)) is None

    def test_documents_of_an_unknown_announcement_are_refused_whole(self, store: Store) -> None:
        with pytest.raises(PermanentError):
            store.documents.record("bse:9", [document()], filing_id="f_1", due_at=LATER)

        assert store.documents.find(document().document_id) is None


class EnrichmentsContract:
    """Every reading is kept; the last one counts."""

    def test_facts_come_back_with_their_types(self, store: Store) -> None:
        store.announcements.add([announcement()], due_at=LATER)
        store.enrichments.record(enrichment(), due_at=LATER)

        found = store.enrichments.latest("bse:1")

        assert found == enrichment()
        assert found is not None
        assert isinstance(found.facts["value"].value, Money)
        assert found.cost_usd == Decimal("0.000123456789")

    def test_the_last_recorded_counts_and_the_others_are_kept(self, store: Store) -> None:
        store.announcements.add([announcement()], due_at=LATER)
        rules, model = enrichment(), enrichment(enrichment_id="e_0", enricher="llm", created_at=LATER)
        for one in (rules, model):
            store.enrichments.record(one, due_at=LATER)

        assert store.enrichments.latest("bse:1") == model
        assert store.enrichments.history("bse:1") == [rules, model]

    def test_the_same_reading_again_replaces_the_first(self, store: Store) -> None:
        store.announcements.add([announcement()], due_at=LATER)
        store.enrichments.record(enrichment(), due_at=LATER)
        store.enrichments.record(enrichment(headline="Better"), due_at=LATER)

        assert [one.headline for one in store.enrichments.history("bse:1")] == ["Better"]

    def test_there_is_none_before_the_first(self, store: Store) -> None:
        assert store.enrichments.latest("bse:1") is None
        assert store.enrichments.history("bse:1") == []

    def test_the_record_of_an_issuer_is_what_it_filed_before_newest_first(self, store: Store) -> None:
        others = [announcement(9, isin="INE009A01021"), announcement(8, isin=None)]
        store.announcements.add([announcement(n) for n in (1, 2, 3, 4, 5)] + others, due_at=LATER)
        for number in (1, 2, 3, 5, 8, 9):
            kind = EventType.DIVIDEND if number == 2 else EventType.FINANCIAL_RESULTS
            store.enrichments.record(enrichment(number, event_type=kind), due_at=LATER)
        moments = [announcement(n).disseminated_at for n in range(6)]

        found = store.enrichments.record_of("INE002A01018", since=moments[2], before=moments[4])
        one = store.enrichments.record_of("INE002A01018", since=moments[2], before=moments[4], results=1)
        all_of_it = store.enrichments.record_of("INE002A01018", since=moments[0], before=moments[5])

        assert found.results == (enrichment(3).facts, enrichment(1).facts)
        assert found.filed == ((EventType.FINANCIAL_RESULTS, moments[3]), (EventType.DIVIDEND, moments[2]))
        assert one.results == (enrichment(3).facts,)
        assert [at for _, at in all_of_it.filed] == [moments[3], moments[2], moments[1]]

    def test_an_issuer_without_filings_has_an_empty_record(self, store: Store) -> None:
        store.announcements.add([announcement()], due_at=LATER)

        assert store.enrichments.record_of("INE002A01018", since=NOON, before=LATER) == IssuerRecord()


class InvestorsContract:
    """One row for each investor, one for each mention."""

    def test_mentions_come_back_exactly(self, store: Store) -> None:
        store.announcements.add([announcement()], due_at=LATER)
        store.investors.record("bse:1", [investor()], [mention()], due_at=LATER)

        assert store.investors.mentions("bse:1") == [mention()]

    def test_reading_again_replaces_the_mentions_of_that_announcement_only(self, store: Store) -> None:
        store.announcements.add([announcement(1), announcement(2)], due_at=LATER)
        for number in (1, 2):
            people = [investor()]
            store.investors.record(
                f"bse:{number}", people, [mention(number), mention(number, "seller")], due_at=LATER
            )

        store.investors.record("bse:1", [investor()], [mention(1, pct=Decimal(9))], due_at=LATER)

        assert [(one.role, one.pct) for one in store.investors.mentions("bse:1")] == [
            ("allottee", Decimal(9))
        ]
        assert len(store.investors.mentions("bse:2")) == 2

    def test_an_investor_stays_as_it_is_and_gains_names(self, store: Store) -> None:
        store.announcements.add([announcement()], due_at=LATER)
        store.investors.record("bse:1", [investor()], [mention()], due_at=LATER)
        store.investors.record("bse:1", [investor(name="Asha K Mehra")], [mention()], due_at=LATER)

        shown = store.investors.show("i_1")

        assert shown["name"] == "Asha Mehra"
        assert shown["names"] == ["Asha K Mehra", "Asha Mehra", "Smt. Asha Mehra"]

    @pytest.mark.parametrize("asked", ["i_1", "asha mehra", "SMT ASHA MEHRA"])
    def test_an_investor_is_shown_by_id_normal_form_or_name(self, store: Store, asked: str) -> None:
        store.announcements.add([announcement()], due_at=LATER)
        store.investors.record("bse:1", [investor()], [mention()], due_at=LATER)

        shown = store.investors.show(asked)

        assert shown["investor_id"] == "i_1"
        assert shown["mentions"][0]["quantity"] == 10**20
        assert shown["mentions"][0]["issuer_name"] == "Saraswati Cables Ltd"

    def test_nobody_and_several_are_told_apart(self, store: Store) -> None:
        store.announcements.add([announcement()], due_at=LATER)
        family = investor("i_2", "Asha Mehra HUF", names=("Asha Mehra",))
        store.investors.record("bse:1", [investor("i_1"), family], [], due_at=LATER)

        with pytest.raises(ConfigError, match="i_1, i_2"):
            store.investors.show("Asha Mehra")
        with pytest.raises(ConfigError, match="No investor"):
            store.investors.show("Nobody")

    def test_the_list_starts_with_the_most_mentioned(self, store: Store) -> None:
        store.announcements.add([announcement()], due_at=LATER)
        people = [investor("i_0", "Bimal Rao", names=()), investor("i_1")]
        store.investors.record("bse:1", people, [mention()], due_at=LATER)

        assert [(one["name"], one["mentions"]) for one in store.investors.list(10)] == [
            ("Asha Mehra", 1),
            ("Bimal Rao", 0),
        ]
        assert [one["name"] for one in store.investors.list(10, "rao")] == ["Bimal Rao"]
        assert store.investors.list(10, "%") != []


class IssuersContract:
    """Issuers by ISIN, found by codes that hold for a time."""

    def test_codes_are_dated_and_end_when_they_change(self, store: Store) -> None:
        old, new = issuer(scrip_code="500325", symbol="OLD"), issuer(scrip_code="500325", symbol="NEW")

        store.issuers.put("bse", [old], date(2026, 1, 1))
        store.issuers.put("bse", [new], date(2026, 6, 1))

        found = store.issuers.get("INE002A01018")
        assert found is not None
        spans = {code.value: (code.valid_from, code.valid_to) for code in found.codes}
        assert spans == {
            "500325": (date(2026, 1, 1), None),
            "OLD": (date(2026, 1, 1), date(2026, 6, 1)),
            "NEW": (date(2026, 6, 1), None),
        }

    def test_a_code_is_answered_for_the_day_asked(self, store: Store) -> None:
        store.issuers.put("bse", [issuer("INE1", symbol="ABC")], date(2026, 1, 1))
        store.issuers.put(
            "bse", [issuer("INE1", symbol="XYZ"), issuer("INE2", symbol="ABC")], date(2026, 6, 1)
        )

        def owner(on: date | None) -> str | None:
            found = store.issuers.by_code("bse", "symbol", "ABC", on)
            return None if found is None else found.isin

        assert [owner(date(2026, 3, 1)), owner(date(2026, 6, 1)), owner(None)] == ["INE1", "INE2", "INE2"]
        assert owner(date(2020, 1, 1)) == "INE1"
        assert store.issuers.by_code("bse", "symbol", "NONE") is None
        assert store.issuers.by_code("nse", "symbol", "ABC") is None

    def test_many_codes_are_answered_at_once_with_all_codes(self, store: Store) -> None:
        listed = [issuer(f"INE{n}", scrip_code=str(500000 + n), symbol=f"S{n}") for n in range(20)]
        store.issuers.put("bse", listed, date(2026, 1, 1))

        found = store.issuers.by_codes("bse", "scrip_code", ["500003", "500019", "9"])

        assert {value: one.isin for value, one in found.items()} == {"500003": "INE3", "500019": "INE19"}
        assert {code.value for code in found["500003"].codes} == {"500003", "S3"}

    def test_refreshing_again_changes_nothing_but_the_time(self, store: Store) -> None:
        assert store.issuers.last_refresh("bse") is None

        for day in (1, 2):
            store.issuers.put("bse", [issuer(scrip_code="500325")], date(2026, 1, day))

        assert store.issuers.count("bse") == 1
        assert store.issuers.count("nse") == 0
        assert store.issuers.last_refresh("bse") == store.clock.now()

    def test_a_list_that_tells_less_erases_nothing(self, store: Store) -> None:
        store.issuers.put("bse", [issuer(scrip_code="500325")], date(2026, 1, 1))
        short = issuer().model_copy(update={"name": "Saraswati Cables Limited", "industry": None})
        store.issuers.put("nse", [short], date(2026, 1, 2))

        found = store.issuers.get("INE002A01018")
        assert found is not None
        assert (found.name, found.industry) == ("Saraswati Cables Limited", "Cables")

    def test_a_code_given_out_again_is_resolved_by_the_day(self, store: Store) -> None:
        store.issuers.put("bse", [issuer("INE2", scrip_code="500325")], date(2026, 1, 1))
        gone = issuer("INE2", scrip_code="500325").model_copy(update={"status": "delisted"})
        store.issuers.put("bse", [issuer("INE1", scrip_code="500325"), gone], date(2026, 6, 1))

        owners = {
            on: store.issuers.by_codes("bse", "scrip_code", ["500325"], on=on)["500325"].isin
            for on in (date(2025, 1, 1), date(2026, 3, 1), date(2026, 6, 1), None)
        }

        assert list(owners.values()) == ["INE2", "INE2", "INE1", "INE1"]

    @pytest.mark.parametrize("order", [("INE1", "INE2"), ("INE2", "INE1")])
    def test_a_company_that_is_traded_goes_before_one_that_is_gone(
        self, store: Store, order: tuple[str, str]
    ) -> None:
        traded, gone = (issuer(isin, scrip_code="500325") for isin in order)
        store.issuers.put("bse", [traded], date(2026, 1, 1))
        store.issuers.put("bse", [traded, gone.model_copy(update={"status": "delisted"})], date(2026, 2, 1))

        for on in (None, date(2025, 1, 1), date(2026, 3, 1)):
            found = store.issuers.by_codes("bse", "scrip_code", ["500325"], on=on)
            assert found["500325"].isin == traded.isin

    def test_an_issuer_missing_from_the_list_keeps_its_codes(self, store: Store) -> None:
        store.issuers.put("bse", [issuer("INE1", symbol="ABC")], date(2026, 1, 1))
        store.issuers.put("bse", [issuer("INE2", symbol="XYZ")], date(2026, 6, 1))

        assert set(store.issuers.by_codes("bse", "symbol", ["ABC", "XYZ"])) == {"ABC", "XYZ"}

    def test_an_issuer_that_changes_is_changed(self, store: Store) -> None:
        store.issuers.put("bse", [issuer("INE1")], date(2026, 1, 1))
        store.issuers.put("bse", [issuer("INE1").model_copy(update={"status": "delisted"})], date(2026, 6, 1))

        found = store.issuers.get("INE1")

        assert found is not None
        assert found.status == "delisted"
        assert store.issuers.get("INE9") is None
