#!/usr/bin/env python3
"""Images/s of torchvision's ImageFolder with PyTorch's DataLoader, two worker processes, the recipe of bench/loader_table.py.

usage: loader_torchvision.py FOLDER     (Debian: python3-torchvision)
"""
import sys
import time

import torch
from torchvision import datasets, transforms as T

torch.set_num_threads(1)
recipe = T.Compose([T.RandomResizedCrop(224), T.RandomHorizontalFlip(), T.ColorJitter(.4, .4, .4), T.ToTensor(),
                    T.Normalize([.485, .456, .406], [.229, .224, .225])])
loader = torch.utils.data.DataLoader(datasets.ImageFolder(sys.argv[1], recipe), batch_size=64, shuffle=True, num_workers=2,
                                     persistent_workers=True)
best = 0
for _ in range(2):  # the first starts the workers
    start, images = time.perf_counter(), 0
    for batch, _labels in loader:
        images += len(batch)
    best = max(best, images / (time.perf_counter() - start))
print(round(best))
