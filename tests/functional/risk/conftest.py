"""A small risk model, trained once with the commands that an analyst uses."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.bundle import open_bundle
from models.risk import RiskModel
from training.data import Table, load_table
from training.frame import Frame, make_frame

PARCELS, BASE_RATE = 3000, 0.1


@dataclass(frozen=True)
class Commands:
    """Runs `parcel-screening` as a process of its own."""

    home: Path

    def __call__(self, *words: object, code: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PARCEL_SCREENING_")}
        done = subprocess.run(
            [sys.executable, "-m", "cli", *map(str, words)],
            env={**clean, "PARCEL_SCREENING_HOME": str(self.home), "OMP_NUM_THREADS": "1", **environment},
            cwd=Path(__file__).parents[3], capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
        assert done.returncode == code, f"exit {done.returncode}: {done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
        return done


@pytest.fixture(scope="session")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    return Commands(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def parcels(tmp_path_factory: pytest.TempPathFactory, commands: Commands) -> Path:
    path = tmp_path_factory.mktemp("parcels") / "parcels.ndjson"
    commands("synth", "manifests", "--count", PARCELS, "--seed", 4, "--base-rate", BASE_RATE, "--output", path)
    return path


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, commands: Commands, parcels: Path) -> Path:
    path = tmp_path_factory.mktemp("models") / "risk-small-1.2.3"
    commands("train", "risk", "--data", parcels, "--output", path, "--note", "made for tests", SOURCE_DATE_EPOCH="0")
    return path


@pytest.fixture(scope="session")
def model(folder: Path) -> RiskModel:
    return RiskModel.load(open_bundle(folder, "risk"))


@pytest.fixture(scope="session")
def table(parcels: Path) -> Table:
    return load_table(parcels)


@pytest.fixture(scope="session")
def frame(table: Table) -> Frame:
    return make_frame(table)
