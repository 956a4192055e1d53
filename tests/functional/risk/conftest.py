"""A small risk model, trained once with the commands that an analyst uses."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest

from cli.main import main
from models.bundle import open_bundle
from models.risk import RiskModel
from training.data import Record, Source, open_source
from training.frame import Frame, make_frame

ROOT = Path(__file__).parents[3]
PARCELS, BASE_RATE = 3000, 0.1


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Commands:
    """Runs `parcel-screening`: in this process, because starting one costs seconds, or as its own (`process`)."""

    home: Path

    def __call__(self, *words: object, code: int = 0, **environment: str) -> Done:
        out, err = StringIO(), StringIO()
        own = patch.dict(os.environ, self._environment(environment), clear=True)
        with own, redirect_stdout(out), redirect_stderr(err):
            found = self._run([str(word) for word in words])
        assert found == code, f"exit {found}: {out.getvalue()}{err.getvalue()}"
        return Done(found, out.getvalue(), err.getvalue())

    def process(self, *words: object, **environment: str) -> Done:
        command = [sys.executable, "-m", "cli", *map(str, words)]
        done = subprocess.run(
            command,
            env=self._environment(environment),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return Done(0, done.stdout, done.stderr)

    def _run(self, words: list[str]) -> int:
        try:
            main(words)
        except SystemExit as ended:
            return int(ended.code or 0)
        return 0

    def _environment(self, own: dict[str, str]) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PARCEL_SCREENING_")}
        return {**clean, "PARCEL_SCREENING_HOME": str(self.home), **own}


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
    words = ("train", "risk", "--data", parcels, "--output", path, "--note", "made for tests")
    commands.process(*words, SOURCE_DATE_EPOCH="0", OMP_NUM_THREADS="1")
    return path


@pytest.fixture(scope="session")
def model(folder: Path) -> RiskModel:
    return RiskModel.load(open_bundle(folder, "risk"))


@pytest.fixture(scope="session")
def source(parcels: Path) -> Source:
    return open_source(parcels)


@pytest.fixture(scope="session")
def records(source: Source) -> tuple[Record, ...]:
    return tuple(source.records())


@pytest.fixture(scope="session")
def frame(source: Source) -> Frame:
    return make_frame(source)
