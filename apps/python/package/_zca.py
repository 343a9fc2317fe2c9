"""ZCA whitening: batches whose pixels are uncorrelated, by a matrix measured on a data set."""

from __future__ import annotations

from os import fspath

from . import _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike
    from typing import Any

_MOST = 64 * 64 * 3  # numbers of an image: the matrix has their square, 1.2 GB while it's measured


class ZcaWhitening:
    """Subtracts each channel's mean, and multiplies with the inverse root of the covariance of all of an image's numbers.

    ``white = ZcaWhitening.fit(loader)``, then ``loader.map(white)``. Images of at most 64x64x3 numbers, all of one size.
    """

    def __init__(self, mean: Any, matrix: Any, shape: tuple[int, ...], epsilon: float) -> None:
        self.mean = mean  #: of an image's numbers [D]: the channels' means at each pixel
        self.matrix = matrix  #: [D, D], symmetric
        self.shape = shape  #: of an image, as batches have it
        self.epsilon = epsilon  #: added to singular values

    @classmethod
    def fit(cls, images: Any, *, epsilon: float = 1e-6, layout: str = "NCHW") -> ZcaWhitening:
        """Measures an array or tensor of floats in `layout`, or one epoch of a Loader's batches.

        What varies by less than a millionth of what varies most counts as constant, and becomes 0.
        """
        import numpy as np

        if layout not in ("NCHW", "NHWC"):
            raise _core.UsageError(f"layout is 'NCHW' or 'NHWC', not {layout!r}")
        if not epsilon >= 0:
            raise _core.UsageError(f"epsilon is {epsilon}, but must be 0 or more")
        total: Any = 0.0
        square: Any = 0.0
        count, shape = 0, ()
        for batch in [images] if hasattr(images, "ndim") else _batches(images):
            array = _checked(batch, shape)
            shape = array.shape[1:]
            flat = array.reshape(len(array), -1).astype(np.float64)
            total, square, count = total + flat.sum(0), square + flat.T @ flat, count + len(flat)
        if count < 2:
            raise _core.UsageError(f"whitening is measured on 2 images or more, not {count}")
        axes = (1, 2) if layout == "NCHW" else (0, 1)
        pixels = (total / count).reshape(shape)
        mean = np.broadcast_to(pixels.mean(axes, keepdims=True), shape).ravel()
        # Of images less the channels' means: their second moments, as Keras takes them.
        moments = square - np.outer(mean, total) - np.outer(total, mean) + count * np.outer(mean, mean)
        values, vectors = np.linalg.eigh(moments)
        kept = values > 1e-12 * max(values[-1], 1e-30)
        scale = np.sqrt(count) / (np.sqrt(values[kept]) + epsilon)
        matrix = (vectors[:, kept] * scale) @ vectors[:, kept].T
        return cls(mean.astype(np.float32), matrix.astype(np.float32), tuple(shape), float(epsilon))

    def __call__(self, batch: Any) -> Any:
        """A batch (its "image"), an array or a tensor [N, …], whitened: float32, of the same kind."""
        import numpy as np

        if isinstance(batch, dict):
            white = type(batch)(batch)
            white["image"] = self(batch["image"])
            return white
        array = _checked(batch, self.shape)
        flat = array.reshape(len(array), -1).astype(np.float32)
        result = ((flat - self.mean) @ self.matrix).reshape(array.shape)
        if isinstance(batch, np.ndarray) or type(batch).__module__.partition(".")[0] != "torch":
            return result
        import torch

        return torch.from_numpy(result)

    def save(self, path: str | PathLike[str]) -> None:
        """Writes an .npz file, which load() reads."""
        import numpy as np

        with open(fspath(path), "wb") as file:
            np.savez(file, mean=self.mean, matrix=self.matrix, shape=np.asarray(self.shape), epsilon=self.epsilon)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> ZcaWhitening:
        """What save() wrote."""
        import numpy as np

        try:
            with np.load(fspath(path)) as file:
                mean, matrix = file["mean"], file["matrix"]
                shape, epsilon = tuple(int(n) for n in file["shape"]), float(file["epsilon"])
        except (KeyError, ValueError, EOFError) as error:
            raise _core.Error(f"{fspath(path)}: this is no whitening that ZcaWhitening.save() wrote ({error})") from error
        size = int(np.prod(shape))
        if mean.shape != (size,) or matrix.shape != (size, size):
            raise _core.Error(f"{fspath(path)}: a matrix of {matrix.shape} doesn't fit images of {shape}")
        return cls(mean, matrix, shape, epsilon)


def _batches(source: Iterable[Any]) -> Iterable[Any]:
    for batch in source:
        yield batch["image"] if isinstance(batch, dict) else batch


def _checked(images: Any, shape: tuple[int, ...]) -> Any:
    import numpy as np

    array = np.asarray(images)
    if array.ndim != 4 or len(array) == 0:
        raise _core.UsageError(f"whitening needs images [N, C, H, W] or [N, H, W, C], not {array.shape}")
    if not np.issubdtype(array.dtype, np.floating):
        raise _core.UsageError(f"whitening needs floats, not {array.dtype}: dtype=\"float32\" of the loader")
    size = int(np.prod(array.shape[1:]))
    if size > _MOST:
        raise _core.UsageError(f"images of {size} numbers are too large to whiten: {_MOST} (64x64x3) are the most")
    if shape and array.shape[1:] != shape:
        raise _core.UsageError(f"the whitening is of images {shape}, not {array.shape[1:]}")
    return array
