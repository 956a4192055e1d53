"""The commands and the service on a machine without onnxruntime, whose import is blocked by name."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from serving import ROOT, environment, serving, session

from sample_images.parcels import SAMPLES

SAMPLE = next(sample for sample in SAMPLES if sample.image is not None)
BLOCKER = 'import sys\nsys.modules["onnxruntime"] = None  # as Python does for a module that is not there\n'


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Every Python process started with this environment finds no onnxruntime."""
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "sitecustomize.py").write_text(BLOCKER)
    return {**environment(tmp_path / "home"), "PYTHONPATH": str(blocked)}


SURE, FEW_PIXELS = 0.5, 6


def test_it_is_really_absent(env: dict[str, str]) -> None:
    asked = [sys.executable, "-c", "import onnxruntime"]
    done = subprocess.run(asked, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "ModuleNotFoundError" in done.stderr


def test_detect_answers_as_with_it(env: dict[str, str]) -> None:
    assert SAMPLE.image is not None
    command = [sys.executable, "-m", "cli", "detect", "--json", str(SAMPLE.image)]
    answers = []
    for environ in (env, {**env, "PYTHONPATH": ""}):
        done = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        answers.append(json.loads(done.stdout))
    without, with_it = answers
    assert without["assessment"] == with_it["assessment"]
    assert without["score"] == pytest.approx(with_it["score"], abs=0.01)
    # With onnxruntime the network may run in 8 bit, which moves a box by a few pixels and the name of a weak one; that
    # both engines agree to a pixel on the same network is tested in tests/unit/xray/test_engines.py.
    sure, also = ([one for one in answer["regions"] if one["score"] >= SURE] for answer in answers)
    assert sure
    assert [region["part"] for region in sure] == [region["part"] for region in also]
    for one, other in zip(sure, also, strict=True):
        assert one["box"] == pytest.approx(other["box"], abs=FEW_PIXELS)


def test_the_service_judges_pictures_without_it(env: dict[str, str]) -> None:
    assert SAMPLE.image is not None
    with serving(env) as (base, _):
        client = session(env)
        files = {
            "manifest": ("manifest.json", SAMPLE.manifest_path.read_bytes(), "application/json"),
            "image": ("scan.png", SAMPLE.image.read_bytes(), "image/png"),
        }
        answer = client.post(f"{base}/v1/screenings", files=files, timeout=60)
    assert answer.status_code == 201, answer.text
    (image,) = answer.json()["xray"]["images"]
    assert image["score"] is not None
    assert image["regions"]
