"""From posed shapes to thickness maps, and from thickness maps to what the detector reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from training.phantom.kernels import WIRE, add_solid, add_wire, transmit
from training.phantom.materials import (
    REFERENCE_ENERGY,
    Scanner,
    attenuation_table,
    detector_weights,
)
from training.phantom.solids import Array, Shape, Solid, Vector, corners_of

Plane = NDArray[np.float32]
WHITE = 60000


@dataclass(frozen=True, slots=True)
class Geometry:
    """The picture's grid and where the source stands; see `kernels` for the axes.

    Attributes:
        height: Rows.
        width: Columns.
        pixel_mm: Pitch in the detector plane.
        source_y_mm: Source position across the belt.
        source_z_mm: Source distance from the detector.
    """

    height: int
    width: int
    pixel_mm: float
    source_y_mm: float
    source_z_mm: float

    def shadow(self, points: Array) -> Array:
        """Return (columns, rows) (n x 2, pixels, fractional) of points in the scanner frame (n x 3, mm)."""
        magnification = self.source_z_mm / (self.source_z_mm - points[:, 2])
        y = self.source_y_mm + (points[:, 1] - self.source_y_mm) * magnification
        return np.stack([points[:, 0], y], axis=1) / self.pixel_mm


@dataclass(frozen=True, slots=True)
class Shadow:
    """One shape's own thickness maps on the part of the picture that it covers.

    Attributes:
        top: First row of the cut-out in the picture.
        left: First column of the cut-out.
        thickness: Material index to mm, each h x w; never negative.
    """

    top: int
    left: int
    thickness: dict[int, Plane]

    def attenuation(self) -> Plane:
        """Return the shape's own attenuation at the reference energy, h x w."""
        table = attenuation_table()[:, REFERENCE_ENERGY]
        planes = [plane * np.float32(table[material]) for material, plane in self.thickness.items()]
        return np.asarray(np.sum(planes, axis=0), np.float32)


def project(shape: Shape, rotation: Array, position: Vector, geometry: Geometry) -> Shadow | None:
    """Cast a posed shape's shadow.

    Args:
        shape: The shape.
        rotation: Shape frame to scanner frame.
        position: Where the shape's origin lies in the scanner frame, mm; the shape must stay below the source.
        geometry: The scanner.

    Returns:
        The shadow, or None where the shape lies outside the picture.
    """
    rotation, position = np.ascontiguousarray(rotation, np.float64), np.asarray(position, np.float64)
    posed = [_pose(solid, rotation, position) for solid in shape.solids]
    boxes = [_shadow_box(solid, geometry) for solid in posed]
    whole = _cut(boxes, geometry)
    if whole is None:
        return None
    top, bottom, left, right = whole
    planes: dict[int, Plane] = {}
    for solid, box in zip(posed, boxes, strict=True):
        if solid.material not in planes:
            planes[solid.material] = np.zeros((bottom - top, right - left), np.float32)
        _cast(planes[solid.material], solid, box, left, top, geometry)
    for plane in planes.values():
        np.maximum(plane, 0.0, out=plane)
    return Shadow(top, left, planes)


def _pose(solid: Solid, rotation: Array, position: Array) -> Solid:
    return solid._replace(rotation=rotation @ solid.rotation, offset=rotation @ solid.offset + position)


def _shadow_box(solid: Solid, geometry: Geometry) -> Array:
    shadow = geometry.shadow(corners_of(solid))
    margin = solid.low / geometry.pixel_mm + 1 if solid.kind == WIRE else 0.0
    low, high = shadow.min(axis=0) - margin, shadow.max(axis=0) + margin
    return np.array((low[0], high[0], low[1], high[1]))


def _cut(boxes: list[Array], geometry: Geometry) -> tuple[int, int, int, int] | None:
    if not boxes:
        return None
    stacked = np.stack(boxes)
    left, right = max(0, int(stacked[:, 0].min()) - 1), min(geometry.width, int(stacked[:, 1].max()) + 2)
    top, bottom = max(0, int(stacked[:, 2].min()) - 1), min(geometry.height, int(stacked[:, 3].max()) + 2)
    return (top, bottom, left, right) if right > left and bottom > top else None


