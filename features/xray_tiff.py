"""What a TIFF (6.0, BigTIFF) says of itself: at most two pages, of kinds that scanners write."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import Any

import tifffile

from features.xray_file import Header, UnreadablePicture, truncated

TIFF_SIGNATURES = frozenset({b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"})
MAX_PAGES = 2
"""One page, or low energy and high energy."""
COMPRESSIONS = {1: "none", 5: "LZW", 8: "Deflate", 32773: "PackBits", 32946: "Deflate"}
"""Those whose decoders say when something is missing. JPEG inside a TIFF, fax codes and the like do not."""
_CHANNELS = frozenset({1, 3, 4})
_CHUNKY = 1
_MAX_TILE = 1 << 28
"""Bytes of one tile, which a decoder takes in one piece."""
# What is wrong with a file is told once, by its code; the library's own words for each damaged tag would fill the log.
logging.getLogger("tifffile").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class _Page:
    """What is asked about one page; `kind` is NumPy's code of the pixels, such as `u2`."""

    width: int
    height: int
    kind: str
    channels: int
    compression: int
    planes: int
    tile: int
    strips: tuple[tuple[int, int], ...]

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height


def tiff_header(data: bytes) -> Header:
    """Return what the file says of itself.

    Raises:
        UnreadablePicture: broken, truncated, too_many_pages, pages_differ or unsupported_pixels.
    """
    pages = _pages(data)
    if not pages:
        raise UnreadablePicture("broken", "The TIFF holds no page.")
    size = pages[0].size
    if min(size) <= 0:
        raise UnreadablePicture("broken", "The TIFF does not say how large it is.")
    if len(pages) > MAX_PAGES:
        text = f"The TIFF has more than {MAX_PAGES} pages; one page, or low energy and high energy, are read."
        raise UnreadablePicture("too_many_pages", text, size)
    if len({(page.size, page.kind, page.channels) for page in pages}) > 1:
        raise UnreadablePicture("pages_differ", "The TIFF's pages differ in size or kind.", size)
    for page in pages:
        _check_kind(page)
        if any(start + count > len(data) for start, count in page.strips):
            raise truncated("TIFF", size)
    return Header("tiff", *size, pages=len(pages))


def _pages(data: bytes) -> list[_Page]:
    """Return the pages, one more than allowed at most: a directory may lead back to itself and never end."""
    try:
        with tifffile.TiffFile(BytesIO(data)) as file:
            return [_page(page.aspage()) for page in islice(file.pages, MAX_PAGES + 1)]
    # tifffile raises whatever its parsing ran into (struct.error, IndexError, its own class); all mean the same here.
    except Exception as error:
        raise UnreadablePicture("broken", "The TIFF's directory cannot be read; send the scan again.") from error


def _page(page: Any) -> _Page:
    tile = int(page.tilewidth) * int(page.tilelength) * int(page.bitspersample) * int(page.samplesperpixel) // 8
    return _Page(
        width=int(page.imagewidth),
        height=int(page.imagelength),
        kind=page.dtype.str[1:] if page.dtype is not None else "unknown",
        channels=int(page.samplesperpixel),
        compression=int(page.compression),
        planes=int(page.planarconfig),
        tile=tile,
        strips=tuple(zip(map(int, page.dataoffsets), map(int, page.databytecounts), strict=False)),
    )


def _check_kind(page: _Page) -> None:
    fault = None
    if page.kind not in {"u1", "u2"}:
        fault = f"pixels of kind {page.kind}"
    elif page.compression not in COMPRESSIONS:
        known = ", ".join(dict.fromkeys(COMPRESSIONS.values()))
        fault = f"compression {page.compression} (only {known})"
    elif page.channels not in _CHANNELS or (page.channels > 1 and page.planes != _CHUNKY):
        fault = f"{page.channels} samples a pixel in {page.planes} plane(s)"
    elif page.tile > _MAX_TILE:
        fault = "tiles of that size"
    if fault:
        raise UnreadablePicture("unsupported_pixels", f"TIFF {fault} are not read.", page.size)
