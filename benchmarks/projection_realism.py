"""Can a projected part be told from a thing that really lay in the beam? By eye on a sheet, and by a classifier.

Run: python -m benchmarks.projection_realism ANNOTATIONS IMAGES --cache DIR [--sheet S.png --key K.json] [--seed 1]

Real crops are centred on labelled guns, knives and wrenches; projected crops on parts laid into the SAME pictures, away
from every labelled box, a handgun beside a gun and another part beside a tool, so that nothing but the part itself
tells them apart. The classifier is a small network on the canonical planes, folds by bag; it is asked for matched
projections and for naive ones (attenuations added and nothing else), which are the anchor. An area of 0.5 is a coin, 1
means that every projection is recognised: by its blending, or by its shape, for the parts are of the phantom and the
real things are not. `handguns` asks among guns and projected handguns alone, which are nearest in shape.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.real_scans import Box, RealScans, load
from features.palettes import PALETTES, colourise
from features.xray_image import MOST, XrayImage, stack_planes
from models.results import Part
from training.phantom.parts import PART_MAKERS
from training.xray.site_pictures import looks_of
from training.xray.tip import MATCHED, NAIVE, Blending, project_part
from training.xray.tip_look import Look

Plane = NDArray[np.float32]
HANDGUNS: tuple[Part, ...] = ("pistol", "revolver")
OTHERS: tuple[Part, ...] = tuple(part for part in PART_MAKERS if part not in (*HANDGUNS, "long_gun"))
SIDE = 128
FOLDS, EPOCHS, DRAWS = 4, 12, 500
SHEET_SIDE, SHEET_COLUMNS, SHEET_HALF = 200, 10, 30


@dataclass(frozen=True)
class Crops:
    """Crops, SIDE x SIDE at the scan's own pitch: planes N x 3 x SIDE x SIDE, projected N, bag N, part or thing N."""

    planes: Plane
    projected: NDArray[np.bool_]
    bags: NDArray[np.int64]
    names: tuple[str, ...]


def crop(image: XrayImage, box: Box, side: int) -> tuple[Plane, Plane]:
    """Return attenuation and material of a square around a box's middle; beyond the picture lies air."""
    x, y = int(box[0] + box[2] / 2) - side // 2, int(box[1] + box[3] / 2) - side // 2
    planes = []
    for plane, air in ((image.attenuation, 0.0), (image.material, 0.5)):
        padded = np.pad(plane, side, constant_values=air)
        planes.append(padded[y + side : y + 2 * side, x + side : x + 2 * side])
    return planes[0], planes[1]


def collect(scans: RealScans, blending: Blending, seed: int, most: int, side: int = SIDE) -> Crops:
    """Return one real and one projected crop of at most `most` pictures that have a labelled thing and room."""
    labelled = [index for index, entry in enumerate(scans.store.entries) if entry.things or scans.metal[index]]
    labelled = sorted(np.random.default_rng(seed).permutation(labelled)[:most].tolist())
    looks: dict[int, Look] = looks_of(scans.store, labelled, seed)
    planes, projected, bags, names = [], [], [], []
    for index in labelled:
        rng = np.random.default_rng((seed, index))
        image, boxes = scans.picture(index), _boxes(scans, index)
        name, box = boxes[int(rng.integers(len(boxes)))]
        # Guns stand on one scanner and tools on another: each is set beside its like in the same picture.
        parts, avoid = HANDGUNS if name == "gun" else OTHERS, tuple(other for _, other in boxes)
        added = project_part(image, looks[index], rng, blending=blending, avoid=avoid, parts=parts)
        if added is None or added.thing.ignore:
            continue
        for shown, where, kind in ((image, box, name), (added.image, added.thing.box, str(added.thing.part))):
            planes.append(stack_planes(*crop(shown, where, side)))
            projected.append(shown is not image)
            bags.append(int(scans.bags[index]))
            names.append(kind)
    return Crops(np.stack(planes), np.array(projected), np.array(bags), tuple(names))


def _boxes(scans: RealScans, index: int) -> list[tuple[str, Box]]:
    guns = [("gun", thing.box) for thing in scans.store.entries[index].things]
    return guns + [("metal", box) for box in scans.metal[index]]


def told_apart(crops: Crops, seed: int) -> dict[str, Any]:
    """Return the area under the ROC curve of a classifier on bags that it never saw, with its interval by bag."""
    scores = np.zeros(len(crops.projected))
    bags = np.unique(crops.bags)
    fold_of = dict(zip(np.random.default_rng(seed).permutation(bags), np.arange(len(bags)) % FOLDS, strict=True))
    folds = np.array([fold_of[bag] for bag in crops.bags])
    for fold in range(FOLDS):
        scores[folds == fold] = _fitted_scores(crops, folds != fold, folds == fold, seed + fold)
    rng = np.random.default_rng(seed)
    member = np.searchsorted(bags, crops.bags)
    areas = []
    for _ in range(DRAWS):
        weights = np.bincount(rng.integers(0, len(bags), len(bags)), minlength=len(bags))[member]
        areas.append(_area(scores, crops.projected, weights))
    low, high = np.nanpercentile(areas, (2.5, 97.5))
    whole = _area(scores, crops.projected, np.ones(len(scores), np.int64))
    return {
        "crops": len(scores),
        "bags": len(bags),
        "auc": round(whole, 3),
        "interval": [round(low, 3), round(high, 3)],
    }


