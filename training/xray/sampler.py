"""Training crops from cached pictures: random place, size, turn, overlay and scanner, repeatable from seed and step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from features.xray_image import stack_planes
from models.results import Part
from training.xray.store import Entry, Store, Thing, decode_table
from training.xray.targets import NO_PART, Labels, Targets, make_targets

Plane = NDArray[np.float32]
Rng = np.random.Generator
WHOLE: frozenset[Part | None] = frozenset({"pistol", "revolver", "long_gun", None})
WHOLE_WEIGHT = 3.0
_ATTENUATION = decode_table()
_MATERIAL = (np.arange(256) / 255.0).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How crops are drawn.

    Attributes:
        side: Of a crop, in pixels, a multiple of 32.
        batch: Crops per step.
        near_part: Share of crops laid around a part; the rest lie anywhere.
        part_side: Smallest and largest length, in crop pixels, at which the part a crop is laid around is shown.
        as_judged: Share of the crops around a part whose scale is instead the one at which whole pictures are judged.
        extent: Smallest and largest length, in crop pixels, of the whole picture's longer side in those.
        scale: Smallest and largest factor by which a picture is scaled.
        overlay: Share of crops onto which a second crop is laid, as if both lay in the beam (attenuations add).
    """

    side: int = 160
    batch: int = 32
    near_part: float = 0.6
    part_side: tuple[float, float] = (14.0, 140.0)
    as_judged: float = 0.5
    extent: tuple[float, float] = (260.0, 560.0)
    scale: tuple[float, float] = (0.3, 1.8)
    overlay: float = 0.3


@dataclass(frozen=True, slots=True)
class Batch:
    """Planes N x 3 x side x side, and the targets of each crop."""

    planes: Plane
    targets: tuple[Targets, ...]


@dataclass(frozen=True, slots=True)
class _Crop:
    attenuation: Plane
    material: Plane
    labels: Labels


class Sampler:
    """Draws batches; the batch of a step depends on the seed and the step's number alone.

    Args:
        store: The pictures.
        indices: Which of them to use.
        parts: Names of the network's class channels.
        sampling: How to draw.
        seed: Any non-negative number.
    """

    def __init__(
        self, store: Store, indices: Sequence[int], parts: Sequence[Part], sampling: Sampling, seed: int
    ) -> None:
        self._store, self._parts, self._sampling, self._seed = store, tuple(parts), sampling, seed
        self._all = np.array(indices, np.int64)
        self._places = _places_by_part(store, indices)
        weights = np.array([WHOLE_WEIGHT if part in WHOLE else 1.0 for part in self._places])
        self._shares = weights / max(float(weights.sum()), 1.0)

    def batch(self, step: int) -> Batch:
        """Return the batch of one step."""
        rng = np.random.default_rng((self._seed, step))
        crops = [self._augmented(rng) for _ in range(self._sampling.batch)]
        planes = np.stack([stack_planes(crop.attenuation, crop.material) for crop in crops])
        return Batch(planes, tuple(make_targets(crop.labels, self._sampling.side) for crop in crops))

    def _augmented(self, rng: Rng) -> _Crop:
        crop = self._crop(rng)
        if rng.random() < self._sampling.overlay:
            crop = _laid_over(crop, self._crop(rng), rng)
        attenuation, material = _other_scanner(crop.attenuation, crop.material, rng)
        return _turned(_Crop(attenuation, material, crop.labels), self._sampling.side, rng)

    def _crop(self, rng: Rng) -> _Crop:
        if self._places and rng.random() < self._sampling.near_part:
            return self._crop_near_part(rng)
        index = int(rng.choice(self._all))
        entry = self._store.entries[index]
        scale = float(np.exp(rng.uniform(*np.log(self._sampling.scale))))
        if rng.random() < self._sampling.as_judged:
            scale = self._scale_as_judged(entry, rng)
        return self._cut(index, (rng.uniform(0, entry.width), rng.uniform(0, entry.height)), scale, rng)

    def _crop_near_part(self, rng: Rng) -> _Crop:
        """Every part is shown equally often, however rare it is in the pictures, whole firearms more often."""
        part = tuple(self._places)[int(rng.choice(len(self._places), p=self._shares))]
        index, number = self._places[part][int(rng.integers(len(self._places[part])))]
        x, y, width, height = self._store.entries[index].things[number].box
        shown = float(np.exp(rng.uniform(*np.log(self._sampling.part_side))))
        scale = float(np.clip(shown / max(width, height, 1.0), *self._sampling.scale))
        if rng.random() < self._sampling.as_judged:
            scale = self._scale_as_judged(self._store.entries[index], rng)
        off = max(0.0, (self._sampling.side / scale - max(width, height)) * 0.45)
        centre = x + width / 2 + rng.uniform(-off, off), y + height / 2 + rng.uniform(-off, off)
        return self._cut(index, centre, scale, rng)

    def _scale_as_judged(self, entry: Entry, rng: Rng) -> float:
        extent = float(np.exp(rng.uniform(*np.log(self._sampling.extent))))
        return extent / max(entry.width, entry.height)

    def _cut(self, index: int, centre: tuple[float, float], scale: float, rng: Rng) -> _Crop:
        """Cut a square of `side` pixels around a place at a scale, slightly stretched; beyond the picture lies air."""
        side, entry = self._sampling.side, self._store.entries[index]
        stretch = np.exp(rng.uniform(-0.12, 0.12, 2))
        sx, sy = scale * stretch[0], scale * stretch[1]
        x0, y0 = centre[0] - side / sx / 2, centre[1] - side / sy / 2
        planes = []
        for codes, table, air in zip(self._store.codes(index), (_ATTENUATION, _MATERIAL), (0.0, 0.5), strict=True):
            planes.append(_window(codes, table, (x0, y0, side / sx, side / sy), side, air))
        move = np.array([sx, sy, sx, sy]), np.array([x0, y0, x0, y0])
        return _Crop(planes[0], planes[1], self._labels(entry.things, *move))

    def _labels(self, things: Sequence[Thing], scale: NDArray[np.float64], origin: NDArray[np.float64]) -> Labels:
        """Return the labels that show in the crop; what is cut off for the most part, or hardly a cell, is ignored."""
        side = self._sampling.side
        boxes, parts, ignore = [], [], []
        for thing in things:
            x, y, width, height = thing.box
            box = (np.array([x, y, x + width, y + height]) - origin) * scale
            shown = np.clip(box, 0, side)
            visible = max(shown[2] - shown[0], 0) * max(shown[3] - shown[1], 0)
            whole = max((box[2] - box[0]) * (box[3] - box[1]), 1e-6)
            if visible <= 0:
                continue
            extent = max(box[2] - box[0], box[3] - box[1])
            boxes.append(box)
            parts.append(self._parts.index(thing.part) if thing.part in self._parts else NO_PART)
            ignore.append(thing.ignore or visible < 0.55 * whole or extent < 9 or extent > 1.3 * side)
        return Labels(np.array(boxes, np.float32).reshape(-1, 4), np.array(parts, np.int64), np.array(ignore, np.bool_))


