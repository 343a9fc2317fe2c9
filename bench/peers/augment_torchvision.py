#!/usr/bin/env python3
"""Rates of torchvision's transforms, images/s on one thread, as JSON on standard output.

8-bit RGB of SIDE x SIDE (the first argument) with random content as a CHW tensor; the settings of bench/peer_calls.cpp.
Medians of groups of calls. Debian: python3-torchvision.
"""
import json
import statistics
import sys
import time

import torch
import torchvision
import torchvision.transforms.functional as F
from torchvision import transforms as T

torch.set_num_threads(1)
side = int(sys.argv[1]) if len(sys.argv) > 1 else 256
image = torch.randint(0, 256, (3, side, side), dtype=torch.uint8)
part = side * 7 // 8
BILINEAR = T.InterpolationMode.BILINEAR
jitter = T.ColorJitter((0.8, 1.2), (0.8, 1.2), (0.8, 1.2), (-0.05, 0.05))
no_hue = T.ColorJitter((0.6, 1.4), (0.6, 1.4), (0.6, 1.4))
crop = T.RandomResizedCrop(part)
erase = T.RandomErasing(p=1)
corners = [[0, 0], [side - 1, 0], [side - 1, side - 1], [0, side - 1]]
moved = [[12, 9], [side - 14, 11], [side - 10, side - 13], [8, side - 12]]
mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]

CALLS = {
    "HorizontalFlip": lambda: F.hflip(image).contiguous(),
    "VerticalFlip": lambda: F.vflip(image).contiguous(),
    "Rotate": lambda: F.rotate(image, 20, BILINEAR),
    "Affine": lambda: F.affine(image, 10, [8, 5], 1.1, [4, 3], BILINEAR),
    "Perspective": lambda: F.perspective(image, corners, moved, BILINEAR),
    "Elastic": lambda: T.ElasticTransform(50.0, 5.0)(image),
    "RandomResizedCrop": lambda: crop(image),
    "Resize": lambda: F.resize(image, [part, part], BILINEAR),
    "Pad": lambda: F.pad(image, 32, padding_mode="reflect"),
    "Brightness": lambda: F.adjust_brightness(image, 1.15),
    "Contrast": lambda: F.adjust_contrast(image, 1.15),
    "Saturation": lambda: F.adjust_saturation(image, 1.15),
    "Hue": lambda: F.adjust_hue(image, 0.04),
    "ColorJitter": lambda: jitter(image),
    "ColorJitterNoHue": lambda: no_hue(image),
    "Gamma": lambda: F.adjust_gamma(image, 0.9),
    "Negative": lambda: F.invert(image),
    "Posterize": lambda: F.posterize(image, 4),
    "Solarize": lambda: F.solarize(image, 128),
    "AutoContrast": lambda: F.autocontrast(image),
    "Equalize": lambda: F.equalize(image),
    "Gray": lambda: F.rgb_to_grayscale(image, 3),
    "Sharpen": lambda: F.adjust_sharpness(image, 1.5),
    "GaussianBlur": lambda: F.gaussian_blur(image, [9, 9], [1.25, 1.25]),
    "RandomErasing": lambda: erase(image),
    "Normalize": lambda: F.normalize(F.convert_image_dtype(image), mean, std),
}


def rate(call):
    for _ in range(3):
        call()
    times = []
    for _ in range(5):
        start, calls = time.perf_counter(), 0
        while time.perf_counter() - start < 0.06:
            call()
            calls += 1
        times.append((time.perf_counter() - start) / calls)
    return 1 / statistics.median(times)


print(json.dumps({"version": torchvision.__version__, "rates": {name: rate(call) for name, call in CALLS.items()}}))
