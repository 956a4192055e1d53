"""What the detector is trained to make small."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from training.xray.targets import NO_PART, STRIDE

PART_WEIGHT = 0.4
BOX_WEIGHT = 1.5


def detector_loss(
    heads: Tensor, score: Tensor, weight: Tensor, part: Tensor, box: Tensor, positive: Tensor
) -> dict[str, Tensor]:
    """Return the losses and their sum as `all`.

    Score: focal loss whose background term fades near a centre (Law and Deng 2018; Zhou et al. 2019). Box:
    1 - generalised IoU (Rezatofighi et al. 2019). Part: cross-entropy, only where a named part is.

    Args:
        heads: N x (1 + P + 4) x h x w.
        score: N x h x w, 0 to 1.
        weight: N x h x w, 0 or 1.
        part: N x h x w, index or NO_PART.
        box: N x 4 x h x w, corners in pixels of the crop.
        positive: N x h x w, bool.
    """
    count = positive.sum().clamp(min=1).float()
    losses = {"score": _score(heads[:, 0], score, weight, positive) / count}
    losses["box"] = BOX_WEIGHT * _box(heads[:, -4:], box, positive) / count
    named = positive & (part != NO_PART)
    logits = heads[:, 1:-4].permute(0, 2, 3, 1)[named]
    losses["part"] = PART_WEIGHT * functional.cross_entropy(logits, part[named], reduction="sum") / count
    losses["all"] = losses["score"] + losses["box"] + losses["part"]
    return losses


def _score(logit: Tensor, score: Tensor, weight: Tensor, positive: Tensor) -> Tensor:
    chance = torch.sigmoid(logit)
    hit = functional.logsigmoid(logit) * (1 - chance) ** 2
    miss = functional.logsigmoid(-logit) * chance**2 * (1 - score) ** 4
    return -(torch.where(positive, hit, miss) * weight).sum()


def _box(reach: Tensor, box: Tensor, positive: Tensor) -> Tensor:
    if not bool(positive.any()):
        return reach.sum() * 0.0
    rows, columns = positive.shape[1:]
    y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    centre = ((torch.stack([x, y], -1) + 0.5) * STRIDE).expand(*positive.shape, 2)[positive]
    far = torch.exp(reach.permute(0, 2, 3, 1)[positive].clamp(-4.0, 5.5)) * STRIDE
    told = torch.cat([centre - far[:, :2], centre + far[:, 2:]], 1)
    return (1.0 - generalised_iou(told, box.permute(0, 2, 3, 1)[positive])).sum()


def generalised_iou(first: Tensor, second: Tensor) -> Tensor:
    """Return the generalised intersection over union of each pair of corner boxes, -1 to 1."""
    common = _area(torch.maximum(first[:, :2], second[:, :2]), torch.minimum(first[:, 2:], second[:, 2:]))
    around = _area(torch.minimum(first[:, :2], second[:, :2]), torch.maximum(first[:, 2:], second[:, 2:]))
    union = _area(first[:, :2], first[:, 2:]) + _area(second[:, :2], second[:, 2:]) - common
    return common / union.clamp(min=1e-6) - (around - union) / around.clamp(min=1e-6)


def _area(low: Tensor, high: Tensor) -> Tensor:
    return (high - low).clamp(min=0).prod(dim=1)
