from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from features.history import PER_KEY_LIMIT, PastParcel, entity_keys, summarise
from features.manifest import Item, Manifest, Marketplace, Party

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SENDER = Party(
    name="Ropi Mesafi", address=("84 Trizave Square",), postcode="89421", country="CN", phone="+999 516-33836"
)
RECIPIENT = Party(name="Bige Vafito", address=("145 Kludupa Street",), country="PT", email="Bige@Example.com ")
PARCEL = Manifest(
    item_id="now", channel="courier", origin_country="CN", destination_country="PT",
    items=(Item(description="steel brackets"),), sender=SENDER, recipient=RECIPIENT,
)  # fmt: skip


def past(
    days: float, manifest: Manifest = PARCEL, found: bool | None = None, known: float = 0.0, parts: tuple[str, ...] = ()
) -> PastParcel:
    at = NOW - timedelta(days=days)
    found_at = NOW - timedelta(days=known) if found is not None else None
    return PastParcel(f"past-{days}", at, entity_keys(manifest), found, found_at, parts)


def other_recipient(name: str) -> Manifest:
    return replace(PARCEL, recipient=Party(name=name, address=("1 Elsewhere Road",), country="PT"))


def test_keys_are_equal_however_name_address_and_phone_are_written() -> None:
    again = replace(SENDER, name="MESAFI, Ropi", address=("Trizave  Square 84",), phone="0099951633836"[2:])
    written = replace(PARCEL, sender=again)
    kinds = {"sender", "sender_address", "sender_phone"}
    assert {key for key in entity_keys(PARCEL) if key.split(":")[0] in kinds} <= set(entity_keys(written))


def test_keys_show_no_name_and_do_not_hold_the_item() -> None:
    keys = entity_keys(replace(PARCEL, marketplace=Marketplace(platform="m", seller_id="s-77")))
    assert {key.split(":")[0] for key in keys} == {
        "sender", "sender_address", "sender_phone", "recipient", "recipient_address", "recipient_email", "seller",
    }  # fmt: skip
    assert not any(word in key for key in keys for word in ("mesafi", "bige", "99951633836", "s-77", "example"))
    assert entity_keys(PARCEL) == entity_keys(replace(PARCEL, item_id="another"))


def test_a_manifest_that_names_nobody_has_no_history_but_unknown() -> None:
    nobody = replace(PARCEL, sender=None, recipient=Party(country="PT"))
    assert entity_keys(nobody) == ()
    history = summarise(nobody, [past(3)], NOW)
    assert history.sender_known is None
    assert history.recipient_known is None
    assert history.found_sender == 0.0


def test_counts_stand_in_their_windows() -> None:
    history = summarise(PARCEL, [past(days) for days in (2, 20, 100, 400)], NOW)
    assert (history.sender_known, history.sender_month) == (3, 2)
    assert (history.recipient_known, history.recipient_month) == (3, 2)
    assert history.sender_first_days == 100.0
    assert history.pair_known == 3
    assert history.sender_decayed is not None
    assert abs(history.sender_decayed - sum(0.5 ** (days / 45) for days in (2, 20, 100))) < 1e-12


def test_the_future_the_parcel_itself_and_strangers_do_not_count() -> None:
    stranger = replace(PARCEL, sender=Party(name="Kepu Tubezi", phone="1"), recipient=Party(phone="2"))
    own = replace(past(5), item_id="now")
    assert summarise(PARCEL, [past(-1), past(0), own, past(9, stranger)], NOW).sender_known == 0


def test_a_known_find_counts_however_late_its_parcel_is_dated() -> None:
    dated_ahead = past(-400, found=True, known=4.0, parts=("barrel",))
    history = summarise(PARCEL, [dated_ahead], NOW)
    assert history == summarise(PARCEL, [past(4, found=True, known=4.0, parts=("barrel",))], NOW)
    assert (history.sender_known, history.parts_recipient) == (1, 1)
    assert history.found_sender == 0.5 ** (4 / 45)
    assert summarise(PARCEL, [past(-400, found=True, known=-1.0)], NOW) == summarise(PARCEL, [], NOW)


def test_a_parcel_screened_twice_counts_once() -> None:
    twice = [replace(past(5), item_id="same"), replace(past(4), item_id="same")]
    assert summarise(PARCEL, twice, NOW).sender_known == 1


def test_a_finding_counts_from_the_moment_it_was_known() -> None:
    known_later = past(10, found=True, known=-1.0, parts=("barrel",))
    known = past(10, found=True, known=4.0, parts=("barrel", "slide"))
    assert summarise(PARCEL, [known_later], NOW).found_sender == 0.0
    assert summarise(PARCEL, [known_later], NOW).parts_recipient == 0
    history = summarise(PARCEL, [known], NOW)
    assert abs(history.found_sender - 0.5 ** (4 / 45)) < 1e-12
    assert history.parts_recipient == 2
    assert summarise(PARCEL, [past(10, found=False, known=4.0)], NOW).opened_harmless == 1


def test_recipients_of_a_sender_and_senders_to_a_recipient_are_told_apart() -> None:
    many = [past(3, other_recipient("Ana Bo")), past(4, other_recipient("Ce Du")), past(5, other_recipient("bo ana"))]
    assert summarise(PARCEL, many, NOW).sender_recipients == 2
    renamed = replace(PARCEL, sender=replace(SENDER, name="Tru Zaki"))
    assert summarise(PARCEL, [past(3, renamed)], NOW).sender_names == 2
    foreign = replace(PARCEL, sender=Party(name="Li Do", address=("2 Far Way",)))
    assert summarise(PARCEL, [past(3), past(6, foreign), past(90, foreign)], NOW).recipient_senders == 2


def test_a_busy_entity_is_bounded_but_its_finds_are_kept() -> None:
    busy = [past(1 + place / 10) for place in range(PER_KEY_LIMIT + 50)]
    find = past(300, found=True, known=200.0)
    history = summarise(PARCEL, [*busy, find], NOW)
    assert history.sender_known == PER_KEY_LIMIT + 1
    assert history.found_sender > 0.0
