"""What a site can expect of a few labelled scans: the tuned detector on bags that it never saw, as taken and otherwise.

Run: python -m benchmarks.fine_tuning ANNOTATIONS IMAGES --from BUNDLE --cache DIR [--counts 60 300] [--seeds 1 2]

For every count and seed about that many pictures are drawn by bag, the mix of kinds kept, and the detector is tuned as
`train xray --from` does by default (`--plain`: on the site's pictures alone). Judged on other bags: AP50; recall where
5 % of the benign pictures alarm, of all and of those on white alone (where all armed pictures stand on white, benign
ones on grey are told apart too easily, or wrongly punished). `grey`: the same pictures with their colour taken out;
`palette`: hues turned, paler, another curve; both as JPEG, as another scanner would send them.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.real_scans import RealScans, draw, load
from features.errors import InputError
from features.xray_header import Header
from features.xray_image import canonical
from features.xray_read import Decoded
from models.bundle import Bundle, open_bundle
from models.xray import NETWORK
from models.xray_engine import open_engine
from training.xray.evaluate import figures
from training.xray.export import export_onnx, load_weights
from training.xray.fit import Fitting, fit
from training.xray.judge import judge_store
from training.xray.metrics import Judged
from training.xray.prepare import PictureSet, Prepared
from training.xray.sampler import Sampling
from training.xray.site import TUNING_AVERAGING, TUNING_RATE, TUNING_STEPS, SitePlan, join_site
from training.xray.site_mix import sampler_for
from training.xray.store import Store, StoreWriter
from training.xray.train import LEAST_SCORE, NAMED, WEIGHTS

Page = NDArray[np.uint8]
RENDITIONS = ("colour", "grey", "palette")
QUALITY = 88
TURNED, PALER, CURVE = 14.0, 0.7, 0.85
MOST_OF_A_KIND = 120


def as_sent(page: Page, rendition: str) -> Page:
    """Return a BGR page as another scanner would send it: without colour, or with another palette."""
    if rendition == "grey":
        page = np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), np.uint8)
    elif rendition == "palette":
        hue, pure, bright = cv2.split(cv2.cvtColor(page.astype(np.float32) / 255, cv2.COLOR_BGR2HSV))
        other = cv2.merge([(hue + TURNED) % 360, pure * PALER, cv2.pow(bright, CURVE)]).astype(np.float32)
        page = np.clip(np.asarray(cv2.cvtColor(other, cv2.COLOR_HSV2BGR)) * 255 + 0.5, 0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE if page.ndim == 2 else cv2.IMREAD_COLOR), np.uint8)


def rendition_stores(scans: RealScans, cache: Path) -> dict[str, Store]:
    """Return the set in every rendition, cached."""
    stores = {"colour": scans.store}
    for rendition in RENDITIONS[1:]:
        folder = cache / rendition
        if not (folder / "index.json").exists():
            writer = StoreWriter(folder)
            for entry, path in zip(scans.store.entries, scans.files, strict=True):
                page = as_sent(np.asarray(cv2.imread(str(path)), np.uint8), rendition)
                height, width = page.shape[:2]
                image = canonical(Decoded(Header("jpeg", width, height, 1), (page,)))
                writer.add(image, entry.group, entry.things)
            writer.finish({"rendition": rendition})
        stores[rendition] = Store(folder)
    return stores


def sample(scans: RealScans, places: NDArray[np.int64], seed: int) -> list[int]:
    """Return at most MOST_OF_A_KIND pictures of every kind and set."""
    rng = np.random.default_rng((seed, 9))
    names = np.array([f"{scans.sets[place]}/{scans.kinds[place]}" for place in places])
    chosen = [rng.permutation(places[names == name])[:MOST_OF_A_KIND] for name in sorted(set(names))]
    return sorted(int(place) for place in np.concatenate(chosen))


def tuned(base: Bundle, scans: RealScans, places: Sequence[int], seed: int, plain: bool, folder: Path) -> bytes:
    """Return the ONNX network tuned on some pictures as `train xray --from` would, without its split."""
    own = PictureSet(scans.store, tuple(int(place) for place in places))
    prepared = Prepared(own, own, own, {})
    if not plain:
        prepared = join_site(prepared, SitePlan(), folder, seed, lambda *_: None)
    sampler = sampler_for(prepared, NAMED, Sampling(), seed)
    fitting = Fitting(steps=TUNING_STEPS, rate=TUNING_RATE, averaging=TUNING_AVERAGING, seed=seed)
    network = fit(sampler, len(NAMED), fitting, folder / "fit", start=load_weights(base.read(WEIGHTS)))
    return export_onnx(network)


def judged(scans: RealScans, store: Store, places: Sequence[int], model: bytes) -> dict[str, Any]:
    """Return the figures that the table shows."""
    answers = judge_store(store, places, open_engine(model), NAMED, LEAST_SCORE)
    answers = tuple(replace(one, group=str(scans.bags[place])) for one, place in zip(answers, places, strict=True))
    white = [one for one, place in zip(answers, places, strict=True) if scans.kinds[place] in ("armed", "white")]
    return {"all": _short(answers), "white": _short(white)}


def _short(answers: Sequence[Judged]) -> dict[str, Any]:
    found = figures(list(answers), 0.5, repeats=100)
    at = next(one for one in found["recall_at_false_alarms"] if one["false_alarms"] == 0.05)
    return {
        "benign": found["benign_pictures"],
        "boxes": found["boxes"],
        "ap50": [found["any_part"]["ap50"], *found["any_part"]["interval"]],
        "recall": [at["recall"], *at["interval"]],
    }


def main() -> None:
    """Print one JSON line for every count, seed and rendition."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotations", type=Path)
    parser.add_argument("images", type=Path)
    parser.add_argument("--from", dest="base", type=Path, required=True, help="Bundle to start from.")
    parser.add_argument("--cache", type=Path, required=True, help="Folder for cached pictures.")
    parser.add_argument("--counts", type=int, nargs="+", default=[60, 300], help="0: the bundle as it is.")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--plain", action="store_true", help="On the site's pictures alone.")
    options = parser.parse_args()
    torch.set_num_threads(1)
    scans, base = load(options.annotations, options.images, options.cache), open_bundle(options.base, "xray")
    stores = rendition_stores(scans, options.cache)
    for count in options.counts:
        for seed in options.seeds:
            learn, other = draw(scans, count, seed)
            if not other.size:
                raise InputError(f"{options.annotations}: {count} pictures leave no other bag to judge on.")
            folder = options.cache / f"tuned-{count}-{seed}"
            shutil.rmtree(folder, ignore_errors=True)
            begun = time.monotonic()
            model = tuned(base, scans, list(learn), seed, options.plain, folder) if count else base.read(NETWORK)
            line = {"pictures": len(learn) if count else 0, "armed": int(scans.armed[learn].sum()), "seed": seed}
            seconds = round(time.monotonic() - begun)
            for rendition, store in stores.items():
                found = judged(scans, store, sample(scans, other, seed), model)
                print(json.dumps({**line, "seconds": seconds, "rendition": rendition, **found}), flush=True)


if __name__ == "__main__":
    main()
