"""Watch lists match what an officer would call the same, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from features.manifest import Item, Manifest, Marketplace, Party
from features.watchlist import EntryKind, WatchEntry, WatchList, matching_lists

TODAY = date(2026, 11, 21)


def parcel(**changes: object) -> Manifest:
    values: dict[str, object] = {
        "item_id": "X", "channel": "courier", "origin_country": "GB", "destination_country": "MX",
        "items": (Item(description="shirt"),),
        "sender": Party(name="Alba Muestra", company="Muestra y Hijos", phone="+34 600-000-001", account_id="C-17",
                        address=("Calle del Ejemplo 5",), city="Madrid", postcode="28001"),
        "recipient": Party(name="José Prueba", email="jose@prueba.example", tax_id="AB 12"),
        "marketplace": Marketplace(platform="p", seller_id="s-9"),
    }  # fmt: skip
    return Manifest(**{**values, **changes})  # type: ignore[arg-type]


def matches(kind: EntryKind, value: str, expires: date | None = None) -> bool:
    lists = (WatchList("wanted", (WatchEntry(kind, value, "a test", expires),)),)
    return matching_lists(parcel(), lists, TODAY) == {"wanted"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("name", "MUESTRA, Alba"),
        ("name", "jose prueba"),
        ("company", "Muestra y hijos."),
        ("name", "Muestra y Hijos"),
        ("phone", "34600000001"),
        ("email", "Jose@Prueba.Example"),
        ("account_id", "c17"),
        ("tax_id", "ab12"),
        ("seller_id", "S9"),
        ("address", "calle del ejemplo 5, 28001 madrid"),
    ],
)
def test_same_thing_in_another_spelling_matches(kind: EntryKind, value: str) -> None:
    assert matches(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("name", "Alba Otra"),
        ("name", "Prueba"),
        ("phone", "34600000002"),
        ("account_id", "c-1"),
        ("name", "--"),
        ("email", ""),
    ],
)
def test_other_things_do_not_match(kind: EntryKind, value: str) -> None:
    assert not matches(kind, value)


def test_entry_matches_until_its_last_day() -> None:
    assert matches("account_id", "C-17", expires=TODAY)
    assert not matches("account_id", "C-17", expires=date(2026, 11, 20))
    assert WatchList("w", (WatchEntry("name", "x", "s", date(2026, 11, 20)),)).expired(TODAY) == 1


def test_parcel_without_parties_matches_nothing() -> None:
    lists = (WatchList("wanted", (WatchEntry("name", "Alba Muestra", "a test"),)),)
    assert matching_lists(parcel(sender=None, recipient=None, marketplace=None), lists, TODAY) == frozenset()
