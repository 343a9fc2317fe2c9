#include "doppel/nn/model/notation.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

#include "doppel/base/error.h"
#include "doppel/nn/model/custom_layer.h"
#include "model/notation/items.h"

namespace doppel::nn {
namespace {

using notation::fail;
using notation::lower;

/// Adds the pairs of "…; N=2 pool=yes", from `from` on, to `bindings`, names in lower case.
void take_bindings(const std::string& text, std::size_t from, std::map<std::string, std::string>& bindings) {
  std::map<std::string, std::string> all;
  for (const auto& [name, value] : bindings) all[lower(name)] = lower(value);
  std::size_t at = text.find(';', from);
  while (at != std::string::npos && at < text.size()) {
    const std::size_t begin = text.find_first_not_of(" ;,\n\t", at);
    if (begin == std::string::npos) break;
    const std::size_t end = std::min(text.find_first_of(" ;,\n\t", begin), text.size());
    const std::string pair = text.substr(begin, end - begin);
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == pair.size())
      fail(begin, fmt::format("after ';' come pairs as N=2, not '{}'", pair));
    all[lower(pair.substr(0, equals))] = lower(pair.substr(equals + 1));
    at = end;
  }
  bindings = std::move(all);
}

/// FC without a size: 128 units, but for the last.
void fill_sizes(Network& network, bool& last) {
  for (auto part = network.rbegin(); part != network.rend(); ++part) {
    if (auto* branches = std::get_if<Branches>(&part->is)) {
      for (auto chain = branches->chains.rbegin(); chain != branches->chains.rend(); ++chain)
        fill_sizes(*chain, last);
    } else if (auto* side = std::get_if<Side>(&part->is)) {
      bool of_side = true;
      fill_sizes(side->chain, of_side);
    } else if (auto* fc = std::get_if<Linear>(&std::get<Layer>(part->is))) {
      if (!last && fc->units == 0) fc->units = 128;
      last = false;
    }
  }
}

struct Text {
  static std::string window(std::string_view name, int h, int w, const std::string& arguments) {
    return fmt::format("{}{}x{}{}", name, h, w, arguments.empty() ? "" : "(" + arguments + ")");
  }
  std::string operator()(const Conv2d& l) const {
    const bool depthwise = l.filters == 0;
    std::string arguments = l.per_class ? "classes" : depthwise ? "depthwise" : std::to_string(l.filters);
    if (l.stride != 1) arguments += fmt::format(",s{}", l.stride);
    if (l.sides)
      arguments += fmt::format(",p{}x{}x{}x{}", l.sides->top, l.sides->left, l.sides->bottom, l.sides->right);
    else if (l.padding == Padding::Explicit)
      arguments += l.pad == 0 ? ",valid" : fmt::format(",p{}", l.pad);
    if (l.dilation != 1) arguments += fmt::format(",d{}", l.dilation);
    if (l.groups != 1 && !depthwise) arguments += fmt::format(",g{}", l.groups);
    if (l.bias) arguments += ",bias";
    if (l.no_bias) arguments += ",nobias";
    return window("conv", l.kernel_h, l.kernel_w, arguments);
  }
  std::string operator()(const ConvTranspose2d& l) const {
    return window("deconv", l.kernel_h, l.kernel_w, fmt::format("{},s{},p{}", l.filters, l.stride, l.pad));
  }
  std::string operator()(const Upsample& l) const {
    return fmt::format("resize({}{})", l.factor, l.bilinear ? ",bilinear" : "");
  }
  std::string operator()(const Unflatten& l) const { return window(l.name, l.height, l.width, ""); }
  std::string operator()(const AdaptiveAvgPool2d& l) const { return window(l.name, l.height, l.width, ""); }
  std::string operator()(const Dropout2d& l) const { return fmt::format("dropout2d({})", l.p); }
  std::string operator()(const DropPath& l) const { return fmt::format("droppath({})", l.p); }
  std::string operator()(const LayerScale& l) const { return fmt::format("layerscale({})", l.start); }
  std::string operator()(const ChannelShuffle& l) const { return fmt::format("shuffle({})", l.groups); }
  std::string operator()(const ChannelChunk& l) const {
    return fmt::format("chunk({},{})", l.which, l.count);
  }
  std::string operator()(const ChannelSlice& l) const {
    return l.last == 0 ? fmt::format("slice({})", l.first) : fmt::format("slice({},{})", l.first, l.last);
  }
  std::string operator()(const BatchDeviation& l) const { return fmt::format("batchstd({})", l.group); }
  std::string operator()(const GroupNorm& l) const {
    return l.epsilon == GroupNorm{}.epsilon ? fmt::format("groupnorm({})", l.groups)
                                            : fmt::format("groupnorm({},eps={})", l.groups, l.epsilon);
  }
  std::string operator()(const LayerNorm& l) const {
    return l.epsilon == LayerNorm{}.epsilon ? "layernorm" : fmt::format("layernorm(eps={})", l.epsilon);
  }
  template <class Pool>
  static std::string pool(const Pool& l) {
    std::string arguments = fmt::format("s{}", l.stride);
    if (l.pad != 0) arguments += fmt::format(",p{}", l.pad);
    if constexpr (std::is_same_v<Pool, MaxPool2d>)
      arguments += l.ceil ? ",ceil" : "";
    else
      arguments += l.padded ? ",padded" : "";
    return window(Pool::name, l.kernel_h, l.kernel_w, arguments);
  }
  std::string operator()(const MaxPool2d& l) const { return pool(l); }
  std::string operator()(const AvgPool2d& l) const { return pool(l); }
  std::string operator()(const BatchNorm2d& l) const {
    std::vector<std::string> arguments;
    if (l.epsilon != BatchNorm2d{}.epsilon) arguments.push_back(fmt::format("eps={}", l.epsilon));
    if (l.momentum != BatchNorm2d{}.momentum) arguments.push_back(fmt::format("momentum={}", l.momentum));
    if (l.biased) arguments.emplace_back("biased");
    if (!l.scale) arguments.emplace_back("noscale");
    return arguments.empty() ? "bn" : fmt::format("bn({})", fmt::join(arguments, ","));
  }
  std::string operator()(const Linear& l) const {
    return l.units == 0 ? "fc" : fmt::format("fc({})", l.units);
  }
  std::string operator()(const Dropout& l) const { return fmt::format("dropout({})", l.p); }
  std::string operator()(const LeakyReLU& l) const { return fmt::format("lrelu({})", l.slope); }
  std::string operator()(const Custom& l) const { return l.layer->name(); }
  std::string operator()(const NameOnly auto& l) const { return std::string(l.name); }
  // Of branches, which network_text() writes.
  std::string operator()(const JoinLayer auto& l) const { return std::string(l.name); }
};

}  // namespace

