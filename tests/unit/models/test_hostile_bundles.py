"""Bundles that mean harm, or that a hand has spoiled: each is refused with one sentence; nothing in it is opened."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from bundle_copies import copy_of_shipped
from hypothesis import given
from hypothesis import strategies as st

from features.errors import CheckFailed, InputError
from models import bundle_files
from models.bundle import open_bundle, shipped_bundles
from models.bundle_forms import MAX_UNPACKED, fault
from models.card import CARD
from models.loading import load_risk, load_xray
from models.tree_text import read_text

SHIPPED = shipped_bundles("risk")[-1]


class Trap:
    """Leaves a file behind where somebody unpickles it."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.mkdir, (str(self.file),)


def archive(**arrays: Any) -> bytes:
    held = io.BytesIO()
    np.savez_compressed(held, **arrays)
    return held.getvalue()


def zipped(name: str, data: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, data)
    return held.getvalue()


def dumped(value: object, compress: int = 0) -> bytes:
    held = io.BytesIO()
    joblib.dump(value, held, compress=compress)
    return held.getvalue()


def refused(folder: Path, name: str, data: bytes) -> str:
    """Return the code under which a bundle is refused whose card vouches for this file."""
    card = json.loads((SHIPPED / CARD).read_text())
    card["files"] = {name: hashlib.sha256(data).hexdigest()}
    folder.mkdir()
    (folder / CARD).write_text(json.dumps(card))
    (folder / name).write_bytes(data)
    with pytest.raises(CheckFailed) as caught:
        open_bundle(folder, "risk")
    (problem,) = caught.value.problems
    assert problem.path == name
    assert problem.message.endswith(".")
    return problem.code


def test_no_pickle_is_opened_under_any_name_or_wrapping(tmp_path: Path) -> None:
    trap = Trap(tmp_path / "sprung")
    objects = np.array([trap], dtype=object)
    by_name = {
        "trees.txt": [pickle.dumps(trap, protocol) for protocol in range(6)] + [dumped(trap), dumped(trap, 3)],
        "text.npz": [archive(a=objects), zipped("a/data.pkl", pickle.dumps(trap)), dumped(trap), dumped(objects, 3)],
        "fitted.json": [pickle.dumps(trap, protocol) for protocol in (0, 2)],
        "detector.onnx": [pickle.dumps(trap, 0), zipped("a/data.pkl", pickle.dumps(trap))],
        "model.joblib": [dumped(trap)],
        "weights.pt": [zipped("a/data.pkl", pickle.dumps(trap))],
        "weights": [pickle.dumps(trap, 0)],
    }
    number = 0
    for name, forms in by_name.items():
        for data in forms:
            number += 1
            assert refused(tmp_path / str(number), name, data) in {"bundle_pickle", "bundle_form"}, name
    assert not trap.file.exists()
    pickle.loads(pickle.dumps(trap))  # the trap works
    assert trap.file.exists()


def test_what_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = copy_of_shipped(tmp_path, "risk", "9.0.0")
    with (target / "trees.txt").open("r+b") as file:
        file.truncate(1 << 40)  # a terabyte that takes no room
    with pytest.raises(CheckFailed) as caught:
        open_bundle(target, "risk")
    assert [(one.path, one.code) for one in caught.value.problems] == [("trees.txt", "bundle_too_large")]
    monkeypatch.setattr(bundle_files, "MAX_BUNDLE", 1_000_000)
    with pytest.raises(CheckFailed):
        open_bundle(SHIPPED, "risk")  # many files that are too large together
    os.truncate(target / CARD, 1 << 40)
    with pytest.raises(InputError, match="more than"):
        open_bundle(target, "risk")


