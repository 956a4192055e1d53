"""Profiles are written whole, found whatever the scanner is called, and never used where they do not hold."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from scanner_profiles import profile

from features.errors import InputError
from models import scanner_profile_file
from models.scanner_profile import ScannerProfile
from models.scanner_profile_file import as_text, mark, profile_path, read_profile, read_profiles, write_profile

NAMES = ["belt-3", "../../etc/passwd", "Hall 2/left", ".", "..", ".hidden", "Förderband Süd", "x--y", "%2F"]
NAMES += ["a" * 64, "𝔅" * 64]


@pytest.fixture(scope="module")
def mine() -> ScannerProfile:
    return profile()


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_is_read_back_whatever_the_scanner_is_called(mine: ScannerProfile, tmp_path: Path, name: str) -> None:
    written = replace(mine, scanner=name)
    path = write_profile(tmp_path, written)
    assert path.parent == tmp_path / "scanners"
    found = read_profiles(tmp_path)
    assert found.problems == ()
    assert found.choose(name, "planted-1.0.0", "") == written
    assert found.choose("another", "planted-1.0.0", "") is None
    assert found.choose(None, "planted-1.0.0", "") is None


def test_two_scanners_never_share_a_file(tmp_path: Path) -> None:
    paths = {profile_path(tmp_path, name, "planted-1.0.0") for name in NAMES}
    assert len(paths) == len(NAMES)


def test_the_file_is_for_people_too(mine: ScannerProfile, tmp_path: Path) -> None:
    text = write_profile(tmp_path, mine).read_text(encoding="utf-8")
    assert text == as_text(mine)
    assert '"scanner": "belt-3"' in text
    assert len(text.splitlines()) < 150
    assert json.loads(text)["threshold"] == mine.threshold
    assert read_profile(profile_path(tmp_path, mine.scanner, mine.model)).digest == mine.digest


def test_what_is_replaced_is_kept_by_the_digest_that_answers_name(mine: ScannerProfile, tmp_path: Path) -> None:
    write_profile(tmp_path, mine)
    before = mark(tmp_path)
    write_profile(tmp_path, newer := replace(mine, threshold=0.6))
    assert mark(tmp_path) != before
    assert read_profiles(tmp_path).choose("belt-3", "planted-1.0.0", "") == newer
    (kept,) = (tmp_path / "scanners" / "replaced").iterdir()
    assert mine.digest[:12] in kept.name
    assert read_profile(kept) == mine


def test_a_write_that_fails_leaves_the_old_profile(
    mine: ScannerProfile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_profile(tmp_path, mine)

    def full(path: Path, data: bytes, mode: int = 0) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(scanner_profile_file, "replace_file", full)
    with pytest.raises(InputError, match="No space left"):
        write_profile(tmp_path, replace(mine, threshold=0.6))
    assert read_profile(path) == mine


def test_a_profile_for_each_bundle_stands_beside_the_others(mine: ScannerProfile, tmp_path: Path) -> None:
    write_profile(tmp_path, mine)
    write_profile(tmp_path, other := replace(mine, model="planted-2.0.0", threshold=0.7))
    found = read_profiles(tmp_path)
    assert found.choose("belt-3", "planted-1.0.0", "") == mine
    assert found.choose("belt-3", "planted-2.0.0", "") == other
    assert found.choose("belt-3", "planted-3.0.0", "") is None
    reason = found.why_none("belt-3", "planted-3.0.0", "")
    assert reason is not None
    assert "and planted-3.0.0 is in use" in reason
    assert found.why_none("belt-9", "planted-1.0.0", "") is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model_digest": "f" * 64}, "another bundle that is called planted-1.0.0 too"),
        ({"software": "99.0.0"}, "version 99.0.0 of parcel-screening"),
        ({"picture_spec": "xray-planes-0"}, "of parcel-screening"),
    ],
)
def test_a_profile_made_otherwise_is_not_used_and_says_why(
    mine: ScannerProfile, tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    write_profile(tmp_path, replace(mine, **change))
    found = read_profiles(tmp_path)
    assert found.choose("belt-3", "planted-1.0.0", "") is None
    assert words in str(found.why_none("belt-3", "planted-1.0.0", ""))


def broken(text: str) -> list[tuple[str, str]]:
    raw = json.loads(text)
    return [
        ("", "not a JSON file"),
        ("[]", "its format is not"),
        (json.dumps({**raw, "format": "another"}), "its format is not"),
        (json.dumps({**raw, "threshold": 1.5}), "between 0 and 1"),
        (json.dumps({**raw, "threshold": "high"}), "not a scanner profile"),
        (json.dumps({**raw, "scanner": 3}), "scanner: not a text"),
        (json.dumps({**raw, "palette": "sepia"}), "palette 'sepia' is none of"),
        (json.dumps({**raw, "ratio_values": [3.0, 1.0]}), "one length"),
        (json.dumps({**raw, "ratio_values": list(reversed(raw["ratio_values"]))}), "must rise"),
        (json.dumps({**raw, "surprise": 1}), "surprise"),
        (json.dumps({name: value for name, value in raw.items() if name != "wanted"}), "wanted"),
        (json.dumps({**raw, "scanner": "belt-4"}), "cannot be copied for another scanner"),
    ]


def test_a_file_that_cannot_be_used_is_told_and_the_others_are(mine: ScannerProfile, tmp_path: Path) -> None:
    path = write_profile(tmp_path, mine)
    write_profile(tmp_path, other := replace(mine, scanner="belt-9"))
    for text, words in broken(as_text(mine)):
        path.write_text(text, encoding="utf-8")
        found = read_profiles(tmp_path)
        (problem,) = found.problems
        assert problem.path == path.name
        assert words in problem.message, problem.message
        assert found.choose("belt-9", "planted-1.0.0", "") == other
        assert "cannot be read" in str(found.why_none("belt-3", "planted-1.0.0", ""))


def test_a_home_without_profiles_has_none(tmp_path: Path) -> None:
    assert read_profiles(tmp_path / "nothing") == scanner_profile_file.Profiles()
    assert mark(tmp_path / "nothing") == ()
