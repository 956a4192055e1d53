"""A site's own indicator lists are used, named in the answer, and refused whole where they are wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from features.errors import InputError
from features.manifest import Item, Manifest
from service.composition import load_tools
from service.screening import Screening, ScreeningRequest, screen
from service.settings import Settings
from service.site_lists import FILE, MOST_BYTES, site_lists

PARCEL = Manifest(
    item_id="X1",
    channel="courier",
    origin_country="GB",
    destination_country="MX",
    transit_countries=("US",),
    items=(Item(description="cotton shirt", hs_code="610510"),),
)


def screened(home: Path) -> Screening:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return screen(ScreeningRequest(manifest=PARCEL), load_tools(Settings(home=home)), (), screening_id="s", at=at)


def test_site_list_raises_its_indicator_and_is_named_but_leaves_the_score_alone(tmp_path: Path) -> None:
    before = screened(tmp_path)
    (tmp_path / "indicators.json").write_text('{"transit_countries": ["US"]}')
    after = screened(tmp_path)
    raised = {one.code for one in after.indicators} - {one.code for one in before.indicators}
    assert raised == {"TRANSIT_WITHOUT_REASON"}
    assert before.versions.indicators == "default"
    assert after.versions.indicators.startswith("site-")
    assert after.risk == before.risk
    assert after.risk is not None


def test_wrong_site_list_stops_the_start_and_names_every_problem(tmp_path: Path) -> None:
    (tmp_path / "indicators.json").write_text('{"transit_countries": ["Narnia"], "many_transit": 3}')
    with pytest.raises(InputError) as caught:
        load_tools(Settings(home=tmp_path))
    assert len(caught.value.problems) == 2


def test_site_list_of_absurd_size_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{" + " " * MOST_BYTES + "}")
    with pytest.raises(InputError, match="is over 1 MiB"):
        site_lists(tmp_path)
