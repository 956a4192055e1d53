"""Plausible declared value per kilogram, US dollars, by HS chapter.

Own broad bounds, stated as such: they were set by hand so that almost any honest retail parcel lies inside, from bulk
goods of the cheapest kind to luxury of the dearest. They describe no market, and a value outside is a reason to look,
never a proof. Reasoning: the low end is about a third of what the raw material costs; the high end lies above the
dearest goods of the chapter that travel by parcel (saffron in 09, watches in 91, active substances in 30).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

# (first chapter, last chapter, low, high)
_BANDS: tuple[tuple[int, int, float, float], ...] = (
    (1, 2, 0.5, 500),
    (3, 3, 0.5, 5_000),
    (4, 8, 0.3, 500),
    (9, 9, 0.5, 10_000),
    (10, 11, 0.1, 100),
    (12, 14, 0.2, 3_000),
    (15, 20, 0.3, 500),
    (21, 21, 0.5, 3_000),
    (22, 22, 0.2, 5_000),
    (23, 23, 0.1, 300),
    (24, 24, 1, 2_000),
    (25, 27, 0.02, 1_000),
    (28, 29, 0.2, 100_000),
    (30, 30, 1, 1_000_000),
    (31, 31, 0.1, 300),
    (32, 32, 0.5, 3_000),
    (33, 33, 1, 20_000),
    (34, 35, 0.3, 2_000),
    (36, 36, 0.5, 2_000),
    (37, 38, 0.3, 10_000),
    (39, 40, 0.3, 2_000),
    (41, 41, 0.5, 2_000),
    (42, 43, 1, 50_000),
    (44, 46, 0.2, 2_000),
    (47, 48, 0.2, 1_000),
    (49, 49, 0.3, 20_000),
    (50, 60, 0.5, 5_000),
    (61, 62, 1, 10_000),
    (63, 63, 0.3, 5_000),
    (64, 65, 1, 5_000),
    (66, 67, 1, 20_000),
    (68, 70, 0.1, 5_000),
    (71, 71, 2, 10_000_000),
    (72, 72, 0.2, 300),
    (73, 73, 0.4, 1_000),
    (74, 75, 1, 2_000),
    (76, 76, 0.5, 2_000),
    (78, 80, 0.5, 1_000),
    (81, 81, 1, 50_000),
    (82, 82, 0.7, 5_000),
    (83, 83, 0.7, 2_000),
    (84, 84, 0.7, 20_000),
    (85, 85, 0.7, 50_000),
    (86, 86, 0.5, 5_000),
    (87, 87, 0.7, 5_000),
    (88, 88, 2, 200_000),
    (89, 89, 0.5, 5_000),
    (90, 90, 2, 200_000),
    (91, 91, 3, 5_000_000),
    (92, 92, 2, 100_000),
    (93, 93, 5, 50_000),
    (94, 94, 0.4, 3_000),
    (95, 95, 0.7, 20_000),
    (96, 96, 0.4, 20_000),
    (97, 97, 0.5, 10_000_000),
)


def _by_chapter() -> Iterator[tuple[int, tuple[float, float]]]:
    for first, last, low, high in _BANDS:
        for chapter in range(first, last + 1):
            yield chapter, (low, high)


VALUE_PER_KG: Mapping[int, tuple[float, float]] = dict(_by_chapter())
