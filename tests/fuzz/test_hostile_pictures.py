"""Picture files that want to hurt: each is refused with its code, or read as the picture it holds, and never clear."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hostile_pictures import END, HOSTILE, Maker, progressive, restarting
from xray_pictures import PlantedEngine, colour, dual_pages, grey8, jpeg, planted_model, png, tiff

from features.xray_file import UnreadablePicture
from features.xray_read import PictureLimits, read_picture
from models.xray import Picture

LIMITS = PictureLimits()


@pytest.mark.parametrize(("make", "code"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_picture_gets_its_code(make: Maker, code: str | None) -> None:
    # A network that sees nothing anywhere (a fake): whatever is read as a whole scan comes out clear.
    (image,) = planted_model(PlantedEngine(gain=0.0)).assess([Picture(make())], LIMITS).images
    assert [one.code for one in image.problems] == ([] if code is None else [code])
    assert image.assessment == ("clear" if code is None else "unknown")


def test_what_stands_behind_or_beside_the_picture_does_not_change_it() -> None:
    for name, (make, code) in HOSTILE.items():
        if code is None and name.startswith("PNG"):
            assert np.array_equal(read_picture(make(), LIMITS).pages[0], grey8()), name


WHOLE = {
    "grey JPEG": jpeg(grey8()),
    "colour JPEG": jpeg(colour(), 60),
    "progressive JPEG": progressive(),
    "JPEG with restarts": restarting(),
    "PNG": png(grey8()),
    "TIFF": tiff(*dual_pages()),
    "TIFF, LZW": bytes(cv2.imencode(".tiff", dual_pages()[0], [cv2.IMWRITE_TIFF_COMPRESSION, 5])[1]),
}


@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE)
def test_a_file_cut_anywhere_is_refused(data: bytes) -> None:
    read_picture(data, LIMITS)
    for end in range(0, len(data) - 1, max(1, len(data) // 60)):
        with pytest.raises(UnreadablePicture):
            read_picture(data[:end], LIMITS)


@pytest.mark.parametrize("name", [name for name in WHOLE if "JPEG" in name])
def test_a_jpeg_cut_anywhere_and_closed_again_is_refused(name: str) -> None:
    data = WHOLE[name]
    start = data.index(b"\xff\xda")
    # What was cut within the very last blocks cannot be told from a picture that ends so.
    for end in range(start, len(data) - 400, max(1, (len(data) - start) // 60)):
        with pytest.raises(UnreadablePicture) as caught:
            read_picture(data[:end] + END, LIMITS)
        assert caught.value.code in {"truncated", "broken"}


def test_a_jpeg_that_ends_in_middle_grey_is_read() -> None:
    page = grey8()
    page[-64:] = 128
    for data in (jpeg(page), bytes(cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_RST_INTERVAL, 4])[1])):
        assert abs(read_picture(data, LIMITS).pages[0][-64:].astype(int) - 128).max() <= 2
