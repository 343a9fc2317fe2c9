"""ResNet-50 on a GPU that isn't kept waiting: bytes go over, and the GPU normalises.

    python3 train_gpu.py DATA [EPOCHS]      without a GPU it runs on the CPU, with a small net

A batch of bytes is a quarter of one of floats to move; page-locked, it moves while the GPU works. What it takes to keep a GPU busy is
images decoded per second: see `doppel bench load DATA --type u8 --no-hash`.
"""

import sys
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

import doppel as dp

cuda: Any = torch.cuda
autocast: Any = getattr(torch, "autocast")  # noqa: B009

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


def prefetched(loader: dp.Loader, device: torch.device) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Batches on the device: each is on its way while the one before it is worked on."""
    stream = cuda.Stream() if device.type == "cuda" else None
    ahead = None
    for batch in loader:
        if stream is None:
            yield batch["image"].to(device), batch["label"].to(device)
            continue
        with cuda.stream(stream):
            image = batch["image"].to(device, non_blocking=True)
            label = batch["label"].to(device, non_blocking=True)
        copied = cuda.Event()
        copied.record(stream)
        if ahead is not None:
            yield ready(*ahead)
        ahead = (image, label, copied, batch)  # the batch is kept until it has been copied
    if ahead is not None:
        yield ready(*ahead)


def ready(image: torch.Tensor, label: torch.Tensor, copied: Any, batch: dp.Batch) -> tuple[torch.Tensor, torch.Tensor]:
    current = cuda.current_stream()
    current.wait_event(copied)
    image.record_stream(current)
    label.record_stream(current)
    copied.synchronize()  # before doppel may write the batch's memory again
    return image, label


class Normalized(nn.Module):
    """Bytes to floats, where the images already are."""

    def __init__(self, net: nn.Module, dtype: torch.dtype) -> None:
        super().__init__()
        self.net, self.dtype = net, dtype
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1) * 255)
        self.register_buffer("scale", 1 / (torch.tensor(STD).view(1, 3, 1, 1) * 255))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        floats = (image.float() - self.get_buffer("mean")) * self.get_buffer("scale")
        result: torch.Tensor = self.net(floats.to(self.dtype))
        return result


def network(classes: int, device: torch.device) -> nn.Module:
    if device.type == "cuda":
        import torchvision  # type: ignore[import]

        net: nn.Module = torchvision.models.resnet50(num_classes=classes)
        return net
    return nn.Sequential(nn.Conv2d(3, 8, 7, stride=4), nn.ReLU(), nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(128, classes))


def main(data: str = "sample:photos", epochs: int = 1, batch: int = 64, side: int = 224) -> None:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    recipe = dp.Recipe([dp.RandomResizedCrop(size=(side, side)), dp.HorizontalFlip(p=0.5)])
    loader = dp.Loader(data, recipe, batch=batch, seed=1, dtype="uint8", layout="NHWC", channels=3, pin=True)
    net: Any = Normalized(network(max(2, len(loader.classes)), device), torch.float32)
    net = net.to(device, memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(net.parameters(), 0.05, momentum=0.9)
    for epoch in range(epochs):
        for image, label in prefetched(loader, device):
            image = image.permute(0, 3, 1, 2)  # NHWC in memory is torch's channels_last
            with autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
                loss = nn.functional.cross_entropy(net(image), label.clamp(min=0))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        report = loader.report()
        print(f"epoch {epoch}: loss {loss.item():.3f}; waited {report['waiting']:.1f} s for {report['samples']} images")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "sample:photos", int(sys.argv[2]) if len(sys.argv) > 2 else 1)
