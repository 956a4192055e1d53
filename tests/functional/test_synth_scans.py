from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import pytest
from cli_runs import Ended, ending

from cli.main import main
from features.errors import InputError
from models.results import PARTS
from training.phantom import dataset
from training.phantom.dataset import Plan, write_dataset
from training.phantom.export import FORMATS


def synth(*arguments: str) -> Ended:
    return ending(Path("/nowhere/parcel-screening"), "synth", "scans", *arguments)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scans") / "set"
    result = synth("--count", str(len(FORMATS)), "--seed", "40", "--size", "128", "--output", str(folder))
    assert result.returncode == 0, result.stderr
    assert f"{len(FORMATS)} pictures" in result.stdout
    return folder


def coco(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "annotations.json").read_text(encoding="utf-8")))


def test_annotations_are_valid_coco(made: Path) -> None:
    document = coco(made)
    images = {image["id"]: image for image in document["images"]}
    categories = {category["id"]: category["name"] for category in document["categories"]}
    assert set(categories.values()) == set(PARTS)
    assert len({box["id"] for box in document["annotations"]}) == len(document["annotations"]) > 3
    for box in document["annotations"]:
        image = images[box["image_id"]]
        x, y, width, height = box["bbox"]
        assert 0 <= x < x + width <= image["width"]
        assert 0 <= y < y + height <= image["height"]
        assert box["category_id"] in categories
        assert box["iscrowd"] in (0, 1)
        assert 0 <= box["visibility"] <= 1


def test_every_picture_is_there_and_every_format_was_used(made: Path) -> None:
    document = coco(made)
    assert {image["format"] for image in document["images"]} == set(FORMATS)
    assert {path.name for path in (made / "images").iterdir()} == {image["file_name"] for image in document["images"]}
    for image in document["images"]:
        ok, pages = cv2.imreadmulti(str(made / "images" / image["file_name"]), flags=cv2.IMREAD_UNCHANGED)
        assert ok
        assert pages[0].shape[:2] == (image["height"], image["width"])


def test_the_same_command_gives_the_same_bytes_with_any_number_of_workers(tmp_path: Path) -> None:
    plan = Plan(count=4, seed=3, size=96)
    write_dataset(plan, tmp_path / "one")
    write_dataset(plan, tmp_path / "two", workers=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_two_views_of_one_parcel_share_their_scene(tmp_path: Path) -> None:
    write_dataset(Plan(count=2, size=96, views=2, formats=("grey-png8",)), tmp_path / "set")
    images = coco(tmp_path / "set")["images"]
    assert [(image["scene_id"], image["view"]) for image in images] == [
        ("scene-0", "top"), ("scene-0", "side"), ("scene-1", "top"), ("scene-1", "side"),
    ]  # fmt: skip


def test_share_of_firearms_is_followed(tmp_path: Path) -> None:
    for share, expected in ((0.0, False), (1.0, True)):
        write_dataset(Plan(count=4, size=96, firearm_share=share, formats=("grey-png8",)), tmp_path / f"set{share}")
        document = coco(tmp_path / f"set{share}")
        with_boxes = {box["image_id"] for box in document["annotations"]}
        assert len(with_boxes) == (4 if expected else 0)


def test_all_formats_of_one_scene(tmp_path: Path) -> None:
    formats = ("grey-png8", "colour-jpeg:teal")
    write_dataset(Plan(count=1, size=96, formats=formats, all_formats=True), tmp_path / "set")
    images = coco(tmp_path / "set")["images"]
    assert [image["format"] for image in images] == list(formats)
    assert len({image["scene_id"] for image in images}) == 1


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    result = synth("--count", "1", "--output", str(tmp_path))
    assert result.returncode == 3
    assert "holds something already" in result.stderr
    assert "Traceback" not in result.stderr
    assert contents(tmp_path) == {"note.txt": b"mine"}


def test_an_unknown_format_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["synth", "scans", "--count", "1", "--output", str(tmp_path / "set"), "--formats", "bitmap"])
    assert stopped.value.code == 2
    assert "grey-jpeg" in capsys.readouterr().err
    assert not (tmp_path / "set").exists()


def test_nothing_is_left_after_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def fails_later(*arguments: Any, **options: Any) -> Any:
        calls.append(arguments)
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        return original(*arguments, **options)

    original = dataset.export
    monkeypatch.setattr(dataset, "export", fails_later)
    with pytest.raises(InputError, match="No space left"):
        write_dataset(Plan(count=3, size=96), tmp_path / "set")
    assert list(tmp_path.iterdir()) == []
