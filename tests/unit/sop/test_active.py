from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import InputError
from sop.active import active_policy_path, cases_path, place_in_force, shipped_policy_path
from sop.reading.packages import load_package


def test_the_order_of_places(tmp_path: Path) -> None:
    home, named, setting = tmp_path / "home", tmp_path / "named.yaml", tmp_path / "setting.yaml"
    home.mkdir()
    assert active_policy_path(None, home) == shipped_policy_path()
    (home / "policy.yaml").touch()
    assert active_policy_path(None, home) == home / "policy.yaml"
    assert active_policy_path(setting, home) == setting
    assert active_policy_path(setting, home, named) == named


@pytest.mark.parametrize("name", ["lists/origins.yaml", "overrides/leeds.yaml"])
def test_lists_and_overrides_without_their_policy_are_not_passed_over(tmp_path: Path, name: str) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "overrides").mkdir()
    assert place_in_force(None, tmp_path).source == "shipped"
    (tmp_path / name).touch()
    place = place_in_force(None, tmp_path)
    assert (place.source, place.path) == ("home", tmp_path / "policy.yaml")
    with pytest.raises(InputError, match=f"policy.yaml: is missing, but {name} is there and nothing without it"):
        load_package(place.path)


def test_a_policy_that_links_to_nothing_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").symlink_to(tmp_path / "gone.yaml")
    assert place_in_force(None, tmp_path).source == "home"


def test_a_folder_stands_for_the_policy_in_it(tmp_path: Path) -> None:
    assert active_policy_path(tmp_path, None) == tmp_path / "policy.yaml"


def test_cases_stand_beside_the_policy(tmp_path: Path) -> None:
    assert cases_path(tmp_path / "policy.yaml") == tmp_path / "cases.yaml"
