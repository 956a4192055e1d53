"""The sample scans are what `expected.json` says, and the command in their README makes them."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from training.phantom.samples import EXPECTED, MOST_BYTES, SAMPLE_SCANS, expected_of, make_sample

FOLDER = Path(str(resources.files("sample_images")))


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    return dict(json.loads((FOLDER / EXPECTED).read_text(encoding="utf-8")))


@pytest.mark.parametrize("sample", SAMPLE_SCANS, ids=lambda sample: sample.file)
def test_sample_is_small_and_holds_what_is_expected(sample: Any, expected: dict[str, Any]) -> None:
    path, stated = FOLDER / sample.file, expected[sample.file]
    assert path.stat().st_size < MOST_BYTES
    ok, pages = cv2.imreadmulti(str(path), flags=cv2.IMREAD_UNCHANGED)
    assert ok
    assert all(page.shape[:2] == (stated["height"], stated["width"]) for page in pages)
    assert len(pages) == (2 if sample.file.endswith(".tif") else 1)
    assert sorted(found["part"] for found in stated["parts"]) == sorted(sample.parts)
    assert all(found["visibility"] > 0.6 and not found["ignore"] for found in stated["parts"])
    assert (stated["shield"] is not None) == sample.shield


@pytest.mark.parametrize("sample", SAMPLE_SCANS[:2], ids=lambda sample: sample.file)
def test_the_command_still_makes_them(sample: Any, expected: dict[str, Any]) -> None:
    made = expected_of(sample, make_sample(sample))
    stated = expected[sample.file]
    assert made["objects"] == stated["objects"]
    for mine, theirs in zip(made["parts"], stated["parts"], strict=True):
        assert mine["part"] == theirs["part"]
        assert np.abs(np.subtract(mine["box"], theirs["box"])).max() <= 1


def test_readme_names_every_file(expected: dict[str, Any]) -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in expected)
    assert set(expected) == {sample.file for sample in SAMPLE_SCANS}
