#include "doppel/nn/model/custom_layer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "doppel/base/error.h"
#include "model/notation/items.h"

namespace doppel::nn {
namespace {

struct Registry {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<const CustomLayer>> layers;
};
Registry& registry() {
  static Registry all;
  return all;
}

bool is_name(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace

void register_layer(std::shared_ptr<const CustomLayer> layer) {
  const std::string name = layer->name();
  if (!is_name(name)) throw UsageError(fmt::format("'{}' can't name a layer: lower-case letters only", name));
  if (std::ranges::find(notation::layer_names(), name) != notation::layer_names().end())
    throw UsageError(fmt::format("'{}' is a layer of the notation already", name));
  const std::lock_guard lock(registry().mutex);
  registry().layers[name] = std::move(layer);
}

std::shared_ptr<const CustomLayer> registered_layer(const std::string& name) {
  const std::lock_guard lock(registry().mutex);
  const auto found = registry().layers.find(name);
  return found == registry().layers.end() ? nullptr : found->second;
}

}  // namespace doppel::nn
