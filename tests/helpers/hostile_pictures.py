"""Picture files that want to hurt, or to look like more than they are, each made in code and a few kilobytes long.

`HOSTILE` names them with the code that they must be refused with; None: the picture in them is read as it is.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping, Sequence

import cv2
import numpy as np
from fuzz_seeds import chunk
from xray_pictures import colour, grey8, jpeg, png

SIGNATURE = b"\x89PNG\r\n\x1a\n"
WIDTH, HEIGHT = 320, 256
END = b"\xff\xd9"
Maker = Callable[[], bytes]


def header(width: int, height: int, depth: int = 8, kind: int = 0) -> bytes:
    """The first chunk of a PNG."""
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))


def zeros(count: int) -> bytes:
    """As many million zero bytes, compressed a thousand to one; the checksum at the end is wrong."""
    stream = zlib.compressobj(9)
    first = stream.compress(bytes(1_000_000)) + stream.flush(zlib.Z_FULL_FLUSH)
    # After a full flush nothing refers to what came before, so that the same bytes can follow again and again.
    again = stream.compress(bytes(1_000_000)) + stream.flush(zlib.Z_FULL_FLUSH)
    return first + again * (count // 1_000_000 - 1) + stream.flush()


def with_chunks(*chunks: bytes) -> bytes:
    """A good PNG with more chunks behind its header."""
    good = png(grey8())
    return good[:33] + b"".join(chunks) + good[33:]


def png_of(body: bytes, *head: bytes) -> bytes:
    """A PNG with this compressed picture."""
    return SIGNATURE + b"".join(head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def animated() -> bytes:
    """A scan of which other programs show a second picture."""
    frame = struct.pack(">IIIIIHHBB", 0, WIDTH, HEIGHT, 0, 0, 1, 10, 0, 0)
    return with_chunks(chunk(b"acTL", struct.pack(">II", 2, 0)), chunk(b"fcTL", frame))


def cut(data: bytes, share: float) -> bytes:
    """A JPEG that was cut and then closed, so that it looks whole."""
    return data[: int(len(data) * share)] + END


def progressive() -> bytes:
    """A JPEG in six scans."""
    return bytes(cv2.imencode(".jpg", grey8(), [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1])


def restarting() -> bytes:
    """A JPEG with restart markers."""
    return bytes(cv2.imencode(".jpg", grey8(), [cv2.IMWRITE_JPEG_RST_INTERVAL, 4])[1])


def resized(width: int, height: int) -> bytes:
    """A small JPEG that says it is larger."""
    old, new = (struct.pack(">HH", *one) for one in ((HEIGHT, WIDTH), (height, width)))
    return jpeg(grey8()).replace(old, new, 1)


def twice_framed() -> bytes:
    """A JPEG that says first how large it is, and then that it is 60,000 pixels wide."""
    good = jpeg(grey8())
    start = good.index(b"\xff\xc0")
    frame = good[start : start + 2 + int.from_bytes(good[start + 2 : start + 4], "big")]
    other = frame[:5] + struct.pack(">HH", 60_000, 60_000) + frame[9:]
    return good[:start] + frame + other + good[start + len(frame) :]


def first_scan_only() -> bytes:
    """A progressive JPEG of which only the coarsest scan came; a decoder makes a blurred picture of it."""
    whole = progressive()
    return whole[: whole.index(b"\xff\xc4", whole.index(b"\xff\xda"))] + END


def endless_scans() -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    whole = progressive()
    return whole[:-2] + whole[whole.rindex(b"\xff\xda") : -2] * 100 + END


PIXELS = np.where(grey8() > 128, 60_000, 20_000).astype("<u2")
Entry = tuple[int, int, int, bytes]


def short(tag: int, value: int, count: int = 1) -> Entry:
    """A directory's entry of 16 bit."""
    return tag, 3, count, struct.pack("<H", value)


def long(tag: int, value: int, count: int = 1) -> Entry:
    """A directory's entry of 32 bit."""
    return tag, 4, count, struct.pack("<I", value)


def directory(entries: Sequence[Entry], following: int = 0) -> bytes:
    """A TIFF's image file directory."""
    packed = b"".join(struct.pack("<HHI", *one[:3]) + one[3].ljust(4, b"\0") for one in sorted(entries))
    return struct.pack("<H", len(entries)) + packed + struct.pack("<I", following)


def tags(data: bytes, *changes: Entry) -> list[Entry]:
    """The entries of a page whose strip begins at byte 8."""
    own = [long(256, WIDTH), long(257, HEIGHT), short(258, 16), short(259, 1), short(262, 1), long(273, 8),
           short(277, 1), long(278, HEIGHT), long(279, len(data)), short(339, 1)]  # fmt: skip
    changed = {one[0] for one in changes}
    return [*(one for one in own if one[0] not in changed), *changes]


def tiff_of(data: bytes, *changes: Entry, loops: bool = False) -> bytes:
    """A TIFF of one page; `loops`: whose directory is followed by itself."""
    data += bytes(len(data) % 2)
    place = 8 + len(data)
    return b"II*\0" + struct.pack("<I", place) + data + directory(tags(data, *changes), place if loops else 0)


def many_pages(count: int) -> bytes:
    """A TIFF of many pages, which all show the same strip."""
    data = PIXELS.tobytes()
    size = len(directory(tags(data)))
    start = 8 + len(data)
    places = [start + number * size for number in range(1, count)] + [0]
    return b"II*\0" + struct.pack("<I", start) + data + b"".join(directory(tags(data), place) for place in places)


