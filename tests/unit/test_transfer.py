"""The transfer benchmark's tables, on scores made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.transfer import Scored, by_modus, fit_peers, table


@pytest.fixture(scope="module")
def scored() -> Scored:
    rng = np.random.default_rng(0)
    labels = np.arange(1000) < 40
    modus = np.where(np.arange(1000) < 20, "plain", np.where(labels, "hidden", ""))
    # The first modus is always on top, the second is drawn like the harmless.
    probability = np.where(modus == "plain", 0.99, rng.uniform(0.0, 0.5, 1000))
    rows = np.column_stack([labels + rng.normal(0.0, 0.1, 1000), rng.normal(size=1000)]).astype(np.float32)
    return Scored(
        name="by hand",
        rows=rows,
        patterns=np.zeros((1000, 1), dtype=np.uint64),
        labels=labels,
        groups=np.arange(1000, dtype=np.int32),
        modus=modus,
        indicators=np.zeros(1000),
        probability=probability,
    )


def test_each_modus_is_measured_against_the_harmless_alone(scored: Scored) -> None:
    lines = {line.split()[0]: line.split()[1:] for line in by_modus(scored)}
    assert lines["plain"][0] == lines["hidden"][0] == "20"
    assert float(lines["plain"][1]) == 1.0
    assert float(lines["hidden"][1]) == pytest.approx(0.5, abs=0.2)
    assert float(lines["plain"][3]) == 1.0


def test_the_table_names_every_model_with_intervals(scored: Scored) -> None:
    lines = table(scored, fit_peers(scored), replicates=20)
    assert "1000 parcels, 40 illicit" in lines[0]
    areas = {line[:28].strip(): line[28:].split()[0] for line in lines[2:]}
    assert float(areas["logistic regression"]) > 0.95
    assert float(areas["LightGBM, library settings"]) > 0.95
    assert float(areas["number of indicators"]) == 0.5
    assert all("[" in line for line in lines[2:])
