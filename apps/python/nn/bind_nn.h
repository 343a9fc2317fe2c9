// What doppel._nn is made of.
#pragma once

#include "bind.h"

namespace doppel::python {

/// run(words): the program's commands, in this process.
void bind_commands(py::module_& module);
/// Trained networks, and those of the zoo.
void bind_models(py::module_& module);

}  // namespace doppel::python
