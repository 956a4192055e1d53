"""Irregular closed outlines of soft things."""

from __future__ import annotations

import numpy as np

from training.phantom.dice import Dice
from training.phantom.solids import Array


def wobbly(dice: Dice, half: tuple[float, float], rough: float, count: int = 32) -> Array:
    """Return a closed outline (count x 2) about the origin, between an ellipse and a rounded rectangle.

    Args:
        dice: The draws.
        half: Half length and half width.
        rough: Relative size of the dents; 0.02 is taut, 0.15 is slack.
        count: Points.
    """
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    dents = np.sin(angle[:, None] * np.arange(2, 7) + dice.rng.uniform(0, 6.28, 5)) @ dice.rng.standard_normal(5)
    square = dice.between(2, 7)
    reach = (np.abs(np.cos(angle)) ** square + np.abs(np.sin(angle)) ** square) ** (-1 / square)
    scale = np.maximum(reach * (1 + rough * 0.6 * dents), 0.2)
    return np.asarray(np.stack([np.cos(angle), np.sin(angle)], axis=1) * scale[:, None] * np.asarray(half))


def smoothed(corners: Array, rounds: int = 2) -> Array:
    """Return a closed outline with its corners cut (Chaikin 1974), as cast and worn things have them."""
    points = np.asarray(corners, np.float64)
    for _ in range(rounds):
        after = np.roll(points, -1, axis=0)
        points = np.stack([0.75 * points + 0.25 * after, 0.25 * points + 0.75 * after], axis=1).reshape(-1, 2)
    return points
