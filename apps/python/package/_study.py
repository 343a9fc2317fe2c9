"""What the program's commands do, in this process: training, looking at data, packs, GANs, studies."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from os import PathLike, fspath
from typing import Any, Union

from . import _core
from ._recipe import Recipe

Path = Union[str, "PathLike[str]"]


def _nn() -> Any:
    try:
        return importlib.import_module("._nn", __package__)
    except ModuleNotFoundError:
        raise _core.UsageError("this doppel was built without its program: training isn't there") from None


@contextlib.contextmanager
def _shown() -> Iterator[None]:
    """What C++ prints goes where Python prints: into the notebook's cell, as it comes."""
    try:
        plain = sys.stdout.fileno() == 1 and sys.stderr.fileno() == 2
    except (OSError, ValueError, AttributeError):
        plain = False
    if plain:
        sys.stdout.flush()
        yield
        return
    readable, writable = os.pipe()
    saved = [(fd, os.dup(fd)) for fd in (1, 2)]
    out = sys.stdout

    def forward() -> None:
        with os.fdopen(readable, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                out.write(line)
                out.flush()

    reader = threading.Thread(target=forward, daemon=True)
    reader.start()
    for fd, _ in saved:
        os.dup2(writable, fd)
    os.close(writable)
    try:
        yield
    finally:
        for fd, copy in saved:
            os.dup2(copy, fd)
            os.close(copy)
        reader.join()


def _words(options: dict[str, Any], folder: str) -> list[str]:
    """Keywords as the command line has them: epochs=3 is --epochs 3, flag=True is --flag."""
    words: list[str] = []
    for key, value in options.items():
        name = "--" + key.replace("_", "-")
        if value is None:
            continue
        if isinstance(value, bool):
            words.append(name if value else name + "=false")
            continue
        if isinstance(value, Recipe):
            path = os.path.join(folder, f"{key}.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(value.yaml())
            value = path
        if isinstance(value, (list, tuple)):
            value = ",".join(str(v) for v in value)
        words += [name, fspath(value) if isinstance(value, PathLike) else str(value)]
    return words


def command(name: str, *words: Path, **options: Any) -> Any:
    """`doppel NAME WORDS --OPTION VALUE` in this process; gives what --json says. Raises UsageError and Error as the program fails."""
    with tempfile.TemporaryDirectory() as folder:
        result = os.path.join(folder, "result.json")
        with _shown():
            code = _nn().run(name, [*(fspath(word) for word in words), *_words({**options, "json": result}, folder)])
        if code != 0:
            raise _core.Error(f"doppel {name} ended with {code}")
        if not os.path.exists(result):
            return None
        with open(result, encoding="utf-8") as file:
            return json.load(file)


class Model:
    """A network that predicts."""

    def __init__(self, made: Any) -> None:
        self._made = made

    classes = property(lambda self: self._made.classes, doc="Names of its outputs.")
    input = property(lambda self: self._made.input, doc="(C, H, W) of what it reads; images of other sizes are resized.")
    numbers = property(lambda self: self._made.numbers[0], doc="What its outputs are called where they are numbers; else empty.")
    parameters = property(lambda self: self._made.parameters, doc="How many numbers it learned.")
    network = property(lambda self: self._made.network, doc="Its layers, as notation.")

    def logits(self, images: Any) -> Any:
        """[N, classes] of images, of masks [N, classes, H, W]: arrays [H, W, C] of any size, tensors [C, H, W] or PIL images."""
        return self._made.logits(images)

    def __call__(self, images: Any) -> Any:
        """Probabilities [N, classes]: of independent labels, each its own. Of a network that tells numbers these, [N, numbers]."""
        import numpy as np

        logits = self.logits(images).astype(np.float64)
        if self.numbers:
            _, mean, std = self._made.numbers
            return logits * np.asarray(std) + np.asarray(mean)
        if self._made.independent:
            return 1 / (1 + np.exp(-logits))
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        return shares / shares.sum(axis=1, keepdims=True)

    def predict(self, images: Any) -> Any:
        """The most probable class of each. Of a network that tells masks the number of each pixel's, [N, H, W] of uint8."""
        if self.numbers:
            raise TypeError("this network tells numbers, not classes: call it, model(images)")
        if self._made.masks:
            return self.logits(images).argmax(axis=1).astype("uint8")
        return [self.classes[int(k)] for k in self.logits(images).argmax(axis=1)]

    def __repr__(self) -> str:
        outputs = f"{len(self.numbers)} numbers" if self.numbers else f"{len(self.classes)} classes"
        return f"<doppel.Model of {self.parameters} parameters, {outputs}, input {self.input}>"


def model(net: Path, *, weights: Path = "", classes: Sequence[str] | int = 1000, size: int = 224, channels: int = 3,
          mean: Sequence[float] = (0.485, 0.456, 0.406), std: Sequence[float] = (0.229, 0.224, 0.225)) -> Model:
    """A trained run's folder or model file, or a network of the zoo (or in notation) with weights of torchvision's, .pth or .safetensors."""
    nn, name = _nn(), fspath(net)
    if os.path.exists(name) and not weights:
        return Model(nn.Model.open(name))
    names = [str(k) for k in range(classes)] if isinstance(classes, int) else list(classes)
    return Model(nn.Model.named(name, fspath(weights), names, (channels, size, size), list(mean)[:channels] if len(mean) >= channels else list(mean),
                                list(std)[:channels] if len(std) >= channels else list(std)))


class Run:
    """A trained network in its folder."""

    def __init__(self, path: Path, result: Any = None) -> None:
        self.path, self.result = fspath(path), result
        self._model: Model | None = None

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """What was measured, an epoch each."""
        with open(os.path.join(self.path, "metrics.jsonl"), encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    @property
    def model(self) -> Model:
        """The network, as it was trained."""
        if self._model is None:
            self._model = model(self.path)
        return self._model

    def predict(self, images: Any, **options: Any) -> Any:
        """Of arrays the most probable classes; of a path, what `doppel predict` says of each image there (out="masks" is where it writes masks)."""
        if isinstance(images, (str, PathLike)):
            return command("predict", self.path, images, **options)
        return self.model.predict(images)

    def evaluate(self, data: Path, **options: Any) -> Any:
        """What `doppel eval` measures."""
        return command("eval", self.path, data, **options)

    def export(self, out: Path, **options: Any) -> None:
        """As ONNX or safetensors, by the name of `out`."""
        command("export", self.path, out, **options)

    def _repr_html_(self) -> str:
        rows = "".join("<tr>" + "".join(f"<td>{v:.4g}</td>" if isinstance(v, float) else f"<td>{v}</td>" for v in m.values()) + "</tr>"
                       for m in self.metrics)
        return f"<p>{self.path}</p><table><tr>" + "".join(f"<th>{k}</th>" for k in (self.metrics or [{}])[0]) + f"</tr>{rows}</table>"

    def __repr__(self) -> str:
        return f"<doppel.Run {self.path}>"


def train(data: Path, *, out: Path, recipe: Recipe | str = "auto", **options: Any) -> Run:
    """Trains a classifier as `doppel train` does, with its options as keywords: net, epochs, batch, lr, loss, weights, seed, resume …"""
    return Run(out, command("train", data, out=out, recipe=recipe, **options))


def inspect(data: Path, **options: Any) -> Any:
    """What a data set has: sizes, classes, targets, broken images."""
    return command("inspect", data, **options)


def pack(data: Path, out: Path, **options: Any) -> Any:
    """A data set as a pack, which is read faster."""
    return command("pack", data, out, **options)


class Gan:
    """A GAN in its folder."""

    def __init__(self, path: Path, result: Any = None) -> None:
        self.path, self.result = fspath(path), result

    @classmethod
    def train(cls, data: Path, *, out: Path, **options: Any) -> Gan:
        """As `doppel gan` does, with its options as keywords."""
        return cls(out, command("gan", data, out=out, **options))

    def generate(self, out: Path, **options: Any) -> Any:
        """As `doppel generate` does."""
        return command("generate", self.path, out=out, **options)

    def __repr__(self) -> str:
        return f"<doppel.Gan {self.path}>"


def study(data: Path, *, out: Path, **options: Any) -> Any:
    """Compares what augmentation brings, as `doppel study` does."""
    return command("study", data, out=out, **options)
