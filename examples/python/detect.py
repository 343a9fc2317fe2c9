"""Boxes that move with their images, as torchvision's detectors take them: a list of images and a list of targets.

    python3 detect.py [DATA]        COCO, YOLO, VOC and others; without it, squares that are drawn here
"""

import sys
from typing import Any

import numpy as np
import torch

import doppel as dp


def squares(index: int) -> dict[str, Any]:
    """An image with one to three squares."""
    random = np.random.default_rng(index)
    image = np.zeros((96, 96, 3), np.uint8)
    boxes, labels = [], []
    for _ in range(random.integers(1, 4)):
        x, y, side = random.integers(0, 70), random.integers(0, 70), random.integers(10, 26)
        label = int(random.integers(0, 3))
        image[y:y + side, x:x + side, label] = 255
        boxes.append([x, y, x + side, y + side])
        labels.append(label)
    return {"image": image, "bboxes": boxes, "labels": labels}


def targets_of(batch: dp.Batch) -> tuple[list[torch.Tensor], list[dict[str, torch.Tensor]]]:
    """What torchvision.models.detection takes; its class 0 is the background."""
    targets = [{"boxes": boxes, "labels": labels + 1} for boxes, labels in zip(batch["boxes"], batch["box_labels"])]
    return list(batch["image"]), targets


def main(data: Any = None) -> None:
    recipe = dp.Recipe([
        dp.HorizontalFlip(p=0.5),
        dp.RandomResizedCrop(size=(64, 64), scale=(0.4, 1)),
        dp.BrightnessContrast(p=0.5),
    ], min_visibility=0.3)
    loader = dp.Loader(data or dp.Source(64, squares, classes=["red", "green", "blue"]), recipe, batch=8, seed=1)
    for batch in loader.map(targets_of):
        images, targets = batch
        for image, target in zip(images, targets):
            x0, y0, x1, y1 = target["boxes"].unbind(1)
            assert bool((x0 < x1).all() and (y0 < y1).all() and (x1 <= image.shape[2]).all())
    print(f"{len(loader)} batches; the last has {len(images)} images and {sum(len(t['labels']) for t in targets)} boxes")


if __name__ == "__main__":
    main(*sys.argv[1:2])