def _places_by_part(store: Store, indices: Sequence[int]) -> dict[Part | None, list[tuple[int, int]]]:
    """Return picture and number of each thing to be found, by part."""
    places: dict[Part | None, list[tuple[int, int]]] = {}
    for index in indices:
        for number, thing in enumerate(store.entries[index].things):
            if not thing.ignore:
                places.setdefault(thing.part, []).append((index, number))
    return places


def _window(
    codes: NDArray[np.uint8], table: Plane, place: tuple[float, float, float, float], side: int, air: float
) -> Plane:
    """Return the place (x, y, width, height, perhaps beyond the picture) of a coded plane, scaled to side x side."""
    height, width = codes.shape
    x0, y0, x1, y1 = place[0], place[1], place[0] + place[2], place[1] + place[3]
    left, top = max(0, int(np.floor(x0))), max(0, int(np.floor(y0)))
    right, bottom = min(width, int(np.ceil(x1))), min(height, int(np.ceil(y1)))
    whole = np.full((side, side), air, np.float32)
    if right <= left or bottom <= top:
        return whole
    sx, sy = side / place[2], side / place[3]
    part: Plane = np.asarray(cv2.LUT(np.ascontiguousarray(codes[top:bottom, left:right]), table), np.float32)
    size = max(1, round((right - left) * sx)), max(1, round((bottom - top) * sy))
    how = cv2.INTER_AREA if sx * sy < 1 else cv2.INTER_LINEAR
    part = np.asarray(cv2.resize(part, size, interpolation=how), np.float32).reshape(size[::-1])
    u, v = round((left - x0) * sx), round((top - y0) * sy)
    from_u, from_v = max(0, -u), max(0, -v)
    to_u, to_v = min(part.shape[1], side - u), min(part.shape[0], side - v)
    if to_u > from_u and to_v > from_v:
        whole[v + from_v : v + to_v, u + from_u : u + to_u] = part[from_v:to_v, from_u:to_u]
    return whole


