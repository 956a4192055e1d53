"""How far a risk model travels: a bundle trained on our synthetic parcels, scored on another generator's.

python -m benchmarks.transfer [--risk-model DIR] [--count 60000] [--seed 101] [--ablate] [--replicates 200]
Trains no model of ours. Scores the bundle on `benchmarks.other_world` at 1 % and 0.2 % illicit, and on new parcels of
our own world at 1 %. Anchors beside it, on the same rows: logistic regression and LightGBM with its library's own
settings, both fitted on other parcels of our own world; the number of indicators; chance. Intervals: 95 %, bootstrap by
group. Probabilities are moved to each file's base rate before their calibration error is taken. The last table hides
every finding, which leaves the marks of the parcel and of people's pasts. With --ablate each group of columns in turn
is shuffled among the parcels, and what that costs, or gains, is printed.
The other world is held out: whoever tunes to these figures spoils them.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from benchmarks.other_world.world import make
from models.bundle import locate, open_bundle
from models.calibration import prior_shift, probability
from models.risk import RiskModel
from training.anchors import fit_logistic, logistic_scores, random_scores
from training.bootstrap import Figure, group_weights, measure_all
from training.data import open_source
from training.frame import make_frame
from training.metrics import Ranking, ranking_figures
from training.parcels.generate import generate

Numbers = npt.NDArray[np.float64]
OWN_FIT, OWN_TEST = 9_001, 9_002
"""Seeds of our own world, other than those of the shipped bundle and of the tests."""
RATES = (0.01, 0.002)
RARER = 2.5
"""So many times the parcels at the lower rate, or its intervals would say nothing."""
SHOWN = ("auc", "ap", "recall@0.01", "recall@0.1", "ece")
FINDING = frozenset({"found", "finding_at", "parts"})
MODEL = "risk model"


@dataclass(frozen=True, slots=True)
class Scored:
    """A file of parcels as the model sees it: rows, the truth, and what the model says at the file's base rate."""

    name: str
    rows: npt.NDArray[np.float32]
    patterns: npt.NDArray[np.uint64]
    labels: npt.NDArray[np.bool_]
    groups: npt.NDArray[np.int32]
    modus: npt.NDArray[np.str_]
    indicators: Numbers
    probability: Numbers


@dataclass(frozen=True, slots=True)
class Peers:
    """Models of other makes, fitted on our own world."""

    logistic: Any
    boosted: Any


def score_file(model: RiskModel, name: str, lines: Iterable[dict[str, Any]], folder: Path) -> Scored:
    """Write lines to a file, read it as any table is read, and score it."""
    path = folder / "parcels.ndjson"
    modus = []
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            modus.append(line.get("modus") or "")
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    frame = make_frame(open_source(path, bad_rows="refuse"), site=model.site)
    rows = model.rows(frame)
    return Scored(
        name=name,
        rows=rows,
        patterns=frame.patterns,
        labels=frame.labels,
        groups=frame.groups,
        modus=np.array(modus),
        indicators=frame.indicators.astype(np.float64),
        probability=said(model, rows, frame.patterns, float(frame.labels.mean())),
    )


