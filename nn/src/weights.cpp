#include "doppel/nn/weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "doppel/augment/error.h"
#include "doppel/nn/notation.h"
#include "doppel/nn/safetensors.h"
#include "doppel/nn/torch_file.h"
#include "doppel/nn/zoo.h"

namespace doppel::nn {
namespace {

std::vector<NamedTensor> read_tensors(const std::filesystem::path& path) {
  if (path.extension() != ".safetensors") return load_torch(path);
  std::vector<NamedTensor> tensors;
  for (auto& [name, entry] : load_tensors(path).tensors)
    tensors.push_back({name, std::move(entry.shape), std::move(entry.value)});
  return tensors;
}

/// "weight", "running_mean".
std::string which_of(const std::string& name) { return name.substr(name.rfind('.') + 1); }

/// Counters, and torchvision's heads at the side.
bool is_aside(const NamedTensor& tensor) {
  const auto begins = [&](const char* with) { return tensor.name.starts_with(with); };
  return which_of(tensor.name) == "num_batches_tracked" || begins("AuxLogits.") || begins("aux1.") ||
         begins("aux2.");
}

/// The tensors in the order of the model's parameters.
std::vector<const NamedTensor*> in_order(const std::filesystem::path& path,
                                         const std::vector<NamedTensor>& tensors, const Model& model) {
  std::map<std::string, const NamedTensor*> by_name;
  for (const NamedTensor& tensor : tensors) by_name[tensor.name] = &tensor;
  std::vector<std::string> ours;
  for (const Parameter& p : model.parameters()) ours.push_back(p.name);
  std::vector<const NamedTensor*> ordered;
  for (const auto& names : {ours, torchvision_names(model)}) {
    if (names.empty() ||
        !std::ranges::all_of(names, [&](const auto& name) { return by_name.contains(name); }))
      continue;
    for (const std::string& name : names) ordered.push_back(by_name[name]);
    return ordered;
  }
  // By their names in a file of safetensors, which keeps no order of its own, only ours can be put in theirs.
  if (path.extension() == ".safetensors" && !by_name.contains(ours.front()))
    throw Error(fmt::format("{}: has neither our names ({}, …) nor torchvision's for this network",
                            path.string(), ours.front()));
  for (const NamedTensor& tensor : tensors)
    if (!is_aside(tensor)) ordered.push_back(&tensor);
  return ordered;
}

}  // namespace

std::vector<std::string> torchvision_names(const Model& model) {
  for (const ZooEntry& entry : zoo()) {
    if (entry.modules.empty() || parse_network(std::string(entry.text)) != model.graph().network) continue;
    std::istringstream modules{std::string(entry.modules)};
    std::vector<std::string> names;
    std::string module, node;
    for (const Parameter& p : model.parameters()) {
      const std::string now = p.name.substr(0, p.name.rfind('.'));
      if (now != node) modules >> module;
      node = now;
      names.push_back(module + "." + which_of(p.name));
    }
    return names;
  }
  return {};
}

void save_weights(const std::filesystem::path& path, const Model& model) {
  const std::vector<std::string> names = torchvision_names(model);
  TensorFile file;
  for (std::size_t i = 0; i < model.parameters().size(); ++i) {
    const Parameter& p = model.parameters()[i];
    file.tensors[names.empty() ? p.name : names[i]] = {p.shape, p.value};
  }
  save_tensors(path, file);
}

LoadedWeights load_weights(const std::filesystem::path& path, Model& model) {
  const std::vector<NamedTensor> tensors = read_tensors(path);
  const auto ordered = in_order(path, tensors, model);
  const auto parameters = model.parameters();
  std::string head;  // the last Linear
  for (const Node& node : model.graph().nodes)
    if (std::holds_alternative<Linear>(node.layer)) head = node.name;
  LoadedWeights done;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    Parameter& p = parameters[i];
    if (i >= ordered.size())
      throw Error(fmt::format("{}: ends before {}; it belongs to another network", path.string(), p.name));
    const NamedTensor& tensor = *ordered[i];
    if (which_of(tensor.name) != which_of(p.name))
      throw Error(fmt::format("{}: has {} where the network has {}; it belongs to another network",
                              path.string(), tensor.name, p.name));
    if (tensor.shape == p.shape) {
      p.value = tensor.value;
      ++done.tensors;
      continue;
    }
    const bool other_classes = p.name.starts_with(head + ".") && tensor.shape.size() == p.shape.size() &&
                               std::equal(p.shape.begin() + 1, p.shape.end(), tensor.shape.begin() + 1);
    if (!other_classes)
      throw Error(fmt::format("{}: {} is {}, but the network's {} is {}", path.string(), tensor.name,
                              fmt::join(tensor.shape, "x"), p.name, fmt::join(p.shape, "x")));
    done.left_out = head;
  }
  if (ordered.size() > parameters.size())
    throw Error(fmt::format("{}: goes on with {} where the network ends; it belongs to another network",
                            path.string(), ordered[parameters.size()]->name));
  done.unused = static_cast<int>(tensors.size() - parameters.size());
  return done;
}

}  // namespace doppel::nn
