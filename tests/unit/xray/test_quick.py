"""The quick look between two stretches of training: the same bags on the same side, read once."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from xray_labelled import write_coco
from xray_pictures import colour, grey8

from models.bundle import shipped_bundles
from training.xray.judge import beside_truth
from training.xray.metrics import Judged
from training.xray.quick import cached, choose, enlarged, main, quick_figures
from training.xray.store import Thing
from training.xray.traits import background_of, half_of


def judged(name: str, armed: bool, score: float) -> Judged:
    things = [Thing((10.0, 10.0, 20.0, 20.0), None)] if armed else []
    box = np.array([[10, 10, 30, 30]], np.float32)
    return beside_truth(name, name, things, score, box, np.array([score], np.float32), ("slide",))


def test_halves_are_apart_and_do_not_move() -> None:
    groups = [f"bag-{number // 2}" for number in range(400)]
    first, second = choose(groups, "A", 1000, 0), choose(groups, "B", 1000, 0)
    assert sorted(first + second) == list(range(400))
    assert 140 < len(first) < 260
    assert not {groups[place] for place in first} & {groups[place] for place in second}
    assert [half_of("bag-1"), half_of("bag-1")] == [half_of("bag-1")] * 2
    longer = [*groups, "another bag"]
    assert [place for place in choose(longer, "A", 1000, 0) if place < 400] == first


def test_a_sample_is_drawn_by_its_seed() -> None:
    groups = [str(number) for number in range(200)]
    assert choose(groups, "all", 50, 1) == choose(groups, "all", 50, 1)
    assert choose(groups, "all", 50, 1) != choose(groups, "all", 50, 2)
    assert len(set(choose(groups, "all", 50, 1))) == 50


def test_benign_pictures_on_grey_are_left_out_of_the_second_table_alone() -> None:
    pictures = [judged("a", True, 0.8), judged("b", False, 0.9), judged("c", False, 0.1)]
    found = quick_figures(pictures, ["white", "grey", "white"])
    assert (found["benign"], found["benign on white"]["benign"]) == (2, 1)
    assert (found["ap50"], found["benign on white"]["ap50"]) == (0.5, 1.0)
    assert (found["recall@5%"], found["benign on white"]["recall@5%"]) == (0.0, 1.0)


def test_boxes_drawn_too_closely_show_in_the_larger_ones() -> None:
    truth = [Thing((0.0, 0.0, 100.0, 100.0), None)]
    close = np.array([[16, 16, 84, 84]], np.float32)
    one = beside_truth("a", "a", truth, 0.9, close, np.array([0.9], np.float32), ("slide",))
    assert enlarged([one], 0.5)[0].boxes.tolist() == [[-1, -1, 101, 101]]
    found = quick_figures([one, judged("b", False, 0.1)], [])
    assert (found["ap50"], found["ap30"], found["ap50_boxes_15%_larger"]) == (0.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("pixels", "shown"),
    [
        (colour("classic"), "white"),
        (grey8(), "white"),
        ((grey8() * 0.85).astype(np.uint8), "grey"),
        (255 - grey8(), "black"),
        (grey8().astype(np.uint16) * 200, "signal"),
    ],
)
def test_the_background_is_read_off_the_picture(pixels: np.ndarray, shown: str) -> None:  # type: ignore[type-arg]
    assert background_of(pixels) == shown


def test_pictures_are_read_once_and_figures_come_as_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    annotations, images = write_coco(tmp_path / "set", 12)
    model = shipped_bundles("xray")[-1] / "detector.onnx"
    words = ["--annotations", annotations, "--images", images, "--model", model, "--half", "all"]
    assert main([*map(str, words), "--cache", str(tmp_path / "cache")]) == 0
    told = capsys.readouterr()
    assert "reading 12 pictures" in told.err
    found = json.loads(told.out)
    assert (found["pictures"], found["armed"], found["benign on white"]["benign"]) == (12, 6, 6)
    assert main([*map(str, words), "--cache", str(tmp_path / "cache")]) == 0
    again = capsys.readouterr()
    assert again.err == ""
    assert again.out == told.out
    raw = json.loads(annotations.read_text())
    annotations.write_text(json.dumps({**raw, "note": "labels mended"}))
    cached(annotations, images, tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_what_cannot_be_read_is_told_without_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = shipped_bundles("xray")[-1]
    assert main(["--model", str(model)]) == 3
    assert "--annotations and --images" in capsys.readouterr().err
    assert main(["--model", str(tmp_path / "none.onnx"), "--store", str(tmp_path)]) == 3
    assert "none.onnx" in capsys.readouterr().err
