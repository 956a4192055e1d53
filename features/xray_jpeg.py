"""What a JPEG (ITU-T T.81) says of itself, and whether its coded picture goes to its end.

A decoder fills what is missing with grey and calls that a picture. A file that was cut and then closed with an end
marker must not look like one that was scanned to the end.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from features.xray_file import Header, Pixels, UnreadablePicture, truncated

JPEG_SIGNATURE = b"\xff\xd8"
MAX_SEGMENTS = 10_000
MAX_SCANS = 64
"""Progressive files have 6 to 20; each scan costs the decoder another pass over the whole picture."""
# Start-of-frame markers of T.81 table B.1; C4, C8 and CC are other things. Read are those with
# Huffman codes, as everybody writes them: baseline, extended and progressive.
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_READ_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_COEFFICIENTS = 64
_STAND_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_SCAN, _END = 0xDA, 0xD9
_MARKER = re.compile(rb"\xff+([^\xff])", re.DOTALL)
# Inside the coded picture FF is always followed by 00 or a restart marker.
_END_OF_SCAN = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]", re.DOTALL)
# Begins with 00, which makes coded data of an FF at which a file was cut; goes on with every restart marker, because a
# file may have been cut right before one.
_CODED = bytes(range(0x11, 0x51)) * 2
_PROBE = b"\0" + _CODED + b"".join(bytes((0xFF, restart)) + _CODED for restart in range(0xD0, 0xD8))
_MISSING_GREY = 128
"""What decoders make of a block without data: all coefficients zero, which is the middle of the scale."""
_BLOCK = 8

Decode = Callable[[bytes], Pixels | None]


def jpeg_header(data: bytes) -> Header:
    """Return what the file says of itself.

    Raises:
        UnreadablePicture: broken, truncated or unsupported_format.
    """
    size, frame = (0, 0), b""
    scans: list[bytes] = []
    try:
        for number, (marker, place) in enumerate(_segments(data)):
            if number > MAX_SEGMENTS or len(scans) > MAX_SCANS:
                raise UnreadablePicture("broken", "The JPEG has more parts than any scanner writes.")
            if marker in _START_OF_FRAME:
                frame, size = _frame(data, marker, place, frame)
            elif marker == _SCAN:
                scans.append(_body(data, place))
    except UnreadablePicture as error:
        raise UnreadablePicture(error.code, error.message, size) from None
    if not scans or 0 in size:
        raise UnreadablePicture("broken", "The JPEG holds no picture, or does not say how large it is.", size)
    if not _all_coded(frame, scans):
        raise truncated("JPEG", size)
    return Header("jpeg", *size)


def check_complete(data: bytes, page: Pixels, decode: Decode) -> None:
    """Check that the coded picture of a JPEG goes on to its end marker.

    Bytes are put before the end marker: a decoder that already has the whole picture passes over them; one that was
    still waiting for it takes them for the missing part, and another picture comes out. The second decoding is spared
    where the last block shows that it was coded.

    Args:
        data: The file's bytes, which `jpeg_header` accepts.
        page: The pixels that the decoder made of them, of shape (height, width) or (height, width, channels).
        decode: The same decoder.

    Raises:
        UnreadablePicture: truncated.
    """
    marks = list(_segments(data))
    if sum(marker == _SCAN for marker, _ in marks) == 1 and not _may_be_missing(page):
        return
    end = marks[-1][1] - 2
    other = decode(data[:end] + _PROBE + data[end:])
    if other is None or not np.array_equal(page, other):
        raise truncated("JPEG", (page.shape[1], page.shape[0]))


def _may_be_missing(page: Pixels) -> bool:
    last = page[-1 - (page.shape[0] - 1) % _BLOCK :, -1 - (page.shape[1] - 1) % _BLOCK :]
    return bool((abs(last.astype(np.int16) - _MISSING_GREY) <= 1).all())


def _segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield each marker's code and the place behind it, up to the end marker, passing over the coded picture."""
    place = len(JPEG_SIGNATURE)
    while True:
        found = _MARKER.match(data, place)
        if found is None:
            if data[place : place + 1] in (b"", b"\xff"):
                raise truncated("JPEG")
            raise UnreadablePicture("broken", f"The JPEG is damaged at byte {place}.")
        marker, place = found[1][0], found.end()
        yield marker, place
        if marker == _END:
            return
        if marker not in _STAND_ALONE:
            place = _behind(data, marker, place)


def _behind(data: bytes, marker: int, place: int) -> int:
    """Return where the next marker begins."""
    if place + 2 > len(data):
        raise truncated("JPEG")
    (length,) = struct.unpack_from(">H", data, place)
    place += max(length, 2)
    if marker == _SCAN:
        end = _END_OF_SCAN.search(data, place)
        if end is None:
            raise truncated("JPEG")
        place = end.start()
    return place


def _body(data: bytes, place: int) -> bytes:
    length = int.from_bytes(data[place : place + 2], "big")
    if place + max(length, 2) > len(data):
        raise truncated("JPEG")
    return data[place + 2 : place + length]


def _frame(data: bytes, marker: int, place: int, before: bytes) -> tuple[bytes, tuple[int, int]]:
    """Return the frame header, and width and height in pixels."""
    if before:
        raise UnreadablePicture("broken", "The JPEG says twice how large it is.")
    if marker not in _READ_FRAMES:
        raise UnreadablePicture("unsupported_format", "The JPEG is lossless, hierarchical or in arithmetic code.")
    body = _body(data, place)
    if len(body) < 6 or len(body) < 6 + 3 * body[5]:
        raise UnreadablePicture("broken", "The JPEG's header is damaged.")
    height, width = struct.unpack_from(">HH", body, 1)
    return body, (width, height)


def _all_coded(frame: bytes, scans: Sequence[bytes]) -> bool:
    """Tell whether the scans together hold every coefficient of every component to its last bit (T.81, G.1.1)."""
    rest = {frame[6 + 3 * number]: set(range(_COEFFICIENTS)) for number in range(frame[5])}
    for scan in scans:
        count = scan[0] if scan else 0
        if len(scan) < 4 + 2 * count:
            return False
        first, last, bits = scan[1 + 2 * count : 4 + 2 * count]
        if bits & 0x0F == 0:  # the lowest bit that this scan holds
            for number in range(count):
                rest.get(scan[1 + 2 * number], set()).difference_update(range(first, last + 1))
    return not any(rest.values())
