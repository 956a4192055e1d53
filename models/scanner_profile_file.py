"""Scanner profiles as files of a home: written whole, read with every fault told.

HOME/scanners/<scanner>--<bundle>.json    one for each scanner and bundle, so that a scanner can be calibrated for a
                                          bundle before it is promoted, and is calibrated still after a rollback
HOME/scanners/replaced/                   what was there before, by digest: answers name it
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

from features.errors import InputError, Problem
from features.palettes import PALETTES
from features.xray_statistics import TRAITS
from models.folder_write import replace_file
from models.scanner_profile import ESTIMATED, Choice, Counted, Rate, Recall, Reference, ScannerProfile, plain, why_not

FOLDER, REPLACED = "scanners", "replaced"
FORMAT = "parcel-screening scanner profile 1"
LONGEST_NAME = 100
_NUMBERS = re.compile(r"\[\s*(-?[\d.e+-]+(?:,\s+-?[\d.e+-]+)*)\s*\]")


@dataclass(frozen=True, slots=True)
class Profiles:
    """The profiles of a home by scanner, and which files cannot be used and why."""

    by_scanner: Mapping[str, tuple[ScannerProfile, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def choose(self, scanner: str | None, model: str, model_digest: str) -> ScannerProfile | None:
        """Return a scanner's profile for a bundle; None where there is none."""
        mine = self.by_scanner.get(scanner, ()) if scanner else ()
        return next((one for one in mine if why_not(one, model, model_digest) is None), None)

    def why_none(self, scanner: str, model: str, model_digest: str) -> str | None:
        """Return why none of a scanner's profiles holds for a bundle; None where it has none at all."""
        mine = self.by_scanner.get(scanner, ())
        newest = max(mine, key=lambda one: one.created_at, default=None)
        if newest is not None:
            return f"has a profile, but it {why_not(newest, model, model_digest)}"
        broken = [problem for problem in self.problems if problem.path.startswith(f"{_plain_name(scanner)}--")]
        return f"has a profile that cannot be read ({broken[0]})" if broken else None


def profile_path(home: Path, scanner: str, model: str) -> Path:
    """Return where a scanner's profile for a bundle lies, whatever characters its name has."""
    return home / FOLDER / f"{_plain_name(scanner)}--{_plain_name(model)}.json"


def _plain_name(name: str) -> str:
    # A dot in front would hide the file; quote leaves dots as they are.
    plain_name = quote(name, safe="").replace(".", "%2E") if name.startswith(".") else quote(name, safe="")
    if len(plain_name) <= LONGEST_NAME:
        return plain_name
    return f"{plain_name[: LONGEST_NAME - 17]}-{hashlib.sha256(name.encode('utf-8')).hexdigest()[:16]}"


def write_profile(home: Path, profile: ScannerProfile) -> Path:
    """Put a profile in its place in one step; what was there goes to `replaced`.

    Raises:
        InputError: It cannot be written.
    """
    path = profile_path(home, profile.scanner, profile.model)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            _put_by(path)
        replace_file(path, as_text(profile).encode("utf-8"))
    except OSError as error:
        raise InputError(f"{path}: the profile cannot be written ({error.strerror}).") from error
    return path


def _put_by(path: Path) -> None:
    """Keep the file that is about to be replaced: answers name it by digest."""
    try:
        digest = read_profile(path).digest
    except InputError:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    kept = path.parent / REPLACED / f"{path.stem}--{digest[:12]}.json"
    kept.parent.mkdir(exist_ok=True)
    if not kept.exists():
        os.link(path, kept)


def as_text(profile: ScannerProfile) -> str:
    """Return a profile as JSON to read: one field a line, numbers in a row."""
    text = json.dumps({"format": FORMAT, **plain(profile)}, indent=2, ensure_ascii=False)
    return _NUMBERS.sub(lambda found: "[" + re.sub(r"\s+", " ", found[1]) + "]", text) + "\n"


