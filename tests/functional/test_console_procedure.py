"""The console's page about the procedure: what is in force and why, and the stop switch."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from features.watchlist import WatchEntry, WatchList
from service.console import words
from service.settings import Settings
from sop.active import shipped_policy_path
from sop.package import Package
from sop.reading.packages import parse_package, read_files
from sop.registry.change import Order, activate, approve, switch
from sop.registry.events import HISTORY, By, folder_of
from sop.registry.standing import registry_state
from sop.registry.versions import reference
from sop.types import LANES

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
AUTHOR = By("a1b2c3d4e5f6", "A. Author", "sop_author")
SUPERVISOR = By("0f9e8d7c6b5a", "Duty supervisor", "admin")
LIST = b"""\
list: watched-origins
kind: country
source: Decision 14 of the Risk Analysis Unit
issued: 2026-10-01
expires: 2026-11-10
entries: [SE, FI, {code: "NO", from: 2026-12-01}]
"""
OVERRIDE = b"""\
extends: ../policy.yaml
version: "2"
applies_to: {station: ["leeds-*"], channel: courier}
change:
  - {id: RK-020, when: {risk: {at_least: 0.15}}}
"""
MANIFEST: dict[str, Any] = {
    "item_id": "CP473124829GB",
    "channel": "postal",
    "origin_country": "GB",
    "destination_country": "MX",
    "items": [{"description": "gift", "hs_code": "610510"}],
}


def order(by: By, reason: str, hours: int) -> Order:
    return Order(at=NOW - timedelta(hours=48 - hours), by=by, reason=reason)


@pytest.fixture(scope="module")
def versions() -> tuple[Package, Package, Package]:
    """The shipped procedure, one with a list, an override and a dated rule, and one more for later."""
    files = read_files(shipped_policy_path())
    text = files["policy.yaml"].decode()
    new = text.replace('version: "2026.11-1"', 'version: "2026.12-1"').replace(
        "when: {stage: pre_arrival, risk: {at_least: 0.05}}",
        "when: {stage: pre_arrival, risk: {at_least: 0.04}, origin_country: {list: watched-origins}}\n"
        "    from: 2026-12-01\n    trim: documents",
    )
    assert new.count("watched-origins") == 1
    assert '"2026.12-1"' in new
    more = {"lists/watched-origins.yaml": LIST, "overrides/leeds.yaml": OVERRIDE}
    later = new.replace('"2026.12-1"', '"2027.1-1"').replace("rate: 0.01", "rate: 0.02")
    return (
        parse_package(files, "shipped"),
        parse_package({**files, "policy.yaml": new.encode(), **more}, "second"),
        parse_package({**files, "policy.yaml": later.encode(), **more}, "third"),
    )


@pytest.fixture
def changed(make_desk: Any, tools: Any, clock: Any, versions: tuple[Package, ...], tmp_path: Path) -> Any:
    """A desk whose home has an activated version, one to come and one in shadow."""
    shipped, second, third = versions
    home = tmp_path / "home"
    home.mkdir()
    approve(home, second, order(AUTHOR, "Risk from listed origins", 0), in_force=shipped, examined={})
    activate(home, second, order(SUPERVISOR, "As agreed on Monday", 1), in_force=shipped)
    approve(home, third, order(AUTHOR, "Twice as many by chance", 2), in_force=second, examined={})
    activate(home, third, order(SUPERVISOR, "More staff", 3), in_force=second, effective=NOW + timedelta(days=37))
    switch(home, "shadow_start", order(AUTHOR, "How many more?", 4), version=reference(third))
    clock.now = NOW
    return make_desk(Settings(home=home), tools=replace(tools, package=second))


def browser(desk: Any, role: str) -> Any:
    """Return a client signed in with a key of a role."""
    client = desk.app.test_client()
    assert client.post("/console/sign-in", data={"key": desk.key(role)}).status_code == 303
    return client


def plain(page: str) -> str:
    """Return a page's text as one line, without tags."""
    return re.sub(r"\s+([,.:;])", r"\1", re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def csrf(client: Any) -> str:
    return str(re.search(r'name="csrf" value="([^"]+)"', client.get("/console/procedure").text)[1])  # type: ignore[index]


def press(client: Any, what: str, reason: str) -> Any:
    return client.post(f"/console/procedure/{what}", data={"csrf": csrf(client), "reason": reason})


def test_sop_authors_see_the_procedure_and_no_parcel(desk: Any) -> None:
    client = desk.app.test_client()
    response = client.post("/console/sign-in", data={"key": desk.key("sop_author")})
    assert response.headers["Location"] == "/console/procedure"
    page = client.get("/console/procedure")
    assert page.status_code == 200
    assert '<a href="/console"' not in page.text
    refused = client.get("/console")
    assert refused.status_code == 403
    assert "Back to the procedure" in refused.text


def test_the_page_shows_every_rule_with_its_lane_and_conditions(desk: Any) -> None:
    response = browser(desk, "analyst").get("/console/procedure")
    text = plain(response.text)
    policy = desk.service.tools.current().policy
    for rule in policy.rules:
        assert rule.id in text
        assert rule.title in text
    assert {words.LANES[rule.lane] for rule in policy.rules} == {words.LANES[lane] for lane in LANES}
    assert "ammunition score at least 0.90" in text
    assert "carrier: RFA" in text
    assert "It came with the product" in text
    assert "at most 2 % of all parcels" in text
    assert "Nothing has been approved, activated or stopped" in text
    assert "style=" not in response.text
    assert "<script" not in response.text


def test_it_says_who_put_it_in_force_what_comes_and_what_runs_beside(changed: Any) -> None:
    text = plain(browser(changed, "analyst").get("/console/procedure").text)
    for shown in (
        "In force since 2026-11-23 10:30:00 UTC, activated by Duty supervisor (admin, key 0f9e8d7c6b5a): As agreed",
        "Approved 2026-11-23 09:30:00 UTC by A. Author (sop_author, key a1b2c3d4e5f6): Risk from listed origins",
        "2027.1-1",
        "takes over in 37 days",
        "runs beside since 2026-11-23 13:30:00 UTC and decides nothing",
        "from 2026-12-01: not yet in force",
        "lowest-ranked go to documents when the lane is full",
        "expired on 2026-11-10, still counts",
        "2 countries count today, of 3 on the list: SE, FI",
        "Used by RK-030",
        "For station leeds-*, channel courier",
    ):
        assert shown in text, shown


def test_a_version_that_the_process_has_not_taken_is_not_passed_off_as_in_force(
    changed: Any, make_desk: Any, tools: Any
) -> None:
    late = make_desk(changed.settings, tools=tools)
    text = plain(browser(late, "officer").get("/console/procedure").text)
    assert "national-parcel-screening 2026.11-1" in text
    assert "puts another version in force, which this process has not taken yet or cannot use" in text
    assert "In force since" not in text


def test_officers_do_not_hear_of_a_candidate_in_shadow(changed: Any) -> None:
    """What a candidate would do must not colour what they find."""
    text = plain(browser(changed, "officer").get("/console/procedure").text)
    assert "More staff" in text
    assert "hadow" not in text
    assert "How many more?" not in text
    for role, heard in (("officer", False), ("analyst", True)):
        orders = changed.with_key(role).get("/v1/sop/history").json["orders"]
        assert ("shadow_start" in {one["action"] for one in orders}) == heard


def test_watch_lists_are_counted_and_nobody_on_them_is_named(make_desk: Any, tools: Any, tmp_path: Path) -> None:
    entries = (
        WatchEntry("name", "B. Recipient", "national", None),
        WatchEntry("name", "C. Other", "national", date(2026, 1, 1)),
    )
    desk = make_desk(
        Settings(home=tmp_path / "home"), tools=replace(tools, watchlists=(WatchList("national", entries),))
    )
    text = plain(browser(desk, "officer").get("/console/procedure").text)
    assert "Watch list national 1 of 2 entries have expired and match no more" in text
    assert "B. Recipient" not in text


def test_the_history_is_shown_newest_first_and_leads_to_the_differences(changed: Any) -> None:
    client = browser(changed, "sop_author")
    page = client.get("/console/procedure").text
    history = plain(page[page.index('id="history"') :])
    assert history.index("Shadow begun") < history.index("More staff") < history.index("Risk from listed origins")
    assert 'href="/console/procedure/changes/2"' in page
    change = plain(client.get("/console/procedure/changes/2").text)
    assert "manifest risk at least 0.05" in change
    assert "manifest risk at least 0.04" in change
    assert "watched-origins" in change
    assert client.get("/console/procedure/changes/1").status_code == 404
    assert client.get("/console/procedure/changes/99").status_code == 404


def test_a_change_whose_version_was_tampered_with_says_so(changed: Any, versions: tuple[Package, ...]) -> None:
    folder = folder_of(changed.settings.home) / "versions" / versions[2].digest
    (folder / "policy.yaml").chmod(0o644)
    (folder / "policy.yaml").write_text("sop: else\n", encoding="utf-8")
    change = browser(changed, "officer").get("/console/procedure/changes/4")
    assert change.status_code == 200
    assert "were changed after it was kept" in change.text


def test_an_officer_switches_the_models_off_and_every_page_says_so(desk: Any) -> None:
    identifier = desk.screen(MANIFEST).json["screening_id"]
    officer = browser(desk, "officer")
    pages = ("/console", f"/console/screenings/{identifier}", "/console/procedure")
    assert not any("Models switched off" in officer.get(page).text for page in pages)
    response = press(officer, "stop", "Scores are <b>nonsense</b>")
    assert (response.status_code, response.headers["Location"]) == (303, "/console/procedure#switch")
    for page in pages:
        text = officer.get(page).text
        assert "Models switched off: parcels are decided by rules alone" in text
        assert "Scores are &lt;b&gt;nonsense&lt;/b&gt;" in text
    stop = registry_state(desk.settings.home).stop
    assert stop is not None
    assert (stop.by.name, stop.by.role) == ("test officer", "officer")
    assert "Models switched off" not in desk.app.test_client().get("/console/sign-in").text


def test_only_those_who_answer_for_the_procedure_switch_them_on_again(desk: Any) -> None:
    officer, author, analyst = (browser(desk, role) for role in ("officer", "sop_author", "analyst"))
    assert press(analyst, "stop", "No").status_code == 403
    press(officer, "stop", "Nonsense")
    assert "Switch the models on again" not in officer.get("/console/procedure").text
    assert press(officer, "resume", "Fine again").status_code == 403
    assert registry_state(desk.settings.home).stop is not None
    assert press(author, "resume", "The update was taken back").status_code == 303
    assert registry_state(desk.settings.home).stop is None
    page = plain(author.get("/console/procedure").text)
    assert "The update was taken back" in page
    assert "Models switched off: parcels" not in page


def test_a_switch_needs_a_reason_and_a_form_of_this_session(desk: Any) -> None:
    officer = browser(desk, "officer")
    for reason, told in (("   ", "Give a reason"), ("x" * 2001, "At most 2,000 characters")):
        response = press(officer, "stop", reason)
        assert response.status_code == 422
        assert told in response.text
    other = csrf(browser(desk, "officer"))
    assert officer.post("/console/procedure/stop", data={"csrf": other, "reason": "x"}).status_code == 403
    assert registry_state(desk.settings.home).events == ()


def test_a_history_that_was_changed_is_told_and_hides_nothing_else(changed: Any) -> None:
    officer = browser(changed, "officer")
    path = folder_of(changed.settings.home) / HISTORY
    path.write_bytes(path.read_bytes().replace(b"As agreed", b"As ordered"))
    page = officer.get("/console/procedure")
    assert page.status_code == 200
    assert "was changed after it was written" in page.text
    assert "Ammunition seen" in page.text
    refused = press(officer, "stop", "Nonsense")
    assert refused.status_code == 422
    assert "was changed after it was written" in refused.text


def test_a_screening_shows_what_placed_it_and_what_the_carrier_is_told(desk: Any) -> None:
    answer = desk.screen(MANIFEST).json
    page = plain(browser(desk, "officer").get(f"/console/screenings/{answer['screening_id']}").text)
    assert f"Put there by {words.PLACED_BY[answer['decision']['placed_by']]}" in page
    assert answer["carrier"]["requests"]
    for one in answer["carrier"]["requests"]:
        assert one["path"] in page
    assert "Only this part may be passed on" in page


def test_a_screening_shows_the_probability_of_chance(make_desk: Any, tools: Any, tmp_path: Path) -> None:
    chance = replace(tools.policy.random_selection, rate=0.5)
    package = replace(tools.package, base=replace(tools.policy, random_selection=chance))
    desk = make_desk(Settings(home=tmp_path / "home"), tools=replace(tools, package=package))
    answers = (desk.screen({**copy.deepcopy(MANIFEST), "item_id": f"X{number}"}).json for number in range(40))
    answer = next(one for one in answers if one["decision"]["placed_by"] == "chance")
    page = plain(browser(desk, "officer").get(f"/console/screenings/{answer['screening_id']}").text)
    assert "Put there by chance, with a probability of 50 %" in page


def test_a_cut_reads_as_a_sentence() -> None:
    cut = {"stage": "station", "lane": "examine", "moves": "out", "rank": 0.03125, "tie": 0.25, "share": 0.02}
    assert words.cut({**cut, "parcels": 10_000}) == (
        "Examine is to hold at most 2.0 % of parcels; cut at rank 0.03125, from the last 10,000 parcels; of the "
        "parcels ranked exactly there, 25 % by lot"
    )
