"""Learning one site's scanner: what is put beside the site's own labelled pictures, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from training.xray.prepare import Heartbeat, PictureSet, Portion, Prepared, counted
from training.xray.site_mix import Shares
from training.xray.site_pictures import projection_store, rendition_store
from training.xray.store import Store
from training.xray.synthetic import Rendering, render_store

TUNING_STEPS, TUNING_RATE, TUNING_AVERAGING = 1000, 7e-4, 0.99
"""How a bundle is tuned to a site (`training.xray.fit.Fitting`), chosen by `python -m benchmarks.fine_tuning`."""
SYNTHETIC_FIRST = 30_000_000  # far from the scenes of calibration and test
MOST_PROJECTIONS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePlan:
    """What a site's pictures are joined by; 0 of anything leaves it out.

    Attributes:
        projections: Parts laid into benign training pictures; None: as many as there are training pictures, at most
            MOST_PROJECTIONS.
        renditions: How often each training picture is shown as another scanner would.
        scenes: Synthetic scenes.
        shares: Of the crops.
        workers: Processes that render.
    """

    projections: int | None = None
    renditions: int = 1
    scenes: int = 120
    shares: Shares = field(default_factory=Shares)
    workers: int = 1


ONLY_PROJECTIONS = SitePlan(renditions=0, scenes=0)
"""For a detector trained from scratch: its own settings already make it general."""


def join_site(prepared: Prepared, plan: SitePlan, folder: Path, seed: int, heartbeat: Heartbeat) -> Prepared:
    """Put projections, renditions and synthetic scenes beside a site's training pictures.

    Only the training side is projected onto and shown anew; calibration and test stay as the scanner sent them.

    Args:
        prepared: The site's pictures, split.
        plan: What to put beside them.
        folder: For the pictures made; the same call finds them there again.
        seed: Of every draw.
        heartbeat: Told of progress.
    """
    train = prepared.train
    wanted = min(len(train.indices), MOST_PROJECTIONS) if plan.projections is None else plan.projections
    portions: list[Portion] = []
    if wanted and train.count(armed=False):
        tell = counted(heartbeat, "project parts", wanted)
        store = projection_store(train.store, train.indices, wanted, folder / "projected", seed, tell)
        portions += _portion("projected parts", store, plan.shares.projections)
    if plan.renditions:
        tell = counted(heartbeat, "show as other scanners", len(train.indices) * plan.renditions)
        indices = train.indices * plan.renditions
        store = rendition_store(train.store, indices, folder / "renditions", seed, tell)
        portions += _portion("other renditions", store, plan.shares.renditions)
    if plan.scenes:
        rendering = Rendering(scenes=plan.scenes, first=SYNTHETIC_FIRST + seed * 10_000)
        tell = counted(heartbeat, "render scenes", plan.scenes)
        store = render_store(rendering, folder / "scenes", workers=plan.workers, heartbeat=tell)
        portions += _portion("synthetic scenes", store, plan.shares.synthetic)
    told = {one.name: {"pictures": len(one.pictures.indices), "share_of_crops": one.share} for one in portions}
    return replace(prepared, portions=tuple(portions), about={**prepared.about, "beside_the_site": told})


def _portion(name: str, store: Store, share: float) -> list[Portion]:
    """Return the pictures as a portion, or nothing where there are none (no part found a place)."""
    if not store.entries or share <= 0:
        return []
    return [Portion(name, PictureSet(store, tuple(range(len(store.entries)))), share)]
