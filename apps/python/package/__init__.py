"""doppel: image augmentation and loading, bit for bit reproducible.

    import doppel as dp
    for batch in dp.Loader("sample:digits", "digits", batch=64, seed=1):
        step(batch["image"], batch["label"])
"""

from __future__ import annotations

from . import _core, _transforms
from ._core import Error, Plan, Tensor, UsageError, presets
from ._loader import Batch, Loader
from ._ops import load_plugin, op
from ._recipe import Preview, Recipe
from ._sources import Source, arrays, open
from ._transforms import Transform
from ._zca import ZcaWhitening

TYPE_CHECKING = False  # typing's, without what importing it takes
if TYPE_CHECKING:
    from typing import Any

__version__: str = _core.version
_LAZY = {"torch": ".torch"}
_STUDY = ("Gan", "Model", "Run", "command", "inspect", "model", "pack", "study", "train")
__all__ = ["Batch", "Error", "Loader", "Plan", "Preview", "Recipe", "Source", "Tensor", "Transform", "UsageError", "ZcaWhitening", "arrays",
           "load_plugin", "op", "open", "presets", *_STUDY, *_transforms._NAMES]

if not TYPE_CHECKING:
    def __getattr__(name: str) -> Any:
        import importlib

        if name in _transforms._NAMES:
            return _transforms.class_of(name)
        if name in _STUDY:
            return getattr(importlib.import_module("._study", __name__), name)
        if name in _LAZY:
            return importlib.import_module(_LAZY[name], __name__)
        import difflib

        near = difflib.get_close_matches(name, __all__, 1)
        raise AttributeError(f"module 'doppel' has no '{name}'" + (f"; did you mean '{near[0]}'?" if near else ""))

    def __dir__() -> list[str]:
        return sorted([*globals(), *__all__, *_LAZY])
