"""Which files of a folder belong to a procedure: none that may be meant is passed over, and none is waited for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from sop_files import ORIGINS, procedure

from features.errors import InputError
from sop.reading.package_files import read_bytes, read_files
from sop.reading.packages import examine_package
from sop.vocabulary import Vocabulary


@pytest.fixture
def folder(text_of: Callable[..., str], tmp_path: Path) -> Path:
    for name, data in procedure(text_of).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    return tmp_path


@pytest.mark.parametrize(
    ("stray", "words"),
    [
        ("lists/sub/more.yaml", "put it right into the folder lists."),
        ("lists/more.yml", "end with .yaml."),
        ("lists/more.YAML", "end with .yaml."),
        ("overrides/leeds.yaml.txt", "end with .yaml."),
    ],
)
def test_what_may_be_meant_is_not_passed_over(folder: Path, vocabulary: Vocabulary, stray: str, words: str) -> None:
    (folder / stray).parent.mkdir(exist_ok=True)
    (folder / stray).write_text(ORIGINS)
    (found,) = examine_package(read_files(folder), vocabulary).errors
    assert (found.file, found.code) == (stray, "file_unknown")
    assert words in found.message


def test_notes_and_what_editors_hide_are_no_part_of_it(folder: Path) -> None:
    before = read_files(folder)
    (folder / "lists" / ".git").mkdir()
    for name in ("readme.txt", ".origins.yaml.swp", ".git/config.yaml", "origins.yaml~"):
        (folder / "lists" / name).write_text("nothing")
    assert read_files(folder) == before


def test_a_link_to_nothing_a_pipe_and_a_folder_called_like_a_list_are_errors(folder: Path) -> None:
    path = folder / "lists" / "more.yaml"
    path.symlink_to(folder / "gone.yaml")
    with pytest.raises(InputError, match=r"more\.yaml: cannot be read \(No such file"):
        read_files(folder)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(InputError, match=r"more\.yaml: is not a regular file but a device or a pipe"):
        read_files(folder)
    path.unlink()
    path.mkdir()
    with pytest.raises(InputError, match=r"more\.yaml: cannot be read \(Is a directory"):
        read_files(folder)


def test_a_device_that_never_ends_is_not_read() -> None:
    with pytest.raises(InputError, match="/dev/zero: is not a regular file"):
        read_bytes(Path("/dev/zero"))


def test_lists_without_their_policy_say_what_is_missing(folder: Path) -> None:
    (folder / "policy.yaml").unlink()
    with pytest.raises(InputError, match=r"policy\.yaml: is missing, but lists/headings\.yaml and others are there"):
        read_files(folder)
