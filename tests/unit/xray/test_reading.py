"""Every way in which a picture file can be unusable has its own code, and no bomb is ever decoded."""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import pytest
from xray_pictures import colour, dual_pages, grey8, jpeg, png, tiff

from features.xray_header import UNREADABLE, UnreadablePicture
from features.xray_read import PictureLimits, read_picture

LIMITS = PictureLimits()


def code_of(data: bytes, limits: PictureLimits = LIMITS) -> str:
    with pytest.raises(UnreadablePicture) as caught:
        read_picture(data, limits)
    assert caught.value.code in UNREADABLE
    assert len(caught.value.message) > 20
    return caught.value.code


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width: int, height: int, packed: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def with_exif_orientation(data: bytes, orientation: int) -> bytes:
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    body = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]


@pytest.mark.parametrize(
    ("data", "size", "dtype"),
    [
        (png(grey8()), (320, 256), np.uint8),
        (png(dual_pages()[0]), (320, 256), np.uint16),
        (jpeg(grey8()), (320, 256), np.uint8),
        (png(colour()), (320, 256), np.uint8),
        (jpeg(colour()), (320, 256), np.uint8),
        (tiff(dual_pages()[0]), (320, 256), np.uint16),
        (tiff(*dual_pages()), (320, 256), np.uint16),
        (tiff(*dual_pages(), compression=None), (320, 256), np.uint16),
        (cv2.imencode(".tiff", dual_pages()[0])[1].tobytes(), (320, 256), np.uint16),
    ],
)
def test_every_kind_a_station_may_send_is_read(data: bytes, size: tuple[int, int], dtype: type) -> None:
    picture = read_picture(data, LIMITS)
    assert picture.size == size
    assert all(page.dtype == dtype and page.shape[1::-1] == size for page in picture.pages)


def test_two_pages_come_in_the_files_order() -> None:
    low, high = dual_pages()
    assert np.array_equal(read_picture(tiff(low, high), LIMITS).pages[0], low)
    assert np.array_equal(read_picture(tiff(low, high), LIMITS).pages[1], high)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"GIF89a" + b"\0" * 100, "unsupported_format"),
        (b"%PDF-1.7 not a picture", "unsupported_format"),
        (png(grey8())[:-12], "truncated"),
        (png(grey8())[:200], "truncated"),
        (b"\x89PNG\r\n\x1a\n", "truncated"),
        (jpeg(colour())[: len(jpeg(colour())) // 2], "truncated"),
        (jpeg(colour())[:-2], "truncated"),
        (b"\xff\xd8", "truncated"),
        (b"\xff\xd8\xff\xd9", "broken"),
        (b"\xff\xd8rubbish", "broken"),
        (tiff(*dual_pages())[:-500], "truncated"),
        (b"II*\0" + b"\xff" * 40, "broken"),
        (b"II*\0", "broken"),
        (png_of(64, 64, zlib.compress(b"\0" * 100)), "broken"),
        (png_of(0, 64, zlib.compress(b"\0" * 100)), "broken"),
        (png(np.zeros((20, 200), np.uint8)), "too_small"),
        (tiff(*[dual_pages()[0]] * 3), "too_many_pages"),
        (tiff(dual_pages()[0], dual_pages()[1][:100]), "pages_differ"),
        (tiff(dual_pages()[0], grey8()), "pages_differ"),
        (tiff(np.ones((64, 64), np.float32)), "unsupported_pixels"),
        (tiff(np.ones((64, 64), np.uint32)), "unsupported_pixels"),
    ],
)
def test_each_broken_form_has_its_code(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_a_flipped_bit_in_a_png_is_noticed() -> None:
    data = bytearray(png(grey8()))
    data[len(data) // 2] ^= 0x10
    assert code_of(bytes(data)) == "broken"


def test_a_bomb_is_refused_by_its_header() -> None:
    # 100,000 x 100,000 pixels in a few kilobytes: decoding it would take ten gigabytes.
    assert code_of(png_of(100_000, 100_000, zlib.compress(b"\0" * 4_000_000, 9))) == "too_large"
    assert code_of(png_of(19_000, 19_000, zlib.compress(b"\0" * 1000))) == "too_large"


def test_limits_are_the_callers() -> None:
    data = png(grey8())
    assert code_of(data, PictureLimits(max_bytes=100)) == "too_many_bytes"
    assert code_of(data, PictureLimits(max_pixels=320 * 256 - 1)) == "too_large"
    assert code_of(data, PictureLimits(max_side=319)) == "too_large"
    assert read_picture(data, PictureLimits(max_pixels=320 * 256, max_side=320)).size == (320, 256)


def test_a_refused_picture_still_says_how_large_it_is() -> None:
    with pytest.raises(UnreadablePicture) as caught:
        read_picture(jpeg(colour())[:-2], LIMITS)
    assert caught.value.size == (320, 256)


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_cameras_orientation_mark_is_not_applied(orientation: int) -> None:
    plain, marked = jpeg(colour()), with_exif_orientation(jpeg(colour()), orientation)
    assert np.array_equal(read_picture(plain, LIMITS).pages[0], read_picture(marked, LIMITS).pages[0])


def test_grey_in_three_channels_is_grey() -> None:
    page = read_picture(png(np.repeat(grey8()[..., None], 3, axis=2)), LIMITS).pages[0]
    assert np.array_equal(page, grey8())


def test_what_is_transparent_is_air() -> None:
    alpha = np.full((256, 320, 1), 255, np.uint8)
    alpha[:, :20] = 0
    page = read_picture(png(np.concatenate([colour(), alpha], axis=2)), LIMITS).pages[0]
    assert (page[:, :20] == 255).all()
    assert np.array_equal(page[:, 20:], colour()[:, 20:])


def test_sixteen_bit_colour_becomes_eight_bit() -> None:
    page = read_picture(png(colour().astype(np.uint16) * 257), LIMITS).pages[0]
    assert np.array_equal(page, colour())
