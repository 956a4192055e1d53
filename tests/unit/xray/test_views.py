"""Several views of one parcel: the surest decides, and what lies at one place of the belt is linked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from xray_pictures import planted_model, png

from features.palettes import PALETTES, colourise
from models.results import Box, ImageResult, Region, ViewLink
from models.xray import Picture
from models.xray_views import LEAST_OVERLAP, LEAST_SCORE, link_views
from training.phantom.export import export
from training.phantom.scene import make_views


def view(*regions: Region, width: int = 500) -> ImageResult:
    return ImageResult(None, width, 300, "0" * 64, "alarm", "no_interference", 0.9, (), regions, None)


def region(x: int, width: int, score: float = 0.9, y: int = 10) -> Region:
    return Region("slide", score, (x, y, width, 40))


def carton(bar: Box | None) -> bytes:
    attenuation = np.zeros((256, 320), np.float32)
    attenuation[40:220, 40:280] = 0.8
    material = np.zeros_like(attenuation)
    if bar is not None:
        x, y, w, h = bar
        attenuation[y : y + h, x : x + w], material[y : y + h, x : x + w] = 3.0, 1.0
    return png(colourise(attenuation, material, PALETTES["classic"]))


def test_what_lies_at_the_same_place_of_the_belt_is_linked_whatever_its_height() -> None:
    top = view(region(300, 60), region(100, 50, y=200))
    side = view(region(98, 54, y=5), region(400, 60, y=60), region(303, 60, y=100))
    assert set(link_views([top, side])) == {ViewLink((0, 1), (1, 0)), ViewLink((0, 1), (0, 2))}


def test_a_region_has_one_partner_the_best() -> None:
    assert link_views([view(region(100, 60)), view(region(110, 60), region(101, 60))]) == (ViewLink((0, 1), (0, 1)),)


@pytest.mark.parametrize(
    "other",
    [view(region(100, 60, LEAST_SCORE - 0.01)), view(region(150, 60)), view(region(100, 60), width=400), view()],
)
def test_weak_distant_or_other_pictures_link_nothing(other: ImageResult) -> None:
    assert link_views([view(region(100, 60)), other]) == ()


def test_three_views_are_linked_in_pairs_and_one_alone_in_none() -> None:
    one = view(region(100, 60))
    assert [link.images for link in link_views([one, one, one])] == [(0, 1), (0, 2), (1, 2)]
    assert link_views([one]) == ()


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 100), st.floats(0, 1)), max_size=8),
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 100), st.floats(0, 1)), max_size=8),
)
def test_links_are_pairs_of_strong_regions_that_share_their_stretch(
    first: list[tuple[int, int, float]], second: list[tuple[int, int, float]]
) -> None:
    images = [view(*(region(x, w, score) for x, w, score in told)) for told in (first, second)]
    links = link_views(images)
    for number in (0, 1):
        partners = [link.regions[number] for link in links]
        assert len(set(partners)) == len(partners)
    for link in links:
        here, there = (images[number].regions[link.regions[number]] for number in (0, 1))
        assert min(here.score, there.score) >= LEAST_SCORE
        (x, _, w, _), (a, _, b, _) = here.box, there.box
        common, both = min(x + w, a + b) - max(x, a), max(x + w, a + b) - min(x, a)
        assert common / both >= LEAST_OVERLAP - 1e-6


def test_an_alarm_in_one_view_is_the_parcels_whatever_the_other_says() -> None:
    model = planted_model()
    armed, harmless = Picture(carton((80, 170, 160, 25)), "top"), Picture(carton(None), "side")
    alone = model.assess([armed])
    for pictures in ([armed, harmless], [harmless, armed], [armed, harmless, harmless]):
        both = model.assess(pictures)
        assert (both.assessment, both.score) == ("alarm", alone.score)
        assert both.links == ()
    twice = model.assess([armed, Picture(carton((80, 60, 160, 25)), "side")])
    assert twice.score is not None
    assert twice.score >= (alone.score or 1)
    assert twice.links


def test_a_part_of_the_phantom_lies_at_one_place_of_the_belt_in_both_views() -> None:
    """What the links rest on, checked on the phantom's geometry."""
    top, side = make_views(34_000_001, size=256, firearm=True, density="sparse", shield=False)
    shared = 0
    for part, other in zip(top.annotations, side.annotations, strict=True):
        assert part.part == other.part
        if part.ignore or other.ignore:
            continue
        shared += 1
        assert part.box[0] == pytest.approx(other.box[0], abs=4)
        assert part.box[2] == pytest.approx(other.box[2], abs=6)
    assert shared or not top.annotations
    assert export(top, "grey-png8").data != export(side, "grey-png8").data
