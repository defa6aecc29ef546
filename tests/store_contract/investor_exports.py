"""What a store promises of the book as a file: each investor once, and entities that FollowTheMoney knows."""

from __future__ import annotations

from decimal import Decimal

from backfin.models import EventType, GroupKind, Identifier, Membership, PartyKind, Scheme
from backfin.storage import Store
from backfin.storage.investor_export import COLUMNS
from store_contract.book import KNOWN, add, named
from store_contract.made import NOON
from store_contract.timelines import ASHA, OTHER, bought, party, tell

#: Of the schemata of FollowTheMoney 4.11: what must be there, and which properties there are.
_THING = {"name", "alias", "country", "summary", "notes", "sourceUrl"}
_LEGAL = _THING | {"registrationNumber", "idNumber", "leiCode", "taxNumber", "jurisdiction"}
_INTERVAL = {"startDate", "endDate", "date", "summary", "description", "recordId", "sourceUrl", "publisher"}
_INTEREST = _INTERVAL | {"role", "status"}
SCHEMATA = {
    "LegalEntity": ({"name"}, _LEGAL),
    "Person": ({"name"}, _LEGAL),
    "PublicBody": ({"name"}, _LEGAL),
    "Company": ({"name"}, _LEGAL | {"isinCode", "ticker"}),
    "Ownership": (
        {"owner", "asset"},
        _INTEREST | {"owner", "asset", "percentage", "sharesCount", "sharesType", "ownershipType"},
    ),
    "Directorship": ({"director", "organization"}, _INTEREST | {"director", "organization"}),
    "UnknownLink": ({"subject", "object"}, _INTEREST | {"subject", "object"}),
    "Family": ({"person", "relative"}, _INTERVAL | {"person", "relative", "relationship"}),
}
#: The schemata that the ends of an edge may have.
ENDS = {
    "owner": ("LegalEntity", "Person", "PublicBody", "Company"),
    "asset": ("Company",),
    "director": ("LegalEntity", "Person", "PublicBody", "Company"),
    "organization": ("Company", "PublicBody"),
    "subject": tuple(SCHEMATA),
    "object": tuple(SCHEMATA),
    "person": ("Person",),
    "relative": ("Person",),
}


def fill(store: Store) -> None:
    """Investors with everything an export can hold."""
    row = party(role="shareholder", kind=PartyKind.PERSON, quantity=90, pct=Decimal("1.5"))
    tell(store, 1, EventType.SHAREHOLDING_PATTERN, [row])
    tell(store, 2, EventType.SAST_DISCLOSURE, [party(OTHER, kind=PartyKind.PERSON)], bought(post_pct=7.25))
    tell(store, 3, EventType.MANAGEMENT_CHANGE, [party("Vimal Bora", "director", kind=PartyKind.PERSON)])
    tell(store, 4, EventType.SAST_DISCLOSURE, [party("Pine Ltd"), party("Oak Ltd", "pac")], bought())
    asha = named(ASHA).investor_id
    family = Membership(kind=GroupKind.FAMILY, label="Vimal Bora", relation="wife", page=1, quote="wife of")
    promoter = Membership(kind=GroupKind.PROMOTER_GROUP, label="Saraswati Cables Ltd", relation="promoter")
    store.memberships.record("bse:1", {asha: [family, promoter]}, seen_at=NOON)
    numbers = [Identifier(scheme=Scheme.DIN, value="01234567"), Identifier(scheme=Scheme.PAN, value="234F")]
    store.identifiers.record("bse:1", {asha: numbers}, seen_at=NOON)


class InvestorExportsContract:
    """The book as rows, and as entities."""

    def test_each_investor_is_one_row_with_all_names_numbers_and_groups(self, store: Store) -> None:
        fill(store)

        rows = [dict(zip(COLUMNS, row, strict=True)) for row in store.investor_exports.rows()]

        assert [row["investor_id"] for row in rows] == sorted({row["investor_id"] for row in rows})
        (asha,) = [row for row in rows if row["name"] == ASHA]
        assert (asha["names"], asha["mentions"], len(asha["ids"])) == ([ASHA, OTHER], 2, 2)
        assert {(one["scheme"], one["value"]) for one in asha["identifiers"]} == {
            ("din", "01234567"),
            ("pan", "234F"),
        }
        assert {one["kind"] for one in asha["groups"]} == {"family", "promoter_group"}
        assert asha["first_seen_at"].isoformat().endswith("+05:30")

    def test_entities_are_such_as_follow_the_money_knows(self, store: Store) -> None:
        fill(store)

        entities = {key: (schema, found) for key, schema, found in store.investor_exports.entities()}

        assert {schema for schema, _ in entities.values()} >= {
            "Person",
            "Company",
            "Ownership",
            "Directorship",
        }
        for schema, found in entities.values():
            required, allowed = SCHEMATA[schema]
            assert required <= found.keys() <= allowed
            assert all(isinstance(value, str) and value for values in found.values() for value in values)
            for name in ENDS.keys() & found.keys():
                assert all(entities[end][0] in ENDS[name] for end in found[name])

    def test_entities_say_what_filings_state_and_no_more(self, store: Store) -> None:
        fill(store)

        entities = list(store.investor_exports.entities())

        by_schema: dict[str, list[dict[str, list[str]]]] = {}
        for _, schema, found in entities:
            by_schema.setdefault(schema, []).append(found)
        assert len({key for key, _, _ in entities}) == len(entities)
        (asha,) = [one for one in by_schema["Person"] if one["name"] == [ASHA]]
        assert (asha["alias"], asha["idNumber"]) == ([OTHER], ["01234567"])
        held = [(one.get("percentage"), one.get("sharesCount")) for one in by_schema["Ownership"]]
        assert held == [(["1.5"], ["90"]), (["7.25"], None)]
        assert all(one["sourceUrl"] == ["https://a/1.pdf"] for one in by_schema["Ownership"])
        assert [one["relationship"] for one in by_schema["Family"]] == [["wife"]]
        assert [one["role"] for one in by_schema["UnknownLink"]] == [["promoter"]]
        assert "234F" not in str(entities)

    def test_an_empty_book_has_no_rows(self, store: Store) -> None:
        assert list(store.investor_exports.rows()) == []
        add(store, KNOWN)
        assert [row[1] for row in store.investor_exports.rows()] == [KNOWN]
