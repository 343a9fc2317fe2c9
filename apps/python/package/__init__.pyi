from . import _core as _core
from . import torch as torch
from ._core import Error as Error
from ._core import Plan as Plan
from ._core import Tensor as Tensor
from ._core import UsageError as UsageError
from ._core import presets as presets
from ._loader import Batch as Batch
from ._loader import Loader as Loader
from ._ops import load_plugin as load_plugin
from ._ops import op as op
from ._recipe import Preview as Preview
from ._recipe import Recipe as Recipe
from ._sources import Source as Source
from ._sources import arrays as arrays
from ._sources import open as open
from ._study import Gan as Gan
from ._study import Model as Model
from ._study import Run as Run
from ._study import command as command
from ._study import inspect as inspect
from ._study import model as model
from ._study import pack as pack
from ._study import study as study
from ._study import train as train
from ._transforms import *
from ._zca import ZcaWhitening as ZcaWhitening

__version__: str
