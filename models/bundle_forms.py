"""What the files of a bundle may be: JSON, plain text, NumPy archives without objects, and ONNX networks of one piece.

Whatever is none of these is refused before anything opens it. That leaves no room for a pickle, under whatever name and
however packed: JSON and text cannot hold one, an array of objects is told from its header alone, and no other form is
read.
"""

from __future__ import annotations

import io
import pickletools
import zipfile
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Final

import numpy as np

MAX_UNPACKED: Final = 512 * 1024 * 1024
"""Bytes that an archive may have when it is opened: a small file can say that it holds a thousand times as much."""
PICKLES: Final = frozenset({".pkl", ".pickle", ".joblib", ".pt", ".pth"})
_ARRAY: Final = ".npy"
# The first two bytes of protocols 2 to 5; no form that we load begins so.
_PROTOCOLS: Final = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))
_ONNX_FIRST: Final = b"\x08"  # field 1 of a ModelProto, its version, which every writer puts first
_ONNX_ELSEWHERE: Final = b"\x0a\x08location"  # how a tensor names a file beside the network
_CONTROL: Final = bytes(set(range(32)) - set(b"\t\n\r")) + b"\x7f"


def fault(name: str, data: bytes) -> tuple[str, str] | None:
    """Return (code, sentence) where a file is none that we load; None where it may be opened as what its name says."""
    suffix = PurePosixPath(name).suffix
    if suffix in PICKLES:
        return "bundle_pickle", "Pickle files run code when opened and are never loaded."
    if data.startswith(_PROTOCOLS):
        return "bundle_pickle", "Is a pickle under another name; pickles run code when opened and are never loaded."
    check = _CHECKS.get(suffix)
    if check is None:
        return "bundle_form", f"No form that is loaded; a bundle holds {', '.join(sorted(_CHECKS))} files."
    return check(data)


def _json(data: bytes) -> tuple[str, str] | None:
    if data.lstrip()[:1] in (b"{", b"["):
        return None
    return "bundle_form", "Not a JSON object or list."


def _text(data: bytes) -> tuple[str, str] | None:
    if _is_pickle(data):
        return "bundle_pickle", "Is a pickle under another name; pickles run code when opened and are never loaded."
    try:
        plain = data.decode("utf-8").encode().translate(None, _CONTROL) == data
    except UnicodeDecodeError:
        plain = False
    return None if plain else ("bundle_form", "Not a plain text.")


def _is_pickle(data: bytes) -> bool:
    """Return whether these bytes are a whole pickle of the protocols that are text; nothing of it is carried out."""
    try:
        last = max(place or 0 for _, _, place in pickletools.genops(data))
    except Exception:  # noqa: BLE001  # whatever its parser says of bytes that are no pickle
        return False
    return last == len(data.rstrip()) - 1


def _archive(data: bytes) -> tuple[str, str] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if sum(one.file_size for one in entries) > MAX_UNPACKED:
                return "bundle_too_large", f"Holds more than {MAX_UNPACKED // 2**20} MiB when it is opened."
            faults = [_array(archive, one) for one in entries]
    except Exception as error:  # noqa: BLE001  # whatever their parsers say: of zip, of Deflate, of an array's header
        return "bundle_form", f"Not a NumPy archive ({type(error).__name__})."
    return next((one for one in faults if one), None)


def _array(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[str, str] | None:
    """Look at the header of one array: no array is opened, so none can be too large to be looked at."""
    if not entry.filename.endswith(_ARRAY):
        return "bundle_form", f"Holds {entry.filename[:40]!r}, which is no array."
    with archive.open(entry) as file:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, kind = read(file)
        header = file.tell()
    if kind.hasobject:
        return "bundle_pickle", "Holds an array of objects, which is a pickle; pickles run code when opened."
    if int(np.prod(shape, dtype=object)) * kind.itemsize != entry.file_size - header:
        return "bundle_form", "Holds an array of another size than its header says."
    return None


def _network(data: bytes) -> tuple[str, str] | None:
    if not data.startswith(_ONNX_FIRST):
        return "bundle_form", "Not an ONNX form."
    if _ONNX_ELSEWHERE in data:
        return "bundle_form", "The network keeps weights in other files; export it in one piece."
    return None


_CHECKS: Final[Mapping[str, Callable[[bytes], tuple[str, str] | None]]] = {
    ".json": _json,
    ".txt": _text,
    ".npz": _archive,
    ".onnx": _network,
}
