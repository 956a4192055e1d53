from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from features.errors import InputError
from training.frame import Frame
from training.protocols import PROTOCOLS, make_folds


@pytest.mark.parametrize("protocol", ["group", "row", "route"])
def test_every_parcel_is_tested_once(frame: Frame, protocol: str) -> None:
    folds = make_folds(frame, protocol, 4, 1)
    tested = np.concatenate([fold.test for fold in folds])
    assert sorted(tested.tolist()) == list(range(len(frame)))
    for fold in folds:
        assert not set(fold.train) & set(fold.test)


def test_by_time_the_test_comes_later_and_rows_without_a_time_take_no_part(frame: Frame) -> None:
    times = frame.times.copy()
    times[:40] = np.nan
    partly = replace(frame, times=times)
    for protocol in ("time", "both"):
        for fold in make_folds(partly, protocol, 3, 0):
            assert times[fold.train].max() <= times[fold.test].min()
            assert np.isfinite(times[np.append(fold.train, fold.test)]).all()


def test_later_groups_never_trained_on_are_pooled_over_the_folds(frame: Frame) -> None:
    (late,) = make_folds(frame, "time", 5, 0)
    pooled = np.concatenate([fold.test for fold in make_folds(frame, "both", 5, 0)])
    assert sorted(pooled.tolist()) == late.test.tolist()


def test_a_route_held_back_is_not_in_training_at_all(frame: Frame) -> None:
    for fold in make_folds(frame, "route", 2, 0):
        assert not set(frame.route.ids[fold.train]) & set(frame.route.ids[fold.test])
        assert not set(frame.groups[fold.train]) & set(frame.groups[fold.test])


def test_another_file_is_tested_whole(frame: Frame) -> None:
    (fold,) = make_folds(frame, "file", 5, 0, first_test_row=1000)
    assert fold.train.tolist() == list(range(1000))
    assert fold.test.tolist() == list(range(1000, 1500))


def test_the_seed_deals_anew_and_the_same_seed_the_same(frame: Frame) -> None:
    one, same, other = (make_folds(frame, "group", 3, seed)[0].test for seed in (0, 0, 1))
    assert one.tolist() == same.tolist() != other.tolist()


def test_a_table_that_does_not_allow_it_is_refused_in_words(frame: Frame) -> None:
    timeless = replace(frame, times=np.full(len(frame), np.nan))
    for protocol in ("time", "both"):
        with pytest.raises(InputError, match="the table says no times"):
            make_folds(timeless, protocol, 3, 0)
    single = replace(frame, groups=np.zeros(len(frame), dtype=np.int32))
    with pytest.raises(InputError, match="one group or route"):
        make_folds(single, "group", 3, 0)
    assert set(PROTOCOLS) == {"group", "both", "time", "route", "row", "file"}
