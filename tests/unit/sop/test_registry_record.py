"""The record of orders: one chain that shows every change, and versions that are whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from registry_desk import ANN, START, Desk, package, refused, tamper

from features.errors import CheckFailed, ParcelScreeningError
from sop.registry.chain import events, head, parse
from sop.registry.change import Order, rollback, switch
from sop.registry.events import FIRST, HISTORY, folder_of
from sop.registry.versions import keep, kept_digests, kept_files


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def lines_of(desk: Desk) -> list[bytes]:
    return (folder_of(desk.home) / HISTORY).read_bytes().splitlines(keepends=True)


def write(desk: Desk, lines: list[bytes]) -> None:
    (folder_of(desk.home) / HISTORY).write_bytes(b"".join(lines))


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda lines: [lines[0].replace(b"Ann", b"Eve"), *lines[1:]], 1),
        (lambda lines: [*lines[:-1], lines[-1].replace(b"Ann", b"Eve")], 3),
        (lambda lines: [lines[0], *lines[2:]], 2),
        (lambda lines: [lines[0], lines[0], *lines[1:]], 2),
        (lambda lines: [lines[1], lines[0], *lines[2:]], 1),
        (lambda lines: [lines[0], b"{}\n", *lines[1:]], 2),
        (lambda lines: [*lines, lines[-1]], 4),
    ],
)
def test_a_line_changed_removed_added_or_moved_breaks_the_chain(
    desk: Desk, change: Callable[[list[bytes]], list[bytes]], line: int
) -> None:
    desk.both(package("2"))
    switch(desk.home, "stop", desk.order(ANN))
    write(desk, change(lines_of(desk)))
    with pytest.raises(CheckFailed) as caught:
        events(desk.home)
    assert caught.value.problems[0].path == f"history.ndjson:{line}"
    refused(lambda: desk.approve(package("3")), "was changed after it was written")


def test_a_line_that_a_power_cut_left_half_never_counted(desk: Desk) -> None:
    desk.both(package("2"))
    whole = lines_of(desk)
    write(desk, [*whole, whole[0][:40]])
    assert len(events(desk.home)) == 2
    switch(desk.home, "stop", desk.order(ANN))
    assert [one.seq for one in events(desk.home)] == [1, 2, 3]


def test_the_newest_lines_hash_tells_whether_lines_were_cut_off(desk: Desk) -> None:
    assert head(desk.home) == FIRST
    desk.both(package("2"))
    noted = head(desk.home)
    write(desk, lines_of(desk)[:-1])
    events(desk.home)  # the chain alone cannot show it
    assert head(desk.home) != noted


def test_orders_given_at_the_same_time_form_one_chain(desk: Desk) -> None:
    def start(number: int) -> int:
        event = switch(desk.home, "shadow_start", Order(at=START, by=ANN, reason=f"run {number}"), shadow={})
        assert event is not None
        return event.seq

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(start, range(40)))
    found, problems = parse(b"".join(lines_of(desk)))
    assert (sorted(numbers), problems) == ([*range(1, 41)], ())
    assert [one.seq for one in found] == [*range(1, 41)]


def test_kept_versions_are_compared_with_their_digest(desk: Desk) -> None:
    new = package("2")
    folder = keep(desk.home, new.files)
    assert keep(desk.home, new.files) == folder
    assert kept_digests(desk.home) == (new.digest,)
    assert [path.stat().st_mode & 0o222 for path in folder.rglob("*.yaml")] == [0, 0]
    (folder / "lists" / "b.yaml").write_bytes(b"added")
    refused(lambda: kept_files(desk.home, new.digest), "were changed after it was kept")
    (folder / "lists" / "b.yaml").unlink()
    assert kept_files(desk.home, new.digest) == dict(new.files)
    tamper(desk.home, new)
    refused(lambda: keep(desk.home, new.files), "were changed after it was kept")
    (folder / "policy.yaml").unlink()
    (folder / "policy.yaml").symlink_to("/etc/hostname")
    refused(lambda: kept_files(desk.home, new.digest), "cannot be read")
    refused(lambda: kept_files(desk.home, "0" * 64), "are gone")


def test_a_version_is_there_whole_or_not_at_all(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sop.registry.versions.write_file", full)
    refused(lambda: desk.approve(package("2")), "No space left", kind=ParcelScreeningError)
    assert (kept_digests(desk.home), events(desk.home)) == ((), ())
    assert [path.name for path in folder_of(desk.home).rglob("*") if path.is_file()] == [".lock"]


def test_each_line_is_one_json_object_with_who_when_and_why(desk: Desk) -> None:
    desk.approve(package("2"))
    (line,) = lines_of(desk)
    raw = json.loads(line)
    assert (raw["seq"], raw["action"], raw["by"]["name"], raw["reason"]) == (1, "approve", "Ann", "a reason")
    assert (raw["at"], raw["version"]["digest"], raw["previous"]) == (
        "2026-11-22T09:01:00Z",
        package("2").digest,
        FIRST,
    )


def test_what_this_installation_cannot_use_does_not_come_back(desk: Desk) -> None:
    desk.both(package("2"))
    desk.both(package("3"))

    def check(files: Mapping[str, bytes]) -> None:
        assert files == package("2").files
        raise CheckFailed("an indicator is gone")

    refused(lambda: rollback(desk.home, desk.order(ANN), check=check), "an indicator is gone")
    assert desk.in_force() == "3"
