"""A site's own scans: what is wrong with a set is told at once, and what is put beside the set keeps to its side."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from xray_labelled import labelled_picture, write_coco

from features.errors import InputError
from features.xray_header import Header
from features.xray_image import XrayImage, canonical
from features.xray_read import Decoded
from models.results import Part
from training.xray.duplicates import exact_copies, fingerprint, join_groups
from training.xray.prepare import PictureSet, Portion, Prepared, prepare_files
from training.xray.sampler import Sampling
from training.xray.site import ONLY_PROJECTIONS, SitePlan, join_site
from training.xray.site_mix import MixedSampler, Shares, sampler_for
from training.xray.site_pictures import as_another_scanner, picture_of, projection_store
from training.xray.store import Store, StoreWriter

NAMED: tuple[Part, ...] = ("barrel", "slide", "pistol")
PLAN = SitePlan(projections=10, scenes=3)


def silent(name: str, done: int, total: int) -> None:
    return None


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = tmp_path_factory.mktemp("site")
    return prepare_files(*write_coco(folder, 48), folder / "work", 0, silent)


@pytest.fixture(scope="module")
def joined(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return join_site(prepared, PLAN, tmp_path_factory.mktemp("beside"), 0, silent)


def change(path: Path, **lists: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **lists}))


def test_everything_wrong_with_a_set_is_told_at_once(tmp_path: Path) -> None:
    annotations, images = write_coco(tmp_path, 8, category="wrench")
    (images / "0003.png").write_bytes(b"rubbish")
    (images / "0005.png").write_bytes(b"")
    with pytest.raises(InputError) as caught:
        prepare_files(annotations, images, tmp_path / "work", 0, silent)
    places = [(problem.code == "no_firearm_part", Path(problem.path).name) for problem in caught.value.problems]
    assert places == [(True, "annotations.json"), (False, "0003.png"), (False, "0005.png")]
    assert not list((tmp_path / "work").rglob("planes*"))


def test_one_picture_with_two_labels_is_a_contradiction(tmp_path: Path) -> None:
    annotations, images = write_coco(tmp_path, 20)
    shutil.copy(images / "0000.png", images / "0001.png")
    with pytest.raises(InputError) as caught:
        prepare_files(annotations, images, tmp_path / "work", 0, silent)
    (problem,) = caught.value.problems
    assert problem.code == "labels_contradict"
    assert "0000.png, 0001.png" in problem.message


def test_exact_copies_with_one_label_are_left_out_and_told(tmp_path: Path) -> None:
    annotations, images = write_coco(tmp_path, 48)
    shutil.copy(images / "0001.png", images / "0031.png")
    found = prepare_files(annotations, images, tmp_path / "work", 0, silent)
    sides = (found.train, found.calibration, found.test)
    assert sum(len(side.indices) for side in sides) == 47
    assert all(31 not in side.indices for side in sides)
    assert any("exact copies" in note and "0031.png" in note for note in found.notes)
    assert any("1 bags were joined" in note for note in found.notes)


def test_what_was_done_with_each_category_is_told(tmp_path: Path) -> None:
    annotations, images = write_coco(tmp_path, 48)
    raw = json.loads(annotations.read_text())
    extra = [{"image_id": n, "category_id": 2, "bbox": [1, 1, 9, 9]} for n in (1, 3)]
    gun = {"image_id": 5, "category_id": 3, "bbox": [40, 40, 30, 30]}
    categories = [*raw["categories"], {"id": 2, "name": "kettle"}, {"id": 3, "name": "gun"}]
    change(annotations, annotations=[*raw["annotations"], *extra, gun], categories=categories)
    found = prepare_files(annotations, images, tmp_path / "work", 0, silent)
    told = found.about["categories"]
    assert told["slide"].startswith("24 boxes")
    assert told["kettle"] == "2 boxes: no firearm part, taken as harmless"
    assert told["(gun, firearm)"].startswith("1 boxes")
    assert any("kettle (2)" in note for note in found.notes)


def test_air_does_not_make_duplicates() -> None:
    """Two different small things in wide white air are two pictures; one of them moved and made noisy is the same."""
    rng = np.random.default_rng(0)
    canvas = [np.full((600, 600, 3), 255, np.uint8) for _ in range(3)]
    for page, number, place in zip(canvas, (1, 2, 1), (300, 300, 100), strict=True):
        page[place : place + 184, place : place + 216] = labelled_picture(number, True)[0][20:204, 20:236]
    moved = np.clip(canvas[2].astype(int) + rng.integers(-3, 4, canvas[2].shape), 0, 255).astype(np.uint8)
    pages = [canvas[0], canvas[1], moved]
    prints = [fingerprint(canonical(Decoded(Header("png", 600, 600, 1), (page,)))) for page in pages]
    groups = join_groups(["a", "b", "c"], prints)
    assert groups[0] == groups[2] != groups[1]
    assert exact_copies([*prints, prints[1]]) == ((1, 3),)


def test_a_grey_and_a_recoloured_picture_show_the_same_things(prepared: Prepared) -> None:
    image = picture_of(prepared.train.store, 0)
    seen = [as_another_scanner(image, np.random.default_rng(seed)) for seed in range(12)]
    grey = [one for one in seen if one.palette is None]
    assert 2 <= len(grey) <= 10
    for one in seen:
        assert one.size == image.size
        assert np.corrcoef(one.attenuation.ravel(), image.attenuation.ravel())[0, 1] > 0.9
    for one in grey:
        assert float(np.median(one.material)) == 0.5
    again = as_another_scanner(image, np.random.default_rng(3))
    assert np.array_equal(again.attenuation, seen[3].attenuation)


def test_parts_are_projected_onto_benign_training_pictures_alone(joined: Prepared, prepared: Prepared) -> None:
    (projected,) = [one for one in joined.portions if one.name == "projected parts"]
    entries = projected.pictures.store.entries
    benign = {prepared.train.store.entries[index].group for index in prepared.train.indices}
    other = {
        prepared.test.store.entries[index].group for index in (*prepared.test.indices, *prepared.calibration.indices)
    }
    assert len(entries) >= 6
    assert {entry.group for entry in entries} <= benign - other
    assert all(len(entry.things) == 1 and entry.things[0].part is not None for entry in entries)
    assert joined.test == prepared.test
    assert joined.calibration == prepared.calibration


def test_what_was_made_is_found_again(prepared: Prepared, tmp_path: Path) -> None:
    arguments = (prepared.train.store, prepared.train.indices, 4, tmp_path, 0)
    first = projection_store(*arguments, lambda done: None)
    told: list[int] = []
    second = projection_store(*arguments, told.append)
    assert told == []
    assert first.entries == second.entries


def test_a_set_without_benign_pictures_is_joined_without_projections(prepared: Prepared, tmp_path: Path) -> None:
    store = prepared.train.store
    armed = tuple(index for index in prepared.train.indices if store.entries[index].things)
    only = Prepared(PictureSet(store, armed), prepared.calibration, prepared.test, {})
    found = join_site(only, SitePlan(scenes=0), tmp_path, 0, silent)
    assert [one.name for one in found.portions] == ["other renditions"]


def test_where_no_part_finds_a_place_nothing_is_projected(tmp_path: Path) -> None:
    """Benign pictures of air alone: no error, no portion."""
    writer = StoreWriter(tmp_path / "air")
    air = XrayImage(np.zeros((96, 96), np.float32), np.full((96, 96), 0.5, np.float32), "grey8")
    for number in range(3):
        writer.add(air, f"bag-{number}", ())
    writer.finish({})
    pictures = PictureSet(Store(tmp_path / "air"), (0, 1, 2))
    plan = SitePlan(projections=2, renditions=0, scenes=0)
    found = join_site(Prepared(pictures, pictures, pictures, {}), plan, tmp_path, 0, silent)
    assert found.portions == ()


def test_a_plan_of_nothing_changes_nothing(prepared: Prepared, tmp_path: Path) -> None:
    found = join_site(prepared, SitePlan(projections=0, renditions=0, scenes=0), tmp_path, 0, silent)
    assert found.portions == ()
    assert ONLY_PROJECTIONS.renditions == ONLY_PROJECTIONS.scenes == 0


def test_batches_hold_the_shares_that_were_asked_for(joined: Prepared) -> None:
    plain = sampler_for(
        Prepared(joined.train, joined.calibration, joined.test, {}), NAMED, Sampling(side=64, batch=20), 1
    )
    assert not isinstance(plain, MixedSampler)
    mixed = sampler_for(joined, NAMED, Sampling(side=64, batch=20), 1)
    assert isinstance(mixed, MixedSampler)
    first, again = mixed.batch(3), mixed.batch(3)
    assert first.planes.shape == (20, 3, 64, 64)
    assert len(first.targets) == 20
    assert np.array_equal(first.planes, again.planes)
    assert not np.array_equal(first.planes, mixed.batch(4).planes)
    told = joined.about["beside_the_site"]
    assert {name: one["share_of_crops"] for name, one in told.items()} == {
        "projected parts": Shares().projections,
        "other renditions": Shares().renditions,
        "synthetic scenes": Shares().synthetic,
    }


def test_the_site_own_crops_do_not_depend_on_what_is_beside_them(prepared: Prepared) -> None:
    portion = Portion("half", prepared.calibration, 0.5)
    mixed = MixedSampler(prepared.train, (portion,), NAMED, Sampling(side=64, batch=8), 1)
    alone = MixedSampler(prepared.train, (), NAMED, Sampling(side=64, batch=4), 1)
    assert np.array_equal(mixed.batch(0).planes[:4], alone.batch(0).planes)
    assert not np.array_equal(mixed.batch(0).planes[4:], alone.batch(0).planes)