def _fitted_scores(crops: Crops, learn: NDArray[np.bool_], judge: NDArray[np.bool_], seed: int) -> NDArray[np.float64]:
    import torch
    from torch import nn

    torch.manual_seed(seed)
    layers: list[nn.Module] = []
    for inputs, outputs in ((3, 16), (16, 24), (24, 32), (32, 48)):
        layers += [nn.Conv2d(inputs, outputs, 3, 2, 1), nn.BatchNorm2d(outputs), nn.ReLU()]
    network = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.3), nn.Linear(48, 1))
    planes, labels = torch.from_numpy(crops.planes), torch.from_numpy(crops.projected.astype(np.float32))
    places = torch.from_numpy(np.flatnonzero(learn))
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-2)
    loss_of = nn.BCEWithLogitsLoss()
    for _ in range(EPOCHS):
        for batch in places[torch.randperm(len(places))].split(32):
            shown = torch.rot90(planes[batch], int(torch.randint(4, ())), (2, 3))
            shown = shown.flip(3) if float(torch.rand(())) < 0.5 else shown
            optimiser.zero_grad()
            loss_of(network(shown).flatten(), labels[batch]).backward()
            optimiser.step()
    network.eval()
    with torch.no_grad():
        return np.asarray(network(planes[torch.from_numpy(np.flatnonzero(judge))]).flatten().numpy(), np.float64)


def _area(scores: NDArray[np.float64], positive: NDArray[np.bool_], weights: NDArray[np.int64]) -> float:
    quiet = np.sort(np.repeat(scores[~positive], weights[~positive]))
    loud = np.repeat(scores[positive], weights[positive])
    if not quiet.size or not loud.size:
        return float("nan")
    both = np.searchsorted(quiet, loud, "left") + np.searchsorted(quiet, loud, "right")
    return float(np.mean(both / 2) / quiet.size)


def handguns(crops: Crops) -> Crops:
    """Return real guns and projected handguns alone: the nearest in shape."""
    kept = np.array([name in ("gun", *HANDGUNS) for name in crops.names])
    names = tuple(name for name, keep in zip(crops.names, kept, strict=True) if keep)
    return Crops(crops.planes[kept], crops.projected[kept], crops.bags[kept], names)


def density(crops: Crops) -> dict[str, list[float]]:
    """Return quartiles of the attenuation of metal in crops of handguns, real and projected."""
    guns, told = handguns(crops), {}
    for name, kind in (("real", False), ("projected", True)):
        planes = guns.planes[guns.projected == kind]
        deep = planes[:, 1] * MOST
        metal = deep[(planes[:, 2] > 0.7) & (deep > 1.0)]
        told[name] = [round(float(value), 2) for value in np.percentile(metal, (25, 50, 75))]
    return told


def sheet(crops: Crops, seed: int) -> tuple[NDArray[np.uint8], list[str]]:
    """Return 60 crops in random order, half of them projected, all through one palette, and the key to them."""
    rng = np.random.default_rng((seed, 5))
    halves = [rng.permutation(np.flatnonzero(crops.projected == kind))[:SHEET_HALF] for kind in (True, False)]
    order = rng.permutation(np.concatenate(halves))
    tiles = []
    for number, place in enumerate(order, start=1):
        thin, _, material = crops.planes[place]
        tile: NDArray[Any] = colourise(-np.log(np.maximum(1.0 - thin, 3e-4)), material, PALETTES["classic"])
        tile = cv2.copyMakeBorder(tile, 16, 2, 2, 2, cv2.BORDER_CONSTANT, value=(90, 90, 90))
        cv2.putText(tile, str(number), (4, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 255), 1, cv2.LINE_AA)
        tiles.append(tile)
    rows = [np.hstack(tiles[k : k + SHEET_COLUMNS]) for k in range(0, len(tiles), SHEET_COLUMNS)]
    key = [f"{n}: {'projected' if crops.projected[p] else 'real'} {crops.names[p]}" for n, p in enumerate(order, 1)]
    return np.asarray(np.vstack(rows), np.uint8), key


def main() -> None:
    """Print the areas, and write the sheet where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotations", type=Path)
    parser.add_argument("images", type=Path)
    parser.add_argument("--cache", type=Path, required=True, help="Folder for cached pictures.")
    parser.add_argument("--sheet", type=Path, help="60 crops; holds real scans, so keep it where those may be kept.")
    parser.add_argument("--key", type=Path, help="Which of the crops are projected.")
    parser.add_argument("--most", type=int, default=360, help="Pictures to compare on.")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    scans = load(options.annotations, options.images, options.cache)
    if options.sheet:
        picture, key = sheet(collect(scans, MATCHED, options.seed + 1, 2 * SHEET_HALF, SHEET_SIDE), options.seed)
        cv2.imwrite(str(options.sheet), picture)
        if options.key:
            options.key.write_text(json.dumps(key, indent=1) + "\n", encoding="utf-8")
    for name, blending in (("matched", MATCHED), ("naive", NAIVE)):
        crops = collect(scans, blending, options.seed, options.most)
        print(json.dumps({f"{name}, attenuation of handguns": density(crops)}), flush=True)
        found = {"all": told_apart(crops, options.seed), "handguns": told_apart(handguns(crops), options.seed)}
        print(json.dumps({name: found}), flush=True)


if __name__ == "__main__":
    main()