def _laid_over(first: _Crop, second: _Crop, rng: Rng) -> _Crop:
    """Both crops in one beam: attenuations add, the material is their mean weighted by attenuation."""
    total = first.attenuation + second.attenuation
    share = first.attenuation / np.maximum(total, 1e-3)
    # Where there is nothing, the shares are nothing too, and the material stays unknown.
    material = np.where(total > 1e-3, share * first.material + (1 - share) * second.material, 0.5)
    labels = Labels(
        np.concatenate([first.labels.boxes, second.labels.boxes]),
        np.concatenate([first.labels.parts, second.labels.parts]),
        np.concatenate([first.labels.ignore, second.labels.ignore]),
    )
    return _Crop(total, material.astype(np.float32), labels)


def _other_scanner(attenuation: Plane, material: Plane, rng: Rng) -> tuple[Plane, Plane]:
    """Vary what differs between scanners and cannot be read from a picture: gain, depth, sharpness, noise, palette."""
    attenuation = attenuation * np.float32(np.exp(rng.uniform(-0.5, 0.5)))
    if rng.random() < 0.3:
        attenuation = np.asarray(np.power(attenuation, np.float32(rng.uniform(0.75, 1.3))), np.float32)
    if rng.random() < 0.35:
        attenuation = np.minimum(attenuation, np.float32(rng.uniform(1.6, 6.0)))
    attenuation, material = _other_sharpness(attenuation, material, rng)
    if rng.random() < 0.3:
        # Many consoles wash the thinnest things out to white.
        attenuation = attenuation - np.float32(rng.uniform(0.0, 0.06))
    if rng.random() < 0.4:
        noise = _grain(attenuation.shape, rng) * np.float32(rng.uniform(0.005, 0.05))
        attenuation = attenuation + noise * (1 + attenuation)
    return np.maximum(attenuation, 0).astype(np.float32), _other_colours(material, rng)


def _other_sharpness(attenuation: Plane, material: Plane, rng: Rng) -> tuple[Plane, Plane]:
    """Blur, or sharpen as consoles do: fine edges by an unsharp mask, whole things against their surroundings."""
    kind = rng.random()
    if kind < 0.2:
        sigma = float(rng.uniform(0.4, 1.1))
        return _blurred(attenuation, sigma), _blurred(material, sigma)
    if kind < 0.5:
        rim = attenuation - _blurred(attenuation, float(rng.uniform(0.6, 2.0)))
        attenuation = attenuation + np.float32(rng.uniform(0.2, 2.0)) * rim
    if rng.random() < 0.15:
        ground = _blurred(attenuation, float(rng.uniform(6.0, 20.0)))
        attenuation = ground * np.float32(rng.uniform(0.5, 1.1)) + (attenuation - ground) * np.float32(
            rng.uniform(0.8, 1.5)
        )
    return np.maximum(attenuation, 0), material


def _grain(shape: tuple[int, ...], rng: Rng) -> Plane:
    """Noise of unit spread, fine or coarse: a picture that was enlarged or packed as JPEG has coarse grain."""
    noise = rng.standard_normal(shape, np.float32)
    if rng.random() < 0.5:
        return noise
    coarse = _blurred(noise, float(rng.uniform(0.5, 1.2)))
    return np.asarray(coarse / max(float(coarse.std()), 1e-6), np.float32)


def _other_colours(material: Plane, rng: Rng) -> Plane:
    kind = rng.random()
    if kind < 0.2:
        return np.full_like(material, 0.5)
    if kind < 0.6:
        material = 0.5 + (material - 0.5) * rng.uniform(0.5, 1.6) + rng.uniform(-0.15, 0.15)
    if rng.random() < 0.4:
        material = material + _grain(material.shape, rng) * rng.uniform(0.02, 0.15)
    return np.clip(material, 0, 1).astype(np.float32)


def _blurred(plane: Plane, sigma: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma), np.float32)


def _turned(crop: _Crop, side: int, rng: Rng) -> _Crop:
    """Turn by quarter turns and mirror: a parcel lies on the belt as it likes."""
    quarter, mirror = int(rng.integers(4)), bool(rng.random() < 0.5)
    planes = [np.rot90(plane, quarter) for plane in (crop.attenuation, crop.material)]
    x0, y0, x1, y1 = crop.labels.boxes.T
    for _ in range(quarter):  # rot90 turns counter-clockwise: (x, y) goes to (y, side - x)
        x0, y0, x1, y1 = y0, side - x1, y1, side - x0
    if mirror:
        planes = [plane[:, ::-1] for plane in planes]
        x0, x1 = side - x1, side - x0
    boxes = np.stack([x0, y0, x1, y1], axis=1).astype(np.float32)
    labels = Labels(boxes, crop.labels.parts, crop.labels.ignore)
    return _Crop(np.ascontiguousarray(planes[0]), np.ascontiguousarray(planes[1]), labels)
