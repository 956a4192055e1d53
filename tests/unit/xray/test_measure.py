"""Figures by box, trait, threshold and view, and beside others, against values worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from xray_labelled import write_coco
from xray_pictures import attenuation_and_material, colour, decoded, grey8

from features.errors import UsageError
from features.xray_image import canonical
from models.results import ImageResult
from training.xray.coco import Labelled, load_coco
from training.xray.evaluate import hits_at
from training.xray.judge import Answer, beside_truth
from training.xray.looks import Selection, dense_metal, judge_rule, look_over, select
from training.xray.matching import Judged, match
from training.xray.measure import images_digest, too_few_benign
from training.xray.measure_boxes import by_box
from training.xray.measure_peers import BY_LOT, beside
from training.xray.measure_scores import reliability, thresholds
from training.xray.measure_traits import by_benign, by_trait, keep, traits_of
from training.xray.measure_views import TOGETHER, by_views
from training.xray.metrics import average_precision, group_weights, level_at
from training.xray.store import Thing

BOX, FAR, GUN = (10.0, 10.0, 20.0, 20.0), (200.0, 200.0, 20.0, 20.0), (0.0, 0.0, 150.0, 100.0)
Found = list[tuple[tuple[float, ...], float, str]]


def judged(name: str, truth: list[Thing], found: Found, group: str | None = None) -> Judged:
    boxes = np.array([[x, y, x + w, y + h] for (x, y, w, h), _, _ in found], np.float32).reshape(-1, 4)
    scores = np.array([score for _, score, _ in found], np.float32)
    peak = round(float(scores.max(initial=0.0)), 4)
    return beside_truth(name, group or name, truth, peak, boxes, scores, tuple(part for _, _, part in found))


def answer(
    name: str,
    truth: list[Thing],
    found: Found,
    traits: dict[str, str] | None = None,
    visibility: tuple[float | None, ...] = (),
    group: str | None = None,
) -> Answer:
    one = judged(name, truth, found, group)
    labelled = Labelled(
        Path(name), 400, 300, one.group, tuple(truth), (), traits or {}, visibility or (None,) * len(truth)
    )
    result = ImageResult(None, 400, 300, f"sha of {name}", "clear", "no_interference", one.score, (), (), None)
    return Answer(labelled, result, one)


def draws_of(answers: list[Answer]) -> list[np.ndarray]:  # type: ignore[type-arg]
    return group_weights([one.judged.group for one in answers], 20, 0)


def test_a_slide_inside_a_whole_gun_is_false_by_the_plain_rule_and_neither_by_the_other() -> None:
    inside, outside = (60.0, 10.0, 60.0, 20.0), (300.0, 10.0, 60.0, 20.0)
    picture = judged("a", [Thing(GUN, None)], [(inside, 0.9, "slide"), (GUN, 0.8, "pistol"), (outside, 0.7, "slide")])
    assert average_precision(match([picture])) == pytest.approx(0.5)
    lenient = match([picture], inside_is_neither=True)
    assert average_precision(lenient) == 1.0
    assert lenient.hits.tolist() == [True, False]


def test_only_a_named_component_inside_a_whole_gun_is_excused() -> None:
    inside = (60.0, 10.0, 60.0, 20.0)
    for truth, name, kept in (
        (Thing(GUN, None), "firearm_like", True),
        (Thing(GUN, "pistol"), "slide", False),
        (Thing(GUN, "magazine"), "slide", True),
        (Thing(GUN, None, ignore=True), "slide", True),
    ):
        found = match([judged("a", [truth], [(inside, 0.9, name)])], inside_is_neither=True)
        assert (len(found.hits) == 1) is kept


def test_froc_is_read_at_so_many_false_boxes_a_picture() -> None:
    """Scores .9 hit, .8 false, .7 hit, .7 false, .6 hit in two pictures with three true boxes."""
    third = (100.0, 10.0, 20.0, 20.0)
    pictures = [
        judged("a", [Thing(BOX, None), Thing(third, None)],
               [(BOX, 0.9, "slide"), (FAR, 0.8, "slide"), (third, 0.7, "slide"), ((300, 9, 9, 9), 0.7, "slide")]),
        judged("b", [Thing(BOX, None)], [(BOX, 0.6, "slide")]),
    ]  # fmt: skip
    found = match(pictures)
    assert hits_at(found, 0.0) == pytest.approx(1 / 3)
    # The hit at .7 cannot be had without the false box of the same score.
    assert hits_at(found, 0.5) == pytest.approx(1 / 3)
    assert hits_at(found, 1.0) == 1.0
    assert level_at(found, 1.0) == 0.0


def test_boxes_are_told_by_size_share_and_by_how_much_shows() -> None:
    large = (50.0, 50.0, 90.0, 60.0)
    answers = [
        answer("a", [Thing(BOX, "barrel"), Thing(large, "slide")], [(large, 0.9, "slide")], visibility=(0.2, 1.0)),
        answer("b", [Thing(large, "slide", ignore=True)], [], visibility=(1.0,)),
        answer("c", [Thing(BOX, "barrel")], [(BOX, 0.4, "slide")], visibility=(0.95,)),
    ]
    table = by_box(answers, 0.5, draws_of(answers))
    sides = table["longest side, px"]
    assert {name: one["boxes"] for name, one in sides.items()} == {"16 to 32": 2, "64 to 128": 1}
    assert sides["16 to 32"]["hits_at_0.1"][0] == 0.5
    assert sides["16 to 32"]["hits_at_threshold"] == 0.0
    assert sides["64 to 128"]["hits_at_threshold"] == 1.0
    assert {name: one["boxes"] for name, one in table["share of the picture"].items()} == {
        "0.2 % to 1 %": 2, "1 % to 5 %": 1,
    }  # fmt: skip
    shown = table["share of the part that shows"]
    assert {name: (one["boxes"], one["hits_at_1"][0]) for name, one in shown.items()} == {
        "below 30 %": (1, 0.0), "from 90 %": (2, 1.0),
    }  # fmt: skip


def test_reliability_counts_both_kinds_as_half_whatever_their_numbers() -> None:
    """In the bin of 0.8: one of two with a part and one of eight without, so .5 / (.5 + .125) = .8 at even odds."""
    pictures = [judged(f"p{k}", [Thing(BOX, None)], [(BOX, (0.8, 0.2)[k], "slide")]) for k in range(2)]
    pictures += [judged(f"q{k}", [], [(FAR, 0.8 if k == 0 else 0.2, "slide")]) for k in range(8)]
    found = reliability(pictures, group_weights([one.name for one in pictures], 20, 0))
    assert found is not None
    low, high = found["bins"]
    assert (high["from"], high["pictures"], high["with_part"]) == (0.8, 2, 1)
    assert high["observed"] == pytest.approx(0.8)
    assert low["observed"] == pytest.approx(0.5 / (0.5 + 0.875), abs=1e-4)
    gap_low = (0.25 + 0.4375) * abs(low["observed"] - 0.2)
    assert found["expected_error"] == pytest.approx(gap_low, abs=1e-3)
    brier = 0.5 * (0.2**2 + 0.8**2) / 2 + 0.5 * (0.8**2 + 7 * 0.2**2) / 8
    assert found["brier"] == pytest.approx(brier, abs=1e-4)
    assert reliability(pictures[:2], []) is None


def test_thresholds_tell_finds_and_costs_at_round_scores_and_at_shares_of_the_benign() -> None:
    pictures = [judged(f"p{k}", [Thing(BOX, None)], [(BOX, 0.1 * k, "slide")]) for k in range(1, 10)]
    pictures += [judged(f"q{k}", [], [(FAR, 0.01 * k, "slide")]) for k in range(100)]
    rows = thresholds(pictures, 0.55, group_weights([one.name for one in pictures], 20, 0))
    assert [one["score"] for one in rows] == sorted(one["score"] for one in rows)
    by_name = {one["name"]: one for one in rows if one["name"]}
    assert by_name["in use"]["recall"] == pytest.approx(4 / 9, abs=1e-4)
    assert by_name["in use"]["boxes_found"] == pytest.approx(4 / 9, abs=1e-4)
    assert by_name["in use"]["false_alarms"] == 0.45
    assert by_name["in use"]["false_boxes_per_picture"] == pytest.approx(45 / 109, abs=1e-4)
    for share in (1, 2, 5, 10, 20):
        assert by_name[f"at most {share} % of the benign"]["false_alarms"] == pytest.approx(share / 100)
    assert "at most 0.5 % of the benign" not in by_name


def test_pictures_are_told_apart_by_trait_and_benign_ones_by_background() -> None:
    armed = [answer(f"p{k}", [Thing(BOX, None)], [(BOX, 0.5, "slide")], {"background": "white"}) for k in range(10)]
    benign = [
        answer(f"q{k}", [], [(FAR, 0.9 if k < 20 else 0.1, "slide")], {"background": "grey" if k < 20 else "white"})
        for k in range(40)
    ]
    table = by_trait([*armed, *benign], 0.4, 0)["background"]
    assert (table["grey"]["pictures"], table["grey"]["recall"], table["grey"]["false_alarms"]) == (20, None, 1.0)
    assert (table["white"]["pictures"], table["white"]["recall"], table["white"]["false_alarms"]) == (30, 1.0, 0.0)
    assert table["white"]["ap50"] == 1.0
    against = by_benign([*armed, *benign], "background", 0)
    assert {name: one["recall@0.05"][0] for name, one in against.items()} == {"grey": 0.0, "white": 1.0}
    assert by_benign([*armed, *benign[:5]], "background", 0) == {}


def test_benign_pictures_without_the_trait_asked_for_are_left_out() -> None:
    answers = [
        answer("a", [Thing(BOX, None)], [], {"background": "white"}),
        answer("b", [], [], {"background": "grey"}),
        answer("c", [], [], {"background": "white"}),
    ]
    labelled = [one.labelled for one in answers]
    assert keep(labelled, {}) == [True, True, True]
    assert keep(labelled, {"background": "grey"}) == [True, True, False]
    with pytest.raises(UsageError, match="grey, white"):
        keep(labelled, {"background": "black"})
    with pytest.raises(UsageError, match="no trait scanner"):
        keep(labelled, {"scanner": "x"})
    assert traits_of(answers) == {"background": ["grey", "white"]}


def test_differences_are_paired() -> None:
    """Two detectors that differ by one hit on every draw alike: far surer than either figure by itself."""
    rng = np.random.default_rng(3)
    hard = rng.random(60) < 0.5
    good, worse = [], []
    for k in range(60):
        truth = [Thing(BOX, None)]
        good.append(judged(f"p{k}", truth, [] if hard[k] else [(BOX, 0.9, "slide")]))
        worse.append(replace(good[-1], boxes=good[-1].boxes + 300) if k % 6 == 0 else good[-1])
    draws = group_weights([one.group for one in good], 100, 0)
    found = beside("good", good, {"worse": worse}, draws, 0)
    value, low, high = found["differences"]["worse"]["ap50"]
    assert value == pytest.approx(found["figures"]["good"]["ap50"][0] - found["figures"]["worse"]["ap50"][0], abs=2e-4)
    assert 0 <= low < value < high
    assert high - low < found["figures"]["good"]["ap50"][2] - found["figures"]["good"]["ap50"][1]
    same = beside("good", good, {"twin": good}, draws, 0)
    assert set(same["differences"]["twin"]["ap50"]) == {0.0}
    assert found["figures"][BY_LOT]["recall@0.05"] == [0.05, None, None]


def test_two_views_are_one_parcel_with_the_higher_score() -> None:
    answers = []
    for k in range(40):
        armed = k % 2 == 0
        top = 0.9 if armed and k % 4 == 0 else 0.2
        side = 0.9 if armed and k % 4 == 2 else 0.2
        # The part is boxed only in the view that shows it.
        for view, score in (("top", top), ("side", side)):
            truth = [Thing(BOX, None)] if score > 0.5 else []
            answers.append(answer(f"{view}{k}", truth, [(BOX, score, "slide")], {"view": view}, group=f"{k}"))
    found = by_views(answers, 0, 20)
    assert found is not None
    assert (found["parcels"], found["benign_parcels"]) == (40, 20)
    assert {name: one["recall@0.05"][0] for name, one in found["by"].items()} == {
        "top": 0.5, "side": 0.5, TOGETHER: 1.0,
    }  # fmt: skip
    assert by_views(answers[::2], 0, 20) is None


def test_rates_that_so_few_benign_pictures_cannot_show_are_named() -> None:
    benign = [judged(f"{place}", [], []) for place in range(100)]
    armed = judged("armed", [Thing(BOX, None)], [])
    assert too_few_benign([*benign, armed]) == []
    assert too_few_benign([armed]) == []
    (told,) = too_few_benign([*benign[:19], armed])
    assert "(19) for recall at 1% (100 at least), 5% (20 at least) false alarms" in told
    assert "5%" not in too_few_benign(benign[:20])[0]


def test_the_simple_rule_boxes_dense_metal_alone() -> None:
    for page in (colour(), grey8()):
        boxes, scores = dense_metal(canonical(decoded(page)))
        assert len(boxes) == 1
        assert np.abs(boxes[0] - [80, 170, 240, 195]).max() <= 2
        assert scores[0] == pytest.approx(160 * 25 / (256 * 320), rel=0.1)
    attenuation, _ = attenuation_and_material()
    attenuation[170:195, 80:240] = 0.3
    assert len(dense_metal(canonical(decoded((250 * np.exp(-attenuation)).astype(np.uint8))))[0]) == 0


def test_looking_adds_traits_joins_near_duplicates_and_bears_rubbish(tmp_path: Path) -> None:
    annotations, images = write_coco(tmp_path, 8)
    cv2.imwrite(str(images / "0007.png"), cv2.imread(str(images / "0000.png")))
    (images / "0005.png").write_bytes(b"rubbish")
    looked = look_over(load_coco(annotations, images))
    added = {"background": "white", "format": "colour, PNG"}
    assert looked[0].labelled.traits == {"set": "even", "bag": "bag-0", **added}
    assert looked[7].labelled.group == looked[0].labelled.group == "bag-0"
    assert looked[2].labelled.group == "bag-1"
    assert not looked[5].readable
    rule = judge_rule(looked)
    assert [one.score for one in rule[5:6]] == [1.0]
    assert select(looked, Selection()) == looked
    halves = [select(looked, Selection(half=half)) for half in "AB"]
    assert sum(len(half) for half in halves) == 8
    assert {one.labelled.group for one in halves[0]}.isdisjoint(one.labelled.group for one in halves[1])


def test_the_digest_of_the_pictures_names_files_and_contents() -> None:
    answers = [answer("a", [], []), answer("b", [], [])]
    assert images_digest(answers) == images_digest(answers[::-1])
    assert images_digest(answers) != images_digest([answers[0], answer("c", [], [])])
