from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from models.results import Part
from training.phantom.clutter_hosts import HOSTS
from training.phantom.containers import ContainerKind, make_container
from training.phantom.dice import Dice
from training.phantom.layout import Layout, Wish, compose
from training.phantom.layout_parts import KITS, length_of, parts_by_chance
from training.phantom.layout_place import HANDGUNS, Placed, Site, beside, firearm_pose, hidden, place
from training.phantom.parts import PART_MAKERS
from training.phantom.solids import Array, Shape, turn

KINDS: tuple[ContainerKind, ...] = ("carton", "envelope", "case", "bag", "tray")
LUGGAGE: tuple[ContainerKind, ...] = ("case", "bag")


def dice_of(seed: int) -> Dice:
    return Dice(np.random.default_rng(seed))


def site_of(seed: int, kind: ContainerKind = "case", half: tuple[float, float] = (280.0, 220.0)) -> Site:
    container = make_container(dice_of(seed), kind, half)
    return Site(container, np.array((400.0, 380.0)), turn("z", 37.0), np.zeros(2), float("inf"))


def extent(placed: Placed, site: Site) -> tuple[Array, Array]:
    """Return the corners of a thing in the frame of its container."""
    low, high = placed.shape.bounds(site.pose.T @ placed.rotation)
    at = site.pose.T @ (placed.position - np.append(site.centre, 0))
    return low + at, high + at


def layout_of(seed: int, **wish: object) -> Layout:
    return compose(dice_of(seed), (600.0, 600.0), Wish(**wish), held_out=False)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_containers_are_about_as_large_as_asked_and_never_alike(kind: ContainerKind) -> None:
    masses = set()
    for seed in range(6):
        container = make_container(dice_of(seed), kind, (150.0, 110.0))
        low, high = container.shape.bounds()
        assert (high[:2] - low[:2] >= (270, 190)).all()
        assert (high[:2] - low[:2] <= (450, 370)).all()  # straps, wheels and handles stand out
        masses.add(round(container.shape.optical_mass()))
    assert len(masses) > 4


@pytest.mark.parametrize("kind", LUGGAGE)
def test_luggage_is_full_of_fine_lines(kind: ContainerKind) -> None:
    from training.phantom.kernels import WIRE

    lines = [sum(s.kind == WIRE for s in make_container(dice_of(k), kind, (250, 180)).shape.solids) for k in range(8)]
    assert min(lines) >= 12
    assert np.median(lines) >= 25


def test_a_hidden_part_lies_inside_its_host() -> None:
    found: Counter[str] = Counter()
    for seed in range(40):
        dice, site = dice_of(seed), site_of(seed)
        shape = PART_MAKERS["magazine"](dice)
        for box, part in [hidden(dice, "magazine", shape, "magazine", site)]:
            found[box.name] += 1
            inverse = box.rotation.T @ (part.position - box.position)
            low, high = shape.bounds(box.rotation.T @ part.rotation)
            outer_low, outer_high = box.shape.bounds()
            assert (low[:2] + inverse[:2] >= outer_low[:2] - 1e-6).all()
            assert (high[:2] + inverse[:2] <= outer_high[:2] + 1e-6).all()
            assert (box.part, part.part) == (None, "magazine")
    assert set(found) <= set(HOSTS)
    assert len(found) >= 0.6 * len(HOSTS)


def test_nothing_is_hidden_where_no_host_fits() -> None:
    tight = site_of(1, "envelope", (60.0, 40.0))
    shape = PART_MAKERS["long_gun"](dice_of(1))
    assert hidden(dice_of(2), "long_gun", shape, "long_gun", tight) == ()


def test_what_lies_on_a_part_overlaps_it_and_stays_in_the_container() -> None:
    laid = 0
    for seed in range(30):
        dice, site = dice_of(seed), site_of(seed)
        part = place(dice, "pistol", PART_MAKERS["pistol"](dice), "pistol", site)
        assert part is not None
        for bed in beside(dice, part, site, taped=False):
            laid += 1
            (low, high), (part_low, part_high) = extent(bed, site), extent(part, site)
            assert (np.abs(np.concatenate([low[:2], high[:2]])) <= np.tile(site.container.half, 2) + 1e-6).all()
            assert (low[:2] < part_high[:2]).all()
            assert (part_low[:2] < high[:2]).all()
    assert laid >= 25


def test_a_bar_is_taped_along_the_part() -> None:
    angles = []
    for seed in range(20):
        dice, site = dice_of(seed), site_of(seed)
        barrel = place(dice, "barrel", PART_MAKERS["barrel"](dice), "barrel", site)
        assert barrel is not None
        for bar in beside(dice, barrel, site, taped=True)[:1]:
            angles.append(np.rad2deg(np.arccos(min(1.0, abs(bar.rotation[:, 0] @ barrel.rotation[:, 0])))))
    assert len(angles) > 12
    assert max(angles) < 20


