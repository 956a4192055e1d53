"""What ever decided is kept by digest, found again, and not believed where it was changed."""

from __future__ import annotations

import hashlib
import logging
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from scanner_profiles import profile

from features.watchlist import WatchEntry, WatchList
from models.bundle import open_bundle, shipped_bundles
from models.scanner_profile_file import Profiles
from service.kept import (
    FOLDER,
    keep_bundle,
    keep_indicators,
    keep_profiles,
    keep_watchlists,
    kept_bundle,
    kept_indicators,
    kept_profile,
    kept_watchlists,
)
from service.kept_sweep import sweep_kept
from service.settings import Settings
from service.store import screenings
from service.store.screenings import NewScreening
from service.store.store import open_store
from service.watchlists import load_watchlists

LISTS = (WatchList("seen", (WatchEntry("name", "Ропи Месафи", "case 1", date(2027, 6, 30)),)), WatchList("none", ()))


def test_watch_lists_are_kept_together_and_come_back(tmp_path: Path) -> None:
    digest = keep_watchlists(tmp_path, LISTS)
    assert digest is not None
    assert kept_watchlists(tmp_path, digest) == LISTS
    assert keep_watchlists(tmp_path, LISTS) == digest
    assert keep_watchlists(tmp_path, LISTS[:1]) != digest
    assert keep_watchlists(tmp_path, ()) is None
    (path,) = (tmp_path / FOLDER).rglob(f"{digest}.json")
    path.chmod(0o600)
    path.write_text("[]", encoding="utf-8")
    assert kept_watchlists(tmp_path, digest) is None
    assert kept_watchlists(tmp_path, "0" * 64) is None


def test_indicator_lists_are_kept_under_the_version_of_answers(tmp_path: Path) -> None:
    data = b'{"high_value_usd": 5}'
    version = f"site-{hashlib.sha256(data).hexdigest()[:12]}"
    keep_indicators(tmp_path, version, data)
    keep_indicators(tmp_path, "site-000000000000", data)
    assert kept_indicators(tmp_path, version) == data
    assert kept_indicators(tmp_path, "site-000000000000") is None


def test_profiles_are_kept(tmp_path: Path) -> None:
    mine = profile()
    keep_profiles(tmp_path, Profiles({mine.scanner: (mine,)}))
    assert kept_profile(tmp_path, mine.digest) == mine
    assert kept_profile(tmp_path, "0" * 64) is None


def test_a_bundle_is_kept_even_where_no_link_can_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = open_bundle(shipped_bundles("risk")[-1], "risk")
    keep_bundle(tmp_path / "linked", bundle)

    def refused(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("os.link", refused)
    keep_bundle(tmp_path / "copied", bundle)
    for name in ("linked", "copied"):
        folder = kept_bundle(tmp_path / name, "risk", bundle.digest)
        assert folder is not None
        assert folder.is_relative_to(tmp_path / name)
        assert open_bundle(folder, "risk").contents == bundle.contents
    assert kept_bundle(tmp_path / "copied", "risk", "0" * 64) is None


def test_what_cannot_be_kept_is_logged_and_stops_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FOLDER).write_text("a file stands where the folder should be", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert keep_watchlists(tmp_path, LISTS) is not None
        keep_bundle(tmp_path, open_bundle(shipped_bundles("xray")[-1], "xray"))
    assert [record.getMessage() for record in caplog.records] == [
        "watchlists cannot be kept for a replay",
        "the model cannot be kept for a replay",
    ]


def test_what_no_answer_names_any_more_is_let_go(tmp_path: Path) -> None:
    """Of two old states of the watch lists the one that an answer names stays; so does what is in use, and the new."""
    settings = Settings(home=tmp_path)
    (tmp_path / "watchlists").mkdir()
    (tmp_path / "watchlists" / "now.csv").write_text("kind,value,source,expires\nname,A,b,\n", encoding="utf-8")
    kept = [keep_watchlists(tmp_path, lists) for lists in (LISTS, LISTS[:1], load_watchlists(tmp_path))]
    keep_bundle(tmp_path, open_bundle(shipped_bundles("risk")[-1], "risk"))
    store = open_store(settings)
    store.upgrade()
    with store.writing() as connection:
        screenings.append(connection, answered({"watchlists": kept[0], "risk_model_digest": None}))
    now = datetime.now(UTC)
    assert sweep_kept(store, settings, now) == 0
    assert sweep_kept(store, settings, now + timedelta(days=31)) == 1
    store.close()
    assert [kept_watchlists(tmp_path, one or "") is not None for one in kept] == [True, False, True]


def answered(versions: dict[str, str | None]) -> NewScreening:
    return NewScreening(
        id="0" * 26, item_id="A", created_at=datetime.now(UTC), declared_at=None, stage="station", lane="release",
        outcome="AC", rule="R", random_selection=False, selection_probability=0.0, station_id=None, scanner_id=None,
        key_id=None, versions=versions, manifest="{}", answer="{}",
    )  # fmt: skip
