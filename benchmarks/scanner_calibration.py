"""Does a scanner's calibration keep its promises on pictures it has not seen, and does its drift warning?

python -m benchmarks.scanner_calibration --annotations COCO.json --images DIR [--least-air 0.97] [--repeats 200]

Every picture is scored once. Then benign groups of near-duplicates are drawn again and again to calibrate on, and all
others are judged by the threshold found. Beside it: the bundle's own threshold, and the plain quantile of the benign
scores. "Within" says how often the false alarms on the unseen pictures lie within what the profile's beta distribution
foretells for so many of them, in 95 of 100 cases. The second table changes pictures as a service visit would and counts
how many it takes until the warning.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.stats import betabinom

from features.xray_header import UnreadablePicture
from models.bundle import locate, open_bundle
from models.scanner_drift import WINDOW, Statistics, drift
from models.scanner_profile import ScannerProfile
from models.xray import XrayModel, read_and_check
from training.xray.coco import load_coco
from training.xray.duplicates import fingerprint, join_groups
from training.xray.metrics import alarm_level
from training.xray.scanner import Scored, Wanted, scanner_profile
from training.xray.scanner_figures import allowed, conformal_threshold

Picture = NDArray[np.uint8]
Change = Callable[[Picture], Picture]
COUNTS = (19, 50, 100, 150, 200)
RATES = (0.05, 0.10)
RUN, STREAMS, CHANGED_STREAMS, MOST = 1000, 40, 20, 400


@dataclass(frozen=True, slots=True)
class Set:
    """The pictures of a labelled set that look like one scanner's, with the group of each."""

    paths: tuple[Path, ...]
    pictures: tuple[Scored, ...]
    groups: NDArray[np.str_]

    @property
    def peaks(self) -> NDArray[np.float64]:
        """Scores of the pictures."""
        return np.array([one.peak for one in self.pictures], np.float64)

    @property
    def armed(self) -> NDArray[np.bool_]:
        """Whether each holds a part."""
        return np.array([one.armed is True for one in self.pictures])


def scored(annotations: Path, images: Path, model: XrayModel, least_air: float) -> Set:
    """Score every readable picture whose air is at least so bright."""
    found, paths = [], []
    for one in load_coco(annotations, images):
        try:
            seen = read_and_check(one.path.read_bytes())
        except UnreadablePicture:
            continue
        statistics = seen.statistics()
        if statistics.air >= least_air:
            peak = round(model.peak(seen.image), 4)
            print_ = fingerprint(seen.image)
            found.append(Scored(one.path.name, one.group, one.has_part, peak, print_, statistics))
            paths.append(one.path)
    prints = [one.fingerprint for one in found if one.fingerprint is not None]
    return Set(tuple(paths), tuple(found), np.array(join_groups([one.group for one in found], prints)))


def promises(data: Set, model: XrayModel, wanted: float, repeats: int, rng: np.random.Generator) -> None:
    """Print what each way of setting a threshold does to pictures it has not seen."""
    peaks, armed = data.peaks, data.armed
    harmless = [group for group in np.unique(data.groups) if not armed[data.groups == group].any()]
    quiet = ~armed & np.isin(data.groups, harmless)
    own = model.parameters.threshold
    print(
        f"\n{wanted:.0%} false alarms wanted; {len(harmless)} harmless groups, {int(armed.sum())} pictures with a part"
    )
    print(f"{'threshold':28} {'false alarms':>22} {'within':>7} {'recall':>7}")
    told = f"{np.mean(peaks[quiet] >= own):.1%}"
    print(f"{'the bundle, uncalibrated':28} {told:>22} {'':>7} {np.mean(peaks[armed] >= own):>7.1%}")
    for count in (count for count in COUNTS if allowed(count, wanted) >= 0 and count <= len(harmless) // 2 + 20):
        rows = [_drawn(data, rng.choice(harmless, count, replace=False), quiet, wanted) for _ in range(repeats)]
        for name, place in ((f"profile, {count} benign", 0), (f"plain quantile, {count}", 1)):
            rates = np.array([row[place] for row in rows])
            recall = np.mean([row[place + 2] for row in rows])
            spread = f"{rates.mean():.1%} ({np.quantile(rates, 0.025):.1%} to {np.quantile(rates, 0.975):.1%})"
            kept = f"{np.mean([row[4] for row in rows]):.0%}" if place == 0 else ""
            print(f"{name:28} {spread:>22} {kept:>7} {recall:>7.1%}")


def _drawn(data: Set, groups: NDArray[np.str_], quiet: NDArray[np.bool_], wanted: float) -> tuple[float, ...]:
    """Calibrate on one picture of each group; return both ways' false alarms and recall elsewhere, and the promise."""
    chosen = np.array([data.peaks[data.groups == group][0] for group in groups])
    unseen = quiet & ~np.isin(data.groups, groups)
    conformal, plain = conformal_threshold(chosen, wanted), alarm_level(chosen, wanted) + 1e-4
    rates = [float(np.mean(data.peaks[unseen] >= level)) for level in (conformal, plain)]
    recalls = [float(np.mean(data.peaks[data.armed] >= level)) for level in (conformal, plain)]
    alarms, found = int(np.count_nonzero(chosen >= conformal)), int(np.count_nonzero(data.peaks[unseen] >= conformal))
    foretold = betabinom(int(unseen.sum()), alarms + 1, chosen.size - alarms)
    return (*rates, *recalls, float(foretold.ppf(0.025) <= found <= foretold.ppf(0.975)))


def gain(exponent: float) -> Change:
    """Let everything absorb more (above 1) or less; air stays."""
    table = np.asarray(np.rint(255 * (np.arange(256) / 255) ** exponent), np.uint8)
    return lambda picture: np.asarray(cv2.LUT(picture, table), np.uint8)


def hues(degrees: int) -> Change:
    """Turn all hues, as another palette does."""

    def change(picture: Picture) -> Picture:
        hsv = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)
        hsv[..., 0] = (hsv[..., 0].astype(np.int16) + degrees // 2) % 180
        return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR), np.uint8)

    return change


