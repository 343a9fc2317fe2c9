"""The loader: an iterable of dicts."""

from __future__ import annotations

import atexit
import os
import sys
from functools import partial
from operator import index
from _weakref import ref
from . import _core
from ._recipe import Recipe, recipe_of
from ._sources import source_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    _Dict = dict[str, Any]
else:
    _Dict = dict

_TYPES = {"float32": "f32", "f32": "f32", "uint8": "u8", "u8": "u8", "bfloat16": "bf16", "bf16": "bf16",
          "uint16": "u16", "u16": "u16", "float16": "f16", "f16": "f16"}
_LAYOUTS = {"NCHW": "chw", "NHWC": "hwc"}
_open: dict[int, Any] = {}  # weak references to loaders
_said_rank = False


@atexit.register
def _close_all() -> None:
    """Threads that call Python must be gone before it is."""
    for reference in list(_open.values()):
        loader = reference()
        if loader is not None:
            loader.close()


def _forget(key: int, _: ref[Loader]) -> None:
    _open.pop(key, None)


class Batch(_Dict):
    """A batch: "image", "label", "index", and what else the data has: "target" [N, K], "weight" [N], "fields" by name … Row r of each belongs together."""

    origin: _core.BatchOrigin

    def __copy__(self) -> Batch:
        copy = type(self)(self)
        if hasattr(self, "origin"):
            copy.origin = self.origin
        return copy

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)  # what loader.explain() goes by stays in the process

    @property
    def epoch(self) -> int:
        return self.origin.epoch

    @property
    def step(self) -> int:
        return self.origin.step

    @property
    def valid(self) -> int:
        """Rows that are samples; those after them fill a last batch up."""
        return self.origin.valid


def place_among_processes() -> tuple[int, int, str]:
    """(rank, world, where that is from)."""
    env = os.environ
    for rank, world in (("RANK", "WORLD_SIZE"), ("SLURM_PROCID", "SLURM_NTASKS")):
        if rank == "SLURM_PROCID":
            distributed = sys.modules.get("torch.distributed")
            if distributed is not None and distributed.is_available() and distributed.is_initialized():
                return distributed.get_rank(), distributed.get_world_size(), "torch.distributed"
        if env.get(rank, "").isdigit() and env.get(world, "").isdigit():
            return int(env[rank]), int(env[world]), f"{rank} and {world}"
    return 0, 1, ""


def _pinned() -> Callable[[int], tuple[int, Any]] | None:
    """Page-locked memory through torch, where CUDA is there."""
    import torch

    if not torch.cuda.is_available():
        return None

    def allocate(size: int) -> tuple[int, Any]:
        block = torch.empty(size + 64, dtype=torch.uint8, pin_memory=True)
        return (block.data_ptr() + 63) // 64 * 64, block

    return allocate


class _Batches:
    """One epoch's batches. A sample that fails is raised in the place of its batch; the next call gives the next one."""

    def __init__(self, loader: Loader, core: _core.Loader) -> None:
        self._loader, self._core, self._mine = loader, core, loader._iteration
        self._done = False

    def __iter__(self) -> _Batches:
        return self

    def __next__(self) -> Batch:
        if self._mine != self._loader._iteration:
            raise _core.UsageError("this iterator ended when another was made: a loader has one at a time")
        batch: Batch | None = None if self._done else self._core.next()
        if batch is None:
            self._done = True
            raise StopIteration
        return batch


def _size_of(given: Any, place: str) -> tuple[int, int]:
    """(height, width), of a square as one number."""
    try:
        height, width = (given, given) if hasattr(given, "__index__") else given
        return index(height), index(width)
    except (TypeError, ValueError):
        raise _core.UsageError(f"{place}: size is (height, width) or a side, in whole pixels, not {given!r}") from None


def _type_name(dtype: Any) -> Any:
    """"uint16" of numpy.uint16, numpy.dtype("uint16") and torch.uint16."""
    if isinstance(dtype, str):
        return dtype
    return str(getattr(dtype, "name", None) or getattr(dtype, "__name__", None) or dtype).rpartition(".")[2]


