#!/usr/bin/env python3
"""Writes penalty.txt and penalty_pooled.txt: R1's gradient by PyTorch's double backward in float64, and what it is made from.

A line for each: the images [3, 2, 8, 8], then each parameter and its gradient of 0.7 / 2 · sum |v|² / 3, v the gradient of an
image's verdict (output 0 plus output 1 + its number mod 2) with respect to the image.
"""
from pathlib import Path

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
NETS = {
    "penalty": lambda: [nn.Conv2d(2, 4, 3, stride=2, padding=1), nn.LeakyReLU(0.2), nn.Conv2d(4, 4, 3, padding=1), nn.LeakyReLU(0.2)],
    "penalty_pooled": lambda: [nn.Conv2d(2, 16, 3, padding=1), nn.LeakyReLU(0.2), nn.MaxPool2d(3, 2, 1), nn.Conv2d(16, 4, 3, padding=1),
                               nn.MaxPool2d(2), nn.LeakyReLU(0.2)],
}


def line(values):
    return " ".join(f"{x:.9g}" for x in values.flatten().tolist()) + "\n"


def write(name, layers):
    torch.manual_seed(3)
    net = nn.Sequential(*layers(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))
    # What float32 holds, so that both start from the same numbers.
    for p in net.parameters():
        p.data = p.data.float().double()
    images = torch.randn(3, 2, 8, 8).float().double().requires_grad_()
    out = net(images)
    verdicts = out[:, 0] + out[torch.arange(3), 1 + torch.arange(3) % 2]
    v, = torch.autograd.grad(verdicts.sum(), images, create_graph=True)
    penalty = 0.35 * v.pow(2).sum() / 3
    penalty.backward()
    with open(Path(__file__).parent / f"{name}.txt", "w") as f:
        f.write(line(images.detach()) + line(penalty.detach()))
        for p in net.parameters():
            f.write(line(p.detach()) + line(p.grad if p.grad is not None else torch.zeros_like(p)))


for name, layers in NETS.items():
    write(name, layers)
