"""The network, its losses and its loop; skipped where torch is not installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from xray_labelled import write_coco

from features.errors import InputError

torch = pytest.importorskip("torch")

from models.xray_engine import open_engine  # noqa: E402
from training.xray.export import export_onnx, load_weights, weights_bytes  # noqa: E402
from training.xray.fit import CHECKPOINT, Fitting, fit  # noqa: E402
from training.xray.losses import detector_loss, generalised_iou  # noqa: E402
from training.xray.net import Detector  # noqa: E402
from training.xray.prepare import prepare_files  # noqa: E402
from training.xray.sampler import Batch, Sampler, Sampling  # noqa: E402

pytestmark = pytest.mark.torch
STEPS = Fitting(steps=8, save_every=4, seed=3)


@pytest.fixture(scope="module")
def sampler(tmp_path_factory: pytest.TempPathFactory) -> Sampler:
    folder = tmp_path_factory.mktemp("set")
    torch.set_num_threads(1)
    prepared = prepare_files(*write_coco(folder, 16), folder / "work", 0, lambda *_: None)
    indices = range(len(prepared.train.store.entries))
    return Sampler(prepared.train.store, indices, ("barrel", "slide"), Sampling(side=64, batch=6), seed=5)


def test_the_network_is_small_and_starts_silent() -> None:
    network = Detector(12).eval()
    assert sum(one.numel() for one in network.parameters()) < 800_000
    with torch.no_grad():
        heads = network(torch.rand(2, 3, 64, 96))
    assert heads.shape == (2, 17, 8, 12)
    assert float(torch.sigmoid(heads[:, 0]).max()) < 0.2


def test_generalised_iou_by_hand() -> None:
    first = torch.tensor([[0.0, 0, 10, 10]] * 3)
    second = torch.tensor([[0.0, 0, 10, 10], [5, 0, 15, 10], [20, 0, 30, 10]])
    assert generalised_iou(first, second).tolist() == pytest.approx([1, 1 / 3, -1 / 3])


def test_the_right_answer_costs_less_than_a_wrong_one() -> None:
    score, weight = torch.zeros(1, 8, 8), torch.ones(1, 8, 8)
    part = torch.full((1, 8, 8), -1)
    positive = torch.zeros(1, 8, 8, dtype=torch.bool)
    score[0, 4, 4], part[0, 4, 4], positive[0, 4, 4] = 1, 1, True
    box = torch.zeros(1, 4, 8, 8)
    box[0, :, 4, 4] = torch.tensor([20.0, 20, 52, 52])
    right = torch.full((1, 7, 8, 8), -6.0)
    right[0, 0, 4, 4], right[0, 2, 4, 4] = 6.0, 6.0
    right[0, 3:] = np.log(2)
    costs = {"right": detector_loss(right, score, weight, part, box, positive)["all"]}
    for name, (channel, value) in {"unseen": (0, -6.0), "misnamed": (1, 12.0), "too wide": (5, 2.5)}.items():
        wrong = right.clone()
        wrong[0, channel, 4, 4] = value
        costs[name] = detector_loss(wrong, score, weight, part, box, positive)["all"]
    false_alarm = right.clone()
    false_alarm[0, 0, 1, 1] = 4.0
    costs["false alarm"] = detector_loss(false_alarm, score, weight, part, box, positive)["all"]
    assert all(cost > costs["right"] + 0.1 for name, cost in costs.items() if name != "right")
    weight[0, 1, 1] = 0
    forgiven = detector_loss(false_alarm, score, weight, part, box, positive)["all"]
    assert float(forgiven) == pytest.approx(float(costs["right"]), abs=1e-4)


def test_training_learns(sampler: Sampler, tmp_path: Path) -> None:
    seen: list[float] = []
    fit(sampler, 2, Fitting(steps=100, seed=1), tmp_path, heartbeat=lambda _, losses: seen.append(losses["all"]))
    assert len(seen) == 2
    assert seen[1] < 0.7 * seen[0]


def test_a_run_cut_off_ends_like_one_that_was_not(sampler: Sampler, tmp_path: Path) -> None:
    whole = fit(sampler, 2, STEPS, tmp_path / "whole")

    def stop(path: Path) -> None:
        state = torch.load(path, weights_only=True)
        assert state["step"] == 8

    stop(tmp_path / "whole" / CHECKPOINT)

    class CutOff(Exception):
        pass

    class Breaking(Sampler):
        def batch(self, step: int) -> Batch:
            if step == 6:
                raise CutOff
            return sampler.batch(step)

    breaking = Breaking.__new__(Breaking)
    with pytest.raises(CutOff):
        fit(breaking, 2, STEPS, tmp_path / "cut")
    resumed = fit(sampler, 2, STEPS, tmp_path / "cut")
    for first, second in zip(whole.state_dict().values(), resumed.state_dict().values(), strict=True):
        assert torch.equal(first, second)


def test_a_checkpoint_of_another_run_is_refused(sampler: Sampler, tmp_path: Path) -> None:
    fit(sampler, 2, STEPS, tmp_path)
    with pytest.raises(InputError, match="another run"):
        fit(sampler, 2, Fitting(steps=9, save_every=4, seed=3), tmp_path)


def test_a_checkpoint_learnt_from_other_pictures_is_refused(sampler: Sampler, tmp_path: Path) -> None:
    fit(sampler, 2, STEPS, tmp_path, run="these pictures")
    fit(sampler, 2, STEPS, tmp_path, run="these pictures")
    with pytest.raises(InputError, match="another run"):
        fit(sampler, 2, STEPS, tmp_path, run="other pictures")


def test_the_exported_network_answers_like_torch_in_both_engines() -> None:
    torch.manual_seed(0)
    network = Detector(2).eval()
    model = export_onnx(network)
    planes = np.random.default_rng(0).random((1, 3, 96, 160), np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(planes)).numpy()
    for name in ("onnxruntime", "opencv"):
        assert np.abs(open_engine(model, name).run(planes) - expected).max() < 2e-3
    assert len(model) > 1_000_000


def test_weights_travel_without_pickle() -> None:
    network = Detector(2)
    weights = load_weights(weights_bytes(network))
    other = Detector(2)
    other.load_state_dict(weights)
    for first, second in zip(network.state_dict().values(), other.state_dict().values(), strict=True):
        assert torch.equal(first, second)
