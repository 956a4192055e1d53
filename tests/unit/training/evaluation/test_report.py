"""The page in a real browser: nothing is asked of any machine, nothing sticks out, nothing is empty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from training.ceiling import CODES, MEASURED
from training.drift import drift
from training.frame import Frame
from training.peers import LOGISTIC, peer_scores
from training.pooled import MODEL, Pooled
from training.report import render
from training.report_tables import percent
from training.sections import over_seeds, section

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")
EARLY, LATE = np.arange(1000), np.arange(1000, 1500)
FIGURES = {"auc": 0.61, "ap": 0.3, "precision@0.1": 0.35}


@pytest.fixture(scope="module")
def metrics(frame: Frame) -> dict[str, Any]:
    """All parts of a report on made-up scores: what is drawn is under test, not how good it is."""
    test, rng = frame.take(LATE), np.random.default_rng(0)
    runs = []
    for seed in (0, 1):
        scores = peer_scores(frame.take(EARLY), test, seed)
        scores[MODEL] = np.clip(0.3 * test.labels + 0.5 * rng.random(500), 0.01, 0.99)
        scores[LOGISTIC] = rng.random(500)
        runs.append(Pooled(test, scores, np.arange(500) < 200, np.arange(500) % 3 > 0, [{"GOODS": 0.5, "ROUTE": 0.2}]))
    both, time = section(runs[0], 0, True), section(runs[1], 0, False)
    points = [{"share_of_groups": share, "rows_trained_on": int(8000 * share),
               "figures": {key: [0.5 + share / 10, 0.45 + share / 10, 0.55 + share / 10] for key in ("auc", "ap")}}
              for share in (0.125, 0.25, 0.5, 1.0)]  # fmt: skip
    return {
        "model": "trained afresh in every fold", "feature_spec": "ab" * 32, "model_base_rate": None, "seed": 0,
        "command": "parcel-screening evaluate risk --data a<b.csv --protocol both", "seeds": 2, "folds": 5,
        "intervals": "95 %, bootstrap over near-duplicate groups, 300 replicates",
        "data": {"file": "a<b.csv", "sha256": "cd" * 32, "test_file": None, "test_sha256": None, "rows": 1500,
                 "rows_dropped": 3, "illicit": 400, "base_rate": 0.3, "groups": 150, "from": "2026-01-01", "to": None},
        "overlap": {"same_file": True, "seen_share": 0.4, "warning": "It was trained on this very file."},
        "protocols": {"both": {"what": "Later groups.", "seeds": over_seeds(runs), **both},
                      "time": {"what": "Later.", "seeds": None, **time}},
        "figures": both["figures"], "importance": {"GOODS_CODE": 0.51234, "ROUTE": 0.2},
        "drift": drift(frame, (), 0), "learning_curve": points,
        "ceiling": {"rows": [{"name": one, "figures": FIGURES, "assumes": "What it is."} for one in (CODES, MEASURED)],
                    "repeats": {"rows_in_repeated": 0.8, "repeated_with_one_label": 0.98}, "sentence": "That much.",
                    "shared_codes": [{"codes": ["hs_code"], "agreement": 0.04, "error": 0.01, "covered": 0.8,
                                      "explained": 0.032}]},
    }  # fmt: skip


@pytest.fixture(scope="module")
def html(metrics: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render(metrics), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def test_the_page_loads_nothing_and_runs_nothing(html: Path) -> None:
    text = html.read_text(encoding="utf-8")
    assert not re.search(r"(src|href)=|@import|url\(|<script", text)
    assert "nan" not in re.sub(r"[a-z]nan|nan[a-z]", "", text.lower())
    assert "a&lt;b.csv" in text
    assert "a<b.csv" not in text
    assert not re.search(r"\d\.\d{5}", re.sub(r"<svg.*?</svg>", "", text, flags=re.S)), "too many digits for a reader"


def test_the_warning_and_the_answer_come_before_any_table(html: Path, metrics: dict[str, Any]) -> None:
    text = html.read_text(encoding="utf-8")
    first_table = text.index("<table")
    assert text.index("trained on this very file") < first_table
    found = percent(metrics["protocols"]["both"]["figures"][MODEL]["recall@0.01"][0])
    assert text.index(f"<b>{found}</b>") < first_table
    for name in metrics["protocols"]["both"]["figures"]:
        assert name in text


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 820, 1200])
def test_nothing_sticks_out_and_nothing_is_asked_for(browser: Any, html: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(html.as_uri())
    assert asked == [html.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("figure > svg").count() >= 8
    empty = "found => found.filter(one => !one.querySelector('polyline:not([points=\\'\\']),rect[width]')).length"
    assert page.locator("figure > svg").evaluate_all(empty) == 0
    # The smallest letters of a plot must still be read: in pixels on this screen.
    sizes = page.locator("figure > svg text").evaluate_all("found => found.map(t => t.getBoundingClientRect().height)")
    assert min(size for size in sizes if size) > 8
    page.close()


@pytest.mark.browser
def test_tables_fit_on_a4_paper(browser: Any, html: Path) -> None:
    page = browser.new_page(viewport={"width": 695, "height": 1000})  # 184 mm at 96 dots an inch
    page.emulate_media(media="print")
    page.goto(html.as_uri())
    wide = page.evaluate("[...document.querySelectorAll('table')].map(t => t.getBoundingClientRect().right)")
    assert max(wide) <= 696
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.close()
