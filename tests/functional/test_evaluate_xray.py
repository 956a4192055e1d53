"""`evaluate xray` as an analyst runs it, with the shipped detector."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from cli_runs import Ended, ending
from scanner_profiles import profile
from xray_labelled import write_coco

from models.bundle import open_bundle, shipped_bundles, write_bundle
from models.loading import load_xray
from models.scanner_profile_file import write_profile

ROOT = Path(__file__).parents[2]


def evaluate(annotations: Path, images: Path, output: Path, *words: object, home: Path | None = None) -> Ended:
    command = ["evaluate", "xray", "--annotations", annotations, "--images", images]
    return ending(home or output.parent / "home", *command, "--output", output, "--repeats", "20", *words)


def metrics_of(output: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((output / "metrics.json").read_text())
    return found


@pytest.fixture(scope="module")
def coco(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Twenty-four pictures of whole guns, every fourth benign one shown on grey, every box half hidden or not."""
    folder = tmp_path_factory.mktemp("set")
    annotations, images = write_coco(folder, 24, category="gun")
    for number in (1, 5, 9):
        path = images / f"{number:04}.png"
        cv2.imwrite(str(path), (cv2.imread(str(path)) * 0.86).astype(np.uint8))
    raw = json.loads(annotations.read_text())
    for place, box in enumerate(raw["annotations"]):
        box["visibility"] = 0.4 if place % 2 else 1.0
    annotations.write_text(json.dumps(raw))
    return annotations, images


