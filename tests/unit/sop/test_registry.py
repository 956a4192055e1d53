"""What the history says at a moment, and which orders it refuses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from registry_desk import ANN, BOB, SHIPPED, START, Desk, package, refused, tamper

from features.errors import UsageError
from sop.active import place_in_force, shipped_policy_path
from sop.package import Package
from sop.registry.chain import events
from sop.registry.change import activate, approve, rollback, switch, withdraw
from sop.registry.events import By, Event
from sop.registry.standing import registry_state, shadow_state, stop_state
from sop.registry.state import previous
from sop.registry.versions import keep, kept_files, reference, version_folder


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_nothing_is_in_force_by_order_before_the_first_activation(desk: Desk) -> None:
    assert (desk.in_force(), desk.state().pending, stop_state(desk.home)) == (None, (), None)
    assert place_in_force(None, desk.home).path == shipped_policy_path()


def test_activation_takes_an_approval_by_another_key(desk: Desk) -> None:
    new = package("2")
    refused(lambda: desk.activate(new), "2 (SHA-256", "is not approved")
    desk.approve(new)
    refused(lambda: desk.activate(new, ANN), "same key")
    assert desk.in_force() is None
    desk.activate(new)
    assert desk.in_force() == "2"
    assert place_in_force(None, desk.home).path == version_folder(desk.home, new.digest) / "policy.yaml"
    refused(lambda: desk.activate(new), "in force already")


def test_who_approved_may_activate_where_somebody_else_approved_too(desk: Desk) -> None:
    desk.approve(package("2"))
    desk.approve(package("2"), BOB)
    desk.activate(package("2"), ANN)
    assert desk.in_force() == "2"


def test_the_approval_of_a_key_that_was_revoked_no_longer_counts(desk: Desk) -> None:
    desk.approve(package("2"))
    stolen = {ANN.key_id}

    def again() -> Event:
        return activate(desk.home, package("2"), desk.order(BOB), in_force=SHIPPED, revoked=stolen)

    refused(again, "was approved by", ANN.key_id, "revoked since")
    assert desk.in_force() is None
    desk.approve(package("2"), By("c3", "Carla", "admin"))
    again()
    assert desk.in_force() == "2"


def test_any_change_of_any_file_after_the_approval_needs_a_new_one(desk: Desk) -> None:
    new = package("2")
    desk.approve(new)
    changed = Package(base=new.base, files={**new.files, "lists/a.yaml": b"y"})
    refused(lambda: desk.activate(changed), "changed after its approval", new.digest[:12], changed.digest[:12])
    refused(lambda: desk.approve(changed), "known already with another content", "new `version`")
    refused(lambda: desk.approve(new), "with this key already")


def test_the_version_in_force_means_one_content_too(desk: Desk) -> None:
    refused(lambda: desk.approve(package("1", text="changed")), "known already with another content")


def test_a_version_withdrawn_before_it_was_in_force_may_be_written_anew(desk: Desk) -> None:
    desk.approve(package("2"))
    withdraw(desk.home, reference(package("2")), desk.order(ANN))
    desk.both(package("2", text="better"))
    assert desk.in_force() == "2"


def test_an_activation_to_come_takes_effect_by_the_clock(desk: Desk) -> None:
    desk.approve(package("2"))
    desk.activate(package("2"), effective=START + timedelta(days=9))
    assert (desk.in_force(), desk.in_force(days=8), desk.in_force(days=9)) == (None, None, "2")
    assert [one.reference.version for one in desk.state().pending] == ["2"]
    assert desk.state(days=9).pending == ()


def test_of_several_activations_the_one_that_began_last_counts(desk: Desk) -> None:
    for version, days in (("2", 9), ("3", 5)):
        desk.approve(package(version))
        desk.activate(package(version), effective=START + timedelta(days=days))
    desk.both(package("4"))
    assert [desk.in_force(days=days) for days in (0, 6, 10)] == ["4", "3", "2"]


def test_an_activation_that_has_begun_cannot_be_called_off_but_one_to_come_can(desk: Desk) -> None:
    desk.approve(package("2"))
    desk.activate(package("2"), effective=START + timedelta(days=9))
    (done,) = withdraw(desk.home, reference(package("2")), desk.order(ANN))
    assert (done.withdraws, desk.in_force(days=10)) == (2, None)
    assert desk.state().approvals  # the approval stays: it was the day that was wrong
    desk.activate(package("2"))
    refused(lambda: withdraw(desk.home, reference(package("2")), desk.order(ANN)), "is in force", "rollback")
    refused(lambda: withdraw(desk.home, reference(package("9")), desk.order(ANN)), "neither approved")


@pytest.mark.parametrize(
    ("effective", "words"),
    [
        (None, "--effective 2026-12-01"),
        (datetime(2026, 11, 30, 23, 59, tzinfo=UTC), "on 2026-11-30"),
        (datetime(2026, 12, 1, tzinfo=UTC), None),
    ],
)
def test_nothing_is_in_force_before_its_own_first_day(
    desk: Desk, effective: datetime | None, words: str | None
) -> None:
    new = package("2", date(2026, 12, 1))
    desk.approve(new)
    if words:
        refused(lambda: desk.activate(new, effective=effective), "effective_from: 2026-12-01", words)
    else:
        desk.activate(new, effective=effective)
    assert desk.in_force(days=30) == (None if words else "2")


def test_the_first_day_begins_in_the_policys_time_zone(desk: Desk) -> None:
    new = package("2", date(2027, 7, 1))  # summer time: London is an hour ahead of UTC
    desk.approve(new)
    desk.activate(new, effective=datetime(2027, 6, 30, 23, 0, tzinfo=UTC))
    refused(lambda: desk.activate(new, effective=datetime(2027, 6, 30, 22, 59, tzinfo=UTC)), "2027-06-30")


def test_an_activation_cannot_be_put_into_the_past(desk: Desk) -> None:
    desk.approve(package("2"))
    refused(lambda: desk.activate(package("2"), effective=START), "has passed", kind=UsageError)


def test_rollback_goes_one_further_back_each_time_down_to_what_nobody_had_activated(desk: Desk) -> None:
    refused(lambda: rollback(desk.home, desk.order(ANN)), "was ever activated")
    desk.both(package("2"))
    desk.both(package("3"))
    assert rollback(desk.home, desk.order(ANN)).reference.version == "2"
    assert rollback(desk.home, desk.order(ANN)).reference == reference(SHIPPED)
    assert (desk.in_force(), previous(desk.state())) == ("1", None)
    refused(lambda: rollback(desk.home, desk.order(ANN)), "nothing on record was in force before it")
    assert kept_files(desk.home, SHIPPED.digest) == dict(SHIPPED.files)


def test_rollback_to_a_named_version_takes_one_that_was_in_force_and_is_still_approved(desk: Desk) -> None:
    for version in ("2", "3", "4"):
        desk.both(package(version))
    desk.approve(package("5"))
    refused(lambda: rollback(desk.home, desk.order(ANN), reference(package("5"))), "never in force")
    refused(lambda: rollback(desk.home, desk.order(ANN), reference(package("4"))), "is in force")
    withdraw(desk.home, reference(package("3")), desk.order(BOB))
    refused(lambda: rollback(desk.home, desk.order(ANN), reference(package("3"))), "was withdrawn")
    assert rollback(desk.home, desk.order(ANN), reference(package("2"))).before == reference(package("4"))
    assert desk.in_force() == "2"


def test_a_broken_version_in_force_does_not_stand_in_the_way_of_going_back(desk: Desk) -> None:
    desk.both(package("2"))
    desk.both(package("3"))
    tamper(desk.home, package("3"))
    assert rollback(desk.home, desk.order(ANN)).reference.version == "2"
    tamper(desk.home, package("2"))
    refused(lambda: rollback(desk.home, desk.order(ANN), reference(package("3"))), "were changed after it was kept")


def test_what_cannot_be_read_does_not_stand_in_the_way_of_what_mends_it(desk: Desk) -> None:
    new = package("2")
    approve(desk.home, new, desk.order(ANN), in_force=None, examined={})
    activate(desk.home, new, desk.order(BOB), in_force=None)
    assert desk.in_force() == "2"


def test_a_clock_that_was_set_back_does_not_put_a_new_order_before_an_old_one(desk: Desk) -> None:
    desk.both(package("2"))
    desk.now -= timedelta(days=400)
    desk.approve(package("3"))
    event = desk.activate(package("3"))
    assert event.recorded >= events(desk.home)[1].recorded
    assert registry_state(desk.home, START + timedelta(days=1)).version == reference(package("3"))


def test_the_stop_switch_and_the_shadow_are_on_the_same_record(desk: Desk) -> None:
    assert switch(desk.home, "resume", desk.order(ANN)) is None
    stop = switch(desk.home, "stop", desk.order(ANN, "the  detector\nsees firearms everywhere"))
    assert stop_state(desk.home) == stop
    assert stop is not None
    assert stop.reason == "the detector sees firearms everywhere"
    assert switch(desk.home, "stop", desk.order(BOB)) is None
    switch(desk.home, "resume", desk.order(BOB))
    assert stop_state(desk.home) is None
    keep(desk.home, package("2").files)
    models = {"risk_model": None, "xray_model": "/models/x"}
    switch(desk.home, "shadow_start", desk.order(ANN), version=reference(package("2")), shadow=models)
    shadow = shadow_state(desk.home)
    assert shadow is not None
    assert (shadow.candidate, shadow.risk_model, shadow.xray_model) == (
        reference(package("2")), None, Path("/models/x"),
    )  # fmt: skip
    switch(desk.home, "shadow_stop", desk.order(ANN))
    assert shadow_state(desk.home) is None
    assert desk.in_force() is None


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 2001])
def test_no_order_without_a_reason(desk: Desk, reason: str) -> None:
    refused(lambda: switch(desk.home, "stop", desk.order(ANN, reason)), "eason", kind=UsageError)
    assert events(desk.home) == ()
