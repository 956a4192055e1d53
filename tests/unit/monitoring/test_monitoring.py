"""The example alerts and the dashboard speak of figures that exist, and every alert has its page."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.metrics import Metrics

ROOT = Path(__file__).parents[3]
ALERTS = ROOT / "docs" / "monitoring" / "alerts.yml"
DASHBOARD = ROOT / "docs" / "monitoring" / "dashboard.json"
RUNBOOKS = ROOT / "docs" / "runbooks"
PROMTOOL = Path(sys.executable).with_name("promtool")
_NAME = re.compile(r"\bparcel_screening_[a-z_]+")
SERIES = sorted(Path(__file__).parent.glob("*.test.yml"))
SECTIONS = ("## What it means for the belt", "## Look", "## Do")


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def queries() -> list[str]:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", [])]


@pytest.fixture(scope="module")
def exposed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every name that the service can show, with the suffixes of histograms and counters."""
    metrics = Metrics()
    text = metrics.exposition(tmp_path_factory.getbasetemp()).decode()
    families = re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE)
    suffixes = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}
    return {name + suffix for name, kind in families for suffix in suffixes[kind]}


def test_alerts_and_dashboard_ask_only_for_figures_that_exist(exposed: set[str]) -> None:
    asked = {name for text in [*(rule["expr"] for rule in rules()), *queries()] for name in _NAME.findall(text)}
    assert len(asked) > 15
    assert asked <= exposed


def test_pages_name_only_figures_that_exist(exposed: set[str]) -> None:
    whole = {name.removesuffix("_bucket") for name in exposed} | exposed
    for page in RUNBOOKS.glob("*.md"):
        assert set(_NAME.findall(page.read_text())) <= whole, page.name


def test_every_alert_has_a_page_and_every_page_an_alert() -> None:
    assert {rule["alert"] for rule in rules()} == {page.stem for page in RUNBOOKS.glob("*.md")}
    for rule in rules():
        page = ROOT / rule["annotations"]["runbook"]
        text = page.read_text()
        assert page.stem == rule["alert"]
        assert text.startswith(f"# {rule['alert']}: ")
        assert all(section in text for section in SECTIONS), page.name
        assert rule["labels"]["severity"] in {"page", "ticket"}


def test_links_of_the_pages_lead_somewhere() -> None:
    for page in RUNBOOKS.glob("*.md"):
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_every_alert_was_tried_on_series() -> None:
    tried = [test for file in SERIES for test in yaml.safe_load(file.read_text())["tests"]]
    fired = {case["alertname"] for test in tried for case in test["alert_rule_test"] if case["exp_alerts"]}
    assert fired == {rule["alert"] for rule in rules()}


@pytest.mark.skipif(not PROMTOOL.exists(), reason="promtool is not here (`make test` fetches it)")
def test_alerts_fire_and_stay_silent_as_they_should() -> None:
    done = subprocess.run([PROMTOOL, "test", "rules", *SERIES], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    checked = subprocess.run([PROMTOOL, "check", "rules", ALERTS], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_panels_of_the_dashboard_do_not_overlap() -> None:
    places = [panel["gridPos"] for panel in json.loads(DASHBOARD.read_text())["panels"]]
    cells = [
        (x, y) for at in places for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


def test_every_figure_is_documented(exposed: set[str]) -> None:
    table = (ROOT / "docs" / "monitoring" / "README.md").read_text()
    documented = set(re.findall(r"^\| `(parcel_screening_[a-z_]+)` \|", table, re.MULTILINE))
    shown = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exposed}
    assert documented == {name for name in shown if not name.endswith("_created")}
