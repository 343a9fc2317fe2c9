"""Recipes: random transforms in order."""

from __future__ import annotations

from os import fspath

from . import _core
from ._transforms import Transform, wrapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from os import PathLike
    from typing import Any

Plan = _core.Plan


class Recipe(_core.Recipe):
    """Random transforms in order, and the rules by which objects are dropped at the end.

    ``recipe(image=img, mask=m, bboxes=b, keypoints=k, labels=l, seed=1, epoch=0, index=7)`` gives a dict with the same keys, ``plan``
    (what was done), ``kept`` (the numbers of the boxes that stayed; of rotated_bboxes ``rotated_kept``), ``keypoints_visible`` and
    ``keypoints_kept``. The result is a
    function of seed, epoch and index; without a seed the recipe counts calls from its own. ``recipe(img)`` gives the image alone, as it was
    given: a NumPy array [H, W, C], a tensor [C, H, W] or a PIL image.
    """

    def __init__(self, transforms: Iterable[Transform] | Transform = (), *, bbox_format: str = "pascal_voc",
                 classes: Sequence[str] = (), seed: int = 0, **rules: Any) -> None:
        super().__init__(transforms if isinstance(transforms, _core.Transform) else list(transforms), rules, bbox_format,
                         list(classes), seed)

    @classmethod
    def load(cls, name: str | PathLike[str], *, bbox_format: str = "pascal_voc", classes: Sequence[str] = (),
             seed: int = 0) -> Recipe:
        """A preset (doppel.presets()) or a YAML file."""
        recipe = cls(bbox_format=bbox_format, classes=classes, seed=seed)
        recipe._load(fspath(name))
        return recipe

    @classmethod
    def from_yaml(cls, text: str, *, bbox_format: str = "pascal_voc", classes: Sequence[str] = (), seed: int = 0) -> Recipe:
        """Reads what yaml() writes."""
        recipe = cls(bbox_format=bbox_format, classes=classes, seed=seed)
        recipe._read(text, "recipe")
        return recipe

    @classmethod
    def from_keras(cls, call: str = "", *, seed: int = 0, **arguments: Any) -> Recipe:
        """What Keras' ImageDataGenerator was told, as its keywords or as the text of the call.

        Each thing that has no counterpart, or another one, is a warning.
        """
        written = [call] if call else []
        written += [f"{name}={_as_written(value)}" for name, value in arguments.items()]
        return cls._imported(_core.import_keras(", ".join(written)), seed)

    @classmethod
    def from_albumentations(cls, pipeline: Any, *, bbox_format: str = "pascal_voc", classes: Sequence[str] = (),
                            seed: int = 0) -> Recipe:
        """A pipeline of Albumentations', what its to_dict() gives, or that as JSON or YAML.

        Each thing that has no counterpart, or another one, is a warning.
        """
        import json

        if hasattr(pipeline, "to_dict"):
            pipeline = pipeline.to_dict()
        if hasattr(pipeline, "__fspath__") or (isinstance(pipeline, str) and not any(mark in pipeline for mark in "{:\n")):
            raise _core.UsageError(f"{str(pipeline)!r} is no text of a pipeline; of a file give its text: pathlib.Path(…).read_text()")
        text = pipeline if isinstance(pipeline, str) else json.dumps(pipeline, default=lambda one: getattr(one, "value", str(one)))
        return cls._imported(_core.import_albumentations(text), seed, bbox_format, classes)

    @classmethod
    def _imported(cls, made: tuple[str, list[str]], seed: int, bbox_format: str = "pascal_voc",
                  classes: Sequence[str] = ()) -> Recipe:
        import warnings

        text, notes = made
        for note in notes:
            warnings.warn(note, stacklevel=3)
        return cls.from_yaml(text, bbox_format=bbox_format, classes=classes, seed=seed)

    @property
    def transforms(self) -> list[Transform]:
        """In their order."""
        return [wrapped(t) for t in self._transforms()]

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.__getstate__())

    def __repr__(self) -> str:
        return f"Recipe([{', '.join(map(repr, self.transforms))}])"

    def preview(self, images: Any, count: int = 4, *, seed: int = 0) -> Preview:
        """Images as they are, and `count` times as the recipe changes them: shows itself in a notebook."""
        several = images if isinstance(images, (list, tuple)) or getattr(images, "ndim", 3) == 4 else [images]
        rows = []
        for index, image in enumerate(several):
            outs = [self(image=image, seed=seed, epoch=epoch, index=index) for epoch in range(count)]
            rows.append([(image, "as it is")] + [(out["image"], out["plan"].words()) for out in outs])
        return Preview(rows)

    def on_examples(self, image: str = "image", **columns: str) -> Callable[[dict[str, list[Any]]], dict[str, list[Any]]]:
        """For Hugging Face's Dataset.set_transform: a function of a batch of examples whose column `image` has images.

        Further columns move along by what they are called here: on_examples("image", mask="annotation").
        """
        def transform(examples: dict[str, list[Any]]) -> dict[str, list[Any]]:
            result = {key: list(values) for key, values in examples.items()}
            for i, one in enumerate(examples[image]):
                out = self(image=one, **{key: examples[column][i] for key, column in columns.items()})
                result[image][i] = out["image"]
                for key, column in columns.items():
                    result[column][i] = out[key]
            return result

        return transform


def _as_written(value: Any) -> str:
    """An argument as the text of a call has it; of functions, which aren't carried over, the name."""
    if callable(value):
        name = str(getattr(value, "__name__", type(value).__name__))
        return name if name.isidentifier() else "lambda: ..."
    return repr(value.tolist() if hasattr(value, "tolist") else value)


def recipe_of(given: Any, place: str) -> Recipe | None:
    """What may stand for a recipe: one, None, or what Recipe.load() takes."""
    if given is None or isinstance(given, Recipe):
        return given
    if isinstance(given, str) or hasattr(given, "__fspath__"):
        return Recipe.load(given)
    raise _core.UsageError(f"{place} must be a recipe, a preset's name or a YAML file, not {given!r}")


def _restored(cls: type[Recipe], state: tuple[Any, ...]) -> Recipe:
    recipe = cls()
    recipe._restore(state)
    return recipe


class Preview:
    """Rows of (image, words)."""

    def __init__(self, rows: list[list[tuple[Any, str]]]) -> None:
        self.rows = rows

    def _repr_html_(self) -> str:
        import base64
        import html

        def cell(image: Any, words: str) -> str:
            data = base64.b64encode(_core.encode_png(_bytes_of(image))).decode()
            return (f'<td style="vertical-align:top;font-size:11px;max-width:180px"><img style="max-width:176px" '
                    f'src="data:image/png;base64,{data}"/><br/>{html.escape(words)}</td>')

        return "<table>" + "".join("<tr>" + "".join(cell(*c) for c in row) + "</tr>" for row in self.rows) + "</table>"

    def __repr__(self) -> str:
        return "\n".join(words for row in self.rows for _, words in row)


def _bytes_of(image: Any) -> Any:
    import numpy as np

    array = np.asarray(image)
    if not isinstance(image, np.ndarray) and array.ndim == 3 and array.shape[0] in (1, 3, 4):
        array = array.transpose(1, 2, 0)
    return array if array.dtype == np.uint8 else (array.clip(0, 1) * 255).round().astype(np.uint8)
