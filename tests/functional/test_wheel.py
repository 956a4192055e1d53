"""The wheel holds what the product needs, and serves a parcel where no source lies about."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(ROOT)], check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_wheel_holds_packages_and_artefacts(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for needed in ("sop/policy.yaml", "sop/cases.yaml", "sample_images/pistol.png", "service/store/migrations/env.py"):
        assert needed in names
    cards = [name for name in names if name.startswith("models/artifacts/") and name.endswith("model.json")]
    assert any("/risk-" in card for card in cards)
    assert any("/xray-" in card for card in cards)
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/"))]
    for package in ("features", "models", "sop", "service", "training", "cli"):
        sources = {str(path.relative_to(ROOT)) for path in (ROOT / package).rglob("*.py")}
        assert sources <= set(names)


def test_installed_wheel_screens_a_parcel_away_from_the_source(wheel: Path, tmp_path: Path) -> None:
    """The dependencies come from this environment; the product itself only from the wheel."""
    target = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(wheel)]
    subprocess.run(command, check=True)
    paths = os.pathsep.join([str(target), sysconfig.get_paths()["purelib"], sysconfig.get_paths()["platlib"]])
    environment = {**os.environ, "PYTHONPATH": paths, "PARCEL_SCREENING_HOME": str(tmp_path / "home")}
    # -S leaves out the .pth file of an editable install, which would bring the source back in.
    command = [sys.executable, "-S", "-m", "cli", "screen", str(target / "sample_images/manifests/harmless.json")]
    command.append("--json")
    done = subprocess.run(command, check=False, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["item_id"] == "CP473124829GB"
    assert answer["versions"]["risk_model"]
    assert answer["versions"]["xray_model"]
