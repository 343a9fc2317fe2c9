"""Digits in plain PyTorch: the loader in place of a DataLoader and its transforms.

    python3 classify.py [DATA] [EPOCHS]
"""

import sys

import torch
from torch import nn

import doppel as dp


def network(channels: int, classes: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(channels, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.LazyLinear(64), nn.ReLU(), nn.Linear(64, classes))


def accuracy(net: nn.Module, loader: dp.Loader) -> float:
    net.eval()
    right = total = 0
    with torch.no_grad():
        for batch in loader:
            right += int((net(batch["image"]).argmax(1) == batch["label"]).sum())
            total += len(batch["label"])
    net.train()
    return right / total


def main(data: str = "sample:digits", epochs: int = 4) -> None:
    torch.manual_seed(1)
    recipe = dp.Recipe([dp.Affine(angle=(-10, 10), scale=(0.9, 1.1), p=0.8)])
    train = dp.Loader(data, recipe, batch=64, seed=1)
    test = dp.Loader(data, batch=256, part="test", order="sequential")
    net = network(train.shape[0], len(train.classes))
    optimizer = torch.optim.Adam(net.parameters(), 2e-3)
    for epoch in range(epochs):
        for batch in train:
            loss = nn.functional.cross_entropy(net(batch["image"]), batch["label"])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        print(f"epoch {epoch}: loss {loss.item():.3f}, accuracy {accuracy(net, test):.3f}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "sample:digits", int(sys.argv[2]) if len(sys.argv) > 2 else 4)
