"""Masks that move with their images.

    python3 segment.py [DATA]       a folder of images/ and masks/; without it, discs that are drawn here
"""

import sys
from typing import Any

import numpy as np
import torch
from torch import nn

import doppel as dp


def discs(index: int) -> dict[str, Any]:
    """A noisy image of a disc, and where it is."""
    random = np.random.default_rng(index)
    y, x = np.mgrid[:64, :64]
    mask = ((y - random.integers(16, 48)) ** 2 + (x - random.integers(16, 48)) ** 2 < random.integers(8, 16) ** 2)
    image = mask[..., None] * np.array([200, 120, 60]) + random.integers(0, 55, (64, 64, 3))
    return {"image": image.astype(np.uint8), "mask": mask.astype(np.uint8)}


def main(data: Any = None) -> None:
    torch.manual_seed(1)
    recipe = dp.Recipe([dp.Dihedral(), dp.Rotate(angle=(-20, 20), p=0.5), dp.GaussianNoise(p=0.3)])
    loader = dp.Loader(data or dp.Source(128, discs), recipe, batch=16, seed=1)
    net = nn.Sequential(nn.Conv2d(3, 8, 5, padding=2), nn.ReLU(), nn.Conv2d(8, 2, 5, padding=2))
    optimizer = torch.optim.Adam(net.parameters(), 1e-2)
    for epoch in range(3):
        for batch in loader:
            loss = nn.functional.cross_entropy(net(batch["image"]), batch["mask"].long())
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        print(f"epoch {epoch}: loss {loss.item():.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
