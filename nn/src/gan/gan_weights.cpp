#include "gan_weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>

#include "doppel/base/error.h"

namespace doppel::nn {
namespace {

/// The sides of a tensor around one of them.
struct Slices {
  std::size_t outer = 1, count = 1, inner = 1;
};

Slices slices_of(const std::vector<std::int64_t>& shape, std::size_t axis) {
  const auto product = [&](std::size_t from, std::size_t to) {
    return static_cast<std::size_t>(std::accumulate(shape.begin() + static_cast<std::ptrdiff_t>(from),
                                                    shape.begin() + static_cast<std::ptrdiff_t>(to),
                                                    std::int64_t{1}, std::multiplies<>()));
  };
  return {product(0, axis), static_cast<std::size_t>(shape[axis]), product(axis + 1, shape.size())};
}

/// Where the slices along an axis that belong to classes begin: one for each, up to the last slice.
struct ClassAxis {
  std::size_t axis = 0, first = 0;
};

const TensorFile::Entry& entry_of(const TensorFile& file, const std::string& name, const std::string& path) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end())
    throw Error(fmt::format("{}: has no tensor {}; its networks are others", path, name));
  return found->second;
}

[[noreturn]] void refuse_shape(const std::string& name, const TensorFile::Entry& theirs,
                               const Parameter& ours, const std::string& path) {
  throw Error(fmt::format("{}: {} is [{}], but here it is [{}]; its networks are others", path, name,
                          fmt::join(theirs.shape, ", "), fmt::join(ours.shape, ", ")));
}

void take_whole(const TensorFile& file, const std::string& name, Parameter& ours, const std::string& path) {
  const TensorFile::Entry& theirs = entry_of(file, name, path);
  if (theirs.shape != ours.shape) refuse_shape(name, theirs, ours, path);
  ours.value = theirs.value;
}

/// Takes what isn't a class's, and of the classes those that have a place.
void take_by_class(const TensorFile& file, const std::string& name, Parameter& ours, const ClassAxis& at,
                   const std::vector<int>& places, const std::string& path) {
  const TensorFile::Entry& theirs = entry_of(file, name, path);
  if (theirs.shape.size() != ours.shape.size()) refuse_shape(name, theirs, ours, path);
  const Slices to = slices_of(ours.shape, at.axis), from = slices_of(theirs.shape, at.axis);
  const bool fits = to.outer == from.outer && to.inner == from.inner && from.count >= at.first &&
                    std::ranges::all_of(places, [&](int place) {
                      return place < 0 || at.first + static_cast<std::size_t>(place) < from.count;
                    });
  if (!fits) refuse_shape(name, theirs, ours, path);
  for (std::size_t s = 0; s < to.count; ++s) {
    const int place = s < at.first ? 0 : places[s - at.first];
    if (place < 0) continue;
    const std::size_t source = s < at.first ? s : at.first + static_cast<std::size_t>(place);
    for (std::size_t o = 0; o < to.outer; ++o)
      std::copy_n(theirs.value.begin() + static_cast<std::ptrdiff_t>((o * from.count + source) * to.inner),
                  to.inner, ours.value.begin() + static_cast<std::ptrdiff_t>((o * to.count + s) * to.inner));
  }
}

/// The parameters of a node, which are called after it.
bool belongs_to(const Parameter& p, const Node& node) { return p.name.starts_with(node.name + "."); }

const Node& last_with_parameters(const Graph& graph) {
  const auto found = std::ranges::find_if(graph.nodes.rbegin(), graph.nodes.rend(),
                                          [](const Node& n) { return n.parameters > 0 && !n.side; });
  if (found == graph.nodes.rend()) throw UsageError("the discriminator has nothing to learn");
  return *found;
}

/// Nodes that multiply what a generator is given, be it through a flatten.
std::vector<const Node*> first_layers(const Graph& graph) {
  std::set<int> given{-1};
  std::vector<const Node*> first;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (std::ranges::none_of(node.inputs, [&](int from) { return given.contains(from); })) continue;
    if (node.parameters > 0)
      first.push_back(&node);
    else
      given.insert(static_cast<int>(i));
  }
  return first;
}

}  // namespace

std::vector<int> places_of_classes(const std::vector<std::string>& ours,
                                   const std::vector<std::string>& theirs) {
  std::vector<int> places;
  for (const std::string& name : ours) {
    const auto found = std::ranges::find(theirs, name);
    places.push_back(found == theirs.end() ? -1 : static_cast<int>(found - theirs.begin()));
  }
  return places;
}

void check_same_networks(const std::map<std::string, std::string>& theirs,
                         const std::map<std::string, std::string>& ours, const std::string& path) {
  for (const auto& [name, value] : ours) {
    const auto found = theirs.find(name);
    if (found == theirs.end()) throw Error(fmt::format("{}: holds no GAN", path));
    if (found->second != value)
      throw UsageError(fmt::format("{} was trained with another {} than '{}': say --{} \"{}\"", path, name,
                                   value, name, found->second));
  }
}

void take_generator(const TensorFile& file, const std::string& prefix, Model& generator,
                    const std::vector<int>& places, const std::string& path) {
  const std::vector<const Node*> first = first_layers(generator.graph());
  const auto latent = static_cast<std::size_t>(generator.graph().input.channels) - places.size();
  for (Parameter& p : generator.parameters()) {
    const auto node = std::ranges::find_if(first, [&](const Node* n) { return belongs_to(p, *n); });
    if (node == first.end() || p.kind != Parameter::Kind::Weight) {
      take_whole(file, prefix + p.name, p, path);
      continue;
    }
    // Transposed convolutions have their inputs first.
    const std::size_t axis = std::holds_alternative<ConvTranspose2d>((*node)->layer) ? 0 : 1;
    take_by_class(file, prefix + p.name, p, {axis, latent}, places, path);
  }
}

void take_discriminator(const TensorFile& file, const std::string& prefix, Model& discriminator,
                        const std::vector<int>& places, const std::string& path) {
  const Node& last = last_with_parameters(discriminator.graph());
  for (Parameter& p : discriminator.parameters())
    if (belongs_to(p, last))
      take_by_class(file, prefix + p.name, p, {0, 1}, places, path);
    else
      take_whole(file, prefix + p.name, p, path);
}

Model with_frozen_blocks(Model model, int count) {
  if (count == 0) return model;
  const Node& last = last_with_parameters(model.graph());
  const auto pixels = [](const Shape& shape) { return std::int64_t{shape.height} * shape.width; };
  std::set<std::int64_t, std::greater<>> sizes;  // a block for each
  for (const Node& node : model.graph().nodes)
    if (node.parameters > 0 && !node.side && &node != &last) sizes.insert(pixels(node.in));
  if (count < 0 || static_cast<std::size_t>(count) > sizes.size())
    throw UsageError(fmt::format("--freeze-d {}: the discriminator has {} blocks before its last layer",
                                 count, sizes.size()));
  const std::int64_t least = *std::next(sizes.begin(), count - 1);
  for (const Node& node : model.graph().nodes)
    if (&node != &last && pixels(node.in) >= least)
      for (Parameter& p : model.parameters())
        if (belongs_to(p, node)) p.rate = 0;
  return model;
}

}  // namespace doppel::nn
