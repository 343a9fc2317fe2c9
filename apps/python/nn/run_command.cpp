#include <fmt/format.h>
#include <pybind11/stl.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <iostream>

#include "bind_nn.h"
#include "command.h"
#include "doppel/base/error.h"
#include "doppel/base/fields.h"

namespace doppel::python {
namespace {

using apps::Command;
using apps::Words;

/// Commands answer Ctrl-C in their own way; afterwards it's Python's again.
class SignalsKept {
 public:
  SignalsKept() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], nullptr, &before_[i]);
  }
  ~SignalsKept() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before_[i], nullptr);
  }
  SignalsKept(const SignalsKept&) = delete;
  SignalsKept& operator=(const SignalsKept&) = delete;

 private:
  static constexpr std::array kSignals{SIGINT, SIGTERM};
  std::array<struct sigaction, 2> before_{};
};

/// The exit code. What it prints goes to the process's own stdout and stderr.
int run(const std::string& name, const Words& words) {
  Words names;
  for (const Command& command : apps::commands()) {
    names.push_back(command.name);
    if (command.name != name) continue;
    const py::gil_scoped_release released;
    const SignalsKept kept;
    const int code = command.run(apps::CommandLine(command, words));
    std::fflush(nullptr);
    std::cerr.flush();
    return code;
  }
  throw UsageError(fmt::format("there is no command '{}'{}", name, did_you_mean(name, names)));
}

}  // namespace

void bind_commands(py::module_& module) { module.def("run", &run, py::arg("command"), py::arg("words")); }

}  // namespace doppel::python
