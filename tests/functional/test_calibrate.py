"""`calibrate xray` as an analyst runs it, with the shipped detector, and what commands and service make of it."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import cv2
import pytest
import requests
from bundle_copies import copy_of_shipped
from cli_runs import run_command
from scanner_profiles import parcel
from serving import environment, serving, session

from models.bundle import shipped_bundles

Calibrated = tuple[Path, dict[str, Any]]
MODEL = shipped_bundles("xray")[-1].name
MOST_SECONDS = 30
"""What the test waits at most; the service promises about two seconds on a machine that is not busy with tests."""
MANIFEST = {
    "item_id": "RR473124829GB", "channel": "postal", "origin_country": "GB", "destination_country": "MX",
    "items": [{"description": "shirts"}],
}  # fmt: skip


def write(folder: Path, seeds: range) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{seed:04}.png" for seed in seeds]
    for seed, path in zip(seeds, paths, strict=True):
        cv2.imwrite(str(path), parcel(seed))
    return paths


def coco(folder: Path, armed: range, harmless: range) -> tuple[Path, Path]:
    """A labelled set; which pictures are called armed does not matter to what is tested."""
    images = folder / "images"
    paths = [*write(images, armed), *write(images, harmless)]
    listed = [{"id": n, "file_name": path.name, "bag": f"bag {n // 2}"} for n, path in enumerate(paths)]
    boxes = [{"id": n, "image_id": n, "category_id": 1, "bbox": [30, 30, 40, 20]} for n in range(len(armed))]
    file = folder / "annotations.json"
    content = {"images": listed, "annotations": boxes, "categories": [{"id": 1, "name": "gun"}]}
    file.write_text(json.dumps(content), encoding="utf-8")
    return file, images


@pytest.fixture(scope="module")
def benign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scans") / "benign"
    write(folder, range(30))
    (folder / "notes.txt").write_text("exported on Friday")
    (folder / ".thumbs").mkdir()
    (folder / ".thumbs" / "0000.png").write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def calibrated(benign: Path, tmp_path_factory: pytest.TempPathFactory) -> Calibrated:
    """A home with the profile of belt-3, and what the command printed."""
    home = tmp_path_factory.mktemp("calibrated") / "home"
    annotations, images = coco(home.parent / "labelled", range(100, 106), range(200, 206))
    words = ["--annotations", annotations, "--images", images, "--created-at", "2026-11-20T12:00:00Z", "--json"]
    done = run_command(home, "calibrate", "xray", "--scanner", "belt-3", "--benign", benign, *words)
    return home, json.loads(done.stdout)


def test_the_profile_says_threshold_rate_and_recall_with_their_intervals(
    calibrated: Calibrated,
) -> None:
    _, profile = calibrated
    assert (profile["scanner"], profile["model"], profile["wanted"]) == ("belt-3", MODEL, 0.05)
    assert 0 < profile["threshold"] < 1
    benign = profile["benign"]
    assert (benign["files"], benign["unreadable"], benign["duplicates"], benign["used"]) == (30, 0, 0, 30)
    rate, recall = profile["false_alarms"], profile["recall"]["rate"]
    assert rate["low"] < rate["value"] <= 0.05 < rate["high"]
    assert 0 <= recall["low"] <= recall["value"] <= recall["high"] <= 1
    assert (recall["count"], profile["recall"]["checked"]["count"]) == (6, 6)
    assert profile["command"].startswith(
        "parcel-screening calibrate xray --scanner belt-3 --benign benign --annotations"
    )
    assert str(Path.home()) not in profile["command"]


def test_the_same_command_makes_the_same_profile(benign: Path, calibrated: Calibrated, tmp_path: Path) -> None:
    words = ["--created-at", "2026-11-20T12:00:00Z", "--json"]
    runs = [
        run_command(home, "calibrate", "xray", "--scanner", "b", "--benign", benign, *words).stdout
        for home in (tmp_path / "one", tmp_path / "two")
    ]
    assert runs[0] == runs[1]
    assert json.loads(runs[0])["threshold"] == calibrated[1]["threshold"]


def test_detect_uses_the_scanners_threshold(calibrated: Calibrated, benign: Path) -> None:
    home, profile = calibrated
    files = sorted(benign.glob("*.png"))
    done = run_command(home, "detect", "--json", "--scanner", "belt-3", *files)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    alarms = [line for line in lines if line["assessment"] == "alarm"]
    # Thirty pictures set the threshold at 5 %: floor(0.05 * 31) - 1 = 0 of them reach it.
    assert alarms == []
    assert max(line["score"] for line in lines) <= profile["threshold_told"]
    refused = run_command(home, "detect", "--json", "--scanner", "belt-4", files[0], code=3)
    assert "Scanner 'belt-4' has no calibration profile" in refused.stderr
    assert "scanners with a profile: belt-3" in refused.stderr


def test_models_list_shows_it(calibrated: Calibrated, tmp_path: Path) -> None:
    home, profile = calibrated
    rows = json.loads(run_command(home, "models", "list", "--json").stdout)
    (row,) = [one for one in rows if one["kind"] == "scanner_profile"]
    assert (row["scanner"], row["model"], row["in_use"]) == ("belt-3", MODEL, True)
    assert row["threshold"] == profile["threshold_told"]
    told = run_command(home, "models", "list").stdout
    assert "scanner belt-3  (in use)" in told
    copied = tmp_path / "home"
    shutil.copytree(home, copied)
    path = next((copied / "scanners").glob("*.json"))
    path.write_text(path.read_text().replace(profile["model_digest"], "0" * 64))
    told = run_command(copied, "models", "list").stdout
    assert "not in use: it was made with another bundle" in told
    path.write_text("{")
    assert "cannot be used" in run_command(copied, "models", "list").stdout


def test_screen_and_service_judge_by_it_and_the_service_takes_it_while_it_runs(
    calibrated: Calibrated, tmp_path: Path
) -> None:
    made, profile = calibrated
    home, picture = tmp_path / "home", tmp_path / "scan.png"
    cv2.imwrite(str(picture), parcel(777))
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(MANIFEST))
    env = environment(home)
    with serving(env) as (base, _):
        client = session(env)

        def send() -> dict[str, Any]:
            files = {"manifest": ("m.json", manifest.read_bytes()), "image": ("scan.png", picture.read_bytes())}
            answer = client.post(f"{base}/v1/screenings", files=files, data={"scanner_id": "belt-3"}, timeout=30)
            assert answer.status_code == 201, answer.text
            found: dict[str, Any] = answer.json()
            return found

        assert send()["xray"]["scanner"] == "uncalibrated"
        shutil.copytree(made / "scanners", home / "scanners")
        deadline = time.monotonic() + MOST_SECONDS
        while (answer := send())["xray"]["scanner"] == "uncalibrated":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        (listed,) = requests.get(f"{base}/v1/models", headers=dict(client.headers), timeout=10).json()["scanners"]
        assert (listed["scanner"], listed["in_use"]) == ("belt-3", True)
    assert answer["xray"]["profile"]["threshold"] == profile["threshold_told"]
    assert answer["versions"]["scanner_profile"].startswith("belt-3 2026-11-20T12:00:00Z")
    done = run_command(home, "screen", manifest, "--image", picture, "--scanner-id", "belt-3", "--json")
    assert json.loads(done.stdout)["xray"] == answer["xray"]


def refused(home: Path, *words: object, code: int = 3) -> str:
    """The message of a calibration that writes nothing."""
    done = run_command(home, "calibrate", "xray", "--scanner", "belt-3", *words, code=code)
    assert not list(home.rglob("*.json"))
    return done.stderr


def test_too_few_pictures_are_told_with_the_number_needed(benign: Path, tmp_path: Path) -> None:
    text = refused(tmp_path / "home", "--benign", benign, "--false-alarms", "0.01")
    assert "30 different benign pictures cannot tell a false-alarm rate of 0.01; at least 99 are needed" in text


def test_pictures_that_do_not_belong_are_told_all_at_once(benign: Path, tmp_path: Path) -> None:
    folder = tmp_path / "benign"
    shutil.copytree(benign, folder)
    annotations, images = coco(tmp_path / "labelled", range(100, 102), range(0))
    shutil.copy(images / "0100.png", folder / "a copy.png")
    cv2.imwrite(str(folder / "again.tiff"), cv2.imread(str(images / "0101.png")))  # the same pixels in another file
    (folder / "half.png").write_bytes((folder / "0001.png").read_bytes()[:300])
    text = refused(tmp_path / "home", "--benign", folder, "--annotations", annotations, "--images", images)
    assert "2 of 33 pictures hold a part by the annotations" in text
    for line in ("a copy.png: it is labelled with a firearm part as 0100.png", "again.tiff: it is", "half.png: "):
        assert line in text


def test_a_few_unreadable_pictures_are_told_and_left_out_many_are_refused(benign: Path, tmp_path: Path) -> None:
    folder = tmp_path / "benign"
    shutil.copytree(benign, folder)
    (folder / "half.png").write_bytes((folder / "0001.png").read_bytes()[:300])
    done = run_command(tmp_path / "h", "calibrate", "xray", "--scanner", "b", "--benign", folder)
    assert "warning: 1 benign pictures cannot be used:\n  half.png: " in done.stderr
    assert "31 files less 1 unreadable" in done.stdout
    for number in range(9):
        (folder / f"empty {number}.png").write_bytes(b"")
    text = refused(tmp_path / "home", "--benign", folder)
    assert "10 of 40 pictures cannot be used" in text
    assert text.count("empty ") == 9


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--benign", "nowhere"], 3, "nowhere: no such folder"),
        (["--benign", "empty"], 3, "empty: no picture in it"),
        (["--benign", "empty", "--annotations", "a.json"], 2, "--annotations and --images together"),
        (["--benign", "empty", "--palette", "sepia"], 2, "'sepia' is not one of"),
        (["--benign", "empty", "--false-alarms", "0"], 2, "not in the range"),
        (["--benign", "empty", "--scanner", "x" * 65], 2, "1 to 64 printable characters"),
        (["--benign", "empty", "--annotations", "a.json", "--images", "empty"], 3, "a.json: cannot be read"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(
    words: list[str], code: int, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    assert told in refused(tmp_path / "home", *words, code=code)


def test_a_home_that_cannot_be_written_is_told_before_the_work(benign: Path, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    done = run_command(tmp_path / "home", "calibrate", "xray", "--scanner", "b", "--benign", benign, code=3)
    assert "cannot be written" in done.stderr


def test_whoever_promotes_a_detector_learns_which_scanners_it_leaves_uncalibrated(
    calibrated: Calibrated, benign: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(calibrated[0], home)
    bundle = copy_of_shipped(tmp_path, "xray", "9.0.0")
    words = ["--force", "--reason", "a drill"]
    assert "uncalibrated from now on" in run_command(home, "models", "promote", bundle, *words).stderr
    assert "uncalibrated" not in run_command(home, "models", "rollback", "xray").stderr
    # Calibrated for the new one beforehand, nothing is lost on the day, nor by going back.
    run_command(home, "calibrate", "xray", "--scanner", "belt-3", "--benign", benign, "--xray-model", bundle)
    assert run_command(home, "models", "list").stdout.count("scanner belt-3") == 2
    assert "uncalibrated" not in run_command(home, "models", "promote", bundle, *words).stderr
    assert "uncalibrated" not in run_command(home, "models", "rollback", "xray").stderr
