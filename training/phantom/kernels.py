"""Compiled kernels: exact path lengths through posed solids for the rays of a line scanner.

The belt moves along x; the source stands at (`ys`, `zs`) of each y-z plane and the detector line lies at z = 0, so a
picture is parallel along x and a fan along y. A pixel (v, u) belongs to the ray from the source to the point
(u + 0.5, v + 0.5) * pixel of the detector plane.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

PRISM, CYLINDER, ELLIPSOID, WIRE = 0, 1, 2, 3
Array = NDArray[np.float64]
Buffer = NDArray[np.float32]
Function = TypeVar("Function", bound=Callable[..., Any])
_FAR = 1e6


def compiled(function: Function) -> Function:
    """Compile a kernel; the result is kept beside the source or in the user's cache, or not at all where both fail."""
    try:
        kernel: Function = numba.njit(fastmath=True, nogil=True, cache=True)(function)
    except RuntimeError:  # numba found no folder it may write
        kernel = numba.njit(fastmath=True, nogil=True)(function)
    return kernel


@compiled
def slab_interval(z0: float, z1: float, az: float, lz: float) -> tuple[float, float]:
    """Return where along the ray it lies between two parallel planes; an empty interval is (0, 0)."""
    if abs(lz) > 1e-4:
        ta, tb = (z0 - az) / lz, (z1 - az) / lz
        return (ta, tb) if ta < tb else (tb, ta)
    if z0 <= az <= z1:
        return -_FAR, _FAR
    return 0.0, 0.0


@compiled
def prism_length(
    outline: Array, z0: float, z1: float, ax: float, ay: float, az: float, lx: float, ly: float, lz: float
) -> float:
    """Return the path length inside an extruded polygon, convex or not.

    The crossings of the ray's shadow with the outline enter with alternating sign; clamping each to the slab between
    the two faces gives the length without sorting them.
    """
    ta, tb = slab_interval(z0, z1, az, lz)
    across = lx * lx + ly * ly
    length = 0.0
    count = outline.shape[0]
    if across < 1e-7:
        inside = False
        for i in range(count):
            j = i - 1 if i > 0 else count - 1
            xi, yi, xj, yj = outline[i, 0], outline[i, 1], outline[j, 0], outline[j, 1]
            if (yi > ay) != (yj > ay) and ax < (xj - xi) * (ay - yi) / (yj - yi) + xi:
                inside = not inside
        return float(tb - ta) if inside else 0.0
    j = count - 1
    side_j = lx * (outline[j, 1] - ay) - ly * (outline[j, 0] - ax)
    for i in range(count):
        side_i = lx * (outline[i, 1] - ay) - ly * (outline[i, 0] - ax)
        if (side_i > 0.0) != (side_j > 0.0):
            share = side_j / (side_j - side_i)
            cx = outline[j, 0] + share * (outline[i, 0] - outline[j, 0]) - ax
            cy = outline[j, 1] + share * (outline[i, 1] - outline[j, 1]) - ay
            t = min(max((cx * lx + cy * ly) / across, ta), tb)
            length += t if side_i > side_j else -t
        side_j = side_i
        j = i
    return abs(length)


