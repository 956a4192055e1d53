"""Promotion and rollback: one step, on record, and whole wherever a command is cut off."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from features.errors import CheckFailed, InputError, UsageError
from models import registry, registry_change, registry_history
from models.bundle import Bundle, Card, locate, open_bundle, shipped_bundles, write_bundle
from models.registry import Standing, standing
from models.registry_change import Order
from models.registry_history import events, happened, previous
from models.signature import new_key_pair, read_private_key, read_public_keys, sign
from models.trust import SIGNATURE, TRUST_ALL, Trust

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def make(folder: Path, version: str, content: bytes = b"weights", name: str = "tiny") -> Bundle:
    card = Card(
        kind="risk", name=name, version=version, created_at="2026-11-21T00:00:00Z", licence="Apache-2.0",
        feature_spec="abc", command="made in a test", data={}, figures={}, limits=("a test",),
    )  # fmt: skip
    write_bundle(folder / f"{name}-{version}", card, {"model.txt": content})
    return open_bundle(folder / f"{name}-{version}", "risk")


def promote(home: Path, bundle: Bundle, trust: Trust = TRUST_ALL, **order: object) -> None:
    found = Order(at=AT, **order)  # type: ignore[arg-type]
    now = standing(home, "risk")
    registry_change.promote(home, bundle, trust, found, judged_against=now, judgement={})


def roll_back(home: Path, trust: Trust = TRUST_ALL) -> str:
    return registry_change.rollback(home, "risk", trust, Order(at=AT), lambda bundle: None).after.title


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def in_use(home: Path) -> str:
    return open_bundle(locate("risk", home, None), "risk").card.title


SHIPPED = shipped_bundles("risk")[-1].name


def test_promotion_copies_switches_and_is_on_record(home: Path, tmp_path: Path) -> None:
    bundle = make(tmp_path, "1.0.0")
    promote(home, bundle, by="A. Chief", reason="better on May's parcels", forced=True)
    shutil.rmtree(bundle.folder)  # what was promoted does not depend on where it came from
    assert in_use(home) == "tiny-1.0.0"
    (event,) = events(home)
    assert (event.at, event.action, event.before.title, event.before.shipped) == (
        "2026-11-22T08:00:00Z",
        "promote",
        SHIPPED,
        True,
    )
    assert event.after == Standing("tiny-1.0.0", False, bundle.digest)
    assert (event.by, event.reason, event.forced) == ("A. Chief", "better on May's parcels", True)
    assert event.user
    assert event.user != event.by


def test_promoted_files_are_read_only_and_the_home_may_be_moved(home: Path, tmp_path: Path) -> None:
    promote(home, make(tmp_path, "1.0.0"))
    files = list((home / "models" / "tiny-1.0.0").iterdir())
    assert files
    assert all(path.stat().st_mode & 0o222 == 0 for path in files)
    home.rename(tmp_path / "moved")
    assert in_use(tmp_path / "moved") == "tiny-1.0.0"


def test_each_rollback_goes_one_further_back_to_the_shipped_one_and_then_no_further(home: Path, tmp_path: Path) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        promote(home, make(tmp_path, version))
    assert [roll_back(home), roll_back(home), roll_back(home)] == ["tiny-1.1.0", "tiny-1.0.0", SHIPPED]
    assert locate("risk", home, None) == shipped_bundles("risk")[-1]
    with pytest.raises(CheckFailed, match="nothing on record"):
        roll_back(home)
    assert [event.action for event in events(home)] == ["promote"] * 3 + ["rollback"] * 3


def test_rollback_after_promote_rollback_promote_is_the_one_before(home: Path, tmp_path: Path) -> None:
    first, second, third = (make(tmp_path, version) for version in ("1.0.0", "2.0.0", "3.0.0"))
    promote(home, first)
    promote(home, second)
    assert roll_back(home) == "tiny-1.0.0"
    promote(home, third)
    assert [roll_back(home), roll_back(home)] == ["tiny-1.0.0", SHIPPED]


def test_one_name_and_version_is_one_model_for_ever(home: Path, tmp_path: Path) -> None:
    promote(home, make(tmp_path / "a", "1.0.0"))
    with pytest.raises(CheckFailed, match="another bundle of the same name"):
        promote(home, make(tmp_path / "b", "1.0.0", b"other weights"))
    name, version = SHIPPED.rsplit("-", 1)
    with pytest.raises(CheckFailed, match="another bundle of the same name"):
        promote(home, make(tmp_path, version, name=name))
    assert in_use(home) == "tiny-1.0.0"


@pytest.mark.parametrize("name", ["../../outside", "promoted", ".hidden", "a/b"])
def test_a_title_that_is_no_plain_name_is_refused(home: Path, tmp_path: Path, name: str) -> None:
    bundle = make(tmp_path, "1.0.0")
    raw = json.loads(bundle.card_bytes)
    changed = {**raw, "name": name, "version": "risk" if name == "promoted" else "1.0.0"}
    (bundle.folder / "model.json").write_text(json.dumps(changed))
    with pytest.raises(InputError, match="cannot be a folder's name"):
        promote(home, open_bundle(bundle.folder, "risk"))
    assert events(home) == []
    assert not (tmp_path / "outside-1.0.0").exists()


def test_a_copy_changed_in_the_registry_is_not_put_in_use_again(home: Path, tmp_path: Path) -> None:
    first = make(tmp_path, "1.0.0")
    promote(home, first)
    promote(home, make(tmp_path, "2.0.0"))
    spoilt = home / "models" / "tiny-1.0.0" / "model.txt"
    spoilt.chmod(0o644)
    spoilt.write_bytes(b"weightz")
    with pytest.raises(CheckFailed, match=r"cannot go back to tiny-1\.0\.0") as caught:
        roll_back(home)
    assert [problem.path for problem in caught.value.problems] == ["model.txt"]
    with pytest.raises(CheckFailed, match="not what its card says"):
        promote(home, first)
    assert in_use(home) == "tiny-2.0.0"


def test_rollback_refuses_a_bundle_exchanged_as_a_whole(home: Path, tmp_path: Path) -> None:
    promote(home, make(tmp_path / "a", "1.0.0"))
    promote(home, make(tmp_path, "2.0.0"))
    shutil.rmtree(home / "models" / "tiny-1.0.0")
    make(home / "models", "1.0.0", b"other weights, and a card to match")
    with pytest.raises(CheckFailed, match="not the one that was in use then"):
        roll_back(home)
    assert in_use(home) == "tiny-2.0.0"


def test_a_model_that_does_not_load_is_not_gone_back_to(home: Path, tmp_path: Path) -> None:
    promote(home, make(tmp_path, "1.0.0"))
    promote(home, make(tmp_path, "2.0.0"))

    def check(bundle: Bundle) -> None:
        raise CheckFailed("made for another feature specification")

    with pytest.raises(CheckFailed, match="another feature specification"):
        registry_change.rollback(home, "risk", TRUST_ALL, Order(at=AT), check)
    assert in_use(home) == "tiny-2.0.0"
    assert len(events(home)) == 2


def test_an_unsigned_bundle_is_not_gone_back_to_once_a_key_is_asked_for(home: Path, tmp_path: Path) -> None:
    secret, public = new_key_pair()
    (tmp_path / "a.key").write_bytes(secret)
    (tmp_path / "a.pub").write_bytes(public)
    trust = Trust(read_public_keys(tmp_path / "a.pub"))
    first = make(tmp_path, "1.0.0")
    promote(home, first)
    signed = make(tmp_path, "2.0.0")
    signature = sign(signed.card_bytes, read_private_key(tmp_path / "a.key"))
    (signed.folder / SIGNATURE).write_bytes(signature)
    promote(home, open_bundle(signed.folder, "risk", trust), trust)
    assert events(home)[-1].signed_by
    with pytest.raises(CheckFailed, match="not signed"):
        roll_back(home, trust)
    # Signed at last where it came from, and promoted again: the copy in the registry takes the signature over.
    (first.folder / SIGNATURE).write_bytes(sign(first.card_bytes, read_private_key(tmp_path / "a.key")))
    promote(home, open_bundle(first.folder, "risk", trust), trust)
    assert open_bundle(locate("risk", home, None), "risk", trust).card.title == "tiny-1.0.0"


def test_cut_off_while_copying_leaves_the_old_one_in_use_and_is_swept_up(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    promote(home, make(tmp_path, "1.0.0"))
    half = home / "models" / ".incoming-half"
    half.mkdir()
    (half / "model.json").write_bytes(b"{")
    assert in_use(home) == "tiny-1.0.0"
    promote(home, make(tmp_path, "2.0.0"))
    assert not half.exists()
    assert in_use(home) == "tiny-2.0.0"


def test_cut_off_between_record_and_switch_leaves_the_old_one_and_rollback_is_not_misled(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    promote(home, make(tmp_path, "1.0.0"))
    second = make(tmp_path, "2.0.0")

    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(registry_change, "switch", power_cut)
        with pytest.raises(KeyboardInterrupt):
            promote(home, second)
    assert in_use(home) == "tiny-1.0.0"
    assert [event.after.title for event in happened(events(home), "risk", standing(home, "risk"))] == ["tiny-1.0.0"]
    assert previous(events(home), "risk", standing(home, "risk")) == events(home)[0].before
    promote(home, second)  # the same command again: the copy is there already
    assert in_use(home) == "tiny-2.0.0"
    assert [roll_back(home), roll_back(home)] == ["tiny-1.0.0", SHIPPED]


def test_a_line_torn_by_a_power_cut_is_left_out_and_the_next_one_is_whole(home: Path, tmp_path: Path) -> None:
    promote(home, make(tmp_path, "1.0.0"))
    path = home / "models" / registry_history.HISTORY
    with path.open("ab") as file:
        file.write(b'{"at":"2026-11-22T08:00:00Z","action":"prom')
    promote(home, make(tmp_path, "2.0.0"))
    assert [event.after.title for event in events(home)] == ["tiny-1.0.0", "tiny-2.0.0"]
    assert roll_back(home) == "tiny-1.0.0"


def test_a_line_of_another_make_is_named_with_its_number(home: Path, tmp_path: Path) -> None:
    promote(home, make(tmp_path, "1.0.0"))
    with (home / "models" / registry_history.HISTORY).open("a") as file:
        file.write('{"who": "me"}\n')
    with pytest.raises(InputError, match=r"history\.ndjson:2: not a line"):
        events(home)


def test_a_dangling_link_can_be_rolled_back(home: Path, tmp_path: Path) -> None:
    promote(home, make(tmp_path, "1.0.0"))
    promote(home, make(tmp_path, "2.0.0"))
    shutil.rmtree(home / "models" / "tiny-2.0.0")
    assert standing(home, "risk") == Standing("tiny-2.0.0", False, None)
    assert roll_back(home) == "tiny-1.0.0"


def test_a_link_moved_by_hand_is_rolled_back_to_what_the_record_says(home: Path, tmp_path: Path) -> None:
    promote(home, make(tmp_path, "1.0.0"))
    make(home / "models", "9.9.9")
    (home / "models" / "promoted-risk").unlink()
    (home / "models" / "promoted-risk").symlink_to("tiny-9.9.9")
    assert roll_back(home) == "tiny-1.0.0"


def test_what_was_compared_with_must_still_be_in_use(home: Path, tmp_path: Path) -> None:
    then = standing(home, "risk")
    promote(home, make(tmp_path, "1.0.0"))
    late = make(tmp_path, "2.0.0")
    with pytest.raises(CheckFailed, match=r"meanwhile tiny-1\.0\.0 was put in use"):
        registry_change.promote(home, late, TRUST_ALL, Order(at=AT), judged_against=then, judgement={})
    assert in_use(home) == "tiny-1.0.0"


def _promote_for_ever(home: Path, folders: list[Path]) -> None:
    while True:
        for folder in folders:
            promote(home, open_bundle(folder, "risk"))


def test_killed_at_any_moment_the_registry_is_whole(home: Path, tmp_path: Path) -> None:
    folders = [make(tmp_path, version).folder for version in ("1.0.0", "2.0.0")]
    context = multiprocessing.get_context("fork")
    for number in range(12):
        worker = context.Process(target=_promote_for_ever, args=(home, folders))
        worker.start()
        worker.join(0.02 + 0.007 * number)
        worker.kill()
        worker.join(30)
        now = standing(home, "risk")
        assert open_bundle(locate("risk", home, None), "risk").card.title == now.title
        done = happened(events(home), "risk", now)
        assert not done or done[-1].after == now
    before = previous(events(home), "risk", standing(home, "risk"))
    assert before is not None
    assert roll_back(home) == before.title
    assert not list((home / "models").glob(".incoming-*"))


def _promote_until_done(home: Path, folder: Path) -> None:
    bundle = open_bundle(folder, "risk")
    while True:
        try:
            return promote(home, bundle)
        except CheckFailed:  # another process was faster
            continue


def test_promotions_at_the_same_time_happen_one_after_the_other(home: Path, tmp_path: Path) -> None:
    folders = [make(tmp_path, f"1.{number}.0").folder for number in range(6)]
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_promote_until_done, args=(home, folder)) for folder in folders]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * 6
    history = events(home)
    assert sorted(event.after.title for event in history) == [folder.name for folder in folders]
    assert [event.before.title for event in history[1:]] == [event.after.title for event in history[:-1]]
    assert in_use(home) == history[-1].after.title
    left = {path.name for path in (home / "models").iterdir()} - {folder.name for folder in folders}
    assert left == {".lock", registry_history.HISTORY, "promoted-risk"}


def test_a_folder_in_the_place_of_the_link_is_named(home: Path, tmp_path: Path) -> None:
    (home / "models" / "promoted-risk").mkdir(parents=True)
    (home / "models" / "promoted-risk" / "something").touch()
    with pytest.raises(InputError, match="must be a link"):
        registry.switch(home, "risk", home / "models" / "tiny-1.0.0")


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(UsageError, match="registry cannot be written"), registry.locked(tmp_path / "home"):
        os.abort()  # never reached