def deflated(data: bytes, *changes: Entry) -> bytes:
    """A TIFF with this Deflate stream."""
    return tiff_of(data, short(259, 8), *changes)


RAW = PIXELS.tobytes()
HOSTILE: Mapping[str, tuple[Maker, str | None]] = {
    "PNG of 100,000 x 1 pixels": (lambda: png_of(zeros(1_000_000), header(100_000, 1)), "too_small"),
    "PNG of 100,000 x 400 pixels": (lambda: png_of(zeros(1_000_000), header(100_000, 400)), "too_large"),
    "PNG of no pixels": (lambda: png_of(zeros(1_000_000), header(0, 0)), "broken"),
    "PNG whose picture inflates to 2 GB": (lambda: png_of(zeros(2_000_000_000), header(WIDTH, HEIGHT)), "broken"),
    "PNG with 100 MB of text": (lambda: with_chunks(chunk(b"zTXt", b"k\0\0" + zeros(100_000_000))), None),
    "PNG with 100 MB of profile": (lambda: with_chunks(chunk(b"iCCP", b"k\0\0" + zeros(100_000_000))), None),
    "PNG of 100,000 chunks": (lambda: with_chunks(*[chunk(b"tEXt", b"k\0v")] * 100_000), "broken"),
    "PNG with two headers": (lambda: with_chunks(header(60_000, 60_000)), "broken"),
    "PNG that begins with a small header": (lambda: SIGNATURE + header(64, 64) + png(grey8())[8:], "broken"),
    "animated PNG": (animated, "unsupported_format"),
    "PNG with a palette of 16 bit": (lambda: png_of(zeros(1_000_000), header(64, 64, 16, 3)), "broken"),
    "PNG with a palette that is not there": (lambda: png_of(zeros(1_000_000), header(64, 64, 8, 3)), "broken"),
    "PNG whose picture ends early": (lambda: png_of(zlib.compress(bytes(900)), header(64, 64)), "broken"),
    "PNG and ZIP in one": (lambda: png(grey8()) + b"PK\x03\x04" + bytes(200), None),
    "PNG and HTML in one": (lambda: png(grey8()) + b"<html><script>alert(1)</script>", None),
    "JPEG of 65,535 x 65,535 pixels": (lambda: resized(65_535, 65_535), "too_large"),
    "JPEG of 3 KB that says 40 megapixels": (lambda: resized(20_000, 2_000), "truncated"),
    "JPEG cut and closed": (lambda: cut(jpeg(colour()), 0.6), "truncated"),
    "JPEG with restarts, cut and closed": (lambda: cut(restarting(), 0.7), "truncated"),
    "progressive JPEG, cut and closed": (lambda: cut(progressive(), 0.5), "truncated"),
    "progressive JPEG with the first scan only": (first_scan_only, "truncated"),
    "progressive JPEG of 100 scans": (endless_scans, "broken"),
    "JPEG that says two sizes": (twice_framed, "broken"),
    "JPEG of 100,000 segments": (lambda: b"\xff\xd8" + b"\xff\xe1\0\4ab" * 100_000 + jpeg(grey8())[2:], "broken"),
    "JPEG in arithmetic code": (lambda: jpeg(grey8()).replace(b"\xff\xc0", b"\xff\xc9"), "unsupported_format"),
    "TIFF whose directory is followed by itself": (lambda: tiff_of(RAW, loops=True), "too_many_pages"),
    "TIFF of 20,000 pages": (lambda: many_pages(20_000), "too_many_pages"),
    "TIFF with a strip that inflates to 1 GB": (lambda: deflated(zeros(1_000_000_000)), "blank"),
    "TIFF whose strip ends early": (lambda: deflated(zlib.compress(RAW[:900])), "broken"),
    "TIFF whose strip is cut": (lambda: deflated(zlib.compress(RAW)[:-90]), "broken"),
    "TIFF with a description of 4 GB": (lambda: tiff_of(RAW, (270, 2, 0xFFFFFFFF, struct.pack("<I", 8))), None),
    "TIFF with 4 billion strips": (lambda: tiff_of(RAW, long(273, 8, 0xFFFFFFFF)), "broken"),
    "TIFF of 65,535 samples a pixel": (lambda: tiff_of(RAW, short(277, 65_535)), "unsupported_pixels"),
    "TIFF of two widths": (lambda: tiff_of(RAW, (256, 3, 2, struct.pack("<HH", WIDTH, WIDTH))), "broken"),
    "TIFF of 2 billion columns": (lambda: tiff_of(RAW, long(256, 0x7FFFFFFF)), "too_large"),
    "TIFF in floating point": (lambda: tiff_of(RAW, short(258, 32), short(339, 3)), "unsupported_pixels"),
    "TIFF with the predictor of floating point": (lambda: deflated(zlib.compress(RAW), short(317, 3)), "broken"),
    "TIFF with JPEG inside": (lambda: tiff_of(jpeg(grey8()), short(259, 7), short(258, 8)), "unsupported_pixels"),
    "TIFF of one tile of a terabyte": (
        lambda: tiff_of(RAW, long(322, 1 << 20), long(323, 1 << 20), long(324, 8), long(325, len(RAW))),
        "unsupported_pixels",
    ),
    "TIFF that is cut in its directory": (lambda: tiff_of(RAW)[:-20], "broken"),
}  # fmt: skip
