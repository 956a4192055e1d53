"""A running service judges a scanner by its profile, says so in every answer, and tells when the scanner drifts."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scanner_profiles import benign_set, parcel, profile
from xray_pictures import planted_model, png

from features.manifest_schema import parse_manifest
from models.scanner_profile import ScannerProfile
from models.scanner_profile_file import Profiles, read_profiles, write_profile
from models.xray import Picture, PictureLimits
from service.composition import live_tools
from service.live import LiveTools, Part
from service.metrics import Metrics
from service.recording import screen_and_record
from service.scanner_watch import DriftWatch, drift_part, profiles_part, with_drift, with_drift_of_home
from service.screening import ScreeningRequest, Tools
from service.settings import Settings
from service.store.errors import StoreUnavailable
from service.store.store import Store
from sop.active import shipped_policy_path
from sop.reading.packages import load_package

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MANIFEST = {
    "item_id": "RR473124829GB",
    "channel": "postal",
    "origin_country": "GB",
    "destination_country": "MX",
    "items": [{"description": "shirts"}],
}


@pytest.fixture(scope="module")
def mine() -> ScannerProfile:
    return profile(benign_set(100))


@pytest.fixture
def tools(mine: ScannerProfile) -> Tools:
    return Tools(
        package=load_package(shipped_policy_path()),
        risk=None,
        xray=planted_model(),
        limits=PictureLimits(),
        selection_secret=b"test",
        profiles=Profiles({"belt-3": (mine,)}),
    )


Screen = Callable[..., dict[str, Any]]


@pytest.fixture
def screen(store: Store) -> Screen:
    """Screen one picture and record the answer, as the route does."""

    def run(tools: Tools, seed: int, scanner: str | None = "belt-3", **look: Any) -> dict[str, Any]:
        picture = Picture(png(parcel(seed, **look)))
        request = ScreeningRequest(manifest=parse_manifest(MANIFEST), pictures=(picture,), scanner_id=scanner)
        answer: dict[str, Any] = json.loads(screen_and_record(request, tools, store, key_id=None, at=AT).answer)
        return answer

    return run


def codes(answer: dict[str, Any]) -> list[str]:
    return [one["code"] for one in answer["warnings"]]


def test_a_calibrated_scanner_is_named_with_its_profile_in_the_answer(
    tools: Tools, mine: ScannerProfile, screen: Screen
) -> None:
    answer = screen(tools, 1)
    assert answer["xray"]["scanner"] == "calibrated"
    assert answer["versions"]["scanner_profile"] == mine.title
    assert answer["xray"]["profile"] == {
        "digest": mine.digest,
        "threshold": mine.threshold_told,
        "false_alarms": mine.false_alarms.value,
    }
    assert "scanner_uncalibrated" not in codes(answer)
    assert "scanner_uncalibrated" not in answer["decision"]["degraded"]


@pytest.mark.parametrize("scanner", [None, "belt-4"])
def test_another_scanner_is_uncalibrated(tools: Tools, screen: Screen, scanner: str | None) -> None:
    answer = screen(tools, 1, scanner)
    assert (answer["xray"]["scanner"], answer["xray"]["profile"]) == ("uncalibrated", None)
    assert answer["versions"]["scanner_profile"] is None
    assert "scanner_uncalibrated" in codes(answer)
    assert "scanner_uncalibrated" in answer["decision"]["degraded"]


def test_a_profile_of_another_model_is_not_used_and_the_answer_says_so(
    tools: Tools, mine: ScannerProfile, screen: Screen
) -> None:
    other = replace(tools, profiles=Profiles({"belt-3": (replace(mine, model="other-1.0.0"),)}))
    answer = screen(other, 1)
    assert answer["xray"]["scanner"] == "uncalibrated"
    (text,) = [one["message"] for one in answer["warnings"] if one["code"] == "scanner_uncalibrated"]
    assert "made with other-1.0.0, and planted-1.0.0 is in use" in text


def test_without_a_detector_nothing_is_calibrated(tools: Tools, screen: Screen) -> None:
    answer = screen(replace(tools, xray=None), 1)
    assert answer["xray"]["scanner"] == "uncalibrated"
    assert answer["versions"]["scanner_profile"] is None


def test_fused_evidence_is_that_of_the_profile(tools: Tools, mine: ScannerProfile, screen: Screen) -> None:
    class Risk:
        """Stands in for the risk model: only the base rate counts here."""

        title, digest, base_rate = "stand-in-1.0.0", "no bundle", 0.01

        def assess(self, *_: object) -> None:
            raise RuntimeError("no manifest score")

    with_prior: Any = replace(tools, risk=Risk())  # type: ignore[arg-type]
    calm = replace(mine, ratio_scores=(0.1, 0.9), ratio_values=(-0.5, 0.5))
    combined = [
        screen(replace(with_prior, profiles=Profiles({"belt-3": (one,)})), 1)["combined"]["score"]
        for one in (mine, calm)
    ]
    # The same picture may move the odds by a factor of e ** 0.5 at most where the profile says so.
    assert combined[1] / (1 - combined[1]) <= 0.01 / 0.99 * np.exp(0.5) * 1.001
    assert combined[0] > combined[1]


def test_drift_is_told_by_every_worker_and_after_a_restart(
    tools: Tools, store: Store, screen: Screen, caplog: pytest.LogCaptureFixture
) -> None:
    watch = DriftWatch(store)
    for seed in range(10):
        screen(tools, 2000 + seed)
    assert with_drift(tools, watch) is tools
    for seed in range(35):
        screen(tools, 3000 + seed, palette="grey_air")
    screen(tools, 1, scanner="belt-4")
    with caplog.at_level(logging.WARNING):
        drifting = with_drift(tools, watch)
    assert set(drifting.drift) == {"belt-3"}
    assert [one for one in caplog.records if "the brightness of air" in getattr(one, "cause", "")]
    assert with_drift(tools, DriftWatch(store)).drift == drifting.drift  # a worker that has just started
    answer = screen(drifting, 1)
    (text,) = [one["message"] for one in answer["warnings"] if one["code"] == "scanner_drift"]
    assert "belt-3" in text
    assert "scanner_drift" not in codes(screen(drifting, 1, scanner="belt-4"))
    for seed in range(65):
        screen(tools, 4000 + seed)
    assert with_drift(drifting, watch).drift == {}


def test_a_new_profile_begins_with_its_own_pictures(
    tools: Tools, mine: ScannerProfile, store: Store, screen: Screen
) -> None:
    for seed in range(32):
        screen(tools, seed, palette=None)
    assert "belt-3" in with_drift(tools, watch := DriftWatch(store)).drift
    again = replace(tools, profiles=Profiles({"belt-3": (replace(mine, created_at="2026-11-21T00:00:00Z"),)}))
    assert with_drift(again, watch).drift == {}
    assert with_drift(again, DriftWatch(store)).drift == {}


def test_figures_show_which_scanners_are_calibrated_and_which_drift(
    tools: Tools, mine: ScannerProfile, store: Store, store_settings: Settings, screen: Screen
) -> None:
    other = replace(mine, scanner="belt-5", model="other-1.0.0")
    both = replace(tools, profiles=Profiles({"belt-3": (mine,), "belt-5": (other,)}))
    for seed in range(32):
        screen(both, seed, palette=None)
    metrics = Metrics()
    part = drift_part(store, metrics.scanners)
    live = LiveTools(lambda: both, [replace_mark(part)])
    live.look()
    assert "belt-3" in live.current().drift
    figures = metrics.exposition().decode()
    assert 'parcel_screening_scanner_calibrated{scanner="belt-3"} 1.0' in figures
    assert 'parcel_screening_scanner_calibrated{scanner="belt-5"} 0.0' in figures
    assert 'parcel_screening_scanner_drift{scanner="belt-3"} 1.0' in figures
    assert 'parcel_screening_scanner_drift{scanner="belt-5"} 0.0' in figures
    assert set(with_drift_of_home(both, store_settings).drift) == {"belt-3"}  # as the command `screen` sees it


def replace_mark(part: Part) -> Part:
    """The part with a mark that changes at each look, instead of with the clock."""
    marks = iter(range(100))
    return replace(part, mark=lambda: next(marks))


def test_a_store_that_fails_changes_nothing(tools: Tools, store: Store) -> None:
    class Failing:
        def reading(self) -> Any:
            raise StoreUnavailable("planted")

    watch = DriftWatch(Failing())  # type: ignore[arg-type]
    assert with_drift(tools, watch) is tools


def test_a_running_service_takes_a_profile_and_forgets_one_that_was_removed(
    tmp_path: Path, tools: Tools, mine: ScannerProfile, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(home=tmp_path)
    live = LiveTools(lambda: replace(tools, profiles=read_profiles(tmp_path)), [profiles_part(settings)])
    assert live.current().profile_of("belt-3") is None
    path = write_profile(tmp_path, mine)
    live.look()
    assert live.current().profile_of("belt-3") == mine
    path.write_text("{", encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        live.look()
    assert live.current().profile_of("belt-3") is None
    assert "scanner profile not used" in caplog.text
    path.unlink()
    live.look()
    assert live.current().profiles == Profiles()


def test_nothing_is_read_while_nothing_changes(tmp_path: Path) -> None:
    live = live_tools(Settings(home=tmp_path))
    before = live.current()
    live.look()
    assert live.current() is before