def _views_of(given: Any) -> list[tuple[Recipe | None, int, int]] | str:
    """Views as (recipe, height, width), where 0, 0 is the recipe's own size; or the path of a YAML file."""
    if isinstance(given, (str, os.PathLike)):
        return os.fspath(given)
    if isinstance(given, (dict, Recipe)) or not hasattr(given, "__iter__"):
        raise _core.UsageError("views must be a list, of recipes or of dicts with recipe and size")
    views: list[tuple[Recipe | None, int, int]] = []
    for one in given:
        view = one if isinstance(one, dict) else {"recipe": one}
        unknown = set(view) - {"recipe", "size"}
        if unknown:
            raise _core.UsageError(f"a view has recipe and size, not '{sorted(unknown)[0]}'")
        place = f"views[{len(views)}]"
        views.append((recipe_of(view.get("recipe"), place), *_size_of(view.get("size", (0, 0)), place)))
    if not views:
        raise _core.UsageError("views is empty: give one or more, or none of it")
    return views


class Loader:
    """Batches of a data set, augmented, as dicts: the same for any number of workers, and after a resume.

    `data`: a path, doppel.arrays(), doppel.Source(), or a data set with len and items. `recipe`: a Recipe, or what Recipe.load() takes.
    `output`: whose tensors batches have ("torch", "numpy", "jax", "doppel"), without a copy. `pin`: page-locked memory where CUDA is there.
    `dtype`: float32, uint8, uint16, float16 or bfloat16, by name or as NumPy's and torch's.
    Further options are the program's: workers, prefetch, order, weights, repeats, last, on_error, channels, mean, std, memory, buckets.
    `views`: several pictures of each sample from one decoding, in place of `recipe`: a list of recipes, or of dicts of recipe and size (height, width),
    to which what the recipe makes is scaled and cut; or a YAML file with such a list. batch["views"] has a tensor of each; the first is batch["image"], with its targets.
    `rank` and `world`: from RANK and WORLD_SIZE, torch.distributed or SLURM, where they aren't given.

    Each ``for`` is the next epoch. One thread iterates at a time.
    """

    def __init__(self, data: Any, recipe: Recipe | str | None = None, *, batch: int = 64, seed: int = 0, dtype: Any = "float32",
                 layout: str = "NCHW", output: str = "torch", part: str = "train", pin: bool = False, rank: int | None = None,
                 world: int | None = None, views: Any = None, **options: Any) -> None:
        global _said_rank
        dtype = _type_name(dtype)
        for given, known, name in ((dtype, _TYPES, "dtype"), (layout, _LAYOUTS, "layout")):
            if given not in known:
                raise _core.UsageError(f"{name} is '{given}', but must be one of {', '.join(known)}")
        for name in ("range", "columns", "root", "ignore_labels"):
            if name in options:
                raise _core.UsageError(f"{name} is the data set's: Loader(doppel.open(data, {name}=…), …)")
        if rank is None and world is None:
            rank, world, said = place_among_processes()
            if said and world > 1 and not _said_rank:
                _said_rank = True
                print(f"doppel: rank {rank} of {world}, by {said}", file=sys.stderr)
        if "buckets" in options:
            options["buckets"] = [side for size in options["buckets"] for side in size]
        self._options = dict(options, batch=batch, seed=seed, type=_TYPES[dtype], layout=_LAYOUTS[layout],
                             rank=0 if rank is None else rank, world=1 if world is None else world)
        self._data, self._part, self._output, self._pin = data, part, output, pin
        self._views = [] if views is None else _views_of(views)
        self._recipe = recipe_of(recipe, "recipe")
        self._next: tuple[int, int] = (0, 0)
        self._iteration = 0
        self._made: _core.Loader | None = None
        self._process = 0
        self._here()

    def _here(self) -> _core.Loader:
        """In a forked or unpickled process, a loader of its own, at the same place."""
        if self._made is None or self._process != os.getpid():
            if self._output == "torch":
                import torch  # before its tensors are wanted by threads
                if self._options["type"] == _TYPES["uint16"] and not hasattr(torch, "uint16"):
                    raise _core.UsageError(f"torch {torch.__version__} has no uint16 (2.3 and later do): say dtype=\"float16\", "
                                           "which holds 11 bits, float32, or output=\"numpy\"")

            self._source = source_of(self._data, self._part)
            self._made = _core.Loader(self._source, self._recipe, self._options, self._output, Batch,
                                      _pinned() if self._pin else None, self._views)
            self._process = os.getpid()
            _open[id(self)] = ref(self, partial(_forget, id(self)))
        return self._made

    def close(self) -> None:
        """Stops its threads. Batches that were handed out live on."""
        if self._made is not None and self._process == os.getpid():
            self._made.close()

    def __len__(self) -> int:
        """Batches in an epoch, the same for all ranks."""
        return self._here().steps()

    def __iter__(self) -> Iterator[Batch]:
        core = self._here()
        epoch, step = self._next
        core.begin(epoch, step)
        self._next = (epoch + 1, 0)
        self._iteration += 1
        return _Batches(self, core)

    def __getitem__(self, index: Any) -> Any:
        raise _core.UsageError("a Loader gives whole batches: iterate over it, or use "
                               "DataLoader(doppel.torch.IterableDataset(loader), batch_size=None)")

    def set_epoch(self, epoch: int) -> None:
        """Which epoch the next ``for`` is. One that load_state_dict() began goes on where it was."""
        if self._next[0] != epoch:
            self._next = (epoch, 0)

    def state_dict(self) -> dict[str, Any]:
        """Where the last iterator is, for any number of workers and processes."""
        core = self._here()
        return {"doppel": core.state()} if self._iteration else {"doppel": core.state(), "next": list(self._next)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The next ``for`` goes on there. Raises UsageError where it belongs to other data or another seed."""
        if "doppel" not in state:
            raise _core.UsageError("this state isn't a loader's: it has no 'doppel'")
        epoch, step = self._here().place_of(state["doppel"])
        self._next = (epoch, step)

    def peek(self, epoch: int, step: int) -> Batch:
        """Any batch of a run, made anew beside the others."""
        batch: Batch = self._here().peek(epoch, step)
        return batch

    def explain(self, batch: Batch, row: int) -> str:
        """What became of a batch's row: the sample's name, and every op with its drawn values."""
        return self._here().explain(batch.origin, row)

    def report(self) -> dict[str, Any]:
        """What happened so far, and where the time went (seconds, summed over all threads)."""
        return self._here().report()

    def map(self, fn: Callable[[Batch], Any]) -> Mapped:
        """The same with `fn` done to each batch, in the thread that iterates."""
        return Mapped(self, fn)

    @property
    def source(self) -> _core.Source:
        """What it reads."""
        self._here()
        return self._source

    @property
    def classes(self) -> list[str]:
        """Label k is classes[k]."""
        return self.source.classes

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of an image, whatever the layout."""
        return self._here().shape()

    @property
    def batch_size(self) -> int:
        """Rows of a batch, of all ranks together."""
        return int(self._options["batch"])

    def __getstate__(self) -> dict[str, Any]:
        return dict(self.__dict__, _made=None, _process=0, _source=None)

    def __repr__(self) -> str:
        return f"<doppel.Loader of {len(self.source)} samples in {len(self)} batches of {self.batch_size}>"


class Mapped:
    """A loader with a function done to each batch."""

    def __init__(self, loader: Loader | Mapped, fn: Callable[[Any], Any]) -> None:
        self.loader, self.fn = loader, fn

    def __iter__(self) -> Iterator[Any]:
        return map(self.fn, iter(self.loader))

    def __len__(self) -> int:
        return len(self.loader)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.loader, name)

    def map(self, fn: Callable[[Any], Any]) -> Mapped:
        return Mapped(self, fn)