Network parse_network(const std::string& text, std::map<std::string, std::string> bindings) {
  const notation::Parsed parsed = notation::parse(text);
  take_bindings(text, parsed.end, bindings);
  Network network = notation::expand(parsed, bindings);
  if (network.empty()) throw UsageError("network: it has no layers");
  bool last = true;
  fill_sizes(network, last);
  return network;
}

std::string layer_text(const Layer& layer) { return std::visit(Text{}, layer); }

std::string network_text(const Network& network) {
  std::string text;
  for (const Part& part : network) {
    if (!text.empty()) text += '-';
    if (const auto* layer = std::get_if<Layer>(&part.is)) {
      text += layer_text(*layer);
      continue;
    }
    if (const auto* side = std::get_if<Side>(&part.is)) {
      text += fmt::format("side({})[{}]", side->weight, network_text(side->chain));
      continue;
    }
    const auto& branches = std::get<Branches>(part.is);
    using Join = Branches::Join;
    text += branches.join == Join::Add ? "add[" : branches.join == Join::Concat ? "cat[" : "mul[";
    for (const Network& chain : branches.chains) {
      if (&chain != &branches.chains.front()) text += '|';
      text += network_text(chain);
    }
    text += ']';
  }
  return text;
}

}  // namespace doppel::nn