// doppel._nn: what trains and predicts. Loaded when it's first asked for.
#include "bind_nn.h"

PYBIND11_MODULE(_nn, module) {
  using namespace doppel::python;
  module.doc() = "doppel's training in C++; use `import doppel`";
  take_errors(py::module_::import("doppel._core"));
  bind_commands(module);
  bind_models(module);
}
