"""Operations of one's own, for recipes."""

from __future__ import annotations

from . import _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])


def op(name: Any = None, *, map: Callable[..., Any] | None = None, size: Callable[..., Any] | None = None,  # noqa: A002
       mask: Callable[..., Any] | None = None) -> Any:
    """Makes a function an operation that recipes and plans name: `doppel.Custom(op="sketch", arguments=[0.5])`.

        @doppel.op
        def sketch(image, arguments, seed):   # image [H, W, C], not to be changed; the result has its type
            return 255 - image

    It must be pure: the same for the same image, arguments and seed, in any thread. `map(x, y, (height, width), arguments)`
    says where a point goes, so that boxes and keypoints follow; `mask(mask, arguments, seed)` moves a mask; `size((height,
    width), arguments)` is the result's size where that isn't the image's. It holds Python's lock while it runs.
    """
    if callable(name):
        return op(None)(name)

    def register(function: F) -> F:
        _core.register_op(name or function.__name__, function, map, size, mask)
        return function

    return register


def load_plugin(path: Any) -> None:
    """Takes a library's operations, as `doppel --plugin` does."""
    import os

    _core.load_plugin(os.fspath(path))
