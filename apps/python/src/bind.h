// What the Python module is made of: a function for each kind of thing that it shows.
#pragma once

#include <pybind11/pybind11.h>

namespace doppel::python {

namespace py = pybind11;

/// doppel.Error (a RuntimeError) and doppel.UsageError (that, and a ValueError), which Error and UsageError
/// become.
void bind_errors(py::module_& module);
/// The same types in another module.
void take_errors(const py::module_& core);
/// The catalogue, and transforms made from keywords.
void bind_transforms(py::module_& module);
/// Operations that Python's functions are.
void bind_ops(py::module_& module);
/// Plans and recipes.
void bind_recipes(py::module_& module);
/// Numbers that other libraries take without a copy.
void bind_tensors(py::module_& module);
/// What a Loader reads: data sets, arrays, and Python's own.
void bind_sources(py::module_& module);
/// The loader and what it takes.
void bind_loaders(py::module_& module);

}  // namespace doppel::python
