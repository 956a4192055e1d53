"""The manifest's risk: a calibrated probability with its reasons.

A bundle of kind `risk` holds `trees.txt` (LightGBM's own text form), `linear.npz` (the straight part of the score),
`fitted.json`, `text.npz`, `hs_text.npz` and `rates.npz` (what was learned of figures, words and codes), `memory.npz`
(known patterns), `calibration.json`, `reference.json` (quantiles of calibrated log-odds in traffic), `columns.json`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from features.errors import CheckFailed
from features.history import History
from features.indicators.register import Raised
from features.manifest import Manifest
from features.spec import FEATURE_SPEC, Feature
from models.bundle import Bundle
from models.calibration import Calibration, prior_shift, probability, probability_of
from models.forest import Forest
from models.linear import LinearPart
from models.memory import NOTHING_ALIKE, NOVEL, SEEN, STATE_NAMES, Evidence, PatternMemory
from models.results import Reason, RiskResult
from models.risk_facts import Facts, facts_of
from models.risk_fitted import Fitted, read_fitted
from models.risk_frame import Keys, Observation, Observations, Rows, full_rows, observe
from models.risk_groups import Groups, groups_of
from models.risk_one import facts_of_one, read_one
from models.risk_reasons import KNOWN_PATTERN, sentence
from models.site import Site
from models.trees_fast import SingleRows

Numbers = npt.NDArray[np.float64]
TOP_REASONS = 5
SMALLEST_SHARE = 0.02
"""Reasons that move the log-odds by less say nothing an officer could use."""


CONTRIBUTION_DECIMALS = 6
"""What two ways of summing the same shares agree on, with room to spare; no decision rests on more."""


@dataclass(frozen=True, slots=True)
class OneScore:
    """The score of one parcel.

    Attributes:
        probability: Calibrated, at the model's base rate, 0 to 1.
        percentile: Where it stands in the reference distribution, 0 to 100.
        log_odds: Calibrated log-odds at the rate the model was calibrated at.
    """

    probability: float
    percentile: float
    log_odds: float


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of n parcels.

    Attributes:
        raw: Log-odds of trees and straight part with what the memory adds; reasons and base value sum to it.
        probability: Calibrated, at the model's base rate; what parcels are ranked by.
        percentile: Where the probability stands in the reference distribution, 0 to 100.
        seen: Whether a parcel of the same goods, route and weight was known to the memory, bool.
        memory: What of `raw` the memory added; 0 for a novel pattern.
    """

    raw: Numbers
    probability: Numbers
    percentile: Numbers
    seen: npt.NDArray[np.bool_]
    memory: Numbers


# What the readers of the bundle's files raise for content that is not theirs.
_NOT_A_MODEL = (KeyError, TypeError, ValueError, AttributeError, OSError, EOFError, BadZipFile)


