"""Two detectors on the same pictures: the worse one, and the one that alarms too often, are refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import pytest
from xray_labelled import write_coco

from models.results import ImageResult, Region, XrayResult
from models.xray import Picture, PictureLimits
from training.xray.promotion import judge_xray


@dataclass
class FakeDetector:
    """Stands in for `models.xray.XrayModel`: sees what it is told to see in each picture."""

    title: str
    see: Callable[[int, bool], float]
    places: dict[str, tuple[int, bool, tuple[int, int, int, int]]]
    threshold: float = 0.5

    def assess(self, pictures: Sequence[Picture], limits: PictureLimits, profile: None = None) -> XrayResult:
        digest = hashlib.sha256(pictures[0].data).hexdigest()
        number, armed, box = self.places[digest]
        score = self.see(number, armed)
        regions = (Region("slide", score, box),)
        image = ImageResult(None, 256, 224, digest, "alarm", "no_interference", score, (), regions, None)
        return XrayResult("alarm", "no_interference", score, "uncalibrated", (image,))


Make = Callable[..., Any]


@pytest.fixture(scope="module")
def coco(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_coco(tmp_path_factory.mktemp("coco"), 120)


@pytest.fixture(scope="module")
def make(coco: tuple[Path, Path]) -> Make:
    raw = json.loads(coco[0].read_text())
    boxes = {one["image_id"]: tuple(one["bbox"]) for one in raw["annotations"]}
    places = {}
    for one in raw["images"]:
        path = coco[1] / one["file_name"]
        assert cv2.imread(str(path)) is not None
        number = one["id"]
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        places[digest] = (number, number in boxes, boxes.get(number, (10, 10, 40, 40)))
    return lambda title, see, **more: FakeDetector(title, see, places, **more)


def good(number: int, armed: bool) -> float:
    return (0.9 if armed else 0.1) + number / 10_000


def blind(number: int, armed: bool) -> float:
    return (number * 37 % 101) / 101


def test_an_equal_detector_is_taken(make: Make, coco: tuple[Path, Path]) -> None:
    found = judge_xray(make("old-1.0.0", good), make("new-1.0.0", good), *coco)
    assert found.refusals == ()
    assert {one.difference for one in found.figures} == {0.0}
    assert found.data_sha256 == hashlib.sha256(coco[0].read_bytes()).hexdigest()


def test_a_worse_one_is_refused_and_a_better_one_is_taken(make: Make, coco: tuple[Path, Path]) -> None:
    found = judge_xray(make("old-1.0.0", good), make("new-1.0.0", blind, threshold=0.99), *coco)
    assert {problem.code for problem in found.refusals} == {"worse"}
    assert judge_xray(make("old-1.0.0", blind), make("new-1.0.0", good), *coco).refusals == ()


def test_one_that_alarms_on_benign_pictures_is_refused_although_it_ranks_alike(
    make: Make, coco: tuple[Path, Path]
) -> None:
    found = judge_xray(make("old-1.0.0", good), make("new-1.0.0", good, threshold=0.05), *coco)
    assert [problem.code for problem in found.refusals] == ["alarms_too_often"]
    assert "calibrate xray" in found.refusals[0].message


def test_alone_it_must_beat_a_lottery(make: Make, coco: tuple[Path, Path]) -> None:
    assert judge_xray(None, make("new-1.0.0", good), *coco).refusals == ()
    found = judge_xray(None, make("new-1.0.0", blind), *coco)
    assert [problem.code for problem in found.refusals] == ["no_better_than_chance"]


def test_too_few_pictures_judge_nobody(make: Make, tmp_path: Path) -> None:
    small = write_coco(tmp_path, 20)  # the first twenty of the other set, to the byte
    found = judge_xray(make("old-1.0.0", good), make("new-1.0.0", good), *small)
    assert [problem.code for problem in found.refusals] == ["too_few_pictures"]
