// doppel._core: augmentation and loading. Python's side of it is in doppel/*.py.
#include "bind.h"

PYBIND11_MODULE(_core, module) {
  using namespace doppel::python;
  module.doc() = "doppel in C++; use `import doppel`";
  module.attr("version") = DOPPEL_VERSION;
  bind_errors(module);
  bind_ops(module);
  bind_transforms(module);
  bind_recipes(module);
  bind_tensors(module);
  bind_sources(module);
  bind_loaders(module);
}
