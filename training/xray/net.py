"""The detector's network: five halvings, a feature pyramid back up to stride 8, one head without anchors.

About 0.6 million parameters, because it has to run on one core of a station's computer. Per cell of 8 x 8 pixels it
says: any firearm part (drives the alarm), which part (trained only where there is one), and how far the box reaches.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

WIDTHS = (16, 24, 40, 80, 128)
PYRAMID = 48
PRIOR = 0.01


class ConvBlock(nn.Sequential):
    """Convolution, batch normalisation, ReLU."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
        )


class Residual(nn.Module):
    """Two convolutions whose result is added to their input (He et al. 2016)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = ConvBlock(width, width)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        """N x width x H x W to the same."""
        return torch.relu(x + self.second(self.first(x)))


class StyleNoise(nn.Module):
    """While training, scale each picture's channel means and deviations at random; at rest, do nothing.

    What differs between two scanners shows in the first layers mostly as other means and deviations of the channels;
    noise on them teaches the later layers not to lean on them (normalisation perturbation, Fan et al. 2023).

    Args:
        share: Share of the batches that are disturbed.
        spread: Standard deviation of the two factors, whose mean is 1.
    """

    def __init__(self, share: float = 0.5, spread: float = 0.5) -> None:
        super().__init__()
        self.share, self.spread = share, spread

    def forward(self, x: Tensor) -> Tensor:
        """N x C x H x W to the same."""
        if not self.training or float(torch.rand(())) >= self.share:
            return x
        mean = x.mean(dim=(2, 3), keepdim=True).detach()
        of_spread, of_mean = (1 + self.spread * torch.randn_like(mean) for _ in range(2))
        return of_spread * x + (of_mean - of_spread) * mean


class Detector(nn.Module):
    """Planes N x 3 x H x W (sides multiples of 32) to heads N x (1 + parts + 4) x H/8 x W/8.

    Args:
        parts: Number of part names.
    """

    def __init__(self, parts: int) -> None:
        super().__init__()
        w1, w2, w3, w4, w5 = WIDTHS
        self.stem = nn.Sequential(ConvBlock(3, w1, 2), ConvBlock(w1, w2, 2))
        self.style = StyleNoise()
        self.eighth = nn.Sequential(ConvBlock(w2, w3, 2), Residual(w3))
        self.sixteenth = nn.Sequential(ConvBlock(w3, w4, 2), Residual(w4))
        self.thirtysecond = nn.Sequential(ConvBlock(w4, w5, 2), Residual(w5))
        self.side = nn.ModuleList([nn.Conv2d(width, PYRAMID, 1) for width in (w3, w4, w5)])
        self.merge16 = ConvBlock(PYRAMID, PYRAMID)
        self.merge8 = ConvBlock(PYRAMID, PYRAMID)
        self.head = ConvBlock(PYRAMID, PYRAMID)
        self.scores = nn.Conv2d(PYRAMID, 1 + parts, 1)
        self.reach = nn.Conv2d(PYRAMID, 4, 1)
        self.enlarge = nn.Upsample(scale_factor=2, mode="nearest")
        # Lin et al. 2017 (focal loss): start from a low score everywhere, or the background drowns the first steps.
        nn.init.constant_(self.scores.bias, float(torch.logit(torch.tensor(PRIOR))))
        nn.init.constant_(self.reach.bias, 1.0)

    def forward(self, planes: Tensor) -> Tensor:
        """See the class."""
        eighth = self.style(self.eighth(self.style(self.stem(planes))))
        sixteenth = self.sixteenth(eighth)
        deepest = self.side[2](self.thirtysecond(sixteenth))
        middle = self.merge16(self.side[1](sixteenth) + self.enlarge(deepest))
        fine = self.merge8(self.side[0](eighth) + self.enlarge(middle))
        features = self.head(fine)
        return torch.cat([self.scores(features), self.reach(features)], dim=1)
