from __future__ import annotations

from pathlib import Path

from sop.active import active_policy_path, cases_path, shipped_policy_path


def test_the_order_of_places(tmp_path: Path) -> None:
    home, named, setting = tmp_path / "home", tmp_path / "named.yaml", tmp_path / "setting.yaml"
    home.mkdir()
    assert active_policy_path(None, home) == shipped_policy_path()
    (home / "policy.yaml").touch()
    assert active_policy_path(None, home) == home / "policy.yaml"
    assert active_policy_path(setting, home) == setting
    assert active_policy_path(setting, home, named) == named


def test_a_folder_stands_for_the_policy_in_it(tmp_path: Path) -> None:
    assert active_policy_path(tmp_path, None) == tmp_path / "policy.yaml"


def test_cases_stand_beside_the_policy(tmp_path: Path) -> None:
    assert cases_path(tmp_path / "policy.yaml") == tmp_path / "cases.yaml"