@dataclass(frozen=True)
class RiskModel:
    """A risk model.

    Attributes:
        title: Name and version.
        base_rate: The share of illicit parcels that its probabilities speak for.
        trained_rate: The share it was calibrated at.
        trees: The boosted trees.
        linear: The straight part of the score.
        fitted: What was learned of figures, words and codes.
        memory: Known patterns.
        calibrations: Raw to calibrated log-odds at `trained_rate`, by the memory's states: `novel` maps the
            log-odds of trees and line, `near` and `seen` what the memory made of them.
        reference: Rising quantiles of calibrated log-odds in the reference population.
        digest: SHA-256 of its bundle's card, and so of the whole bundle.
    """

    title: str
    base_rate: float
    trained_rate: float
    trees: Forest
    linear: LinearPart
    fitted: Fitted
    memory: PatternMemory
    calibrations: Mapping[str, Calibration]
    reference: Numbers
    digest: str = ""

    @classmethod
    def load(cls, bundle: Bundle) -> RiskModel:
        """Read a verified bundle.

        Raises:
            CheckFailed: The bundle was made for another feature specification, or its files are not a risk model's.
        """
        if bundle.card.feature_spec != FEATURE_SPEC.digest:
            raise CheckFailed(_other_spec(bundle))
        try:
            return cls._read(bundle)
        except _NOT_A_MODEL as error:
            raise CheckFailed(
                f"{bundle.folder}: the files are as the card says, but they are no risk model "
                f"({type(error).__name__}: {error}); train it again."
            ) from error

    @classmethod
    def _read(cls, bundle: Bundle) -> RiskModel:
        kept = tuple(bundle.read_json("columns.json"))
        files = {name: bundle.read(name) for name in ("text.npz", "hs_text.npz", "rates.npz")}
        fitted = read_fitted(bundle.read_json("fitted.json"), files, kept)
        trees = Forest(bundle.read("trees.txt").decode())
        if not set(kept) <= {one.name for one in fitted.features} or len(kept) != trees.columns:
            raise CheckFailed(_other_spec(bundle))
        calibration = bundle.read_json("calibration.json")
        return cls(
            title=bundle.card.title,
            base_rate=calibration["base_rate"],
            trained_rate=calibration["trained_rate"],
            trees=trees,
            linear=LinearPart.from_bytes(bundle.read("linear.npz")),
            fitted=fitted,
            memory=PatternMemory.from_bytes(bundle.read("memory.npz")),
            calibrations={name: Calibration.from_dict(calibration[name]) for name in STATE_NAMES},
            reference=np.array(bundle.read_json("reference.json"), dtype=np.float64),
            digest=bundle.digest,
        )

    @property
    def features(self) -> tuple[Feature, ...]:
        """The columns of a row, in order."""
        return self.fitted.columns

    @property
    def site(self) -> Site:
        """The site's own columns that the model uses."""
        return self.fitted.site

    def ready(self) -> RiskModel:
        """Work out now what the first single parcel would wait for, a tenth of a second or more; return the model."""
        _ = self.single, self.groups, self.percentiles, self.shift
        _ = self.fitted.lifts, self.fitted.order, self.fitted.normed
        return self

    @cached_property
    def single(self) -> SingleRows:
        """The trees, made ready for one row at a time; the first use costs a tenth of a second, or more."""
        return SingleRows(self.trees)

    @cached_property
    def groups(self) -> Groups:
        """The groups of reasons, and which column belongs to which."""
        return groups_of(self.features)

    def assess(self, manifest: Manifest, raised: Sequence[Raised], history: History) -> RiskResult:
        """Score one parcel and say why."""
        parcel = read_one(manifest, raised, history, self.fitted)
        trees, shares = self.single.explained(parcel.row)
        margin, contributions = self.linear.explain_one(trees, shares, parcel.row)
        score, novel = self._placed(margin, parcel.patterns)
        by_group = self.groups.sums(contributions)
        evidence = NOTHING_ALIKE if novel is None else self.memory.evidence(_keys(parcel.patterns))
        if novel is not None:
            by_group[KNOWN_PATTERN] = score.log_odds - novel
        strongest = self._strongest(contributions) if parcel.codes else {}
        facts = facts_of_one(parcel, self.fitted, evidence, strongest, raised, history)
        return RiskResult(score.probability, score.percentile, _told(by_group, facts))

    def score_only(self, manifest: Manifest, raised: Sequence[Raised], history: History) -> OneScore:
        """Score one parcel without saying why: `assess` without its costlier half, with the same numbers."""
        parcel = read_one(manifest, raised, history, self.fitted)
        margin = self.linear.sum_one(self.single.margin(parcel.row), parcel.row)
        return self._placed(margin, parcel.patterns)[0]

    def _placed(self, margin: float, patterns: tuple[int, ...]) -> tuple[OneScore, float | None]:
        """Return the score, and the log-odds without the memory where it knows the pattern."""
        if self.memory.knows(patterns):
            novel, final = self.log_odds(np.array([margin]), self.memory.evidence(_keys(patterns)))
            return self._one_score(float(final[0])), float(novel[0])
        return self._one_score(self.calibrations[STATE_NAMES[NOVEL]].log_odds_of(margin)), None

    def _one_score(self, log_odds: float) -> OneScore:
        place = bisect_right(self.reference.data, log_odds)
        return OneScore(probability_of(log_odds + self.shift), self.percentiles.item(place), log_odds)

    @cached_property
    def shift(self) -> float:
        """What makes log-odds at the rate of training into those at the model's base rate."""
        return prior_shift(self.trained_rate, self.base_rate)

    @cached_property
    def percentiles(self) -> Numbers:
        """The percentile of each place in the reference distribution, from below all to above all."""
        return np.asarray(np.round(100.0 * (np.arange(len(self.reference) + 1) / len(self.reference)), 2))

    def observe(self, manifest: Manifest, raised: Sequence[Raised], history: History) -> Observation:
        """Read what this model uses of a parcel, the site's own columns included."""
        return observe(manifest, raised, history, self.site)

    def rows(self, parcels: Observations) -> Rows:
        """Return the full rows of parcels, float32 of shape (n, len(features))."""
        return full_rows(parcels, self.fitted)

    def frame_scores(self, parcels: Observations, threads: int = 1) -> Scores:
        """Score parcels."""
        return self.scores(self.rows(parcels), parcels.patterns, threads)

    def scores(self, rows: Rows, patterns: Keys, threads: int = 1) -> Scores:
        """Score full rows. One thread is fastest for single rows: starting more costs more than the trees.

        Args:
            rows: Shape (n, len(features)).
            patterns: The parcels' keys, `Observations.patterns`.
            threads: For the trees.
        """
        margin = self.linear.sum(self.trees.predict(rows, threads), rows)
        evidence = self.memory.evidence(patterns)
        novel, final = self.log_odds(margin, evidence)
        places = np.searchsorted(self.reference, final, side="right") / len(self.reference)
        shifted, added = final + self.shift, final - novel
        return Scores(margin + added, probability(shifted), np.round(100.0 * places, 2), evidence.states == SEEN, added)

    def log_odds(self, margin: Numbers, evidence: Evidence) -> tuple[Numbers, Numbers]:
        """Return the calibrated log-odds at `trained_rate`, without and with the memory, each of shape (n,)."""
        novel = self.calibrations[STATE_NAMES[NOVEL]].log_odds(margin)
        combined = self.memory.combine(novel, evidence)
        final = novel.copy()
        for state, name in enumerate(STATE_NAMES):
            inside = evidence.states == state
            if state != NOVEL and inside.any():
                final[inside] = self.calibrations[name].log_odds(combined[inside])
        return novel, final

    def contributions(self, rows: Rows, threads: int = 1) -> Numbers:
        """Return what each column adds and the base value, shape (n, len(features) + 1); they sum to `raw - memory`."""
        return self.linear.explain(self.trees.contributions(rows, threads), rows)

    def explain(
        self,
        parcel: Observations,
        contributions: Numbers,
        manifest: Manifest,
        raised: Sequence[Raised],
        history: History,
    ) -> tuple[Reason, ...]:
        """Return all groups of features, and the memory where it knows the pattern, as reasons, the strongest first.

        Their contributions and the trees' base value sum to the raw score.

        Args:
            parcel: The parcel as observed, n = 1.
            contributions: Its row of `contributions`, which costs less when asked for many rows at once.
            manifest: The parcel.
            raised: Its indicators.
            history: Its history.
        """
        evidence = self.memory.evidence(parcel.patterns)
        shares = self.group_shares(contributions)
        if evidence.states[0] != NOVEL:
            novel, final = self.log_odds(contributions[None, :].sum(axis=1), evidence)
            shares[KNOWN_PATTERN] = float(final[0] - novel[0])
        strongest = self._strongest(contributions)
        facts = facts_of(self.fitted, parcel, evidence, strongest, manifest, raised, history)
        ordered = sorted(shares.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
        return tuple(Reason(*sentence(group, facts), contribution=share) for group, share in ordered)

    def group_shares(self, contributions: Numbers) -> dict[str, float]:
        """Sum one row of contributions by group of reasons; the base value is left out."""
        return self.groups.sums(contributions)

    def _strongest(self, contributions: Numbers) -> dict[str, str]:
        """Return, for each group of reasons that codes make, the cross that says most."""
        best: dict[str, tuple[float, str]] = {}
        for feature, share in zip(self.features, contributions[:-1].tolist(), strict=True):
            if feature.kind in {"rate", "seen"} and abs(share) > best.get(feature.reason, (-1.0, ""))[0]:
                best[feature.reason] = (abs(share), feature.name.partition(":")[2])
        return {group: name for group, (_, name) in best.items()}


def _keys(patterns: tuple[int, ...]) -> Keys:
    return np.array([patterns], dtype=np.uint64)


def _told(shares: Mapping[str, float], facts: Facts) -> tuple[Reason, ...]:
    """Put the strongest groups into words: those that move the score by enough, at least one."""
    ordered = sorted(shares.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    shown = [pair for pair in ordered[:TOP_REASONS] if abs(pair[1]) >= SMALLEST_SHARE] or ordered[:1]
    return tuple(
        Reason(*sentence(group, facts), contribution=round(share, CONTRIBUTION_DECIMALS)) for group, share in shown
    )


def _other_spec(bundle: Bundle) -> str:
    return (
        f"{bundle.folder}: this risk model was made for another feature specification "
        f"({bundle.card.feature_spec[:12]}, here {FEATURE_SPEC.digest[:12]}); train it again."
    )