def never_opened(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines without what officers found: how well are first parcels ranked, where nobody was caught yet?"""
    return [{name: value for name, value in line.items() if name not in FINDING} for line in lines]


def said(
    model: RiskModel, rows: npt.NDArray[np.float32], patterns: npt.NDArray[np.uint64], base_rate: float
) -> Numbers:
    """Return what the model says of rows, as probabilities at a base rate."""
    mine = np.clip(model.scores(rows, patterns).probability, 1e-12, 1.0 - 1e-12)
    return probability(np.log(mine / (1.0 - mine)) + prior_shift(model.base_rate, base_rate))


def fit_peers(own: Scored) -> Peers:
    """Fit the anchors on parcels of our own world."""
    # The settings of the library, untouched: what an analyst would try first.
    settings = {"objective": "binary", "verbosity": -1, "num_threads": 1, "seed": 0}
    boosted = lgb.train(settings, lgb.Dataset(own.rows, own.labels.astype(np.float64)), num_boost_round=100)
    return Peers(fit_logistic(own.rows, own.labels), boosted)


def table(scored: Scored, peers: Peers, replicates: int) -> list[str]:
    """Return the lines of one file's table: each model's figures with their intervals."""
    scores = {
        MODEL: scored.probability,
        "logistic regression": logistic_scores(peers.logistic, scored.rows),
        "LightGBM, library settings": np.asarray(peers.boosted.predict(scored.rows), dtype=np.float64),
        "number of indicators": scored.indicators,
        "random": random_scores(len(scored.labels), 0),
    }
    draws = group_weights(scored.groups, 0, replicates)
    measured = measure_all(scores, scored.labels, draws, [MODEL, "logistic regression", "LightGBM, library settings"])
    lines = [
        f"\n{scored.name}: {len(scored.labels)} parcels, {int(scored.labels.sum())} illicit",
        f"{'':<28}" + "".join(f"{name:<24}" for name in SHOWN),
    ]
    for name in scores:
        found = measured.figures(name)
        lines.append(f"{name:<28}" + "".join(f"{_text(found.get(figure)):<24}" for figure in SHOWN))
    return lines


def by_modus(scored: Scored) -> list[str]:
    """Return the model's figures for each modus against all harmless parcels."""
    top = {share: scored.probability >= np.quantile(scored.probability, 1.0 - share) for share in (0.01, 0.1)}
    lines = [f"{'by modus':<28}{'parcels':<10}{'auc':<10}{'recall@0.01':<14}recall@0.1"]
    for name, count in Counter(scored.modus[scored.labels].tolist()).most_common():
        mine = scored.modus == name
        kept = mine | ~scored.labels
        area = _figures(scored.probability[kept], scored.labels[kept])["auc"]
        caught = [float(chosen[mine].mean()) for chosen in top.values()]
        lines.append(f"{name:<28}{count:<10}{area:<10.3f}{caught[0]:<14.3f}{caught[1]:.3f}")
    return lines


def ablation(model: RiskModel, scored: Scored, seed: int = 0) -> list[str]:
    """Return what shuffling each group of columns among the parcels changes, the most harmful group last."""
    rng = np.random.default_rng(seed)
    whole = _figures(scored.probability, scored.labels)
    found = []
    for group, places in _groups(model).items():
        rows = scored.rows.copy()
        rows[:, places] = rows[rng.permutation(len(rows))][:, places]
        without = _figures(said(model, rows, scored.patterns, float(scored.labels.mean())), scored.labels)
        found.append((without["auc"] - whole["auc"], without["recall@0.01"] - whole["recall@0.01"], group, len(places)))
    lines = [f"{'shuffled: ' + scored.name:<40}{'columns':<10}{'auc':<10}recall@0.01"]
    return lines + [f"{group:<40}{size:<10}{area:<+10.4f}{recall:+.4f}" for area, recall, group, size in sorted(found)]


def _groups(model: RiskModel) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for place, feature in enumerate(model.features):
        groups.setdefault(f"{feature.reason} ({feature.kind})", []).append(place)
    return groups


def _figures(scores: Numbers, labels: npt.NDArray[np.bool_]) -> dict[str, float]:
    return {name: float(one) for name, one in ranking_figures(Ranking(scores, labels).blocks()).items()}


def _text(figure: Figure | None) -> str:
    return "" if figure is None else f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--risk-model", type=Path)
    parser.add_argument("--count", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=101)
    parser.add_argument("--replicates", type=int, default=200)
    parser.add_argument("--ablate", action="store_true")
    options = parser.parse_args()
    model = RiskModel.load(open_bundle(locate("risk", None, options.risk_model), "risk"))
    with TemporaryDirectory() as name:
        folder = Path(name)
        peers = fit_peers(score_file(model, "", generate(options.count, OWN_FIT, 0.02), folder))
        own = score_file(model, "our own world, 1 %", generate(options.count, OWN_TEST, RATES[0]), folder)
        print(*table(own, peers, options.replicates), sep="\n", flush=True)
        first: list[dict[str, Any]] = []
        for place, rate in enumerate(RATES):
            count = int(options.count * RARER) if place else options.count
            lines = make(count, options.seed + place, rate)
            first = first or lines
            other = score_file(model, f"the other world, {rate:.1%}", lines, folder)
            report = [*table(other, peers, options.replicates), "", *by_modus(other)]
            report += ["", *ablation(model, other)] if options.ablate else []
            print(*report, sep="\n", flush=True)
        blind = score_file(model, f"the other world, {RATES[0]:.1%}, nothing ever found", never_opened(first), folder)
        print(*table(blind, peers, options.replicates), "", *by_modus(blind), sep="\n", flush=True)


if __name__ == "__main__":
    main()
