"""The console: who gets in, what an officer sees and records, and what no other site can make them do."""

from __future__ import annotations

import re
from typing import Any

import pytest

from service.auth import revoke_key
from service.console import words
from service.console.session import SHIFT
from service.store.findings import FOUND
from sop.types import LANES, MISSING_KEYS, OUTCOMES

MANIFEST: dict[str, Any] = {
    "item_id": "RR473124829GB",
    "channel": "postal",
    "origin_country": "GB",
    "destination_country": "MX",
    "items": [{"description": "<script>alert(1)</script> & shirts"}],
}


@pytest.fixture
def screened(desk: Any, scan: bytes) -> str:
    identifier: str = desk.send(scan, b"broken", manifest=MANIFEST, view=["top", "<b>side"]).json["screening_id"]
    return identifier


@pytest.fixture
def officer(desk: Any) -> Any:
    return browser(desk, desk.key("officer"))


def browser(desk: Any, key: str) -> Any:
    """Return a client without any header of its own, signed in with a key."""
    client = desk.app.test_client()
    response = client.post("/console/sign-in", data={"key": key})
    assert (response.status_code, response.headers["Location"]) == (303, "/console")
    return client


def csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found.group(1)


def test_nobody_gets_in_without_signing_in(desk: Any, screened: str) -> None:
    stranger = desk.app.test_client()
    for path in ("/console", f"/console/screenings/{screened}", f"/console/screenings/{screened}/images/0"):
        response = stranger.get(path)
        assert (response.status_code, response.headers["Location"]) == (303, "/console/sign-in")
        assert MANIFEST["item_id"] not in response.text


def test_an_api_key_in_a_header_does_not_open_the_console(desk: Any) -> None:
    assert desk.get("/console").status_code == 303


@pytest.mark.parametrize("key", ["", "nonsense", "ps_000000000000_" + "0" * 64, "x" * 5000])
def test_wrong_keys_are_told_so(desk: Any, key: str) -> None:
    response = desk.app.test_client().post("/console/sign-in", data={"key": key})
    assert response.status_code == 401
    assert "unknown or wrong" in response.text
    assert "Set-Cookie" not in response.headers


def test_a_stations_key_does_not_open_the_console(desk: Any) -> None:
    response = desk.app.test_client().post("/console/sign-in", data={"key": desk.key("station")})
    assert response.status_code == 403
    assert "Role station" in response.text


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(desk: Any) -> None:
    client = desk.app.test_client()
    plain = client.post("/console/sign-in", data={"key": desk.key("officer")}).headers["Set-Cookie"]
    assert "HttpOnly" in plain
    assert "SameSite=Strict" in plain
    assert "Path=/console" in plain
    assert "Secure" not in plain
    over_tls = client.post("/console/sign-in", data={"key": desk.key("officer")}, base_url="https://localhost")
    assert "Secure" in over_tls.headers["Set-Cookie"]


def test_the_list_shows_and_filters(officer: Any, screened: str) -> None:
    page = officer.get("/console").text
    assert f"/console/screenings/{screened}" in page
    assert "Detain" in page
    assert f"/console/screenings/{screened}" in officer.get("/console?lane=detain").text
    assert f"/console/screenings/{screened}" not in officer.get("/console?lane=release").text
    assert f"/console/screenings/{screened}" in officer.get("/console?item_id=RR473124829GB").text
    assert officer.get("/console?lane=elsewhere").status_code == 422


def test_a_screening_is_shown_whole_and_nothing_declared_runs(officer: Any, desk: Any, screened: str) -> None:
    page = officer.get(f"/console/screenings/{screened}")
    answer = desk.get(f"/v1/screenings/{screened}").json
    text = page.text
    for shown in (
        answer["decision"]["rule"],
        answer["decision"]["reference"],
        answer["versions"]["sop"],
        "PRICE_PER_KG_LOW",
        "barrel",
        "cannot be shown",
    ):
        assert shown in text, shown
    assert "<script" not in text
    assert "<b>side" not in text
    assert "style=" not in text  # the page's own policy would block it
    assert "script-src" not in page.headers["Content-Security-Policy"]


def test_pictures_are_shown_to_whom_is_signed_in(officer: Any, screened: str, scan: bytes) -> None:
    assert officer.get(f"/console/screenings/{screened}/images/0?raw=1").data == scan
    assert officer.get(f"/console/screenings/{screened}/images/0").content_type == "image/png"
    missing = officer.get(f"/console/screenings/{screened}/images/9")
    assert (missing.status_code, missing.content_type) == (404, "text/html; charset=utf-8")