@pytest.fixture(scope="module")
def trained_here(coco: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped network in a bundle whose card says that it learnt from that very file."""
    shipped = open_bundle(shipped_bundles("xray")[-1], "xray")
    data = {**shipped.card.data, "sha256": hashlib.sha256(coco[0].read_bytes()).hexdigest(), "seed": 3}
    card = replace(shipped.card, name="xray-site", version="1.0.0", data=data, files={})
    files = {name: shipped.read(name) for name in shipped.card.files}
    folder = tmp_path_factory.mktemp("bundle") / "xray-site-1.0.0"
    write_bundle(folder, card, files)
    return folder


@pytest.fixture(scope="module")
def compared(coco: tuple[Path, Path], trained_here: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("out")
    done = evaluate(*coco, output, "--compare", trained_here)
    assert done.returncode == 0, done.stderr
    assert "xray-site-1.0.0 was trained on this very file" in done.stderr
    return output


def test_figures_of_the_set_and_of_each_kind_of_picture_and_box(compared: Path, coco: tuple[Path, Path]) -> None:
    metrics = metrics_of(compared)
    figures = metrics["figures"]
    assert (figures["pictures"], figures["benign_pictures"], figures["boxes"]) == (24, 12, 12)
    assert figures["parts"].keys() <= {"firearm_like"}
    assert metrics["by"].keys() == {"set", "background"}
    assert metrics["by"]["set"]["even"]["pictures"] == 12
    assert {name: one["benign_pictures"] for name, one in metrics["by"]["background"].items()} == {
        "grey": 3, "white": 9,
    }  # fmt: skip
    shown = metrics["boxes"]["share of the part that shows"]
    assert {name: one["boxes"] for name, one in shown.items()} == {"30 % to 50 %": 6, "from 90 %": 6}
    assert metrics["data"]["annotations_sha256"] == hashlib.sha256(coco[0].read_bytes()).hexdigest()
    low, high = figures["any_part"]["interval"]
    assert low <= figures["any_part"]["ap50"] <= high


def test_a_bundle_beside_its_own_copy_differs_by_nothing_and_by_lot_is_less(compared: Path) -> None:
    beside = metrics_of(compared)["beside"]
    assert set(beside["differences"]["xray-site-1.0.0"]["ap50"]) == {0.0}
    assert set(beside["differences"]["xray-site-1.0.0"]["recall@0.05"]) == {0.0}
    own = beside["figures"][open_bundle(shipped_bundles("xray")[-1], "xray").card.title]
    assert own == beside["figures"]["xray-site-1.0.0"]
    assert own["ap50"][0] > beside["figures"]["random boxes, alarm by lot"]["ap50"][0]
    assert "largest dense metal (rule)" in beside["figures"]


def test_the_page_stands_alone_and_shows_plots_and_pictures(compared: Path) -> None:
    page = (compared / "report.html").read_text()
    assert not re.search(r"(src|href)\s*=\s*['\"](?!data:)", page)
    assert "url(" not in page
    assert page.count("data:image/jpeg;base64,") >= 24
    for title in ("FROC", "Reliability", "Worst misses", "Worst false alarms", "largest dense metal"):
        assert title in page


def test_benign_pictures_can_be_held_to_one_background(coco: tuple[Path, Path], tmp_path: Path) -> None:
    done = evaluate(*coco, tmp_path / "out", "--benign-where", "background=white")
    assert done.returncode == 0, done.stderr
    metrics = metrics_of(tmp_path / "out")
    assert (metrics["figures"]["benign_pictures"], metrics["data"]["benign_left_out"]) == (9, 3)
    assert metrics["figures"]["boxes"] == 12
    assert "--benign-where background=white" in metrics["command"]


def test_a_bundle_trained_on_the_set_is_measured_on_what_it_kept_back(
    coco: tuple[Path, Path], trained_here: Path, tmp_path: Path
) -> None:
    done = evaluate(*coco, tmp_path / "out", "--xray-model", trained_here, "--held-out")
    assert done.returncode == 0, done.stderr
    metrics = metrics_of(tmp_path / "out")
    assert 0 < metrics["figures"]["pictures"] < 24
    assert not any("trained on" in warning for warning in metrics["warnings"])
    assert any("recall at 1% (100 at least)" in warning for warning in metrics["warnings"])
    assert metrics["data"]["chosen"] == "Only bags that training kept back."


def test_a_calibrated_scanner_is_measured_at_its_own_threshold(coco: tuple[Path, Path], tmp_path: Path) -> None:
    model = load_xray(open_bundle(shipped_bundles("xray")[-1], "xray"))
    made = replace(profile(), model=model.title, model_digest=model.digest, threshold_told=0.123)
    write_profile(tmp_path / "home", made)
    done = evaluate(*coco, tmp_path / "out", "--scanner", "belt-3", home=tmp_path / "home")
    assert done.returncode == 0, done.stderr
    metrics = metrics_of(tmp_path / "out")
    assert (metrics["scanner"], metrics["figures"]["at_threshold"]["threshold"]) == ("belt-3", 0.123)
    assert "--scanner belt-3" in metrics["command"]
    other = evaluate(*coco, tmp_path / "none", "--scanner", "belt-9", home=tmp_path / "home")
    assert other.returncode == 3
    assert "'belt-9' has no calibration profile" in other.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--benign-where", "background"), 2, "TRAIT=VALUE"),
        (("--benign-where", "background=pink"), 2, "grey, white"),
        (("--benign-where", "colour=white"), 2, "background"),
        (("--held-out",), 2, "was not trained on annotations.json"),
        (("--seed", -1), 2, "-1 is not in the range x>=0"),
        (("--compare", shipped_bundles("xray")[-1]), 2, "named twice"),
    ],
)
def test_wrong_usage_is_told_and_nothing_is_written(
    coco: tuple[Path, Path], tmp_path: Path, words: tuple[object, ...], code: int, told: str
) -> None:
    done = evaluate(*coco, tmp_path / "out", *words)
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_what_a_set_cannot_tell_is_said_and_no_figure(coco: tuple[Path, Path], tmp_path: Path) -> None:
    raw = json.loads(coco[0].read_text())
    armed = {box["image_id"] for box in raw["annotations"]}
    raw["images"] = [one for one in raw["images"] if one["id"] not in armed]
    raw["annotations"] = []
    benign = tmp_path / "benign.json"
    benign.write_text(json.dumps(raw))
    done = evaluate(benign, coco[1], tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "AP50 any part not known from this set" in done.stdout
    assert "None" not in done.stdout
    text = (tmp_path / "out" / "metrics.json").read_text()
    assert "NaN" not in text
    assert json.loads(text)["figures"]["at_threshold"]["recall"] is None


def test_a_bad_set_writes_nothing(tmp_path: Path) -> None:
    done = evaluate(tmp_path / "no.json", tmp_path, tmp_path / "out")
    assert done.returncode == 3
    assert "no.json" in done.stderr
    assert not (tmp_path / "out").exists()
