"""The annotated picture: boxes and names are really there, nothing of the picture is covered by the banner."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from xray_pictures import colour, dual_pages, grey8, jpeg, planted_model, png, tiff

from models.drawing import BANNERS, BLUE, GREEN, VERMILION, draw
from models.results import ImageResult, PictureProblem, Region
from models.xray import Picture


def result(
    *regions: Region,
    assessment: str = "alarm",
    ability: str = "no_interference",
    problems: tuple[PictureProblem, ...] = (),
) -> ImageResult:
    return ImageResult("top", 320, 256, "0" * 64, assessment, ability, 0.9, problems, regions, None)  # type: ignore[arg-type]


def drawn(data: bytes, what: ImageResult) -> NDArray[np.uint8]:
    page = cv2.imdecode(np.frombuffer(draw(data, what), np.uint8), cv2.IMREAD_COLOR)
    assert page is not None
    return page


def count(page: NDArray[np.uint8], tone: tuple[int, int, int]) -> int:
    return int(np.count_nonzero(np.abs(page.astype(int) - np.array(tone)).max(axis=2) <= 12))


@pytest.mark.parametrize("data", [png(colour()), jpeg(grey8()), png(dual_pages()[0]), tiff(*dual_pages())])
def test_boxes_show_in_every_kind_of_picture(data: bytes) -> None:
    without = drawn(data, result(assessment="clear"))
    page = drawn(data, result(Region("pistol", 0.9, (100, 100, 80, 60)), assessment="clear"))
    assert page.shape == without.shape
    assert count(page, VERMILION) > 1500 + count(without, VERMILION)


def test_a_box_lies_where_the_region_is() -> None:
    page = drawn(
        png(np.full((256, 320, 3), 255, np.uint8)),
        result(Region("barrel", 0.9, (100, 80, 120, 90)), assessment="clear"),
    )
    factor = page.shape[1] / 320
    banner = 0
    while (page[banner] == np.array(BANNERS["clear"][1])).all(axis=1).mean() > 0.5:
        banner += 1
    rows, columns = np.nonzero(np.abs(page.astype(int) - np.array(BLUE)).max(axis=2) <= 12)
    frame = (rows >= banner + 80 * factor - 6) & (rows <= banner + 170 * factor + 6) & (columns > 100 * factor - 6)
    assert abs(columns[frame].min() - 100 * factor) < 8
    assert abs(columns[frame].max() - 220 * factor) < 8
    assert abs(rows[frame].max() - banner - 170 * factor) < 8


@pytest.mark.parametrize("size", [(40, 32), (320, 256), (3000, 1200)])
def test_any_size_comes_out_legible(size: tuple[int, int]) -> None:
    page = np.full((size[1], size[0], 3), 255, np.uint8)
    shown = drawn(png(page), result(Region("magazine", 0.8, (2, 2, size[0] // 2, size[1] // 2))))
    assert 900 <= max(shown.shape[:2]) <= 2600
    assert count(shown, GREEN) > 800


def test_the_picture_itself_is_not_covered() -> None:
    page = drawn(png(colour()), result(assessment="clear"))
    expected = cv2.resize(colour(), (page.shape[1], round(256 * page.shape[1] / 320)), interpolation=cv2.INTER_CUBIC)
    rows = [r for r in range(page.shape[0] - expected.shape[0] + 1) if np.array_equal(page[r], expected[0])]
    assert any(np.array_equal(page[r : r + expected.shape[0]], expected) for r in rows)


def test_an_unreadable_picture_gives_a_placard() -> None:
    told = (PictureProblem("truncated", "The JPEG ends before the picture does; send the scan again."),)
    page = drawn(jpeg(colour())[:500], result(assessment="unknown", ability="unreadable", problems=told))
    plain = drawn(jpeg(colour())[:500], result(assessment="unknown", ability="unreadable"))
    assert page.shape[0] > plain.shape[0]


def test_long_reasons_are_wrapped_and_odd_letters_survive() -> None:
    told = (PictureProblem("x", "Sehr langer Grund mit Umlauten äöü und 漢字. " * 12),)
    page = drawn(png(colour()), result(assessment="unknown", problems=told))
    assert page.shape[1] == drawn(png(colour()), result()).shape[1]


def test_weak_regions_are_counted_and_not_drawn() -> None:
    weak = [Region("barrel", 0.1, (10 + 5 * k, 10, 40, 40)) for k in range(5)]
    strong = Region("pistol", 0.9, (100, 100, 80, 60))
    assert count(drawn(png(grey8()), result(strong, *weak, assessment="clear")), BLUE) == 0


def test_the_models_own_answer_can_be_drawn() -> None:
    data = png(colour())
    (image,) = planted_model().assess([Picture(data)]).images
    assert count(drawn(data, image), VERMILION) > 1000
