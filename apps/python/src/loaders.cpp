#include <fmt/format.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <optional>
#include <tuple>

#include "batches.h"
#include "bind.h"
#include "doppel/base/clock.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/dataset/loader/loader.h"
#include "fields.h"
#include "python_source.h"
#include "recipe_call.h"

namespace doppel::python {
namespace {

using dataset::Batch;
using dataset::Loader;
using dataset::LoaderOptions;

/// One caller at a time.
class Turn {
 public:
  explicit Turn(std::atomic_flag& taken) : taken_(taken) {
    if (taken_.test_and_set())
      throw UsageError(
          "another thread is taking a batch from this loader; one thread may iterate, and hand batches on");
  }
  ~Turn() { taken_.clear(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  std::atomic_flag& taken_;
};

/// Raises what Python raised, where that is at the bottom of an error.
void raise_pythons(const std::exception& error) {
  if (const auto* raised = dynamic_cast<const PythonError*>(&error)) raised->raise();
  try {
    std::rethrow_if_nested(error);
  } catch (const py::error_already_set&) { throw; } catch (const std::exception& inner) {
    raise_pythons(inner);
  } catch (...) {}
}

/// What Python raised in a source is raised again; other errors are thrown on.
template <class Act>
auto with_python_errors(const Act& act) {
  try {
    return act();
  } catch (const std::exception& error) {
    raise_pythons(error);
    throw;
  }
}

/// Lets Python's signal handlers run, at most every 50 ms; what they raise leaves the call.
std::function<void()> signal_check() {
  return [last = Clock::now()]() mutable {
    const auto now = Clock::now();
    if (now - last < std::chrono::milliseconds(45)) return;
    last = now;
    const py::gil_scoped_acquire acquired;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  };
}

/// Pages that a function of Python's gives as (address, owner).
std::function<std::shared_ptr<void>(std::size_t)> allocator_of(const py::object& allocate) {
  if (allocate.is_none()) return {};
  return [allocate = held(allocate)](std::size_t bytes) -> std::shared_ptr<void> {
    const py::gil_scoped_acquire acquired;
    const auto [address, owner] = py::cast<std::pair<std::uintptr_t, py::object>>((*allocate)(bytes));
    return {reinterpret_cast<void*>(address), [owner = held(owner)](void*) {}};
  };
}

/// Recipes (None: none) with heights and widths, or the path of a YAML file.
std::vector<dataset::SampleView> views_of(const py::object& given) {
  if (py::isinstance<py::str>(given)) {
    const auto path = py::cast<std::string>(given);
    const std::vector<unsigned char> bytes = read_file(path);
    return dataset::views_from_yaml({bytes.begin(), bytes.end()}, path);
  }
  std::vector<dataset::SampleView> views;
  for (const auto& [recipe, height, width] : py::cast<std::vector<std::tuple<py::object, int, int>>>(given))
    views.push_back({recipe.is_none() ? augment::Recipe() : py::cast<const CalledRecipe&>(recipe).recipe(),
                     {height, width}});
  return views;
}

LoaderOptions options_of(const py::dict& keywords, const SourceHandle& source, const py::object& allocate,
                         const py::object& views) {
  LoaderOptions options;
  options.views = views_of(views);
  if (source.python) options.on_error = LoaderOptions::OnError::Fail;
  KeywordReader reader("Loader", keywords);
  options.fields(reader);
  reader.check_all_used({"recipe", "dtype", "output", "pin", "part", "views"});
  options.while_waiting = signal_check();
  options.allocator = allocator_of(allocate);
  if (source.python) {  // Python's handlers of signals run where Python does: never within a source
    options.consumer = LoaderOptions::Consumer::Waits;
    if (options.workers == 0) options.workers = 1;
  }
  return options;
}

BatchForm::Output output_of(const std::string& name) {
  const std::vector<std::string> names{"doppel", "numpy", "torch", "jax"};
  const auto found = std::ranges::find(names, name);
  if (found == names.end())
    throw UsageError(fmt::format("output is '{}', but must be one of {}{}", name, fmt::join(names, ", "),
                                 did_you_mean(name, names)));
  return static_cast<BatchForm::Output>(found - names.begin());
}

/// The loader and one place in it.
class CoreLoader {
 public:
  CoreLoader(const SourceHandle& source, const augment::Recipe& recipe, const py::dict& options,
             const std::string& output, py::object type, const py::object& allocate,
             const py::object& views) {
    form_.output = output_of(output);
    form_.type = std::move(type);
    LoaderOptions given = options_of(options, source, allocate, views);
    form_.views = !given.views.empty();
    with_python_errors([&] {
      const py::gil_scoped_release released;
      loader_.emplace(source.source, recipe, std::move(given));
      form_.look_at(loader_->source());
    });
  }
  ~CoreLoader() { close(); }
  CoreLoader(const CoreLoader&) = delete;
  CoreLoader& operator=(const CoreLoader&) = delete;

  /// Stops its threads and gives back what it has; batches that were handed out live on.
  void close() {
    const py::gil_scoped_release released;
    at_.reset();
    loader_.reset();
  }
  Loader& loader() {
    if (!loader_) throw UsageError("the loader is closed");
    return *loader_;
  }
  void begin(std::uint64_t epoch, std::uint64_t step) {
    const Turn turn(taken_);
    if (step >= loader().steps())
      throw UsageError(fmt::format("an epoch has {} steps, so none begins at {}", loader().steps(), step));
    at_.reset();
    epoch_ = epoch;
    step_ = step;
  }
  /// None at the end of the epoch.
  py::object next() {
    const Turn turn(taken_);
    Loader& mine = loader();
    with_python_errors([&] {
      const py::gil_scoped_release released;
      if (at_)
        ++*at_;
      else
        at_ = mine.epoch(epoch_, step_).begin();
    });
    if (*at_ == std::default_sentinel) {
      at_.reset();
      return py::none();
    }
    return form_.dict_of(**at_);
  }
  std::uint64_t digest(std::uint64_t seed) const { return at_ ? dataset::digest(**at_, seed) : seed; }
  py::object peek(std::uint64_t epoch, std::uint64_t step) {
    Loader& mine = loader();
    Batch batch;
    with_python_errors([&] {
      const py::gil_scoped_release released;
      batch = mine.peek(epoch, step);
    });
    return form_.dict_of(batch);
  }
  std::string explain(const BatchOrigin& origin, std::size_t row) {
    Loader& mine = loader();
    const py::gil_scoped_release released;
    return mine.explain(origin.batch, row);
  }
  /// (epoch, step) of a state.
  std::pair<std::uint64_t, std::uint64_t> place_of(const std::string& state) {
    (void)loader().resume(state);  // throws where it belongs to something else
    unsigned long long epoch = 0, step = 0;
    std::sscanf(state.c_str() + state.find(" epoch "), " epoch %llu step %llu", &epoch, &step);
    return {epoch, step};
  }

 private:
  std::optional<Loader> loader_;
  std::optional<Loader::Iterator> at_;
  std::uint64_t epoch_ = 0, step_ = 0;
  std::atomic_flag taken_;
  BatchForm form_;
};

py::dict report_of(CoreLoader& self) {
  const dataset::LoaderReport report = self.loader().report();
  const auto seconds = [](std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
  };
  py::list reasons;
  for (const auto& bad : report.reasons) reasons.append(py::make_tuple(bad.name, bad.reason));
  py::dict all;
  all["samples"] = report.samples;
  all["skipped"] = report.skipped;
  all["replaced"] = report.replaced;
  all["decoded"] = report.decoded;
  all["reasons"] = reasons;
  all["reading"] = seconds(report.reading);
  all["decoding"] = seconds(report.decoding);
  all["drawing"] = seconds(report.drawing);
  all["rendering"] = seconds(report.rendering);
  all["waiting"] = seconds(report.waiting);
  all["memory"] = self.loader().memory_bytes();
  return all;
}

}  // namespace

void bind_loaders(py::module_& module) {
  py::class_<BatchOrigin>(module, "BatchOrigin")
      .def_property_readonly("epoch", [](const BatchOrigin& self) { return self.batch.epoch; })
      .def_property_readonly("step", [](const BatchOrigin& self) { return self.batch.step; })
      .def_property_readonly("valid", [](const BatchOrigin& self) { return self.batch.valid; });
  py::class_<CoreLoader>(module, "Loader")
      .def(py::init([](const SourceHandle& source, const py::object& recipe, const py::dict& options,
                       const std::string& output, py::object type, const py::object& allocate,
                       const py::object& views) {
             const augment::Recipe plain =
                 recipe.is_none() ? augment::Recipe() : py::cast<const CalledRecipe&>(recipe).recipe();
             return std::make_unique<CoreLoader>(source, plain, options, output, std::move(type), allocate,
                                                 views);
           }),
           py::arg("source"), py::arg("recipe"), py::arg("options"), py::arg("output"), py::arg("type"),
           py::arg("allocate"), py::arg("views"))
      .def("begin", &CoreLoader::begin, py::arg("epoch"), py::arg("step"))
      .def("next", &CoreLoader::next)
      .def("close", &CoreLoader::close)
      .def("digest", &CoreLoader::digest, py::arg("seed"))
      .def("peek", &CoreLoader::peek, py::arg("epoch"), py::arg("step"))
      .def("explain", &CoreLoader::explain, py::arg("origin"), py::arg("row"))
      .def("place_of", &CoreLoader::place_of, py::arg("state"))
      .def("state", [](CoreLoader& self) { return self.loader().state(); })
      .def("steps", [](CoreLoader& self) { return self.loader().steps(); })
      .def("shape", [](CoreLoader& self) { return py::tuple(py::cast(self.loader().shape())); })
      .def("report", &report_of);
}

}  // namespace doppel::python
