"""Shapes as lists of signed solids: extruded polygons, frustums, ellipsoids and wires, each of one material.

Lengths are in mm. A shape's own frame has its long axis along x and its profile in the x-y plane. A solid of sign -1
is a hollow: it takes away matter of the SAME material of the SAME shape, so it must lie inside a positive one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.phantom.kernels import CYLINDER, ELLIPSOID, PRISM, WIRE
from training.phantom.materials import INDEX, REFERENCE_ENERGY, attenuation_table

Array = NDArray[np.float64]
Vector = Sequence[float] | Array
IDENTITY: Array = np.eye(3)
ORIGIN: Array = np.zeros(3)


class Solid(NamedTuple):
    """One primitive: its kind (see `kernels`), its data in its own frame, and its pose in the shape."""

    kind: int
    material: int
    sign: float
    data: Array
    low: float
    high: float
    rotation: Array
    offset: Array


def turn(axis: str, degrees: float) -> Array:
    """Return the rotation matrix about x, y or z."""
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    rows = {
        "x": ((1, 0, 0), (0, c, -s), (0, s, c)),
        "y": ((c, 0, s), (0, 1, 0), (-s, 0, c)),
        "z": ((c, -s, 0), (s, c, 0), (0, 0, 1)),
    }
    return np.array(rows[axis], np.float64)


ALONG_X: Array = turn("y", 90)  # sends a solid's own z axis along the shape's x axis
ALONG_Y: Array = turn("x", -90)


@dataclass(slots=True)
class Shape:
    """A growing list of solids; every method adds to it and returns the shape."""

    solids: list[Solid] = field(default_factory=list)

    def prism(
        self, outline: Any, z0: float, z1: float, material: str, sign: float = 1,
        rotation: Array = IDENTITY, offset: Vector = ORIGIN,
    ) -> Shape:  # fmt: skip
        """Extrude a simple polygon (n x 2) from z0 to z1."""
        data = np.ascontiguousarray(outline, np.float64)
        low, high = (z0, z1) if z0 < z1 else (z1, z0)
        self.solids.append(Solid(PRISM, INDEX[material], sign, data, low, high, rotation, np.asarray(offset, float)))
        return self

    def box(
        self, x: tuple[float, float], y: tuple[float, float], z: tuple[float, float], material: str, sign: float = 1,
        rotation: Array = IDENTITY, offset: Vector = ORIGIN,
    ) -> Shape:  # fmt: skip
        """Add a cuboid by its ranges."""
        corners = ((x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1]))
        return self.prism(corners, z[0], z[1], material, sign, rotation, offset)

    def frustum(
        self, radii: tuple[float, float], z0: float, z1: float, material: str, sign: float = 1,
        rotation: Array = IDENTITY, offset: Vector = ORIGIN, flatness: float = 1.0,
    ) -> Shape:  # fmt: skip
        """Add a truncated cone along the own z axis; `flatness` scales its own y half axis."""
        first, last = max(radii[0], 1e-3), max(radii[1], 1e-3)
        data = np.array(((0, 0), (first, first * flatness), (last, last * flatness)), np.float64)
        self.solids.append(Solid(CYLINDER, INDEX[material], sign, data, z0, z1, rotation, np.asarray(offset, float)))
        return self

    def rod(
        self, radius: float, x0: float, x1: float, material: str, sign: float = 1, y: float = 0, z: float = 0
    ) -> Shape:
        """Add a cylinder along x."""
        return self.frustum((radius, radius), x0, x1, material, sign, ALONG_X, (0, y, z))

    def cone(
        self, radii: tuple[float, float], x0: float, x1: float, material: str, sign: float = 1, y: float = 0,
        z: float = 0,
    ) -> Shape:  # fmt: skip
        """Add a truncated cone along x."""
        return self.frustum(radii, x0, x1, material, sign, ALONG_X, (0, y, z))

    def disc(
        self, radius: float, z0: float, z1: float, material: str, sign: float = 1, x: float = 0, y: float = 0
    ) -> Shape:
        """Add a cylinder along z."""
        return self.frustum((radius, radius), z0, z1, material, sign, IDENTITY, (x, y, 0))

    def pillar(
        self, radius: float, y0: float, y1: float, material: str, sign: float = 1, x: float = 0, z: float = 0
    ) -> Shape:
        """Add a cylinder along y."""
        return self.frustum((radius, radius), y0, y1, material, sign, ALONG_Y, (x, 0, z))

    def tube(
        self, outer: float, inner: float, x0: float, x1: float, material: str, y: float = 0, z: float = 0
    ) -> Shape:
        """Add a pipe along x."""
        return self.rod(outer, x0, x1, material, 1, y, z).rod(inner, x0, x1, material, -1, y, z)

    def ring(
        self, outer: float, inner: float, z0: float, z1: float, material: str, x: float = 0, y: float = 0
    ) -> Shape:
        """Add a pipe along z."""
        return self.disc(outer, z0, z1, material, 1, x, y).disc(inner, z0, z1, material, -1, x, y)

    def shell(
        self, x: tuple[float, float], y: tuple[float, float], z: tuple[float, float], wall: float, material: str
    ) -> Shape:
        """Add a closed hollow cuboid."""
        self.box(x, y, z, material)
        inner = [(a + wall, b - wall) for a, b in (x, y, z)]
        return self.box(inner[0], inner[1], inner[2], material, -1)

    def hollow_prism(self, outline: Any, z0: float, z1: float, wall: float, material: str) -> Shape:
        """Add an extruded polygon with walls all round; the polygon should be star-shaped about its mean."""
        self.prism(outline, z0, z1, material)
        return self.prism(shrink(outline, wall), z0 + wall, z1 - wall, material, -1)

    def ellipsoid(
        self, half: Vector, material: str, sign: float = 1, offset: Vector = ORIGIN, rotation: Array = IDENTITY
    ) -> Shape:
        """Add an ellipsoid by its half axes."""
        data = np.asarray(half, np.float64).reshape(1, 3)
        self.solids.append(Solid(ELLIPSOID, INDEX[material], sign, data, 0, 0, rotation, np.asarray(offset, float)))
        return self

    def wire(self, points: Any, radius: float, material: str) -> Shape:
        """Add a round wire along points (n x 3)."""
        data = np.ascontiguousarray(points, np.float64)
        self.solids.append(Solid(WIRE, INDEX[material], 1, data, radius, radius, IDENTITY, ORIGIN))
        return self

    def add(self, other: Shape, rotation: Array = IDENTITY, offset: Vector = ORIGIN, scale: float = 1.0) -> Shape:
        """Add another shape in a pose, scaled about its origin first."""
        for solid in other.solids:
            self.solids.append(_posed(solid, rotation, np.asarray(offset, float), scale))
        return self

    def recast(self, materials: dict[str, str]) -> Shape:
        """Return a copy with materials exchanged, for example a steel form cast in plastic."""
        swap = {INDEX[old]: INDEX[new] for old, new in materials.items()}
        return Shape([solid._replace(material=swap.get(solid.material, solid.material)) for solid in self.solids])

    def optical_mass(self) -> float:
        """Return what the shape absorbs in all: the integral of attenuation over its shadow, about, in mm2."""
        coefficients = attenuation_table()[:, REFERENCE_ENERGY]
        return float(sum(s.sign * _volume(s) * coefficients[s.material] for s in self.solids))

    def bounds(self, rotation: Array = IDENTITY) -> tuple[Array, Array]:
        """Return the lowest and highest corner (3,) of the rotated shape."""
        corners = np.concatenate([corners_of(solid) for solid in self.solids if solid.sign > 0]) @ rotation.T
        return corners.min(axis=0), corners.max(axis=0)


def _posed(solid: Solid, rotation: Array, offset: Array, scale: float) -> Solid:
    return solid._replace(
        data=solid.data * scale,
        low=solid.low * scale,
        high=solid.high * scale,
        rotation=rotation @ solid.rotation,
        offset=rotation @ (solid.offset * scale) + offset,
    )


def _volume(solid: Solid) -> float:
    if solid.kind == PRISM:
        x, y = solid.data[:, 0], solid.data[:, 1]
        twice = x[:-1] @ y[1:] - y[:-1] @ x[1:] + x[-1] * y[0] - y[-1] * x[0]
        return 0.5 * abs(float(twice)) * (solid.high - solid.low)
    if solid.kind == ELLIPSOID:
        return 4.19 * float(np.prod(solid.data[0]))
    if solid.kind == WIRE:
        length = float(np.linalg.norm(np.diff(solid.data, axis=0), axis=1).sum())
        return 3.14 * solid.low**2 * length
    (first, flat), (last, _) = solid.data[1], solid.data[2]
    area = (first * first + first * last + last * last) / 3.0 * flat / first
    return 3.14 * float(area) * (solid.high - solid.low)


def corners_of(solid: Solid) -> Array:
    """Return points (n x 3, shape frame) whose hull holds the solid."""
    if solid.kind == WIRE:
        points = solid.data
    elif solid.kind == PRISM:
        count = len(solid.data)
        points = np.empty((2 * count, 3))
        points[:count, :2] = points[count:, :2] = solid.data
        points[:count, 2], points[count:, 2] = solid.low, solid.high
    else:
        points = _box_corners(solid)
    return np.asarray(points @ solid.rotation.T + solid.offset)


_SIGNS: Array = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float64)


def _box_corners(solid: Solid) -> Array:
    if solid.kind == ELLIPSOID:
        return np.asarray(_SIGNS * solid.data[0])
    widest = solid.data[1:].max(axis=0)
    middle, half = (solid.low + solid.high) / 2, (solid.high - solid.low) / 2
    return np.asarray(_SIGNS * np.array((widest[0], widest[1], half)) + np.array((0, 0, middle)))


def shrink(outline: Any, wall: float) -> Array:
    """Return the outline moved inwards by about `wall` towards its mean point."""
    points = np.asarray(outline, np.float64)
    centre = points.mean(axis=0)
    away = points - centre
    length = np.linalg.norm(away, axis=1, keepdims=True)
    return np.asarray(centre + away * np.maximum(1 - 1.3 * wall / np.maximum(length, 1e-6), 0.05))


def arc(centre: tuple[float, float], radii: tuple[float, float], start: float, stop: float, count: int = 8) -> Array:
    """Return points (count x 2) on an ellipse between two angles in degrees."""
    angle = np.deg2rad(np.linspace(start, stop, count))
    return np.stack([centre[0] + radii[0] * np.cos(angle), centre[1] + radii[1] * np.sin(angle)], axis=1)


def rounded(x: tuple[float, float], y: tuple[float, float], radius: float, count: int = 4) -> Array:
    """Return the outline of a rounded rectangle."""
    r = min(radius, (x[1] - x[0]) / 2.01, (y[1] - y[0]) / 2.01)
    centres = ((x[1] - r, y[1] - r, 0), (x[0] + r, y[1] - r, 90), (x[0] + r, y[0] + r, 180), (x[1] - r, y[0] + r, 270))
    return np.concatenate([arc((cx, cy), (r, r), start, start + 90, count) for cx, cy, start in centres])


def band(path: Any, width: float) -> Array:
    """Return the outline of a strip of a width along an open path (n x 2)."""
    points = np.asarray(path, np.float64)
    direction = np.gradient(points, axis=0)
    direction /= np.maximum(np.linalg.norm(direction, axis=1, keepdims=True), 1e-9)
    normal = np.stack([-direction[:, 1], direction[:, 0]], axis=1) * width / 2
    return np.concatenate([points + normal, (points - normal)[::-1]])


def helix(length: float, radius: float, turns: float, start: float = 0.0, per_turn: int = 9) -> Array:
    """Return points of a coil along x."""
    t = np.linspace(0, 1, max(4, int(turns * per_turn)))
    angle = 2 * np.pi * turns * t
    return np.stack([start + length * t, radius * np.cos(angle), radius * np.sin(angle)], axis=1)
