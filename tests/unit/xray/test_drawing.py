"""The annotated picture: boxes and names are really there, nothing of the picture is covered by the banner."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from xray_pictures import colour, dual_pages, grey8, jpeg, planted_model, png, tiff

from models.drawing import BANNERS, MOST_BOXES, NARROWEST, draw
from models.drawing_words import BLUE, GREEN, SKY, VERMILION, YELLOW, Type, wrapped
from models.results import PARTS, DenseArea, ImageResult, PictureProblem, Region
from models.xray import Picture


def result(
    *regions: Region,
    assessment: str = "alarm",
    ability: str = "no_interference",
    problems: tuple[PictureProblem, ...] = (),
    dense: tuple[DenseArea, ...] = (),
) -> ImageResult:
    told = (assessment, ability, 0.9, problems, regions, None, None, dense)
    return ImageResult("top", 320, 256, "0" * 64, *told)  # type: ignore[arg-type]


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


def white(width: int, height: int) -> bytes:
    return png(np.full((height, width, 3), 255, np.uint8))


def test_what_hides_is_hatched_and_what_is_dense_has_a_rim() -> None:
    opaque, dense = DenseArea((40, 60, 100, 80), 0.14, True), DenseArea((200, 60, 60, 60), 0.05, False)
    without = drawn(white(320, 256), result(assessment="unknown", ability="shield"))
    hatched = drawn(white(320, 256), result(assessment="unknown", ability="shield", dense=(opaque,)))
    both = drawn(white(320, 256), result(assessment="unknown", ability="shield", dense=(opaque, dense)))
    assert count(without, YELLOW) == 0
    assert count(hatched, YELLOW) > 2000
    assert count(hatched, SKY) == 0
    assert count(both, SKY) > 200


def test_a_narrow_picture_gets_room_for_words_and_keeps_its_boxes() -> None:
    region = Region("long_gun", 0.9, (10, 100, 40, 700))
    page = drawn(white(60, 1000), result(region, Region("ammunition", 0.8, (5, 850, 50, 50))))
    assert page.shape[1] == NARROWEST
    rows, columns = np.nonzero(np.abs(page[:950].astype(int) - np.array(VERMILION)).max(axis=2) <= 12)
    left = (NARROWEST - 60) // 2
    frame = rows > 700
    assert columns[frame].min() == pytest.approx(left + 10, abs=6)
    assert columns[frame].max() == pytest.approx(left + 50, abs=6)


def test_a_legend_takes_as_many_rows_as_it_needs() -> None:
    every = [Region(part, 0.9, (10 + 5 * n, 10, 40, 40)) for n, part in enumerate(("pistol", "slide", "suppressor"))]
    few, many = result(every[0]), result(*every, Region("magazine", 0.8, (60, 100, 40, 40)))
    assert drawn(white(60, 1000), many).shape[0] > drawn(white(60, 1000), few).shape[0]
    assert drawn(white(320, 256), many).shape[0] == drawn(white(320, 256), few).shape[0]


@pytest.mark.parametrize("size", [(40, 32), (600, 400), (2400, 1700), (250, 1500), (1500, 120)])
def test_boxes_at_every_edge_and_long_lists_are_drawn_at_any_size(size: tuple[int, int]) -> None:
    width, height = size
    side = max(4, min(size) // 6)
    corners = [(0, 0), (width - side, 0), (0, height - side), (width - side, height - side)]
    regions = [Region(PARTS[n % 13], 0.95 - 0.01 * n, (*corners[n % 4], side, side)) for n in range(40)]
    page = drawn(white(width, height), result(*regions))
    assert max(page.shape[:2]) <= 2800
    assert count(page, BLUE) > 200
    shown = drawn(white(width, height), result(*regions[:MOST_BOXES]))
    banner_and_picture = page.shape[0] - 120
    assert np.array_equal(page[:banner_and_picture], shown[:banner_and_picture])


def test_lines_are_broken_where_they_end() -> None:
    letter = Type(0.5)
    lines = wrapped("No signal came through, which is large enough to hide a part. " + "x" * 90, 300, letter)
    assert len(lines) > 2
    assert all(letter.width(line) <= 300 for line in lines)
    assert "".join(lines).replace(" ", "").endswith("x" * 90)
