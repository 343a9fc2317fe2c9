#!/usr/bin/env python3
"""Training steps of the wide LeNet in PyTorch, as `doppel bench train --net lenet` does them.

28x28x1, batch 128, f32, resident random data, cross-entropy, SGD (0.01, momentum 0.9, weight decay 5e-4); two threads.
Prints the median of groups of steps. Debian: python3-torch.
"""
import statistics
import time

import torch
from torch import nn

torch.set_num_threads(2)
BATCH = 128
net = nn.Sequential(
    nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(64 * 49, 512), nn.ReLU(), nn.Linear(512, 10),
)
images, labels = torch.randn(BATCH, 1, 28, 28), torch.randint(0, 10, (BATCH,))
optimizer = torch.optim.SGD(net.parameters(), 0.01, momentum=0.9, weight_decay=5e-4)


def step():
    optimizer.zero_grad(set_to_none=True)
    nn.functional.cross_entropy(net(images), labels).backward()
    optimizer.step()


for _ in range(3):
    step()
speeds, start = [], time.perf_counter()
while len(speeds) < 3 or time.perf_counter() - start < 8:
    before = time.perf_counter()
    step()
    speeds.append(BATCH / (time.perf_counter() - before))
print(f"PyTorch {torch.__version__}: median {statistics.median(speeds):.0f} images/s")