def test_a_finding_is_recorded_from_the_form(officer: Any, desk: Any, screened: str) -> None:
    address = f"/console/screenings/{screened}"
    form = {"csrf": csrf(officer.get(address).text), "found": "illicit", "parts": ["barrel", "bolt"],
            "notes": "In a <drill>.", "override_lane": "detain", "override_reason": "Seen."}  # fmt: skip
    response = officer.post(f"{address}/finding", data=form)
    assert (response.status_code, response.headers["Location"]) == (303, f"{address}#findings")
    (finding,) = desk.get(f"/v1/screenings/{screened}/findings").json["findings"]
    assert (finding["found"], finding["parts"]) == ("illicit", ["barrel", "bolt"])
    assert finding["override"] == {"lane": "detain", "reason": "Seen."}
    assert "In a &lt;drill&gt;." in officer.get(address).text


def test_a_form_with_faults_comes_back_filled(officer: Any, desk: Any, screened: str) -> None:
    address = f"/console/screenings/{screened}"
    form = {"csrf": csrf(officer.get(address).text), "found": "nothing", "parts": "barrel", "notes": "my words",
            "override_lane": "detain"}  # fmt: skip
    response = officer.post(f"{address}/finding", data=form)
    assert response.status_code == 422
    assert "Not recorded" in response.text
    assert "my words" in response.text
    assert "<code>override.reason</code>" in response.text
    assert desk.get(f"/v1/screenings/{screened}/findings").json == {"findings": []}


def test_forms_from_elsewhere_are_refused(officer: Any, desk: Any, screened: str) -> None:
    address = f"/console/screenings/{screened}/finding"
    for token in ({}, {"csrf": ""}, {"csrf": "x" * 43}):
        assert officer.post(address, data={"found": "nothing", **token}).status_code == 403
    other = browser(desk, desk.key("officer"))
    stolen = csrf(other.get("/console").text)
    assert officer.post(address, data={"found": "nothing", "csrf": stolen}).status_code == 403
    assert desk.get(f"/v1/screenings/{screened}/findings").json == {"findings": []}
    crossed = {"Sec-Fetch-Site": "cross-site"}
    assert desk.app.test_client().post("/console/sign-in", data={"key": "x"}, headers=crossed).status_code == 403


def test_analysts_read_and_do_not_record(desk: Any, screened: str) -> None:
    analyst = browser(desk, desk.key("analyst"))
    page = analyst.get(f"/console/screenings/{screened}")
    assert page.status_code == 200
    assert "Record a finding" not in page.text
    form = {"csrf": csrf(page.text), "found": "nothing"}
    assert analyst.post(f"/console/screenings/{screened}/finding", data=form).status_code == 403


def test_signing_out_the_end_of_the_shift_and_revocation_end_the_session(desk: Any, clock: Any) -> None:
    key = desk.key("officer")
    client = browser(desk, key)
    client.post("/console/sign-out", data={"csrf": csrf(client.get("/console").text)})
    assert client.get("/console").status_code == 303
    client = browser(desk, key)
    assert client.get("/console").status_code == 200
    clock.forward(seconds=SHIFT.total_seconds())
    assert client.get("/console").status_code == 303
    client = browser(desk, key)
    revoke_key(desk.service.store, key.split("_")[1], clock())
    assert client.get("/console").status_code == 303


def test_a_forged_cookie_is_nothing(desk: Any) -> None:
    client = desk.app.test_client()
    client.set_cookie("parcel_screening", "eyJrZXlfaWQiOiJhIn0.aaaa.bbbb", path="/console")
    assert client.get("/console").status_code == 303


def test_every_code_has_its_words() -> None:
    assert set(words.LANES) == set(words.SIGNS) == set(LANES)
    assert set(words.OUTCOMES) == set(OUTCOMES)
    assert set(words.FOUND) == set(words.FOUND_SHORT) == set(FOUND)
    assert set(words.MISSING) == set(MISSING_KEYS)


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0.0, "0"), (0.00001, "1 in 100,000"), (0.0021, "1 in 476"), (0.0234, "2.3 %"), (0.434, "43 %"), (1.0, "100 %")],
)
def test_small_chances_can_be_told_apart(probability: float, text: str) -> None:
    assert words.chance(probability) == text
