#include "doppel/base/error.h"

#include "bind.h"

namespace doppel::python {
namespace {

/// Of this module; borrowed by the translator, which lives as long.
struct ErrorTypes {
  PyObject* error = nullptr;
  PyObject* usage = nullptr;
};
ErrorTypes error_types;

py::object new_type(const char* name, const py::tuple& bases, const char* doc) {
  const py::object type = py::module_::import("builtins").attr("type");
  py::dict members;
  members["__module__"] = "doppel";
  members["__doc__"] = doc;
  return type(name, bases, members);
}

void translate(std::exception_ptr thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const UsageError& error) {
    PyErr_SetString(error_types.usage, error.what());
  } catch (const Error& error) { PyErr_SetString(error_types.error, error.what()); }
}

}  // namespace

void bind_errors(py::module_& module) {
  const py::handle runtime(PyExc_RuntimeError), value(PyExc_ValueError);
  const py::object error =
      new_type("Error", py::make_tuple(runtime), "Something failed that a correct call may meet.");
  const py::object usage =
      new_type("UsageError", py::make_tuple(error, value), "The request itself is wrong.");
  module.attr("Error") = error;
  module.attr("UsageError") = usage;
  error_types = {error.inc_ref().ptr(), usage.inc_ref().ptr()};
  py::register_local_exception_translator(translate);
}

void take_errors(const py::module_& core) {
  error_types = {core.attr("Error").ptr(), core.attr("UsageError").ptr()};  // which sys.modules keeps
  py::register_local_exception_translator(translate);
}

}  // namespace doppel::python
