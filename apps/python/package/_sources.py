"""What a Loader reads."""

from __future__ import annotations

from os import PathLike, fspath

from . import _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any


def open(data: str | PathLike[str], part: str = "train", *, ignore_labels: bool = False,  # noqa: A001
         columns: Mapping[str, str] = {}, root: str | PathLike[str] = "",
         range: tuple[float, float] | str | None = None) -> _core.Source:  # noqa: A002
    """A data set as people name it: any folder, archive or file that `doppel inspect` recognises. `part`: train, valid or test.

    Of a table, `columns` names them, {"target": "age+height", "weight": "w", "label": "species"}, and `root` is where its files are.
    `range`: what is black and white in the images' own numbers, as (0, 4095) of 12 bits in 16, or "measured", of the training part.
    """
    def opened(which: str) -> _core.Source:
        return _core.open(fspath(data), which, ignore_labels, dict(columns), fspath(root))

    source = opened(part)
    if range is None:
        return source
    if isinstance(range, str) and range == "measured":
        range = (source if part == "train" else opened("train")).measured_range()  # noqa: A001
    try:
        low, high = (float(end) for end in range if not isinstance(range, str))
    except (TypeError, ValueError):
        raise _core.UsageError(f"range is (low, high), as (0, 4095), or 'measured', not {range!r}") from None
    return source.ranged(low, high)


def arrays(images: Any, labels: Any = None, classes: Sequence[str] = ()) -> _core.Source:
    """Images [N, H, W] or [N, H, W, C] of uint8 or float32 (0 to 1), and N labels. Without a copy; the array mustn't change meanwhile."""
    import numpy as np

    numbers = [] if labels is None else np.asarray(labels).astype(np.int64).ravel().tolist()
    if numbers and not classes:
        classes = [str(k) for k in range(max(numbers) + 1)]
    return _core.arrays(np.asarray(images), numbers, list(classes))


def Source(size: int, getitem: Callable[[int], Any], *, labels: Sequence[int] = (), classes: Sequence[str] = (),
           bbox_format: str = "pascal_voc") -> _core.Source:
    """Samples that a function of Python's gives: an image, (image, label), or a dict of image, label, bboxes,
    rotated_bboxes, labels, keypoints, mask, masks, maps (a dict of arrays, or of dicts with values, kind, filter, fill), polygons and polylines (lists of
    [n, 2], or of dicts with points, label, instance), target (a number or several), weight, fields (a dict of texts, numbers, lists of numbers).

    An image is an array, a tensor, a PIL image, the bytes of an encoded file, or its path; the last two are decoded outside of Python. It's called
    from the loader's threads, one at a time.
    """
    return _core.python_source(size, getitem, [int(k) for k in labels], list(classes), bbox_format)


def source_of(data: Any, part: str) -> _core.Source:
    """What may stand for data: a source, a path, or a data set with len and items, as torch's and Hugging Face's."""
    if isinstance(data, _core.Source):
        return data
    if isinstance(data, (str, PathLike)):
        return open(data, part)
    if hasattr(data, "__len__") and hasattr(data, "__getitem__"):
        classes = getattr(data, "classes", ())
        features = getattr(data, "features", None)
        if isinstance(features, dict) and hasattr(features.get("label"), "names"):
            classes = features["label"].names
        texts = list(classes) if isinstance(classes, (list, tuple)) and all(isinstance(c, str) for c in classes) else []
        return Source(len(data), data.__getitem__, classes=texts)
    raise _core.UsageError(f"a {type(data).__name__} is no data: give a path, doppel.arrays(…), doppel.Source(…), or a data set with len and items")
