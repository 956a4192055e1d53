"""`detect` as a person runs it, with the shipped detector."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import cv2
import pytest
from cli_runs import Ended, ending
from xray_labelled import write_coco
from xray_pictures import colour, dual_pages, jpeg, png, tiff

from models.bundle import open_bundle, shipped_bundles, write_bundle

FIELDS = {"image", "width", "height", "assessment", "ability", "score", "problems", "regions", "dense"}


HOME = Path("/nowhere/parcel-screening")
"""These commands read no home and make none."""


def run(*words: object, columns: int = 80, **settings: object) -> Ended:
    with patch.dict(os.environ, {"COLUMNS": str(columns)}):
        return ending(HOME, *words, **settings)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("pictures")
    (where / "colour.png").write_bytes(png(colour()))
    (where / "dual.tif").write_bytes(tiff(*dual_pages()))
    (where / "half.jpg").write_bytes(jpeg(colour())[:3000])
    (where / "empty.png").write_bytes(b"")
    return where


def test_one_line_of_json_an_image_and_3_at_the_end_for_a_missing_one(folder: Path) -> None:
    names = ["colour.png", "missing.png", "dual.tif", "half.jpg", "empty.png"]
    done = run("detect", "--json", *[folder / name for name in names])
    assert done.returncode == 3
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(line["image"]).name for line in lines] == names
    assert all(set(line) == FIELDS for line in lines)
    by_name = {Path(line["image"]).name: line for line in lines}
    for name, code in {"missing.png": "file_unreadable", "half.jpg": "truncated", "empty.png": "empty"}.items():
        assert by_name[name]["ability"] == "unreadable"
        assert by_name[name]["assessment"] == "unknown"
        assert [problem["code"] for problem in by_name[name]["problems"]] == [code]
    for name in ("colour.png", "dual.tif"):
        line = by_name[name]
        assert (line["width"], line["height"]) == (320, 256)
        assert 0 <= line["score"] <= 1
        for region in line["regions"]:
            x, y, width, height = region["box"]
            assert 0 <= x < x + width <= 320
            assert 0 <= y < y + height <= 256
    assert "missing.png" in done.stderr
    assert "Traceback" not in done.stderr


def test_people_get_a_table_and_annotated_pictures(folder: Path, tmp_path: Path) -> None:
    done = run("detect", folder / "colour.png", folder / "half.jpg", "--draw", tmp_path / "out", columns=200)
    assert done.returncode == 0, done.stderr
    assert "truncated" not in done.stdout
    assert "ends before the picture does" in done.stdout
    drawn = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert drawn == ["colour.png.png", "half.jpg.png"]
    assert all(cv2.imread(str(tmp_path / "out" / name)) is not None for name in drawn)


def test_heat_maps_of_what_can_be_read(folder: Path, tmp_path: Path) -> None:
    names = ["colour.png", "dual.tif", "half.jpg"]
    done = run("detect", "--json", *[folder / name for name in names], "--heat-map", tmp_path / "heat")
    assert done.returncode == 0, done.stderr
    written = sorted(path.name for path in (tmp_path / "heat").iterdir())
    assert written == ["colour.png.png", "dual.tif.png"]
    assert all(cv2.imread(str(tmp_path / "heat" / name)).shape[1] >= 560 for name in written)


def test_images_of_one_name_do_not_overwrite_each_other(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "colour.png").write_bytes(png(colour("teal")))
    done = run("detect", "--json", folder / "colour.png", tmp_path / "colour.png", "--draw", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["1-colour.png.png", "2-colour.png.png"]


def test_a_folder_that_is_no_bundle_is_told(folder: Path, tmp_path: Path) -> None:
    done = run("detect", folder / "colour.png", "--xray-model", tmp_path)
    assert done.returncode == 3
    assert "model.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_research_bundle_needs_the_operators_switch(folder: Path, tmp_path: Path) -> None:
    shipped = open_bundle(shipped_bundles("xray")[-1], "xray")
    write_bundle(tmp_path / "b", replace(shipped.card, licence="research-only"), shipped.contents)
    refused = run("detect", "--json", folder / "colour.png", "--xray-model", tmp_path / "b")
    assert refused.returncode == 1
    assert "research-only" in refused.stderr
    words = ("detect", "--json", folder / "colour.png", "--xray-model", tmp_path / "b")
    assert run(*words, allow_research_models=1).returncode == 0


@pytest.mark.torch
def test_what_goes_on_from_a_research_bundle_is_research_only_too(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    shipped = open_bundle(shipped_bundles("xray")[-1], "xray")
    write_bundle(tmp_path / "b", replace(shipped.card, licence="research-only"), shipped.contents)
    words = ("train", "xray", "--synthetic", "100", "--from", tmp_path / "b", "--output", tmp_path / "new-1.0.0")
    assert run(*words).returncode == 1
    refused = run(*words, allow_research_models=1)
    assert refused.returncode == 2
    assert "say --licence research-only" in refused.stderr
    assert not list(tmp_path.glob("new*"))


@pytest.mark.torch
def test_fine_tuning_makes_a_bundle_that_detects(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    annotations, images = write_coco(tmp_path / "set", 24)
    words = ["train", "xray", "--annotations", annotations, "--images", images, "--from", shipped_bundles("xray")[-1]]
    words += ["--steps", "6", "--batch", "4", "--workers", "0", "--output", tmp_path / "xray-site-1.2.3"]
    words += ["--project", "4", "--scenes", "2", "--licence", "research-only"]
    done = run(*words)
    assert done.returncode == 0, done.stderr
    assert "set your scanner's with calibrate xray" in done.stderr
    card = open_bundle(tmp_path / "xray-site-1.2.3", "xray").card
    assert (card.name, card.version, card.kind) == ("xray-site", "1.2.3", "xray")
    assert card.data["started_from"] == open_bundle(shipped_bundles("xray")[-1], "xray").card.title
    assert card.parameters["calibrated_on"] == "the bundle started from"
    assert card.data["crops_seen"] == 24
    assert set(card.data["beside_the_site"]) == {"projected parts", "other renditions", "synthetic scenes"}
    assert "--project 4 --scenes 2" in card.command
    assert card.command.endswith("--licence research-only")
    look = ("detect", "--json", folder / "colour.png", "--xray-model", tmp_path / "xray-site-1.2.3")
    assert run(*look).returncode == 1
    detected = run(*look, allow_research_models=1)
    assert detected.returncode == 0, detected.stderr
    again = run(*words)
    assert again.returncode == 3
    assert "exists already" in again.stderr


@pytest.mark.torch
def test_too_few_pictures_to_calibrate_are_told_and_nothing_is_left(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    annotations, images = write_coco(tmp_path / "set", 24)
    words = ["train", "xray", "--annotations", annotations, "--images", images, "--output", tmp_path / "m"]
    done = run(*words, "--steps", "2", "--batch", "2", "--workers", "0")
    assert done.returncode == 3
    assert "at least 40 of either are needed" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "m").exists()