@compiled
def cylinder_length(
    shape: Array, z0: float, z1: float, ax: float, ay: float, az: float, lx: float, ly: float, lz: float
) -> float:
    """Return the path length inside an elliptic frustum; `shape` rows: centre, half axes at z0, half axes at z1.

    Inside means a*t^2 + 2*b*t + c < 0 along the ray; for rays steeper than the cone's side a is negative and the
    inside lies beyond the roots.
    """
    ta, tb = slab_interval(z0, z1, az, lz)
    if tb <= ta:
        return 0.0
    first_x, first_y, last_x = float(shape[1, 0]), float(shape[1, 1]), float(shape[2, 0])
    flat, slope = first_y / first_x, (last_x - first_x) / (z1 - z0)
    radius, growth = first_x + slope * (az - z0), slope * lz
    px, py, qx, qy = ax - float(shape[0, 0]), (ay - float(shape[0, 1])) / flat, lx, ly / flat
    a = qx * qx + qy * qy - growth * growth
    b = px * qx + py * qy - radius * growth
    c = px * px + py * py - radius * radius
    if abs(a) < 1e-9:
        if abs(b) < 1e-9:
            return tb - ta if c < 0.0 else 0.0
        root = -c / (2.0 * b)
        return max(0.0, min(tb, root) - ta) if b > 0.0 else max(0.0, tb - max(ta, root))
    d = b * b - a * c
    if d <= 0.0:
        return tb - ta if a < 0.0 else 0.0
    spread = math.sqrt(d)
    first, second = (-b - spread) / a, (-b + spread) / a
    if a > 0.0:
        return max(0.0, min(tb, second) - max(ta, first))
    return (tb - ta) - max(0.0, min(tb, first) - max(ta, second))


@compiled
def ellipsoid_length(half: Array, ax: float, ay: float, az: float, lx: float, ly: float, lz: float) -> float:
    """Return the path length inside an ellipsoid with the half axes `half[0]`."""
    px, py, pz = ax / half[0, 0], ay / half[0, 1], az / half[0, 2]
    qx, qy, qz = lx / half[0, 0], ly / half[0, 1], lz / half[0, 2]
    a, b = qx * qx + qy * qy + qz * qz, px * qx + py * qy + pz * qz
    d = b * b - a * (px * px + py * py + pz * pz - 1.0)
    return 2.0 * math.sqrt(d) / a if d > 0.0 else 0.0


@compiled
def add_solid(
    out: Buffer, kind: int, data: Array, z0: float, z1: float, sign: float,
    rotation: Array, offset: Array, box: Array, u0: int, v0: int, pixel: float, ys: float, zs: float,
) -> None:  # fmt: skip
    """Add one solid's path lengths to `out`, whose pixel (0, 0) is pixel (v0, u0) of the picture.

    Args:
        out: Path lengths in mm of one material, h x w.
        kind: PRISM, CYLINDER or ELLIPSOID.
        data: The outline, the frustum or the half axes in the solid's own frame.
        z0: Lower face.
        z1: Upper face.
        sign: 1 for matter, -1 for a hollow.
        rotation: Own frame to scanner, 3 x 3.
        offset: Origin of the own frame in the scanner, mm.
        box: umin, umax, vmin, vmax of the solid's shadow in pixels of the picture.
        u0: Column of the buffer's origin.
        v0: Row of the buffer's origin.
        pixel: Pixel pitch, mm.
        ys: Source position across the belt, mm.
        zs: Source distance from the detector, mm.
    """
    height, width = out.shape
    left, right = max(0, int(box[0]) - 1 - u0), min(width, int(box[1]) + 2 - u0)
    top, bottom = max(0, int(box[2]) - 1 - v0), min(height, int(box[3]) + 2 - v0)
    r = rotation
    for v in range(top, bottom):
        yd = (v + v0 + 0.5) * pixel
        dy, dz = yd - ys, -zs
        norm = math.sqrt(dy * dy + dz * dz)
        dy /= norm
        dz /= norm
        lx, ly, lz = r[1, 0] * dy + r[2, 0] * dz, r[1, 1] * dy + r[2, 1] * dz, r[1, 2] * dy + r[2, 2] * dz
        oy, oz = yd - offset[1], -offset[2]
        for u in range(left, right):
            ox = (u + u0 + 0.5) * pixel - offset[0]
            ax = r[0, 0] * ox + r[1, 0] * oy + r[2, 0] * oz
            ay = r[0, 1] * ox + r[1, 1] * oy + r[2, 1] * oz
            az = r[0, 2] * ox + r[1, 2] * oy + r[2, 2] * oz
            if kind == PRISM:
                length = prism_length(data, z0, z1, ax, ay, az, lx, ly, lz)
            elif kind == CYLINDER:
                length = cylinder_length(data, z0, z1, ax, ay, az, lx, ly, lz)
            else:
                length = ellipsoid_length(data, ax, ay, az, lx, ly, lz)
            out[v, u] += sign * length