CHANGES: dict[str, Change] = {
    "absorbs 1.15 times as much": gain(1.15),
    "absorbs 1.4 times as much": gain(1.4),
    "absorbs 0.7 times as much": gain(0.7),
    "hues turned by 10 degrees": hues(10),
    "hues turned by 20 degrees": hues(20),
    "grey instead of colour": lambda one: np.asarray(cv2.cvtColor(one, cv2.COLOR_BGR2GRAY), np.uint8),
    "air 6 % darker": lambda one: np.asarray(cv2.convertScaleAbs(one, alpha=0.94), np.uint8),
    "blurred by 1 px": lambda one: np.asarray(cv2.GaussianBlur(one, (0, 0), 1.0), np.uint8),
    "exported at half the size": lambda one: np.asarray(cv2.resize(one, None, fx=0.5, fy=0.5), np.uint8),
}


def warnings(data: Set, model: XrayModel, rng: np.random.Generator) -> None:
    """Print how often an unchanged scanner is said to drift, and how soon a changed one is."""
    harmless = [index for index, armed in enumerate(data.armed) if not armed]
    order = rng.permutation(harmless)
    profile = _profile([data.pictures[index] for index in order[:150]], model)
    rest = [int(index) for index in order[150:]]
    usual = [asdict(one.statistics) for index in rest if (one := data.pictures[index]).statistics is not None]
    print(f"\nprofile of 150 benign pictures; streams are drawn from {len(usual)} others with replacement")
    false = sum(_ever(profile, [usual[n] for n in rng.integers(0, len(usual), RUN)]) for _ in range(STREAMS))
    print(f"unchanged: {false} of {STREAMS} streams of {RUN:,} pictures with a warning")
    print(f"{'change':28} {'warned':>8} {'median pictures until then':>28}")
    for name, change in CHANGES.items():
        new = [found for index in rest[:100] if (found := _changed(data.paths[index], change)) is not None]
        times = [_until(profile, usual, new, rng) for _ in range(CHANGED_STREAMS)]
        warned = [time for time in times if time is not None]
        median = f"{np.median(warned):.0f} ({min(warned)} to {max(warned)})" if warned else f"none within {MOST}"
        print(f"{name:28} {len(warned):>5}/{CHANGED_STREAMS} {median:>28}")


def _profile(benign: Sequence[Scored], model: XrayModel) -> ScannerProfile:
    wanted = Wanted(scanner="site", model=model.title, model_digest=model.digest, palette="estimated",
                    false_alarms=0.05, created_at="", command="", data={})  # fmt: skip
    return scanner_profile(wanted, benign, (), model.parameters)


def _ever(profile: ScannerProfile, stream: Sequence[Statistics]) -> bool:
    """Whether a warning comes at any of every tenth picture of a stream."""
    return any(drift(profile, stream[max(0, end - WINDOW) : end]) for end in range(30, len(stream) + 1, 10))


def _until(
    profile: ScannerProfile, usual: Sequence[Statistics], new: Sequence[Statistics], rng: np.random.Generator
) -> int | None:
    recent = [usual[n] for n in rng.integers(0, len(usual), WINDOW)]
    for count in range(1, MOST + 1):
        recent.append(new[int(rng.integers(0, len(new)))])
        if drift(profile, recent):
            return count
    return None


def _changed(path: Path, change: Change) -> Statistics | None:
    """Return the statistics of a changed picture; None where it is refused, which is no drift but a problem told."""
    changed = cv2.imencode(".png", change(np.asarray(cv2.imread(str(path)), np.uint8)))[1].tobytes()
    try:
        return asdict(read_and_check(changed).statistics())
    except UnreadablePicture:
        return None


def main() -> None:
    """Read the arguments and print both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--annotations", type=Path, required=True)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--xray-model", type=Path)
    parser.add_argument(
        "--least-air", type=float, default=0.97, help="brightness of air, 0 to 1: one scanner's pictures"
    )
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    model = XrayModel.load(open_bundle(locate("xray", None, options.xray_model), "xray"))
    data = scored(options.annotations, options.images, model, options.least_air)
    print(f"{model.title}; {len(data.pictures)} pictures in {len(set(data.groups))} groups")
    rng = np.random.default_rng(options.seed)
    for wanted in RATES:
        promises(data, model, wanted, options.repeats, rng)
    warnings(data, model, rng)


if __name__ == "__main__":
    main()
