"""What a batch is made of when a detector learns one site's scanner: real scans first, and what keeps it general."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.results import Part
from training.xray.prepare import PictureSet, Portion, Prepared
from training.xray.sampler import Batch, Sampler, Sampling


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """What share of the crops comes from what; the rest is the site's own pictures.

    Attributes:
        renditions: The same pictures as other scanners would show them: grey, or in another palette.
        projections: Parts of the phantom laid into the site's benign pictures.
        synthetic: Synthetic scenes, without which the names of parts that no real picture shows are forgotten.
    """

    renditions: float = 0.2
    projections: float = 0.15
    synthetic: float = 0.2


class MixedSampler(Sampler):
    """Draws batches of which fixed shares come from different sets; the step alone decides what is in them.

    Args:
        own: The site's pictures.
        portions: Others, each with its share of the crops, together less than 1.
        parts: Names of the network's class channels.
        sampling: How to draw; `batch` is that of all together.
        seed: Any non-negative number.
    """

    def __init__(
        self, own: PictureSet, portions: Sequence[Portion], parts: Sequence[Part], sampling: Sampling, seed: int
    ) -> None:
        counts = [max(1, round(sampling.batch * portion.share)) for portion in portions]
        left = max(1, sampling.batch - sum(counts))
        sets = [(own, left), *((portion.pictures, n) for portion, n in zip(portions, counts, strict=True))]
        self._samplers = tuple(
            Sampler(one.store, one.indices, parts, replace(sampling, batch=count), seed * 31 + place)
            for place, (one, count) in enumerate(sets)
        )

    def batch(self, step: int) -> Batch:
        """Return the batch of one step."""
        drawn = [sampler.batch(step) for sampler in self._samplers]
        planes = np.concatenate([one.planes for one in drawn])
        return Batch(planes, tuple(target for one in drawn for target in one.targets))


def sampler_for(prepared: Prepared, parts: Sequence[Part], sampling: Sampling, seed: int) -> Sampler:
    """Return what draws the crops of a prepared set: mixed where other pictures were prepared beside the site's own."""
    own = prepared.train
    if not prepared.portions:
        return Sampler(own.store, own.indices, parts, sampling, seed)
    return MixedSampler(own, prepared.portions, parts, sampling, seed)
