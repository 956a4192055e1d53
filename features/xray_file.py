"""What every reader of picture files shares: the words for what cannot be read, and what a file says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import NDArray

from features.errors import InputError

FileFormat = Literal["png", "jpeg", "tiff"]
Pixels = NDArray[Any]
"""Levels of 8 or 16 bit (uint8, uint16)."""

UNREADABLE: dict[str, str] = {
    "empty": "The file holds no bytes.",
    "too_many_bytes": "The file is larger than the limit.",
    "unsupported_format": "The file is not a PNG, JPEG or TIFF with one still picture.",
    "unsupported_pixels": "The pixels are of a kind no scanner exports (floating point, 32 bit, and the like).",
    "broken": "The file cannot be decoded.",
    "truncated": "The file ends before the picture does.",
    "too_small": "The picture has too few pixels to show a part.",
    "too_large": "The picture has more pixels than the limit.",
    "too_many_pages": "The TIFF has more than two pages.",
    "pages_differ": "The low-energy and high-energy pages differ in size or kind.",
    "blank": "The picture shows nothing: an empty or aborted scan.",
    "not_xray": "The picture does not look like an X-ray scan.",
    "failed": "Reading the picture failed unexpectedly.",
}
"""Every code of an unreadable picture with its general meaning."""


class UnreadablePicture(InputError):
    """A picture that cannot be judged; `code` is a key of UNREADABLE, `size` is (width, height) or (0, 0)."""

    def __init__(self, code: str, message: str, size: tuple[int, int] = (0, 0)) -> None:
        super().__init__(message)
        self.code = code
        self.size = size


@dataclass(frozen=True, slots=True)
class Header:
    """Width and height in pixels of the first page, and the number of pages."""

    format: FileFormat
    width: int
    height: int
    pages: int = 1


def truncated(kind: str, size: tuple[int, int] = (0, 0)) -> UnreadablePicture:
    """Return the refusal of a file that ends too early."""
    return UnreadablePicture("truncated", f"The {kind} ends before the picture does; send the scan again.", size)
