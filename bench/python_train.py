#!/usr/bin/env python3
"""Seconds of an epoch of plain PyTorch training, once fed by DataLoader and torchvision, once by doppel.

    python_train.py FOLDER [NETWORK [BATCH [THREADS]]]

FOLDER: class folders of photographs. NETWORK: resnet18 (torchvision's, at 224), or tiny, a network so small that
feeding it is most of the time. Both feeds crop at random to 224, flip, and normalise; epochs alternate. Prints
seconds per epoch, the best of three each, and the share of doppel's epochs that the loop waited. On two cores resnet18 takes some
65 ms an image to train, of which no feed can save more than torchvision's own 5.
"""
import sys
import time

import torch
import torchvision
from torch.utils.data import DataLoader
from torchvision import transforms

import doppel as dp

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def network(name, classes):
    if name == "resnet18":
        return torchvision.models.resnet18(num_classes=classes)
    return torch.nn.Sequential(torch.nn.AvgPool2d(16), torch.nn.Flatten(), torch.nn.Linear(3 * 14 * 14, classes))


def train(net, batches):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    net.train()
    images = 0
    for image, label in batches:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(image), label).backward()
        optimizer.step()
        images += len(label)
    return images


def main(folder, name="resnet18", batch="32", threads="2"):
    batch, threads = int(batch), int(threads)
    torch.set_num_threads(threads)
    dataset = torchvision.datasets.ImageFolder(folder, transforms.Compose([
        transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip(), transforms.ToTensor(),
        transforms.Normalize(MEAN, STD)]))
    torchvision_feed = DataLoader(dataset, batch, shuffle=True, num_workers=threads, persistent_workers=True)
    recipe = dp.Recipe([dp.RandomResizedCrop(size=(224, 224)), dp.HorizontalFlip(),
                        dp.Normalize(mean=list(MEAN), std=list(STD))])
    doppel_feed = dp.Loader(folder, recipe, batch=batch, workers=threads)
    net = network(name, len(dataset.classes))
    best = {"torchvision": float("inf"), "doppel": float("inf")}
    waited = total = 0.0
    for epoch in range(4):  # the first warms up
        start = time.perf_counter()
        images = train(net, torchvision_feed)
        seconds = {"torchvision": time.perf_counter() - start}
        before, start = doppel_feed.report()["waiting"], time.perf_counter()
        assert train(net, ((b["image"], b["label"]) for b in doppel_feed)) == images
        seconds["doppel"] = time.perf_counter() - start
        if epoch > 0:
            best = {feed: min(best[feed], seconds[feed]) for feed in best}
            waited += doppel_feed.report()["waiting"] - before
            total += seconds["doppel"]
    print(f"{name}, {images} images: torchvision {best['torchvision']:.2f} s, doppel {best['doppel']:.2f} s, "
          f"ratio {best['torchvision'] / best['doppel']:.2f}, waiting {100 * waited / total:.1f} %")


if __name__ == "__main__":
    main(*sys.argv[1:])
