#!/usr/bin/env python3
"""Writes torchvision's networks with random weights, an image of noise and what they make of it, for
`Weights.LogitsAreTorchvisions` (tests/nn/formats/weights_test.cpp), which reads the folder that DOPPEL_TORCHVISION names. With
--small, only the small network whose files the tests keep.

usage: torchvision_weights.py FOLDER [--small]
"""
import sys
from pathlib import Path

import torch
import torchvision

NETS = {"mobilenet_v2": 224, "mobilenet_v3_small": 224, "mobilenet_v3_large": 224, "efficientnet_b0": 224, "densenet121": 224,
        "convnext_tiny": 224, "regnet_y_400mf": 224, "shufflenet_v2_x1_0": 224,
        "vgg16": 224, "vgg11_bn": 224, "resnet18": 224, "resnet50": 224, "googlenet": 224, "inception_v3": 299}


def disturbed(model):
    """Statistics of BatchNorm away from 0 and 1, so that they matter."""
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    for name, parameter in model.named_parameters():
        if name.endswith("layer_scale"):
            parameter.data.uniform_(0.5, 1.5)
    return model.eval()


def small():
    """conv3x3(8)-bn-relu-pool-conv3x3(12,s2,p1)-relu-gap-fc(5)"""
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3, padding=1, bias=False), torch.nn.BatchNorm2d(8), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(8, 12, 3, stride=2, padding=1), torch.nn.ReLU(), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(),
        torch.nn.Linear(12, 5))


def networks():
    if "--small" in sys.argv:
        yield "small", 12, small()
        return
    for name, side in NETS.items():
        extra = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
        yield name, side, getattr(torchvision.models, name)(weights=None, **extra)


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    for name, side, model in networks():
        model = disturbed(model)
        image = torch.randn(1, 3, side, side)
        with torch.no_grad():
            logits = model(image)
        torch.save(model.state_dict(), out / f"{name}.pth")
        if name == "small":
            torch.save(model.state_dict(), out / "small_old.pth", _use_new_zipfile_serialization=False)
            torch.save(torch.nn.Linear(2, 2), out / "module.pth")
            torch.save(torch.nn.Linear(2, 2), out / "module_old.pth", _use_new_zipfile_serialization=False)
        (out / f"{name}.input").write_bytes(image.numpy().tobytes())
        (out / f"{name}.logits").write_bytes(logits.numpy().tobytes())
        print(name, float(logits.abs().max()))


if __name__ == "__main__":
    main()
