"""The measures by which synthetic scans are held against real ones."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks.phantom_charts import (
    HISTOGRAMS,
    apart,
    apart_by_chance,
    counted,
    darkness,
    density_chart,
    smirnov,
    spread_chart,
    write_charts,
)
from benchmarks.phantom_realism import MEASURES, measure, measured, table


def picture(level: int) -> np.ndarray:
    """A blue square on white."""
    made = np.full((80, 80, 3), 255, np.uint8)
    made[20:60, 20:60] = (level, level // 2, level // 4)
    return made


def test_darkness_is_the_logarithm_of_background_over_luma() -> None:
    grey = np.full((50, 50, 3), 200, np.uint8)
    grey[10:20, 10:20] = 100
    assert darkness(grey)[15, 15] == pytest.approx(np.log(2), abs=0.01)
    assert darkness(grey)[40, 40] == pytest.approx(0)


def test_what_is_alike_is_not_apart_and_what_is_different_is() -> None:
    dark, light = ([picture(level) for level in levels] for levels in ((60, 70, 80), (180, 190, 200)))
    rows = [counted(pictures, HISTOGRAMS[0]) for pictures in (dark, light)]
    assert apart(rows[0], rows[0]) == 0
    assert apart(rows[0], rows[1]) == pytest.approx(1, abs=0.01)


def test_halves_of_one_sort_are_close() -> None:
    rows = np.random.default_rng(1).dirichlet(np.ones(5), 400)
    assert 0 < apart_by_chance(rows, 2) < 0.1


def test_the_largest_difference_of_two_cumulative_distributions() -> None:
    assert smirnov(np.array([1.0, 2, 3]), np.array([1.0, 2, 3])) == 0
    assert smirnov(np.array([1.0, 2]), np.array([3.0, 4])) == 1
    assert smirnov(np.array([1.0, 2, 3, 4]), np.array([3.0, 4, 5, 6])) == pytest.approx(0.5)


def test_a_measure_tells_metal_and_an_empty_picture_tells_nothing() -> None:
    found = measure(picture(120))
    assert found is not None
    told = dict(zip(MEASURES, found, strict=True))
    assert told["object share"] == pytest.approx(0.25, abs=0.02)
    assert told["metal share (blue)"] > 0.95
    assert measure(np.full((80, 80, 3), 255, np.uint8)) is None


def test_the_table_names_a_measure_that_is_off() -> None:
    real, other = measured([picture(k) for k in range(60, 90, 3)]), measured([picture(k) for k in range(180, 210, 3)])
    line = next(line for line in table(real, other).splitlines() if line.startswith("darkness median"))
    assert float(line.split()[-2]) > 1
    assert float(line.split()[-1]) == 1


def test_charts_are_files_of_their_own(tmp_path: Path) -> None:
    rows = counted([picture(90), picture(120)], HISTOGRAMS[0])
    charts = {
        "edge share": spread_chart("edge share", np.array([0.1, 0.2]), np.array([0.2, 0.3])),
        "attenuation": density_chart(HISTOGRAMS[0], rows, rows),
    }
    write_charts(tmp_path / "new", charts)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["attenuation.svg", "edge-share.svg"]
    for path in (tmp_path / "new").iterdir():
        root = ElementTree.fromstring(path.read_text())
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert {"real", "synthetic"} <= {text.text for text in root.iter("{http://www.w3.org/2000/svg}text")}
        assert "href" not in path.read_text(), "a chart loads nothing"