@compiled
def transmit(stack: Buffer, coefficients: Buffer, weights: Buffer, out: Buffer) -> None:
    """Apply the law of Beer and Lambert per pixel and energy, and sum over the energies.

    Args:
        stack: Thickness, materials x pixels, mm.
        coefficients: Attenuation per mm, materials x energies.
        weights: Share of each energy in each signal, signals x energies.
        out: Share that comes through, signals x pixels; overwritten.
    """
    materials, pixels = stack.shape
    energies = coefficients.shape[1]
    depth = np.empty(energies, np.float32)
    for pixel in range(pixels):
        depth[:] = 0.0
        empty = True
        for material in range(materials):
            thickness = stack[material, pixel]
            if thickness > 0.0:
                empty = False
                for energy in range(energies):
                    depth[energy] += thickness * coefficients[material, energy]
        if empty:
            out[:, pixel] = 1.0
            continue
        low, high = np.float32(0.0), np.float32(0.0)
        for energy in range(energies):
            survival = np.exp(-depth[energy])
            low += weights[0, energy] * survival
            high += weights[1, energy] * survival
        out[0, pixel], out[1, pixel] = low, high


@compiled
def add_wire(out: Buffer, points: Array, radius: float, u0: int, v0: int, pixel: float, ys: float, zs: float) -> None:
    """Add a round wire along `points` (n x 3, scanner frame, mm) to `out`.

    A wire thinner than a pixel is widened to 0.75 pixel and thinned in proportion, so that its mass stays right.
    """
    height, width = out.shape
    wide = max(radius, 0.75 * pixel)
    strength = (radius / wide) ** 2
    for i in range(points.shape[0] - 1):
        k0, k1 = zs / (zs - points[i, 2]), zs / (zs - points[i + 1, 2])
        x0, y0 = points[i, 0], ys + (points[i, 1] - ys) * k0
        x1, y1 = points[i + 1, 0], ys + (points[i + 1, 1] - ys) * k1
        dx, dy = x1 - x0, y1 - y0
        flat = (dx * dx + dy * dy) ** 0.5
        solid = (
            (points[i + 1, 0] - points[i, 0]) ** 2
            + (points[i + 1, 1] - points[i, 1]) ** 2
            + (points[i + 1, 2] - points[i, 2]) ** 2
        ) ** 0.5
        if solid < 1e-9:
            continue
        reach = max(flat, 0.7 * pixel)
        if flat < 1e-6:
            dx, dy = 1.0, 0.0
        else:
            dx, dy = dx / flat, dy / flat
        cx, cy = 0.5 * (x0 + x1), 0.5 * (y0 + y1)
        across = 0.5 * reach + wide
        left, right = max(0, int((cx - across) / pixel) - u0), min(width, int((cx + across) / pixel) + 1 - u0)
        top, bottom = max(0, int((cy - across) / pixel) - v0), min(height, int((cy + across) / pixel) + 1 - v0)
        factor = strength * solid / reach
        for v in range(top, bottom):
            py = (v + v0 + 0.5) * pixel - cy
            for u in range(left, right):
                px = (u + u0 + 0.5) * pixel - cx
                along, off = px * dx + py * dy, px * dy - py * dx
                if off * off < wide * wide:
                    # A pixel at the end of a segment belongs to both neighbours by the share each covers.
                    cover = min(1.0, max(0.0, 0.5 + (0.5 * reach - abs(along)) / pixel))
                    out[v, u] += factor * cover * 2.0 * (wide * wide - off * off) ** 0.5
