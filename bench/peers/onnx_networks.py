#!/usr/bin/env python3
"""torchvision's networks with random weights as ONNX, and their logits for one image.

onnx_networks.py [--onnxruntime] FOLDER [NAME...]: writes FOLDER/NAME.onnx, and FOLDER/NAME.txt with 10 logits
of the image whose number i, channel by channel, is sin(i / 100): PyTorch's, or those that ONNX Runtime computes
of the file. Needs Debian's python3-torch, python3-torchvision and python3-numpy, of Debian 13 also
python3-onnxruntime.
"""
import pathlib
import sys

import numpy
import torch
import torchvision

NAMES = ["alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "googlenet", "inception_v3", "mnasnet0_5",
         "mobilenet_v2", "mobilenet_v3_small", "regnet_y_400mf", "resnet18", "shufflenet_v2_x1_0", "squeezenet1_1",
         "vgg11_bn"]


def runtime_logits(file, image):
    import onnxruntime
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: image.numpy()})[0]


def write(folder, name, by_runtime):
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    network = getattr(torchvision.models, name)(num_classes=10, **options)
    for module in network.modules():  # statistics that tell whether they arrived
        if isinstance(module, torch.nn.BatchNorm2d):
            for values, low, high in ((module.running_mean, -0.1, 0.1), (module.running_var, 0.8, 1.2),
                                      (module.weight.data, 0.8, 1.2), (module.bias.data, -0.1, 0.1)):
                values.uniform_(low, high)
    network.eval()
    side = 299 if name == "inception_v3" else 224
    count = 3 * side * side
    image = torch.sin(torch.arange(count, dtype=torch.float32) * 0.01).reshape(1, 3, side, side)
    torch.onnx.export(network, image, folder / f"{name}.onnx", opset_version=13, input_names=["images"],
                      dynamic_axes={"images": {0: "batch"}})
    with torch.no_grad():
        logits = network(image).numpy()
    numpy.savetxt(folder / f"{name}.txt", runtime_logits(folder / f"{name}.onnx", image) if by_runtime else logits)


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--onnxruntime"]
    target = pathlib.Path(words[0])
    target.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    for wanted in words[1:] or NAMES:
        write(target, wanted, "--onnxruntime" in sys.argv)
        print(wanted, flush=True)
