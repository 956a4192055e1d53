"""A bundle is what its card says, or it is not loaded."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import pytest

from features.errors import CheckFailed, InputError
from models.bundle import Card, locate, open_bundle, read_card, shipped_bundles, write_bundle


def card(**changes: object) -> Card:
    values: dict[str, object] = {
        "kind": "risk", "name": "tiny", "version": "1.0.0",
        "created_at": "2026-11-21T00:00:00Z", "licence": "Apache-2.0",
        "feature_spec": "abc", "command": "made in a test", "data": {}, "figures": {}, "limits": ("a test",),
    }  # fmt: skip
    return Card(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_bundle(tmp_path / "tiny", card(), {"model.txt": b"weights", "table.json": b'{"a": 1}'})
    return tmp_path / "tiny"


def test_round_trip(folder: Path) -> None:
    bundle = open_bundle(folder, "risk")
    assert bundle.read("model.txt") == b"weights"
    assert bundle.read_json("table.json") == {"a": 1}
    assert bundle.card.title == "tiny-1.0.0"
    assert bundle.card.limits == ("a test",)


def test_changed_file_is_refused_and_named(folder: Path) -> None:
    (folder / "model.txt").write_bytes(b"weightz")
    with pytest.raises(CheckFailed) as caught:
        open_bundle(folder, "risk")
    assert [problem.path for problem in caught.value.problems] == ["model.txt"]
    assert caught.value.problems[0].code == "bundle_file_changed"


def test_all_problems_at_once(folder: Path) -> None:
    (folder / "model.txt").unlink()
    (folder / "table.json").write_bytes(b"{}")
    (folder / "stowaway.bin").write_bytes(b"")
    with pytest.raises(CheckFailed) as caught:
        open_bundle(folder, "risk")
    codes = {problem.path: problem.code for problem in caught.value.problems}
    assert codes == {
        "model.txt": "bundle_file_missing",
        "table.json": "bundle_file_changed",
        "stowaway.bin": "bundle_file_unlisted",
    }


@pytest.mark.parametrize("name", ["model.pkl", "model.pickle"])
def test_pickle_is_never_loaded_even_when_listed(tmp_path: Path, name: str) -> None:
    write_bundle(tmp_path / "bad", card(), {name: b"anything"})
    with pytest.raises(CheckFailed) as caught:
        open_bundle(tmp_path / "bad", "risk")
    assert caught.value.problems[0].code == "bundle_pickle"


def test_card_cannot_point_outside(folder: Path) -> None:
    (folder.parent / "secret").write_bytes(b"x")
    raw = json.loads((folder / "model.json").read_text())
    raw["files"]["../secret"] = "0" * 64
    (folder / "model.json").write_text(json.dumps(raw))
    with pytest.raises(CheckFailed) as caught:
        open_bundle(folder, "risk")
    assert caught.value.problems[0].code == "bundle_path"


def test_other_kind_is_refused(folder: Path) -> None:
    with pytest.raises(InputError, match="kind 'risk', not 'xray'"):
        open_bundle(folder, "xray")


@pytest.mark.parametrize("content", ["", "[]", "{}", "not json", '{"kind": "risk"}'])
def test_broken_card_says_so(tmp_path: Path, content: str) -> None:
    (tmp_path / "model.json").write_text(content)
    with pytest.raises(InputError, match="not a model card"):
        read_card(tmp_path)


@pytest.mark.parametrize("change", [{"files": []}, {"files": {"a": 1}}, {"version": 1}, {"data": None}])
def test_card_with_fields_of_another_kind_says_so(folder: Path, change: dict[str, object]) -> None:
    raw = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps({**raw, **change}))
    with pytest.raises(InputError, match="not a model card"):
        open_bundle(folder, "risk")


def test_promotion_that_points_nowhere_does_not_fall_back(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "promoted-risk").symlink_to(tmp_path / "gone")
    with pytest.raises(InputError, match="gone"):
        open_bundle(locate("risk", tmp_path, None), "risk")


def test_missing_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no model card"):
        read_card(tmp_path / "nowhere")


def test_bundles_are_immutable(folder: Path) -> None:
    before = (folder / "model.txt").read_bytes()
    with pytest.raises(InputError, match="immutable"):
        write_bundle(folder, card(), {"model.txt": b"other"})
    assert (folder / "model.txt").read_bytes() == before


def test_failed_write_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_bundle(tmp_path / "tiny", card(), {"no/such/folder.txt": b""})
    assert list(tmp_path.iterdir()) == []


def test_locate_prefers_explicit_then_promoted(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "models").mkdir(parents=True)
    (home / "models" / "promoted-risk").symlink_to(folder)
    assert locate("risk", home, tmp_path / "named") == tmp_path / "named"
    assert locate("risk", home, None) == folder.resolve()
    assert locate("xray", home, None) == shipped_bundles("xray")[-1]


@pytest.mark.parametrize("kind", ["risk", "xray"])
def test_shipped_bundles_verify_and_have_a_whole_card(kind: str) -> None:
    folders = shipped_bundles(kind)  # type: ignore[arg-type]
    assert folders, "no bundle is shipped"
    for one in folders:
        shipped = open_bundle(one, kind).card  # type: ignore[arg-type]
        assert one.name == shipped.title
        assert shipped.licence
        assert shipped.command.startswith("parcel-screening ")
        assert shipped.data
        assert shipped.figures
        assert shipped.limits
        assert sum(path.stat().st_size for path in one.iterdir()) < 8 * 1024 * 1024


def test_a_pickle_under_another_name_is_never_loaded(tmp_path: Path) -> None:
    write_bundle(tmp_path / "bad", card(), {"trees.txt": pickle.dumps({"weights": [1, 2]})})
    with pytest.raises(CheckFailed) as caught:
        open_bundle(tmp_path / "bad", "risk")
    assert [(one.path, one.code) for one in caught.value.problems] == [("trees.txt", "bundle_pickle")]


@pytest.mark.parametrize("name", ["/etc/hostname", "a/b", "..", "", "a\\b", ".hidden"])
def test_a_card_lists_plain_names_only(folder: Path, name: str) -> None:
    raw = json.loads((folder / "model.json").read_text())
    raw["files"][name] = "0" * 64
    (folder / "model.json").write_text(json.dumps(raw))
    with pytest.raises(CheckFailed) as caught:
        open_bundle(folder, "risk")
    assert (caught.value.problems[0].path, caught.value.problems[0].code) == (name, "bundle_path")


def test_a_link_in_a_bundle_is_refused_even_to_the_very_bytes(folder: Path) -> None:
    (folder / "model.txt").rename(folder.parent / "elsewhere.txt")
    (folder / "model.txt").symlink_to(folder.parent / "elsewhere.txt")
    with pytest.raises(CheckFailed) as caught:
        open_bundle(folder, "risk")
    assert [(one.path, one.code) for one in caught.value.problems] == [("model.txt", "bundle_link")]


def test_a_card_or_signature_that_is_a_link_is_refused(folder: Path) -> None:
    (folder / "model.json.sig").symlink_to("/etc/hostname")
    with pytest.raises(CheckFailed, match=r"model\.json\.sig"):
        open_bundle(folder, "risk")
    (folder / "model.json").rename(folder.parent / "card.json")
    (folder / "model.json").symlink_to(folder.parent / "card.json")
    with pytest.raises(InputError, match="no model card"):
        open_bundle(folder, "risk")


def test_a_pipe_in_a_bundle_does_not_hang_the_reader(folder: Path) -> None:
    (folder / "model.txt").unlink()
    os.mkfifo(folder / "model.txt")
    with pytest.raises(CheckFailed) as caught:
        open_bundle(folder, "risk")
    assert caught.value.problems[0].path == "model.txt"


def test_a_folder_in_a_bundle_is_refused(folder: Path) -> None:
    (folder / "more").mkdir()
    with pytest.raises(CheckFailed) as caught:
        open_bundle(folder, "risk")
    assert [(one.path, one.code) for one in caught.value.problems] == [("more", "bundle_file_unlisted")]


def test_bytes_are_held_so_that_a_later_change_of_the_file_is_not_used(folder: Path) -> None:
    bundle = open_bundle(folder, "risk")
    (folder / "model.txt").write_bytes(b"exchanged after the check")
    assert bundle.read("model.txt") == b"weights"
