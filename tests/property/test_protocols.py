"""No near-duplicate group lies on both sides, whatever the table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.errors import InputError
from features.manifest import Item, Manifest
from models.coded import Coded
from training.data import Record
from training.frame import Frame, frame_of
from training.protocols import make_folds

ROWS = 60
MANIFEST = Manifest(
    item_id="1", channel="courier", origin_country="GB", destination_country="MX", items=(Item(hs_code="7326"),)
)


@pytest.fixture(scope="module")
def plain() -> Frame:
    return frame_of(Record(manifest=MANIFEST, at=None, label=place % 2 == 0, group=str(place)) for place in range(ROWS))


@settings(max_examples=60, deadline=None)
@given(
    groups=st.lists(st.integers(0, 12), min_size=ROWS, max_size=ROWS),
    routes=st.lists(st.integers(-1, 5), min_size=ROWS, max_size=ROWS),
    times=st.lists(st.one_of(st.just(float("nan")), st.integers(0, 30).map(float)), min_size=ROWS, max_size=ROWS),
    protocol=st.sampled_from(["group", "both", "route"]),
    count=st.integers(2, 6),
    seed=st.integers(0, 1000),
)
def test_no_group_is_trained_on_and_tested(
    plain: Frame, groups: list[int], routes: list[int], times: list[float], protocol: str, count: int, seed: int
) -> None:
    coded = Coded(np.array(routes, dtype=np.int32), tuple("abcdef"))
    frame = replace(
        plain, groups=np.array(groups, dtype=np.int32), times=np.array(times), codes={**plain.codes, "route": coded}
    )
    try:
        folds = make_folds(frame, protocol, count, seed)
    except InputError:
        # Only a table of one group, route or moment has nothing to hold back.
        known = {one for one in times if one == one}
        assert len(set(groups)) == 1 or len(set(routes)) == 1 or len(known) < 2 or protocol != "group"
        return
    tested: list[int] = []
    for fold in folds:
        assert not set(frame.groups[fold.train]) & set(frame.groups[fold.test])
        if protocol == "route":
            assert not set(frame.route.ids[fold.train]) & set(frame.route.ids[fold.test])
        if protocol == "both":
            assert frame.times[fold.train].max() <= frame.times[fold.test].min()
        tested += fold.test.tolist()
    assert len(tested) == len(set(tested))
