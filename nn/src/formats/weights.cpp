#include "doppel/nn/formats/weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <sstream>

#include "doppel/base/error.h"
#include "doppel/nn/formats/onnx.h"
#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/formats/torch_file.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/model/zoo.h"

namespace doppel::nn {
namespace {

std::vector<NamedTensor> read_tensors(const std::filesystem::path& path) {
  std::vector<NamedTensor> tensors;
  if (path.extension() == ".onnx") {
    const OnnxNetwork found = load_onnx(path);
    for (const Parameter& p : found.model->parameters()) tensors.push_back({p.name, p.shape, p.value});
    return tensors;
  }
  if (path.extension() != ".safetensors") return load_torch(path);
  for (auto& [name, entry] : load_tensors(path).tensors)
    tensors.push_back({name, std::move(entry.shape), std::move(entry.value)});
  return tensors;
}

/// "weight", "running_mean".
std::string which_of(const std::string& name) { return name.substr(name.rfind('.') + 1); }

/// A factor of channels: torchvision's name, and timm's.
bool is_factor(const std::string& name) { return name.ends_with("layer_scale") || name.ends_with("gamma"); }

/// torchvision's heads at the side.
bool is_of_side(const std::string& name) {
  return name.starts_with("AuxLogits.") || name.starts_with("aux1.") || name.starts_with("aux2.");
}

/// A tensor as torchvision has it.
struct TheirTensor {
  std::string name;
  int sides = 0;  ///< of a matrix, or of a factor of channels, where it has others than ours; else 0
};

std::string node_of(const Parameter& p) { return p.name.substr(0, p.name.rfind('.')); }

/// In the order of the model's parameters; empty for networks that torchvision hasn't got. A zoo's module may
/// end in "@2": its weight is a matrix, where ours is a convolution's. A factor of channels has no name of
/// its own.
std::vector<TheirTensor> their_tensors(const Model& model,
                                       std::string_view ZooEntry::* modules_of = &ZooEntry::modules) {
  std::set<std::string> factors;
  for (const Node& node : model.graph().nodes)
    if (std::holds_alternative<LayerScale>(node.layer)) factors.insert(node.name);
  for (const ZooEntry& entry : zoo()) {
    if ((entry.*modules_of).empty() || parse_network(std::string(entry.text)) != model.graph().network)
      continue;
    std::istringstream modules{std::string(entry.*modules_of)};
    std::vector<TheirTensor> all;
    std::string module, node;
    int sides = 0;
    for (const Parameter& p : model.parameters()) {
      if (const std::string now = node_of(p); now != node) {
        modules >> module;
        const std::size_t mark = module.find('@');
        sides = mark == module.npos ? 0 : module[mark + 1] - '0';
        module = module.substr(0, mark);
        node = now;
      }
      all.push_back({factors.contains(node) ? module : module + "." + which_of(p.name), sides});
    }
    return all;
  }
  return {};
}

/// True where they are the same but for sides of 1 at the end: a 1x1 convolution's filters, and a matrix.
bool same_numbers(std::vector<std::int64_t> a, std::vector<std::int64_t> b) {
  for (auto* shape : {&a, &b})
    while (!shape->empty() && shape->back() == 1) shape->pop_back();
  return a == b;
}

/// The nodes of heads at the side.
std::set<std::string> side_nodes(const Model& model) {
  std::set<std::string> names;
  for (const Node& node : model.graph().nodes)
    if (node.side) names.insert(node.name);
  return names;
}

/// The tensors in the order of the model's parameters; null for those of heads at the side where the file has
/// no such heads.
std::vector<const NamedTensor*> in_order(const std::filesystem::path& path,
                                         const std::vector<NamedTensor>& tensors, const Model& model) {
  std::map<std::string, const NamedTensor*> by_name;
  for (const NamedTensor& tensor : tensors) by_name[tensor.name] = &tensor;
  const std::set<std::string> sides = side_nodes(model);
  std::vector<std::string> ours;
  std::vector<bool> of_side;
  for (const Parameter& p : model.parameters()) {
    ours.push_back(p.name);
    of_side.push_back(sides.contains(node_of(p)));
  }
  std::vector<const NamedTensor*> ordered;
  for (const auto& names : {ours, torchvision_names(model), timm_names(model)}) {
    bool fits = !names.empty();
    for (std::size_t i = 0; i < names.size(); ++i) fits = fits && (of_side[i] || by_name.contains(names[i]));
    if (!fits) continue;
    for (const std::string& name : names) ordered.push_back(by_name.contains(name) ? by_name[name] : nullptr);
    return ordered;
  }
  // By their names in a file of safetensors, which keeps no order of its own, only ours can be put in theirs.
  if (path.extension() == ".safetensors" && !by_name.contains(ours.front()))
    throw Error(fmt::format("{}: has neither our names ({}, …) nor torchvision's or timm's for this network",
                            path.string(), ours.front()));
  const bool has_sides = std::ranges::any_of(tensors, [](const auto& t) { return is_of_side(t.name); });
  const auto counts = [&](const NamedTensor& t) {
    return which_of(t.name) != "num_batches_tracked" && (!sides.empty() || !is_of_side(t.name));
  };
  auto tensor = tensors.begin();
  const auto skip = [&] {
    while (tensor != tensors.end() && !counts(*tensor)) ++tensor;
  };
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (of_side[i] && !has_sides) {
      ordered.push_back(nullptr);
      continue;
    }
    skip();
    if (tensor == tensors.end()) return ordered;
    ordered.push_back(&*tensor++);
  }
  for (skip(); tensor != tensors.end(); skip()) ordered.push_back(&*tensor++);
  return ordered;
}

}  // namespace

