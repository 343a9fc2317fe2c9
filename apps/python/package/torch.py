"""For trainers that insist on torch's own classes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import torch.utils.data

from . import _core
from ._loader import Batch, Loader, Mapped

_LINE = "DataLoader(doppel.torch.IterableDataset(loader), batch_size=None, num_workers=0)"


class IterableDataset(torch.utils.data.IterableDataset[Batch]):
    """A loader's batches: ``DataLoader(IterableDataset(loader), batch_size=None)``, with 0 workers or 1. doppel has threads of its own."""

    def __init__(self, loader: Loader | Mapped) -> None:
        self.loader = loader

    def __iter__(self) -> Iterator[Any]:
        info = torch.utils.data.get_worker_info()  # type: ignore[no-untyped-call]
        if info is not None and info.num_workers > 1:
            raise _core.UsageError(f"{info.num_workers} workers would deliver every sample {info.num_workers} times: {_LINE}")
        # DataLoader's fetcher asks for the iterator, and knows whether it will put items together: they are batches already.
        if sys._getframe(1).f_locals.get("auto_collation") is True:
            raise _core.UsageError(f"DataLoader would make batches of batches: batch_size must be None: {_LINE}")
        return iter(self.loader)

    def __len__(self) -> int:
        return len(self.loader)

    def set_epoch(self, epoch: int) -> None:
        """Which epoch the next iteration is."""
        self.loader.set_epoch(epoch)

    def state_dict(self) -> dict[str, Any]:
        """The loader's."""
        state: dict[str, Any] = self.loader.state_dict()
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The loader's."""
        self.loader.load_state_dict(state)
