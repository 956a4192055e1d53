"""Every dependency says why it is here."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
ALL = [*PROJECT["dependencies"], *(one for extra in PROJECT["optional-dependencies"].values() for one in extra)]


@pytest.mark.parametrize("requirement", ALL)
def test_dependency_has_a_reason(requirement: str) -> None:
    name = re.split(r"[\[<>=~!]", requirement)[0]
    assert re.search(rf"(\||,) {re.escape(name)}\b", (ROOT / "CONTRIBUTING.md").read_text()), name


@pytest.mark.parametrize("lock", ["runtime", "dev", "build", "audit", "xray-training"])
def test_locks_name_no_index(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.lock").read_text()
    assert "://" not in text


def test_runtime_lock_pins_every_dependency_with_hashes() -> None:
    text = (ROOT / "requirements" / "runtime.lock").read_text()
    for requirement in PROJECT["dependencies"]:
        name = re.split(r"[\[<>=~!]", requirement)[0]
        assert re.search(rf"^{re.escape(name)}(\[\w+\])?==\S+.*\\\n +--hash=sha256:", text, re.MULTILINE), name