def _cast(plane: Plane, solid: Solid, box: Array, left: int, top: int, geometry: Geometry) -> None:
    where = (left, top, geometry.pixel_mm, geometry.source_y_mm, geometry.source_z_mm)
    if solid.kind == WIRE:
        points = np.ascontiguousarray(solid.data @ solid.rotation.T + solid.offset)
        add_wire(plane, points, solid.low, *where)
        return
    rotation = np.ascontiguousarray(solid.rotation)
    add_solid(
        plane, solid.kind, solid.data, solid.low, solid.high, solid.sign, rotation, solid.offset, box, *where
    )  # fmt: skip


class Pile:
    """The thickness maps of everything in the picture, by material."""

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        self.planes: dict[int, Plane] = {}

    def plane(self, material: int) -> Plane:
        """Return the map of a material, H x W, mm; made when first used."""
        if material not in self.planes:
            self.planes[material] = np.zeros((self.geometry.height, self.geometry.width), np.float32)
        return self.planes[material]

    def add(self, shadow: Shadow) -> None:
        """Put one shadow on the pile."""
        for material, plane in shadow.thickness.items():
            height, width = plane.shape
            self.plane(material)[shadow.top : shadow.top + height, shadow.left : shadow.left + width] += plane

    def attenuation(self) -> Plane:
        """Return the attenuation of everything at the reference energy, H x W."""
        total = np.zeros((self.geometry.height, self.geometry.width), np.float32)
        for material, plane in self.planes.items():
            total += plane * np.float32(attenuation_table()[material, REFERENCE_ENERGY])
        return total


def transmission(planes: dict[int, Plane], scanner: Scanner) -> tuple[Plane, Plane]:
    """Apply the polychromatic law of Beer and Lambert.

    Returns:
        The share of the low and of the high signal that comes through, 0 to 1, without scatter or noise.
    """
    used = sorted(planes)
    shape = planes[used[0]].shape
    stack = np.stack([planes[index].reshape(-1) for index in used])
    coefficients = attenuation_table()[used].astype(np.float32)
    out = np.empty((2, stack.shape[1]), np.float32)
    transmit(stack, coefficients, np.stack(detector_weights(scanner)).astype(np.float32), out)
    return out[0].reshape(shape), out[1].reshape(shape)


@dataclass(frozen=True, slots=True)
class Detector:
    """How the transmitted signal is spoilt on its way to a number.

    Attributes:
        scatter: Share of the blurred signal that is added as a veil.
        blur_pixels: Standard deviation of the point spread.
        photons: Detected quanta of an unattenuated pixel.
        read_noise: Electronic noise as a share of white.
        row_gain: Standard deviation of the gain from line to line.
    """

    scatter: float
    blur_pixels: float
    photons: float
    read_noise: float
    row_gain: float


def detect(signal: Plane, detector: Detector, rng: np.random.Generator) -> NDArray[np.uint16]:
    """Turn a transmitted share (H x W, 0 to 1) into what the detector reports; white is `WHITE`."""
    spread: Any = cv2.GaussianBlur(signal, (0, 0), detector.blur_pixels)
    if detector.scatter > 0:
        small = cv2.resize(signal, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA)
        veil = cv2.resize(cv2.GaussianBlur(small, (0, 0), 5), signal.shape[::-1], interpolation=cv2.INTER_LINEAR)
        spread = spread + np.float32(detector.scatter) * veil
    sigma = np.sqrt(np.maximum(spread, 0) / detector.photons + detector.read_noise**2).astype(np.float32)
    noisy = spread + sigma * rng.standard_normal(signal.shape, np.float32)
    if detector.row_gain > 0:
        noisy = noisy * (1 + detector.row_gain * rng.standard_normal((signal.shape[0], 1), np.float32))
    return np.asarray(np.clip(noisy * WHITE, 0, 65535), np.uint16)