std::vector<std::string> torchvision_names(const Model& model) {
  std::vector<std::string> names;
  for (const TheirTensor& tensor : their_tensors(model)) names.push_back(tensor.name);
  return names;
}

std::vector<std::string> timm_names(const Model& model) {
  std::vector<std::string> names;
  for (const TheirTensor& tensor : their_tensors(model, &ZooEntry::timm)) names.push_back(tensor.name);
  return names;
}

void save_weights(const std::filesystem::path& path, const Model& model) {
  const std::vector<TheirTensor> theirs = their_tensors(model);
  TensorFile file;
  for (std::size_t i = 0; i < model.parameters().size(); ++i) {
    const Parameter& p = model.parameters()[i];
    std::vector<std::int64_t> shape = p.shape;
    const bool vector = p.shape.size() == 1, factor = vector && !theirs.empty() && is_factor(theirs[i].name);
    if (!theirs.empty() && theirs[i].sides > 0 && (!vector || factor))
      shape.resize(static_cast<std::size_t>(theirs[i].sides), 1);
    file.tensors[theirs.empty() ? p.name : theirs[i].name] = {std::move(shape), p.value};
  }
  save_tensors(path, file);
}

LoadedWeights load_weights(const std::filesystem::path& path, Model& model) {
  const std::vector<NamedTensor> tensors = read_tensors(path);
  const auto ordered = in_order(path, tensors, model);
  const auto parameters = model.parameters();
  std::string head;             // the last Linear, or what tells masks
  std::set<std::string> heads;  // and those at the side
  for (const Node& node : model.graph().nodes)
    if (const auto* conv = std::get_if<Conv2d>(&node.layer);
        std::holds_alternative<Linear>(node.layer) || (conv && conv->per_class)) {
      head = node.name;
      if (node.side_loss > 0) heads.insert(node.name);
    }
  heads.insert(head);
  LoadedWeights done;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    Parameter& p = parameters[i];
    if (i >= ordered.size())
      throw Error(fmt::format("{}: ends before {}; it belongs to another network", path.string(), p.name));
    if (!ordered[i]) {
      ++done.drawn;
      continue;
    }
    const NamedTensor& tensor = *ordered[i];
    const bool factor = p.shape.size() == 1 && which_of(p.name) == "weight" && is_factor(tensor.name);
    if (which_of(tensor.name) != which_of(p.name) && !factor)
      throw Error(fmt::format("{}: has {} where the network has {}; it belongs to another network",
                              path.string(), tensor.name, p.name));
    if (!std::ranges::all_of(tensor.value, [](float v) { return std::isfinite(v); }))
      throw Error(fmt::format("{}: {} holds NaN or infinite values", path.string(), tensor.name));
    if (same_numbers(tensor.shape, p.shape)) {
      p.value = tensor.value;
      ++done.tensors;
      continue;
    }
    const bool other_classes = heads.contains(node_of(p)) && tensor.shape.size() == p.shape.size() &&
                               std::equal(p.shape.begin() + 1, p.shape.end(), tensor.shape.begin() + 1);
    if (!other_classes)
      throw Error(fmt::format("{}: {} is {}, but the network's {} is {}", path.string(), tensor.name,
                              fmt::join(tensor.shape, "x"), p.name, fmt::join(p.shape, "x")));
    done.left_out = head;
  }
  if (ordered.size() > parameters.size())
    throw Error(fmt::format("{}: goes on with {} where the network ends; it belongs to another network",
                            path.string(), ordered[parameters.size()]->name));
  done.unused = static_cast<int>(tensors.size() - parameters.size()) + done.drawn;
  return done;
}

}  // namespace doppel::nn
