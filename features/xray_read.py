"""Bytes of a picture file to decoded pixels, with every limit checked before the decoder runs."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from features.xray_file import Header, Pixels, UnreadablePicture
from features.xray_header import read_header
from features.xray_jpeg import check_complete

__all__ = ["Decoded", "PictureLimits", "Pixels", "read_picture"]

_LINES = 256
"""Lines that are worked on at once where a whole picture in floating point would take four times its memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLimits:
    """What is accepted as a picture.

    Attributes:
        max_bytes: Of the file. A 2,400 px dual-energy TIFF without compression has about 23 MB.
        max_pixels: Width times height. 40 million pixels need about 1 GB while they are read.
        max_side: Of width and height, in pixels; a belt scanner's longest exports have about 10,000 lines.
        min_side: Of width and height, in pixels; below it not even a whole firearm covers three cells of the detector.
    """

    max_bytes: int = 32 * 1024 * 1024
    max_pixels: int = 40_000_000
    max_side: int = 20_000
    min_side: int = 32


@dataclass(frozen=True, slots=True)
class Decoded:
    """The pixels of one picture file.

    Attributes:
        header: What the file says of itself.
        pages: One or two arrays, each H x W (grey) or H x W x 3 (blue, green, red), 8 or 16 bit, as stored: an
            orientation mark of a camera is not applied, because boxes are told in stored pixels.
    """

    header: Header
    pages: tuple[Pixels, ...]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.header.width, self.header.height


def read_picture(data: bytes, limits: PictureLimits) -> Decoded:
    """Decode a PNG, JPEG or TIFF.

    Args:
        data: The file's bytes.
        limits: What is accepted; judged from the file's header, before decoding.

    Raises:
        UnreadablePicture: With one of the codes of `features.xray_header.UNREADABLE`.
    """
    if len(data) > limits.max_bytes:
        text = f"The file has {len(data):,} bytes; at most {limits.max_bytes:,} are accepted."
        raise UnreadablePicture("too_many_bytes", text)
    header = read_header(data)
    _check_size(header, limits)
    pages = _decode(data, header)
    size = (header.width, header.height)
    if len(pages) != header.pages or any(page.shape[1::-1] != size for page in pages):
        raise UnreadablePicture("broken", "The file's content is not what its header says; send the scan again.", size)
    return Decoded(header, tuple(_plain(page, size) for page in pages))


def _check_size(header: Header, limits: PictureLimits) -> None:
    size = (header.width, header.height)
    told = f"The picture has {header.width} x {header.height} pixels"
    if min(size) < limits.min_side:
        raise UnreadablePicture("too_small", f"{told}; each side must have at least {limits.min_side}.", size)
    if max(size) > limits.max_side:
        raise UnreadablePicture("too_large", f"{told}; each side may have at most {limits.max_side:,}.", size)
    if header.width * header.height > limits.max_pixels:
        raise UnreadablePicture("too_large", f"{told}; at most {limits.max_pixels:,} in all are accepted.", size)


def _decode(data: bytes, header: Header) -> list[Pixels]:
    size = (header.width, header.height)
    try:
        if header.format == "tiff":
            pages = _tiff_pages(data, header.pages)
        else:
            page = _single(data)
            pages = [] if page is None else [page]
    except cv2.error as error:
        raise UnreadablePicture("broken", "The picture cannot be decoded; send the scan again.", size) from error
    if not pages:
        raise UnreadablePicture("broken", "The picture cannot be decoded; send the scan again.", size)
    if header.format == "jpeg":
        check_complete(data, pages[0], _single)
    return pages


def _single(data: bytes) -> Pixels | None:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)


def _tiff_pages(data: bytes, count: int) -> list[Pixels]:
    # Only as many as the header has: what follows them, or leads back to them, is not for the decoder.
    whole, found = cv2.imdecodemulti(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED, range=(0, count))
    return list(found) if whole else []


def _plain(page: Pixels, size: tuple[int, int]) -> Pixels:
    """Grey as H x W, colour as H x W x 3 in 8 bit, transparency laid on white: nothing there means air."""
    if page.dtype not in (np.uint8, np.uint16):
        raise UnreadablePicture("unsupported_pixels", f"Pixels of kind {page.dtype} are not read.", size)
    if page.ndim == 3 and page.shape[2] == 4:
        page = _on_white(page)
    if page.ndim == 3 and page.shape[2] not in {1, 3}:
        raise UnreadablePicture("unsupported_pixels", f"{page.shape[2]} channels are not read.", size)
    if page.ndim == 3 and page.shape[2] == 3:
        return _grey_if_equal(page)
    return np.ascontiguousarray(page.reshape(page.shape[:2]))


def _on_white(page: Pixels) -> Pixels:
    top = float(np.iinfo(page.dtype).max)
    laid = np.empty((*page.shape[:2], 3), page.dtype)
    for start in range(0, len(page), _LINES):
        some = page[start : start + _LINES]
        alpha = some[..., 3:].astype(np.float32) / top
        laid[start : start + _LINES] = np.rint(some[..., :3].astype(np.float32) * alpha + top * (1 - alpha))
    return laid


def _grey_if_equal(page: Pixels) -> Pixels:
    """A grey picture stored in three equal channels is grey; colour in 16 bit carries no more than 8 bit of hue."""
    blue, green, red = (page[..., channel] for channel in range(3))
    # A few lines betray colour; all of them are compared only where they do not.
    alike = np.array_equal(blue[::64], green[::64]) and np.array_equal(green[::64], red[::64])
    if alike and np.array_equal(blue, green) and np.array_equal(green, red):
        return np.ascontiguousarray(blue)
    if page.dtype == np.uint16:
        return np.asarray(np.right_shift(page, 8), np.uint8)
    return page
