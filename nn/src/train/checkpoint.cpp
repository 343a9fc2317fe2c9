#include "checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "doppel/base/error.h"
#include "doppel/base/format_version.h"

namespace doppel::nn {

void check_model_format(const TensorFile& file, const std::string& path) {
  const auto format = file.metadata.find("doppel.format");
  if (format != file.metadata.end()) check_format(format->second, kModelFormat, path);
}

void add_model(TensorFile& file, const std::string& prefix, const Model& model) {
  for (const Parameter& p : model.parameters()) file.tensors[prefix + p.name] = {p.shape, p.value};
}

void add_optimizer(TensorFile& file, const std::string& prefix, const Model& model,
                   const Optimizer& optimizer) {
  for (const Optimizer::State& state : optimizer.states())
    for (std::size_t i = 0; i < state.values.size(); ++i) {
      const Parameter& p = model.parameters()[i];
      if (!state.values[i].empty())
        file.tensors[prefix + state.name + "." + p.name] = {p.shape, state.values[i]};
    }
}

const std::vector<float>& numbers_of(const TensorFile& file, const std::string& name, std::size_t count,
                                     const std::string& path) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end())
    throw Error(fmt::format("{}: has no tensor {}; it belongs to another network", path, name));
  if (found->second.value.size() != count)
    throw Error(fmt::format("{}: {} has {} numbers, but the network needs {}; it belongs to another network",
                            path, name, found->second.value.size(), count));
  return found->second.value;
}

void read_model(const TensorFile& file, const std::string& prefix, Model& model, const std::string& path) {
  for (Parameter& p : model.parameters()) {
    p.value = numbers_of(file, prefix + p.name, p.value.size(), path);
    if (!std::ranges::all_of(p.value, [](float v) { return std::isfinite(v); }))
      throw Error(fmt::format("{}: {} holds NaN or infinite values", path, prefix + p.name));
  }
}

void read_optimizer(const TensorFile& file, const std::string& prefix, const Model& model,
                    Optimizer& optimizer, const std::string& path) {
  for (Optimizer::State& state : optimizer.states())
    for (std::size_t i = 0; i < state.values.size(); ++i)
      if (!state.values[i].empty())
        state.values[i] = numbers_of(file, prefix + state.name + "." + model.parameters()[i].name,
                                     state.values[i].size(), path);
}

}  // namespace doppel::nn
