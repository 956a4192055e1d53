"""Every package that the runtime lock pins stands in the list of licences, each with one that somebody states."""

from __future__ import annotations

import re
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def licences() -> ModuleType:
    loader = SourceFileLoader("licences", str(ROOT / "tools" / "licences"))
    spec = spec_from_loader("licences", loader)
    assert spec is not None
    module = module_from_spec(spec)
    sys.modules["licences"] = module
    loader.exec_module(module)
    return module


def test_the_list_names_every_package_of_the_lock_and_no_licence_is_unknown() -> None:
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\S+) \| (\S+) \| ([^|]+) \|", page, re.MULTILINE)
    listed = {(name, version) for name, version, _ in rows if name != "package"}
    lock = (ROOT / "requirements" / "runtime.lock").read_text()
    assert listed == set(re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^ \\;]+)", lock, re.MULTILINE))
    assert len(listed) > 60
    for name, _, licence in rows[1:]:
        assert re.fullmatch(r"[A-Za-z0-9.()+-]+( (AND|OR|WITH) [A-Za-z0-9.()+-]+)*", licence.strip()), (name, licence)
        assert licence.strip() not in {"UNKNOWN", "BSD"}, name


def test_the_list_is_what_the_installed_packages_say(licences: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    if sys.version_info[:2] != (3, 11):
        pytest.skip("the list is written with Python 3.11")
    assert licences.main(["--check"]) == 0, capsys.readouterr().err


def test_a_package_without_a_licence_is_told(licences: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licences, "STATED", {})
    monkeypatch.setattr(licences, "pinned", lambda: [licences.Pinned("no-such-package", "1.0", "")])
    page, problems = licences.page()
    assert "UNKNOWN" in page
    assert len(problems) == 1