def test_archives_that_grow_or_lie_are_refused(tmp_path: Path) -> None:
    bomb = zipped("a.npy", b"\0" * (MAX_UNPACKED // 64))
    directory = bomb.rfind(b"PK\1\2")
    lying = bytearray(bomb)
    lying[directory + 24 : directory + 28] = (2**31).to_bytes(4, "little")  # the size that it says it has
    assert fault("a.npz", bytes(lying)) == ("bundle_too_large", "Holds more than 512 MiB when it is opened.")
    whole = io.BytesIO()
    np.save(whole, np.zeros(4))
    huge = whole.getvalue().replace(b"(4,)", b"(9,)")
    assert refused(tmp_path / "a", "a.npz", zipped("a.npy", huge)) == "bundle_form"
    assert refused(tmp_path / "b", "a.npz", zipped("../../evil.npy", b"x")) == "bundle_form"
    assert refused(tmp_path / "c", "a.npz", archive(a=np.zeros(4))[:-30]) == "bundle_form"
    assert fault("a.npz", archive(a=np.zeros((0, 3)), b=np.array(["ä"]), c=np.float32(1))) is None


def test_an_archive_that_is_damaged_anywhere_is_refused_in_a_sentence() -> None:
    whole = archive(a=np.arange(300))
    assert fault("a.npz", whole) is None
    for place in range(len(whole)):
        data = bytearray(whole)
        data[place] ^= 0xFF
        found = fault("a.npz", bytes(data))
        assert found is None or found[0].startswith("bundle_"), place


def test_a_network_may_not_name_other_files(tmp_path: Path) -> None:
    network = (shipped_bundles("xray")[-1] / "detector.onnx").read_bytes()
    assert fault("detector.onnx", network) is None
    elsewhere = network + b"\x0a\x08location\x12\x0b/etc/passwd"
    assert refused(tmp_path / "a", "detector.onnx", elsewhere) == "bundle_form"


def test_a_name_that_stands_twice_in_a_card_is_refused(tmp_path: Path) -> None:
    target = copy_of_shipped(tmp_path, "risk", "9.0.0")
    text = (target / CARD).read_text()
    (target / CARD).write_text(text.replace('"files": {', '"files": {"trees.txt": "00", ', 1))
    with pytest.raises(InputError, match="stands twice"):
        open_bundle(target, "risk")


def test_a_file_exchanged_between_hash_and_use_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = copy_of_shipped(tmp_path, "risk", "9.0.0")
    real = bundle_files.read

    def read(folder: int, name: str, limit: int) -> bytes:
        data = real(folder, name, limit)
        if name != CARD:
            (target / name).write_bytes(b"exchanged the moment it was read")
        return data

    monkeypatch.setattr(bundle_files, "read", read)
    bundle = open_bundle(target, "risk")
    assert bundle.read("trees.txt") == (SHIPPED / "trees.txt").read_bytes()
    with pytest.raises(CheckFailed):
        open_bundle(target, "risk")


def test_a_bundle_for_other_features_is_refused(tmp_path: Path) -> None:
    for kind, load in (("risk", load_risk), ("xray", load_xray)):
        bundle = open_bundle(copy_of_shipped(tmp_path, kind, "9.0.0", feature_spec="other"), kind)  # type: ignore[arg-type]
        with pytest.raises(CheckFailed, match="another feature specification"):
            load(bundle)  # type: ignore[operator]


TREES = (SHIPPED / "trees.txt").read_text()


def spoiled(pattern: str, put: str) -> str:
    """Return the shipped trees with one line of the first tree changed, and the lengths to match."""
    first, rest = TREES[: TREES.index("Tree=1\n")], TREES[TREES.index("Tree=1\n") :]
    changed = re.sub(pattern, put, first, count=1, flags=re.MULTILINE)
    assert changed != first
    at = changed.index("Tree=0\n")
    return re.sub(r"tree_sizes=\d+", f"tree_sizes={len(changed) - at}", changed, count=1) + rest


SPOILED = {
    "a way back": (r"^left_child=\S+", "left_child=0"),
    "a child beyond": (r"^left_child=\S+", "left_child=2000000000"),
    "a leaf beyond": (r"^right_child=(\S+) \S+", r"right_child=\1 -99"),
    "a node twice": (r"^right_child=\S+", "right_child=2"),
    "a column beyond": (r"^split_feature=\S+", "split_feature=100000000"),
    "a negative column": (r"^split_feature=\S+", "split_feature=-1"),
    "too many leaves": (r"^num_leaves=\S+", "num_leaves=1000000000"),
    "too few values": (r"^threshold=\S+ ", "threshold="),
    "a leaf of nothing": (r"^leaf_value=\S+", "leaf_value=nan"),
    "an endless leaf": (r"^leaf_value=\S+", "leaf_value=inf"),
    "categories": (r"^num_cat=0", "num_cat=1"),
    "a split by category": (r"^decision_type=\S+", "decision_type=1"),
    "lines in leaves": (r"^is_linear=0", "is_linear=1"),
    "a line twice": (r"^shrinkage=1", "shrinkage=1\nshrinkage=1"),
    "a line of no name": (r"^shrinkage=1", "shrinkage"),
    "numbers of another script": (r"^split_feature=\S+", "split_feature=\uff11"),
    "python's numbers": (r"^split_feature=\S+", "split_feature=1_0"),
    "no leaves": (r"^leaf_value=.*\n", ""),
}


@pytest.mark.parametrize("what", SPOILED)
def test_trees_that_would_end_or_hang_the_process_are_refused(what: str) -> None:
    with pytest.raises(ValueError, match=r"^tree 0: |there are no trees|begin"):
        read_text(spoiled(*SPOILED[what]))


def test_lengths_that_do_not_fit_are_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    for text in (
        TREES.replace("tree_sizes=", "tree_sizes=9"), TREES.replace("end of trees", "end of trees?"), TREES[:5000], "",
        "tree", TREES.replace("Tree=1\n", "Tree=7\n"), TREES.replace("num_class=1", "num_class=2"), "\0" * 100,
        TREES.replace(" Column_7 ", " "), TREES.replace("feature_infos=", "infos="),
        TREES.replace("label_index=0\n", ""),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"."):
            read_text(text)
    read_text(TREES)
    read_text(re.sub(r"^tree_sizes=.*\n", "", TREES, flags=re.MULTILINE))  # a form that the library reads too
    data = spoiled(*SPOILED["a way back"]).encode()
    bundle = open_bundle(copy_of_shipped(tmp_path, "risk", "9.0.0", contents={"trees.txt": data}), "risk")
    with pytest.raises(CheckFailed, match="leads back"):
        load_risk(bundle)


@given(st.binary(max_size=400), st.sampled_from([".json", ".txt", ".npz", ".onnx", "", ".joblib"]))
def test_any_bytes_are_judged_without_a_failure(data: bytes, suffix: str) -> None:
    for found in (
        fault(f"a{suffix}", data),
        fault(f"a{suffix}", b"PK\3\4" + data),
        fault("a.npz", zipped("a.npy", data)),
    ):
        assert found is None or found[0].startswith("bundle_")


def test_what_is_shipped_is_of_known_forms() -> None:
    for folder in (*shipped_bundles("risk"), *shipped_bundles("xray")):
        for file in folder.iterdir():
            assert fault(file.name, file.read_bytes()) is None, file