def test_handguns_mostly_lie_on_their_side() -> None:
    upright = [abs(firearm_pose(dice_of(seed), "pistol")[2, 2]) for seed in range(400)]
    flat = np.mean(np.array(upright) > np.cos(np.deg2rad(30)))
    assert 0.65 < flat < 0.9
    # In the plane of the picture every direction is alike.
    headings = [firearm_pose(dice_of(seed), "revolver")[:2, 0] for seed in range(400)]
    assert np.linalg.norm(np.mean(headings, axis=0)) < 0.12


@pytest.mark.parametrize("kind", LUGGAGE)
@pytest.mark.parametrize("part", HANDGUNS)
def test_a_handgun_is_an_eighth_to_about_half_of_its_bag(kind: ContainerKind, part: Part) -> None:
    shares = []
    for seed in range(20):
        wish = Wish(parts=(part,), container=kind, density="sparse")
        layout = compose(dice_of(seed), (700.0, 700.0), wish, held_out=False)
        gun = next(item for item in layout.placed if item.part == part)
        shares.append(length_of(gun.shape) / (2 * max(layout.container.half)))
    assert min(shares) > 1 / 8
    assert np.percentile(shares, 80) < 0.6
    assert max(shares) < 0.8


def test_parcels_show_with_their_rim() -> None:
    for seed in range(60):
        layout = layout_of(seed, density="sparse", shield=False)
        low, high = _corners(layout.container.half, layout.angle)
        assert (high - low).max() <= 600 * 1.01
        if layout.container.kind in LUGGAGE:
            assert (high - low).max() >= 600 * 0.5


def _corners(half: tuple[float, float], angle: float) -> tuple[Array, Array]:
    corners = np.array([(x * half[0], y * half[1], 0.0) for x in (-1, 1) for y in (-1, 1)]) @ turn("z", angle).T
    return corners.min(axis=0)[:2], corners.max(axis=0)[:2]


def test_kits_are_of_one_firearm_and_their_barrel_goes_with_the_slide() -> None:
    pistols, revolvers, gaps = 0, 0, []
    for seed in range(400):
        pieces = dict(parts_by_chance(dice_of(seed), 700.0))
        names = set(pieces)
        pistols += names >= {"slide", "barrel", "frame"} and "cylinder" not in names
        revolvers += names >= {"cylinder", "barrel"} and "slide" not in names
        if names >= {"slide", "barrel"} and names <= set(KITS["pistol"][0] + KITS["pistol"][1]):
            gaps.append(length_of(pieces["barrel"]) / length_of(pieces["slide"]))
    assert pistols > 12
    assert revolvers > 8
    assert np.median(np.abs(np.array(gaps) - 0.68)) < 0.2


def test_every_part_travels_alone_in_a_kit_and_whole() -> None:
    looks = Counter(len(parts_by_chance(dice_of(seed), 700.0)) for seed in range(300))
    assert looks[1] > 60
    assert sum(count for pieces, count in looks.items() if pieces >= 3) > 30
    seen = Counter(part for seed in range(300) for part, _ in parts_by_chance(dice_of(seed), 700.0))
    assert set(seen) == set(PART_MAKERS)
    assert min(seen.values()) >= 6


def test_parts_are_in_plain_view_hidden_bedded_and_taped() -> None:
    around: Counter[str] = Counter()
    for seed in range(120):
        names = [item.name for item in layout_of(seed, parts=("bolt",), density="sparse", shield=False).placed]
        around["hidden"] += bool(set(names) & set(HOSTS))
        around["taped"] += "tape" in names
        around["plain"] += not set(names) & (set(HOSTS) | {"tape"})
    assert around["hidden"] > 12
    assert around["taped"] > 5
    assert around["plain"] > 40


def test_harmless_things_are_packed_and_stacked_too() -> None:
    # Otherwise packing itself would give a part away.
    layouts = [layout_of(seed, firearm=False, density="medium", shield=False) for seed in range(25)]
    names = Counter(item.name for layout in layouts for item in layout.placed)
    assert sum(names[host] for host in HOSTS) >= 8
    assert names["tape"] >= 1


def test_other_parcels_on_the_belt_are_cut_off_or_lie_beside() -> None:
    cut, whole = 0, 0
    for seed in range(120):
        layout = layout_of(seed, firearm=False, density="sparse")
        for other in (item for item in layout.placed[1:] if item.name in KINDS):
            low, high = other.shape.bounds(other.rotation)
            outside = bool((low + other.position)[0] < 0 or (high + other.position)[0] > 600)
            cut, whole = cut + outside, whole + (not outside)
            assert np.linalg.norm(other.position[:2] - layout.centre) > 0.25 * 600
    assert 4 < cut < 60
    assert 4 < whole < 60


def test_a_shape_too_long_for_the_container_is_not_placed() -> None:
    long = Shape().rod(4, 0, 900, "steel")
    assert place(dice_of(1), "rod", long, None, site_of(1)) is None
