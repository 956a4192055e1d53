"""What a picture file says about itself, read before a single pixel is decoded.

A decompression bomb costs its sender a kilobyte and the decoder gigabytes, so size, pages and completeness are judged
from the headers alone. Formats: PNG (ISO/IEC 15948), JPEG (ITU-T T.81), TIFF 6.0 and BigTIFF.
"""

from __future__ import annotations

from features.xray_file import UNREADABLE, FileFormat, Header, UnreadablePicture
from features.xray_jpeg import JPEG_SIGNATURE, jpeg_header
from features.xray_png import PNG_SIGNATURE, png_header
from features.xray_tiff import TIFF_SIGNATURES, tiff_header

__all__ = ["UNREADABLE", "FileFormat", "Header", "UnreadablePicture", "read_header"]


def read_header(data: bytes) -> Header:
    """Read format, size and pages of a picture file, and check that the file is whole.

    Args:
        data: The file's bytes.

    Raises:
        UnreadablePicture: empty, unsupported_format, broken, truncated, too_many_pages, pages_differ or
            unsupported_pixels.
    """
    if not data:
        raise UnreadablePicture("empty", "The picture file is empty; send the scan again.")
    if data.startswith(PNG_SIGNATURE):
        return png_header(data)
    if data.startswith(JPEG_SIGNATURE):
        return jpeg_header(data)
    if data[:4] in TIFF_SIGNATURES:
        return tiff_header(data)
    start = data[:8].hex(" ")
    raise UnreadablePicture("unsupported_format", f"Not a PNG, JPEG or TIFF file (it starts with {start}).")