def read_profiles(home: Path) -> Profiles:
    """Read all profiles of a home; a file that cannot be used is told and does not touch the others."""
    found: dict[str, tuple[ScannerProfile, ...]] = {}
    problems = []
    for path in _files(home):
        try:
            profile = read_profile(path)
            _check_place(path, home, profile)
        except InputError as error:
            problems.append(Problem(path.name, "scanner_profile_unusable", error.message))
            continue
        found[profile.scanner] = (*found.get(profile.scanner, ()), profile)
    return Profiles(found, tuple(problems))


def mark(home: Path) -> Hashable:
    """Return what changes when a profile is written or removed; costs one look at each file."""
    try:
        return tuple((path.name, (state := path.stat()).st_mtime_ns, state.st_ino) for path in _files(home))
    except OSError:
        return None


def _files(home: Path) -> list[Path]:
    return sorted(path for path in (home / FOLDER).glob("*.json") if not path.name.startswith("."))


def _check_place(path: Path, home: Path, profile: ScannerProfile) -> None:
    wanted = profile_path(home, profile.scanner, profile.model)
    if path != wanted:
        text = f"it is for scanner {profile.scanner!r} and {profile.model}, whose file is {wanted.name}"
        raise InputError(f"{text}; a profile cannot be copied for another scanner.")


def read_profile(path: Path) -> ScannerProfile:
    """Read one profile.

    Raises:
        InputError: It cannot be read, or is not what `calibrate xray` writes.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"not a JSON file ({error}); run `calibrate xray` again.") from error
    try:
        return _profile(raw)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"not a scanner profile of this version ({error}); run `calibrate xray` again.") from error


def _profile(raw: Any) -> ScannerProfile:
    if not isinstance(raw, dict) or raw.pop("format", None) != FORMAT:
        raise ValueError(f"its format is not {FORMAT!r}")
    recall = raw["recall"]
    built = {
        **raw,
        "false_alarms": Rate(**raw["false_alarms"]),
        "benign": Counted(**raw["benign"]),
        "recall": _recall(recall) if recall is not None else None,
        "choices": tuple(Choice(**one) for one in raw["choices"]),
        "ratio_scores": _numbers(raw["ratio_scores"]),
        "ratio_values": _numbers(raw["ratio_values"]),
        "reference": {
            name: Reference(int(one["count"]), _numbers(one["quantiles"])) for name, one in raw["reference"].items()
        },
        "notes": tuple(raw["notes"]),
    }
    profile = ScannerProfile(**built)
    _check(profile)
    return profile


def _recall(raw: dict[str, Any]) -> Recall:
    checked = raw["checked"]
    return Recall(**{**raw, "rate": Rate(**raw["rate"]), "checked": Rate(**checked) if checked else None})


def _numbers(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _check(profile: ScannerProfile) -> None:
    """Raise ValueError or TypeError where a value would make an answer wrong."""
    texts = [
        one.name for one in fields(profile) if one.type == "str" and not isinstance(getattr(profile, one.name), str)
    ]
    if texts:
        raise TypeError(f"{', '.join(texts)}: not a text")
    if not 0 < profile.threshold < 1 or not 0 < profile.wanted < 1:
        raise ValueError("threshold and wanted lie between 0 and 1")
    if profile.palette != ESTIMATED and profile.palette not in PALETTES:
        raise ValueError(f"palette {profile.palette!r} is none of {', '.join((*PALETTES, ESTIMATED))}")
    if not profile.ratio_scores or len(profile.ratio_scores) != len(profile.ratio_values):
        raise ValueError("ratio_scores and ratio_values must be of one length")
    for values in (profile.ratio_scores, profile.ratio_values):
        if list(values) != sorted(values):
            raise ValueError("ratio_scores and ratio_values must rise")
    if unknown := set(profile.reference) - set(TRAITS):
        raise ValueError(f"no such statistics: {', '.join(sorted(unknown))}")
