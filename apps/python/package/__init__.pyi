from . import _core as _core
from . import torch as torch
from ._core import Error as Error
from ._core import Plan as Plan
from ._core import Tensor as Tensor
from ._core import UsageError as UsageError
from ._core import presets as presets
from ._loader import Batch as Batch
from ._loader import Loader as Loader
from ._recipe import Preview as Preview
from ._recipe import Recipe as Recipe
from ._sources import Source as Source
from ._sources import arrays as arrays
from ._sources import open as open
from ._transforms import *

__version__: str
