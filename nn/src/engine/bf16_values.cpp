#include "bf16_values.h"

#include <algorithm>

namespace doppel::nn::engine {
namespace {

/// How a layer works with bfloat16.
enum class Way {
  Never,
  Free,  ///< what it reads and what it gives may each be, or not
  Reads  ///< only what it reads
};
/// What it reads and gives has one type; or the first of what it reads does, and the rest are floats.
enum class Tie { None, Tied, First };

struct Ability {
  Way way = Way::Never;
  Tie tie = Tie::None;
};

struct AbilityOf {
  const Node& node;
  ConvKernel kernel;
  Ability operator()(const Conv2d&) const { return {kernel == ConvKernel::Direct ? Way::Never : Way::Free}; }
  Ability operator()(const ConvTranspose2d& l) const {
    // Filters of fewer than a block are filled up in memory of their own type.
    return {!suits_bf16(node) ? Way::Never : l.filters % 16 == 0 ? Way::Free : Way::Reads};
  }
  Ability operator()(const BatchNorm2d&) const { return {Way::Free}; }
  Ability operator()(const MaxPool2d& l) const {
    return {l.kernel_h * l.kernel_w <= 256 ? Way::Free : Way::Never, Tie::Tied};
  }
  Ability operator()(const GlobalAvgPool2d&) const { return {Way::Reads}; }
  Ability operator()(const ReLU&) const { return {Way::Free, Tie::Tied}; }
  Ability operator()(const LeakyReLU&) const { return {Way::Free, Tie::Tied}; }
  Ability operator()(
      const AnyOf<Dropout, Dropout2d, DropPath, ChannelShuffle, ChannelChunk, ChannelSlice> auto&) const {
    return {Way::Free, Tie::Tied};
  }
  Ability operator()(const AnyOf<ReLU6, Sigmoid, HardSigmoid, HardSwish, SiLU, GroupNorm> auto&) const {
    return {Way::Free};
  }
  Ability operator()(const LayerScale&) const { return {Way::Free, Tie::Tied}; }
  /// Numbers of channels are floats; two factors of one shape, too.
  Ability operator()(const AnyOf<Multiply, ChannelShift> auto&) const { return {Way::Free, Tie::First}; }
  Ability operator()(const Add&) const { return {Way::Free, Tie::Tied}; }
  Ability operator()(const Concat&) const { return {Way::Free, Tie::Tied}; }
  Ability operator()(
      const AnyOf<AvgPool2d, AdaptiveAvgPool2d, Linear, Upsample, Flatten, Unflatten, Tanh, GELU, Softmax,
                  PReLU, Custom, LayerNorm, BatchDeviation, Input> auto&) const {
    return {};
  }
};

}  // namespace

std::vector<bool> bf16_values(const std::vector<Node>& nodes, const std::vector<ConvKernel>& kernels) {
  std::vector<Ability> abilities;
  std::vector<bool> bf16;
  for (const Node& node : nodes) {
    abilities.push_back(std::visit(AbilityOf{node, kernels[abilities.size()]}, node.layer));
    bf16.push_back(abilities.back().way == Way::Free && !node.out.flat);
  }
  bf16.back() = false;  // what comes out are floats
  // What one cannot do, its neighbours must not ask for: until nothing changes any more.
  bool changed = true;
  const auto deny = [&](int value) {
    if (value < 0 || !bf16[static_cast<std::size_t>(value)]) return;
    bf16[static_cast<std::size_t>(value)] = false;
    changed = true;
  };
  while (changed) {
    changed = false;
    for (std::size_t j = 0; j < nodes.size(); ++j) {
      bool denies = abilities[j].way == Way::Never;
      if (abilities[j].tie == Tie::First) {
        const int first = nodes[j].inputs[0], factor = nodes[j].inputs[1];
        deny(factor);
        const bool alike = factor < 0 || nodes[static_cast<std::size_t>(factor)].out == nodes[j].out;
        if (alike || !bf16[j] || first < 0 || !bf16[static_cast<std::size_t>(first)]) {
          deny(first);
          deny(static_cast<int>(j));
        }
      }
      if (abilities[j].tie == Tie::Tied) {
        denies = !bf16[j];
        for (const int i : nodes[j].inputs) denies = denies || i < 0 || !bf16[static_cast<std::size_t>(i)];
        if (denies) deny(static_cast<int>(j));
      }
      if (denies)
        for (const int i : nodes[j].inputs) deny(i);
    }
  }
  return bf16;
}

}  // namespace doppel::nn::engine
