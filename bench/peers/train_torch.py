#!/usr/bin/env python3
"""Training and inference in PyTorch, as `doppel bench train` and `doppel bench predict` do them.

usage: train_torch.py NET MODE BATCH     NET: a key of NETS, as lenet or mobilenet_v3_small; MODE: f32 bf16

Resident random data; cross-entropy, SGD (0.01, momentum 0.9, weight decay 5e-4); two threads; channels last where that
is the faster of the two. Inference in batches of 64. Prints medians of groups of steps as JSON. Debian: python3-torch,
python3-torchvision. For PyTorch at its best: LD_PRELOAD=libtcmalloc_minimal.so.4, and OpenBLAS with OpenMP's threads
first in LD_LIBRARY_PATH.
"""
import json
import statistics
import sys
import time

import torch
from torch import nn
from torchvision import models


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 49, 512), nn.ReLU(), nn.Linear(512, 10))


def vgg_small():
    layers, inputs = [], 3
    for width in (64, 128, 256):
        for _ in range(2):
            layers += [nn.Conv2d(inputs, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(True)]
            inputs = width
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(256 * 16, 256), nn.ReLU(), nn.Linear(256, 10))


def resnet18_cifar():
    net = models.resnet18(num_classes=10)
    net.conv1, net.maxpool = nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.Identity()
    return net


NETS = {
    "lenet": (lenet, (1, 28, 28)),
    "vgg_small": (vgg_small, (3, 32, 32)),
    "resnet18_cifar": (resnet18_cifar, (3, 32, 32)),
    "mobilenet_v3_small": (lambda: models.mobilenet_v3_small(num_classes=10), (3, 224, 224)),
    "efficientnet_b0": (lambda: models.efficientnet_b0(num_classes=10), (3, 224, 224)),
    "resnet50": (lambda: models.resnet50(num_classes=10), (3, 224, 224)),
    "vgg16": (lambda: models.vgg16(num_classes=10), (3, 224, 224)),
}


def speed(step, images, seconds):
    for _ in range(2):
        step()
    speeds, start = [], time.perf_counter()
    while len(speeds) < 3 or time.perf_counter() - start < seconds:
        before, count = time.perf_counter(), 0
        while count == 0 or time.perf_counter() - before < 0.25:
            step()
            count += images
        speeds.append(count / (time.perf_counter() - before))
    return statistics.median(speeds)


def measure(name, mode, batch, layout):
    make, shape = NETS[name]
    net = make().train().to(memory_format=layout)
    images = torch.randn(batch, *shape).to(memory_format=layout)
    labels = torch.randint(0, 10, (batch,))
    optimizer = torch.optim.SGD(net.parameters(), 0.01, momentum=0.9, weight_decay=5e-4)

    def cast():
        return torch.autocast("cpu", torch.bfloat16, enabled=mode == "bf16")

    def step():
        optimizer.zero_grad(set_to_none=True)
        with cast():
            loss = nn.functional.cross_entropy(net(images).float(), labels)
        loss.backward()
        optimizer.step()

    trained = speed(step, batch, 5)
    net.eval()
    images = torch.randn(64, *shape).to(memory_format=layout)
    with torch.no_grad(), cast():
        predicted = speed(lambda: net(images), 64, 3)
    return trained, predicted


def main():
    torch.set_num_threads(2)
    name, mode, batch = sys.argv[1], sys.argv[2], int(sys.argv[3])
    both = [measure(name, mode, batch, layout) for layout in (torch.contiguous_format, torch.channels_last)]
    print(json.dumps({"version": torch.__version__, "train": max(t for t, _ in both),
                      "predict": max(p for _, p in both)}))


if __name__ == "__main__":
    main()
