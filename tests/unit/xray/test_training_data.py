"""From labelled files to crops and targets, without torch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from xray_labelled import labelled_picture, write_coco
from xray_pictures import decoded

from features.errors import InputError
from features.xray_image import XrayImage, canonical
from training.xray.coco import load_coco, part_of_category
from training.xray.duplicates import fingerprint, join_groups
from training.xray.prepare import prepare_files
from training.xray.sampler import Sampler, Sampling
from training.xray.store import Store, StoreWriter, Thing, decode_table, encode
from training.xray.targets import NO_PART, Labels, make_targets

ROOT = Path(__file__).parents[3]


def silent(name: str, done: int, total: int) -> None:
    return None


def test_eight_bit_cache_keeps_attenuation() -> None:
    attenuation = np.linspace(0, 8, 1000, dtype=np.float32)
    error = np.abs(decode_table()[encode(attenuation)] - attenuation)
    assert error[attenuation < 1].max() < 0.01
    assert error.max() < 0.06


def test_store_gives_back_what_was_written(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    image = XrayImage(rng.random((40, 50), np.float32) * 3, rng.random((40, 50), np.float32), "dual")
    writer = StoreWriter(tmp_path)
    writer.add(image, "bag-1", (Thing((1, 2, 3, 4), "barrel"), Thing((5, 6, 7, 8), None, ignore=True)))
    with pytest.raises(InputError):
        Store(tmp_path)
    writer.finish({"from": "here"})
    store = Store(tmp_path)
    codes, material = store.codes(0)
    assert np.abs(decode_table()[codes] - image.attenuation).max() < 0.06
    assert np.abs(material / 255 - image.material).max() < 0.003
    assert store.entries[0].group == "bag-1"
    assert store.entries[0].things == (Thing((1, 2, 3, 4), "barrel"), Thing((5, 6, 7, 8), None, ignore=True))
    assert store.about == {"from": "here"}


def test_coco_is_read_with_groups_and_traits(tmp_path: Path) -> None:
    labelled = load_coco(*write_coco(tmp_path, 6))
    assert [one.has_part for one in labelled] == [True, False] * 3
    assert [one.group for one in labelled] == ["bag-0", "bag-0", "bag-1", "bag-1", "bag-2", "bag-2"]
    assert labelled[0].things[0].part == "slide"
    assert labelled[1].traits["set"] == "odd"


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("gun", "firearm_like"),
        ("Trigger Group", "trigger_group"),
        ("wrench", None),
        ("knife", None),
        ("barrel", "barrel"),
    ],
)
def test_categories_of_other_sets(name: str, part: str | None) -> None:
    assert part_of_category(name) == part


def test_all_problems_of_a_coco_file_are_told_at_once(tmp_path: Path) -> None:
    annotations, images = write_coco(tmp_path, 4)
    raw = json.loads(annotations.read_text())
    raw["images"][0]["file_name"] = "gone.png"
    raw["annotations"][0]["bbox"] = [1, 2, 0, 5]
    raw["annotations"][1]["category_id"] = 9
    raw["annotations"].append({"image_id": 77, "category_id": 1, "bbox": [1, 2, 3]})
    annotations.write_text(json.dumps(raw))
    with pytest.raises(InputError) as caught:
        load_coco(annotations, images)
    codes = sorted(problem.code for problem in caught.value.problems)
    assert codes == ["box_empty", "box_invalid", "category_unknown", "image_unknown", "picture_missing"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"images": {}}', "not json"])
def test_what_is_no_coco_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(InputError):
        load_coco(path, tmp_path)


def test_a_set_without_positives_is_refused(tmp_path: Path) -> None:
    annotations, images = write_coco(tmp_path, 6, category="wrench")
    with pytest.raises(InputError) as caught:
        prepare_files(annotations, images, tmp_path / "work", 0, silent)
    assert [problem.code for problem in caught.value.problems] == ["no_firearm_part"]


def test_no_bag_stands_on_two_sides(tmp_path: Path) -> None:
    annotations, images = write_coco(tmp_path, 60)
    prepared = prepare_files(annotations, images, tmp_path / "work", 0, silent)
    sides = [prepared.train, prepared.calibration, prepared.test]
    bags = [{one.store.entries[index].group for index in one.indices} for one in sides]
    assert all(bags)
    assert not bags[0] & bags[1]
    assert not bags[0] & bags[2]
    assert not bags[1] & bags[2]
    assert sum(len(one.indices) for one in sides) == 60


def test_a_broken_picture_in_a_set_is_named(tmp_path: Path) -> None:
    annotations, images = write_coco(tmp_path, 6)
    (images / "0003.png").write_bytes(b"rubbish")
    with pytest.raises(InputError) as caught:
        prepare_files(annotations, images, tmp_path / "work", 0, silent)
    assert [problem.path for problem in caught.value.problems] == [str(images / "0003.png")]


def test_near_duplicates_share_a_group() -> None:
    pictures = [canonical(decoded(labelled_picture(seed, True)[0])) for seed in (1, 2, 3)]
    noisy = np.clip(
        labelled_picture(1, True)[0].astype(int) + np.random.default_rng(0).integers(-4, 5, (224, 256, 1)), 0, 255
    )
    prints = [fingerprint(one) for one in [*pictures, canonical(decoded(noisy.astype(np.uint8)))]]
    joined = join_groups(["a", "b", "c", "d"], prints)
    assert joined[0] == joined[3]
    assert len(set(joined)) == 3


def test_targets_ask_for_the_box_at_its_centre_only() -> None:
    labels = Labels(np.array([[32, 48, 96, 80]], np.float32), np.array([2]), np.array([False]))
    targets = make_targets(labels, 128)
    rows, columns = np.nonzero(targets.positive)
    assert set(rows) <= {6, 7, 8, 9}
    assert set(columns) <= {6, 7, 8, 9}
    assert (targets.part[targets.positive] == 2).all()
    assert (targets.box[:, rows[0], columns[0]] == [32, 48, 96, 80]).all()
    assert targets.score[0, 0] < 0.01
    assert (targets.weight == 1).all()


def test_a_tiny_box_still_owns_a_cell() -> None:
    labels = Labels(np.array([[61, 61, 66, 66]], np.float32), np.array([NO_PART]), np.array([False]))
    assert make_targets(labels, 128).positive.sum() >= 1


def test_an_ignored_box_is_not_judged() -> None:
    labels = Labels(np.array([[32, 48, 96, 80]], np.float32), np.array([2]), np.array([True]))
    targets = make_targets(labels, 128)
    assert not targets.positive.any()
    assert (targets.weight[6:10, 4:12] == 0).all()
    assert targets.weight[0, 0] == 1


def test_the_smaller_of_two_things_keeps_its_cells() -> None:
    boxes = np.array([[0, 0, 128, 128], [56, 56, 72, 72]], np.float32)
    targets = make_targets(Labels(boxes, np.array([0, 1]), np.array([False, False])), 128)
    assert targets.part[7, 7] == 1


@pytest.fixture
def sampler(tmp_path: Path) -> Sampler:
    annotations, images = write_coco(tmp_path, 24)
    prepared = prepare_files(annotations, images, tmp_path / "work", 0, silent)
    everything = range(len(prepared.train.store.entries))
    return Sampler(prepared.train.store, everything, ("barrel", "slide"), Sampling(side=96, batch=16), seed=5)


def test_a_batch_depends_on_seed_and_step_alone(sampler: Sampler) -> None:
    first, again, other = sampler.batch(3), sampler.batch(3), sampler.batch(4)
    assert np.array_equal(first.planes, again.planes)
    assert not np.array_equal(first.planes, other.planes)


def test_crops_hold_parts_and_labels_where_the_metal_is(sampler: Sampler) -> None:
    batch = sampler.batch(0)
    assert batch.planes.shape == (16, 3, 96, 96)
    assert np.isfinite(batch.planes).all()
    assert 0 <= batch.planes.min() <= batch.planes.max() <= 1
    positives = [
        (planes, target) for planes, target in zip(batch.planes, batch.targets, strict=True) if target.positive.any()
    ]
    assert 5 <= len(positives) < 16
    inside, outside = [], []
    for planes, target in positives:
        x0, y0, x1, y1 = (int(np.clip(v, 0, 96)) for v in target.box[:, target.positive][:, 0])
        inside.append(planes[1, y0:y1, x0:x1].mean())
        outside.append(planes[1].mean())
    assert np.mean(inside) > 1.3 * np.mean(outside)


def test_turning_a_crop_turns_its_boxes(sampler: Sampler) -> None:
    """After any turn the labelled box still lies over the densest part of the crop."""
    hits = total = 0
    for step in range(6):
        for planes, target in zip(*(lambda b: (b.planes, b.targets))(sampler.batch(step)), strict=True):
            if not target.positive.any():
                continue
            dense = planes[1] > 0.8 * planes[1].max()
            x0, y0, x1, y1 = target.box[:, target.positive].T[0]
            rows, columns = np.nonzero(dense)
            total += 1
            hits += bool(x0 - 4 <= np.median(columns) <= x1 + 4 and y0 - 4 <= np.median(rows) <= y1 + 4)
    assert hits > 0.6 * total


# A None among the modules would look like a broken torch to others; this finder makes it absent.
NO_TORCH = """
import sys

class NoTorch:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "torch":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, NoTorch())
"""


def test_all_but_training_itself_works_without_torch() -> None:
    modules = "cli.xray, training.xray.measure, training.xray.report, training.xray.judge, training.xray.prepare"
    code = f"{NO_TORCH}import {modules}"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
