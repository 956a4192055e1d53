"""From a scanner's own pictures to its profile; the figures are made in `training.xray.scanner_figures`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from features.palettes import PALETTES
from features.xray_statistics import TRAITS, PictureStatistics
from models.scanner_profile import ESTIMATED, Choice, Counted, Recall, Reference, ScannerProfile
from models.xray_parameters import Parameters
from training.xray.duplicates import Fingerprint, join_groups
from training.xray.scanner_figures import (
    Scores,
    benign_for,
    conformal_threshold,
    expected_rate,
    observed_rate,
    recall_at,
    recall_rate,
    site_ratios,
)

QUANTILES = 101
WIDE = 2.0
FEW_BAGS = 20
HUES_APART = 20.0
GREY = 0.02
MOST_NAMED = 5
MANY_NOT_CLEAR = 0.05
CHOICES = (0.01, 0.02, 0.05, 0.10, 0.20)


@dataclass(frozen=True, slots=True)
class Scored:
    """One picture of the scanner.

    Attributes:
        name: Of the file.
        group: Bag where it is known, else the name.
        armed: Whether a firearm part is in it; None for neither (all its boxes are marked to be ignored).
        peak: The network's highest any-part output; None where the picture could not be read.
        fingerprint: By which near-duplicates find each other; None where it could not be read.
        statistics: What it looks like; None where it could not be read.
        not_clear: Whether it is shielded or negative, and so never clear.
    """

    name: str
    group: str
    armed: bool | None
    peak: float | None
    fingerprint: Fingerprint | None = None
    statistics: PictureStatistics | None = None
    not_clear: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a profile is to be: scanner, bundle, palette, rate, and where it comes from. See ScannerProfile."""

    scanner: str
    model: str
    model_digest: str
    palette: str
    false_alarms: float
    created_at: str
    command: str
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Parted:
    """Different benign pictures, labelled pictures like none of them, and those like one of them."""

    benign: tuple[Scored, ...]
    labelled: tuple[Scored, ...]
    left_out: tuple[Scored, ...]


def scanner_profile(
    wanted: Wanted, benign: Sequence[Scored], labelled: Sequence[Scored], base: Parameters, seed: int = 0
) -> ScannerProfile:
    """Calibrate a scanner.

    Args:
        wanted: What the profile is to be.
        benign: Every picture of the benign folder.
        labelled: Labelled pictures of the same scanner; may be empty.
        base: How the bundle's card reads the network's outputs.
        seed: Of the bootstrap.

    Raises:
        InputError: Too few benign pictures for the wanted rate; it says how many are needed.
        CheckFailed: So many benign pictures have the highest score that no threshold keeps the rate.
    """
    parted = _parted(benign, labelled)
    quiet = _peaks(parted.benign)
    threshold = conformal_threshold(quiet, wanted.false_alarms)
    armed = [one for one in parted.labelled if one.armed and one.peak is not None]
    ratios, own = site_ratios(quiet, _peaks(armed), base)
    readable = sum(one.peak is not None for one in benign)
    not_clear = sum(one.not_clear for one in parted.benign)
    profile = ScannerProfile(
        scanner=wanted.scanner,
        model=wanted.model,
        model_digest=wanted.model_digest,
        palette=wanted.palette,
        wanted=wanted.false_alarms,
        threshold=threshold,
        threshold_told=0.0,
        false_alarms=expected_rate(_alarms(quiet, threshold), quiet.size),
        benign=Counted(len(benign), len(benign) - readable, readable - quiet.size, quiet.size, not_clear),
        recall=_recall(parted, quiet, threshold, wanted.false_alarms, seed),
        choices=(),
        ratio="own" if own else "bundle",
        ratio_scores=ratios.scores,
        ratio_values=ratios.values,
        reference=_reference(parted.benign),
        created_at=wanted.created_at,
        command=wanted.command,
        data=wanted.data,
    )
    told = round(float(profile.parameters(base).told(threshold)), 4)
    choices = tuple(_choices(profile.parameters(base), quiet, _peaks([one for one in parted.labelled if one.armed])))
    return replace(profile, threshold_told=told, choices=choices, notes=tuple(_notes(profile, parted)))


def _parted(benign: Sequence[Scored], labelled: Sequence[Scored]) -> _Parted:
    """Keep one of several near-duplicates, and apart from the labelled pictures those that look like a benign one."""
    readable = [one for one in benign if one.fingerprint is not None]
    read = [one for one in labelled if one.fingerprint is not None]
    names = [*(f"benign {one.name}" for one in readable), *(f"labelled {one.group}" for one in read)]
    prints = [one.fingerprint for one in (*readable, *read) if one.fingerprint is not None]
    groups = join_groups(names, prints)
    first: dict[str, Scored] = {}
    for one, group in zip(readable, groups, strict=False):
        first.setdefault(group, one)
    alike = {one.group for one, group in zip(read, groups[len(readable) :], strict=True) if group in first}
    return _Parted(
        tuple(first.values()),
        tuple(one for one in labelled if one.group not in alike),
        tuple(one for one in labelled if one.group in alike),
    )


def _peaks(pictures: Sequence[Scored]) -> Scores:
    return np.array([one.peak or 0.0 for one in pictures], np.float64)


def _alarms(peaks: Scores, threshold: float) -> int:
    return int(np.count_nonzero(np.round(peaks, 4) >= threshold))


def _recall(parted: _Parted, quiet: Scores, threshold: float, wanted: float, seed: int) -> Recall | None:
    armed = [one for one in parted.labelled if one.armed]
    if not armed:
        return None
    harmless = [one for one in parted.labelled if one.armed is False and one.peak is not None]
    bags = [one.group for one in armed]
    return Recall(
        rate=recall_rate(_peaks(armed), bags, quiet, wanted, seed),
        bags=len(set(bags)),
        unreadable=sum(one.peak is None for one in armed),
        left_out=len(parted.left_out),
        checked=observed_rate(_alarms(_peaks(harmless), threshold), len(harmless)) if harmless else None,
    )


def _choices(parameters: Parameters, quiet: Scores, armed: Scores) -> Iterator[Choice]:
    for wanted in CHOICES:
        if found := recall_at(armed, quiet, wanted):
            yield Choice(wanted, round(float(parameters.told(found[0])), 4), found[1])


def _reference(pictures: Sequence[Scored]) -> dict[str, Reference]:
    """Return the distribution of each statistic that enough pictures have, as quantiles that are values of theirs."""
    rows = [asdict(one.statistics) for one in pictures if one.statistics is not None]
    found = {}
    for name in TRAITS:
        values = np.array([row[name] for row in rows if row[name] is not None], np.float64)
        if values.size:
            levels = np.linspace(0.0, 1.0, min(QUANTILES, values.size))
            quantiles = np.quantile(values, levels, method="inverted_cdf")
            found[name] = Reference(int(values.size), tuple(float(value) for value in quantiles))
    return found


def _notes(profile: ScannerProfile, parted: _Parted) -> Iterator[str]:
    rate = profile.false_alarms
    if rate.high > WIDE * profile.wanted:
        needed = benign_for(profile.wanted, 1.5 * profile.wanted)
        text = f"{rate.count} benign pictures leave the false-alarm rate between {rate.low:.1%} and {rate.high:.1%}"
        yield f"{text}; about {needed} would keep it below {1.5 * profile.wanted:.1%}."
    if profile.benign.not_clear > MANY_NOT_CLEAR * profile.benign.used:
        text = f"{profile.benign.not_clear} of {profile.benign.used} benign pictures are shielded or negative"
        yield f"{text}: never clear, whatever the threshold. See what the scanner sends."
    yield from _recall_notes(profile, parted)
    yield from _palette_notes(profile)


def _recall_notes(profile: ScannerProfile, parted: _Parted) -> Iterator[str]:
    if alike := [one.name for one in parted.left_out if one.armed]:
        named = ", ".join(alike[:MOST_NAMED]) + (", ..." if len(alike) > MOST_NAMED else "")
        text = f"{len(alike)} labelled pictures with a part look like a benign one ({named})"
        yield f"{text}; they were left out. See that no armed bag is among the benign pictures."
    if profile.recall is None:
        yield "Recall is not known: no labelled pictures with a part were given, or all of them look like benign ones."
        return
    if profile.recall.bags < FEW_BAGS:
        yield f"Recall rests on {profile.recall.bags} bags; its interval is wide."
    checked = profile.recall.checked
    if checked is not None and checked.low > profile.false_alarms.high:
        text = f"Labelled pictures without a part alarm more often ({checked.value:.1%}) than the benign folder does"
        yield f"{text}: the folder is not what this scanner usually sees."


def _palette_notes(profile: ScannerProfile) -> Iterator[str]:
    """Yield where the pictures contradict the palette that was stated."""
    if profile.palette == ESTIMATED:
        return
    if _median(profile, "colour", 0.0) < GREY:
        yield f"The pictures are grey; the palette {profile.palette} changes nothing."
        return
    stated = {name: apart for name in PALETTES if (apart := _apart(profile, name)) is not None}
    mine = stated.get(profile.palette)
    if mine is not None and mine > HUES_APART:
        nearest = min(stated, key=lambda name: stated[name])
        text = f"The hues of these pictures lie up to {mine:.0f} degrees from those of the palette {profile.palette}"
        yield f"{text}; the nearest is {nearest} ({stated[nearest]:.0f} degrees), or leave --palette out."


def _apart(profile: ScannerProfile, palette: str) -> float | None:
    """Return how far the pictures' orange and blue lie from a palette's, in degrees; None where neither is seen."""
    hues = PALETTES[palette].hues
    ends = {"organic_hue": (hues[0] + hues[1]) / 2, "metal_hue": (hues[4] + hues[5]) / 2}
    seen = [abs(_median(profile, name, end) - end) for name, end in ends.items() if name in profile.reference]
    return max(seen, default=None)


def _median(profile: ScannerProfile, name: str, otherwise: float) -> float:
    reference = profile.reference.get(name)
    return float(np.median(reference.quantiles)) if reference else otherwise
