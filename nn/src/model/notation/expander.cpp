#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <type_traits>

#include "doppel/base/fields.h"
#include "doppel/nn/model/custom_layer.h"
#include "items.h"

namespace doppel::nn::notation {
namespace {

/// An enclosing repeat while expanding.
struct Turn {
  int index, count;
};

int whole(const std::string& word, std::size_t column, int low, int high, const char* what) {
  int value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || value < low || value > high)
    fail(column, fmt::format("{} must be a whole number from {} to {}, not '{}'", what, low, high, word));
  return value;
}

double share(const std::string& word, std::size_t column, double high, const char* what) {
  char* end = nullptr;
  const double value = std::strtod(word.c_str(), &end);
  if (end != word.c_str() + word.size() || !(value >= 0 && value < high))
    fail(column, fmt::format("{} must be at least 0 and below {}, not '{}'", what, high, word));
  return value;
}

/// Turns items into layers.
class Expander {
 public:
  Expander(const std::map<std::string, std::string>& bindings, const Definitions& definitions)
      : bindings_(bindings), definitions_(definitions) {}

  Network run(const std::vector<Item>& chain) {
    Network network;
    layers_ = whole_ = &network;
    add_chain(chain);
    return network;
  }

 private:
  void add_chain(const std::vector<Item>& chain) {
    for (const Item& item : chain) add_item(item);
  }

  void add_item(const Item& item) {
    if (item.optional_name && !wanted(item)) return;
    const int turns = turns_of(item);
    for (int i = 0; i < turns; ++i) {
      if (++steps_ > kMostSteps)
        fail(item.column, fmt::format("its repeats make more than {} layers", kMostSteps));
      turns_.push_back({i, turns});
      if (item.name.empty())
        add_chain(item.chain);
      else if (item.name == "side")
        add_side(item);
      else if (!item.branches.empty())
        add_branches(item);
      else if (const auto block = definitions_.find(item.name); block != definitions_.end())
        add_block(item, block->second);
      else
        add_layer(item);
      turns_.pop_back();
    }
  }

  void add_block(const Item& item, const Definition& block) {
    if (item.kernel) fail(item.column, fmt::format("the block {} has no kernel", item.name));
    if (item.arguments.size() != block.parameters.size())
      fail(item.column,
           fmt::format("the block {} takes {} argument{}, not {}", item.name, block.parameters.size(),
                       block.parameters.size() == 1 ? "" : "s", item.arguments.size()));
    if (++depth_ > 32) fail(item.column, fmt::format("the block {} contains itself", item.name));
    std::map<std::string, std::string> scope;
    for (std::size_t i = 0; i < block.parameters.size(); ++i)
      scope[block.parameters[i]] = value(item.arguments[i]);
    std::swap(scope_, scope);
    add_chain(block.chain);
    std::swap(scope_, scope);
    --depth_;
  }

  void add_branches(const Item& item) {
    using Join = Branches::Join;
    Branches branches{item.name == "add"   ? Join::Add
                      : item.name == "cat" ? Join::Concat
                                           : Join::Multiply,
                      {}};
    Network* const outer = layers_;
    for (const auto& branch : item.branches) {
      layers_ = &branches.chains.emplace_back();
      add_chain(branch);
    }
    layers_ = outer;
    layers_->push_back(std::move(branches));
  }

  void add_side(const Item& item) {
    Side side;
    if (const auto weight = single(item))
      side.weight = share(*weight, item.column, 1.0001, "a side's weight");
    if (!(side.weight > 0)) fail(item.column, "a side's weight must be above 0");
    Network* const outer = layers_;
    layers_ = &side.chain;
    add_chain(item.branches.at(0));
    layers_ = outer;
    layers_->push_back(std::move(side));
  }

  bool wanted(const Item& item) const {
    const std::string name = lower(item.optional_name->empty() ? item.name : *item.optional_name);
    const auto found = bindings_.find(name);
    if (found == bindings_.end())
      fail(item.column, fmt::format("say whether '{0}?' is wanted: add '; {0}=yes' or '; {0}=no'", name));
    if (found->second == "yes" || found->second == "1") return true;
    if (found->second == "no" || found->second == "0") return false;
    fail(item.column, fmt::format("{} must be yes or no, not '{}'", name, found->second));
  }

  int turns_of(const Item& item) const {
    const std::string turns = value(item.repeat);
    if (std::isdigit(static_cast<unsigned char>(turns[0])))
      return whole(turns, item.column, 0, 1000, "a repeat");
    const auto found = bindings_.find(lower(turns));
    if (found == bindings_.end())
      fail(item.column, fmt::format("say how many turns '*{0}' has: add '; {0}=2'", turns));
    return whole(found->second, item.column, 0, 1000, "a repeat");
  }

  /// Of a list the one of this turn; of a block's parameter what it was given.
  std::string value(const Argument& argument) const {
    const std::string& v = argument.values.size() == 1 ? argument.values[0] : of_turn(argument);
    const auto given = scope_.find(lower(v));
    return given == scope_.end() ? v : given->second;
  }
  const std::string& of_turn(const Argument& argument) const {
    for (const Turn& turn : turns_)
      if (turn.count == static_cast<int>(argument.values.size()))
        return argument.values[static_cast<std::size_t>(turn.index)];
    fail(argument.column, fmt::format("{} values need a repeat of {} turns around them",
                                      argument.values.size(), argument.values.size()));
  }

  /// Arguments of conv and pooling. The bare number goes to `main`, where there is one.
  struct Window {
    std::optional<int> main, stride, pad, dilation, groups;
    std::optional<Pads> sides;
    bool same = false, valid = false, bias = false, no_bias = false, ceil = false, padded = false,
         depthwise = false, classes = false;
  };
  Window window(const Item& item, const char* main_name) const {
    Window w;
    for (const Argument& argument : item.arguments) {
      const std::string v = value(argument);
      if (!argument.key.empty())
        fail(argument.column, fmt::format("{} has no '{}'", item.name, argument.key));
      if (v == "bias" && item.name == "conv")
        w.bias = true;
      else if (v == "nobias" && item.name == "conv")
        w.no_bias = true;
      else if (v == "depthwise" && item.name == "conv")
        w.depthwise = true;
      else if (v == "classes" && item.name == "conv")
        w.classes = true;
      else if (v == "ceil" && item.name.ends_with("pool") && item.name != "avgpool")
        w.ceil = true;
      else if (v == "padded" && item.name == "avgpool")
        w.padded = true;
      else if (v == "same")
        w.same = true;
      else if (v == "valid")
        w.valid = true;
      else if (v[0] == 's')
        w.stride = whole(v.substr(1), argument.column, 1, 1000, "a stride");
      else if (v[0] == 'd' && item.name == "conv")
        w.dilation = whole(v.substr(1), argument.column, 1, 1000, "a dilation");
      else if (v[0] == 'g' && item.name == "conv")
        w.groups = whole(v.substr(1), argument.column, 1, 1 << 20, "groups");
      else if (v[0] == 'p' && item.name == "conv" && v.find('x') != std::string::npos)
        w.sides = sides(v.substr(1), argument.column);
      else if (v[0] == 'p')
        w.pad = whole(v.substr(1), argument.column, 0, 1000, "a padding");
      else if (main_name)
        w.main = whole(v, argument.column, 1, 1 << 20, main_name);
      else
        fail(argument.column,
             fmt::format("{} takes a stride (s2) and a padding (p1), not '{}'", item.name, v));
    }
    return w;
  }

  /// "top x left x bottom x right", as 1x0x0x1.
  static Pads sides(const std::string& text, std::size_t column) {
    std::vector<int> numbers;
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find('x', at), text.size());
      numbers.push_back(whole(text.substr(at, end - at), column, 0, 1000, "a side's padding"));
      at = end + 1;
    }
    if (numbers.size() != 4)
      fail(column, "paddings of sides are four: top x left x bottom x right, as p1x0x0x1");
    return {numbers[0], numbers[1], numbers[2], numbers[3]};
  }

  Upsample resize(const Item& item) const {
    Upsample layer;
    for (const Argument& argument : item.arguments)
      if (const std::string v = value(argument); v == "bilinear")
        layer.bilinear = true;
      else
        layer.factor = whole(v, argument.column, 1, 64, "a factor");
    return layer;
  }

  void add_layer(const Item& item) {
    const bool takes_kernel =
        item.name == "conv" || item.name == "deconv" || item.name == "picture" || item.name.ends_with("pool");
    if (item.kernel && !takes_kernel) fail(item.column, fmt::format("{} has no kernel", item.name));
    if (item.kernel && (item.kernel->first < 1 || item.kernel->second < 1))
      fail(item.column, "a kernel must be at least 1x1");
    if (item.name == "conv")
      layers_->push_back(conv(item));
    else if (item.name == "deconv")
      layers_->push_back(deconv(item));
    else if (item.name == "resize")
      layers_->push_back(resize(item));
    else if (item.name == "picture")
      layers_->push_back(item.kernel ? Unflatten{item.kernel->first, item.kernel->second} : Unflatten{});
    else if (item.name == "adaptpool")
      layers_->push_back(item.kernel ? AdaptiveAvgPool2d{item.kernel->first, item.kernel->second}
                                     : AdaptiveAvgPool2d{});
    else if (item.name == "dropout2d")
      layers_->push_back(
          Dropout2d{single(item) ? share(*single(item), item.column, 1, "a chance to drop") : 0.5});
    else if (item.name == "pool" || item.name == "maxpool")
      layers_->push_back(pool<MaxPool2d>(item));
    else if (item.name == "avgpool")
      layers_->push_back(pool<AvgPool2d>(item));
    else if (item.name == "fc")
      layers_->push_back(Linear{single(item) ? whole(*single(item), item.column, 1, 1 << 20, "units") : 0});
    else if (item.name == "dropout")
      layers_->push_back(
          Dropout{single(item) ? share(*single(item), item.column, 1, "a chance to drop") : 0.5});
    else if (item.name == "droppath")
      layers_->push_back(
          DropPath{single(item) ? share(*single(item), item.column, 1, "a chance to drop") : 0.1});
    else if (item.name == "layerscale")
      layers_->push_back(
          LayerScale{single(item) ? share(*single(item), item.column, 1e6, "a factor") : 1e-6});
    else if (item.name == "shuffle")
      layers_->push_back(
          ChannelShuffle{single(item) ? whole(*single(item), item.column, 1, 1 << 20, "groups") : 2});
    else if (item.name == "chunk")
      layers_->push_back(chunk(item));
    else if (item.name == "slice")
      layers_->push_back(slice(item));
    else if (item.name == "batchstd")
      layers_->push_back(BatchDeviation{
          single(item) ? whole(*single(item), item.column, 2, 1 << 20, "a group of images") : 4});
    else if (item.name == "groupnorm")
      layers_->push_back(group_norm(item));
    else if (item.name == "layernorm")
      layers_->push_back(layer_norm(item));
    else if (item.name == "lrelu")
      layers_->push_back(LeakyReLU{single(item) ? share(*single(item), item.column, 1, "a slope") : 0.01});
    else if (item.name == "bn")
      layers_->push_back(batch_norm(item));
    else
      add_plain(item);
  }

  BatchNorm2d batch_norm(const Item& item) const {
    BatchNorm2d layer;
    for (const Argument& argument : item.arguments) {
      if (argument.key == "eps")
        layer.epsilon = share(value(argument), argument.column, 1, "eps");
      else if (argument.key == "momentum")
        layer.momentum = share(value(argument), argument.column, 1.0001, "the momentum");
      else if (argument.key.empty() && value(argument) == "biased")
        layer.biased = true;
      else if (argument.key.empty() && value(argument) == "noscale")
        layer.scale = false;
      else
        fail(argument.column, "bn takes eps=0.001, momentum=0.1, biased and noscale");
    }
    return layer;
  }

  GroupNorm group_norm(const Item& item) const {
    GroupNorm layer;
    for (const Argument& argument : item.arguments)
      if (argument.key == "eps")
        layer.epsilon = share(value(argument), argument.column, 1, "eps");
      else if (argument.key.empty())
        layer.groups = whole(value(argument), argument.column, 1, 1 << 20, "groups");
      else
        fail(argument.column, "groupnorm takes a number of groups and eps=1e-5");
    return layer;
  }
  LayerNorm layer_norm(const Item& item) const {
    LayerNorm layer;
    for (const Argument& argument : item.arguments)
      if (argument.key == "eps")
        layer.epsilon = share(value(argument), argument.column, 1, "eps");
      else
        fail(argument.column, "layernorm takes eps=1e-6");
    return layer;
  }
  ChannelChunk chunk(const Item& item) const {
    if (item.arguments.size() != 2) fail(item.column, "chunk says which of how many, as chunk(1, 2)");
    const int count = whole(value(item.arguments[1]), item.column, 1, 1 << 20, "chunks");
    return {whole(value(item.arguments[0]), item.column, 1, count, "which chunk"), count};
  }

  ChannelSlice slice(const Item& item) const {
    if (item.arguments.empty() || item.arguments.size() > 2)
      fail(item.column,
           "slice says its first channel, and its last where that isn't the input's, as slice(1, 8)");
    ChannelSlice layer;
    layer.first = whole(value(item.arguments[0]), item.column, 1, 1 << 20, "the first channel");
    if (item.arguments.size() == 2)
      layer.last = whole(value(item.arguments[1]), item.column, layer.first, 1 << 20, "the last channel");
    return layer;
  }

  void add_plain(const Item& item) {
    if (item.name == "input") {
      if (!layers_->empty() || (layers_ == whole_ && seen_input_))
        fail(item.column, "input stands first, in a network or in a branch");
      seen_input_ = true;
      if (layers_ != whole_) layers_->push_back(Input{});
      return;
    }
    if (const auto custom = registered_layer(item.name)) {
      if (!item.arguments.empty())
        fail(item.arguments[0].column, fmt::format("{} takes no arguments", item.name));
      layers_->push_back(Custom{custom});
      return;
    }
    if (const auto layer = name_only(item.name)) {
      if (!item.arguments.empty())
        fail(item.arguments[0].column, fmt::format("{} takes no arguments", item.name));
      layers_->push_back(*layer);
      return;
    }
    std::vector<std::string> known = layer_names();
    for (const auto& [name, block] : definitions_) known.push_back(name);
    const std::string all = fmt::format("; there are {}", fmt::join(layer_names(), ", "));
    fail(item.column,
         fmt::format("there is no layer '{}'{}", item.name, did_you_mean(item.name, known, all)));
  }

  /// The layer that is written as this name alone.
  static std::optional<Layer> name_only(const std::string& name) {
    return [&]<class... L>(std::type_identity<std::variant<L...>>) {
      std::optional<Layer> found;
      const auto look = [&]<class One>() {
        if constexpr (NameOnly<One>)
          if (One::name == name) found = One{};
      };
      (look.template operator()<L>(), ...);
      return found;
    }(std::type_identity<Layer>());
  }

  std::optional<std::string> single(const Item& item) const {
    if (item.arguments.empty()) return std::nullopt;
    if (item.arguments.size() > 1)
      fail(item.arguments[1].column, fmt::format("{} takes one argument", item.name));
    return value(item.arguments[0]);
  }

  Conv2d conv(const Item& item) const {
    const Window w = window(item, "filters");
    Conv2d layer;
    if (item.kernel) std::tie(layer.kernel_h, layer.kernel_w) = *item.kernel;
    const int turn =
        turns_.empty()
            ? 0
            : std::min(turns_.front().count > 1 || turns_.size() == 1 ? turns_.front().index : 0, 5);
    layer.filters = w.main.value_or(32 << turn);
    layer.stride = w.stride.value_or(1);
    if (w.bias && w.no_bias) fail(item.column, "give one of bias and nobias");
    layer.bias = w.bias;
    layer.no_bias = w.no_bias;
    layer.dilation = w.dilation.value_or(1);
    layer.groups = w.groups.value_or(1);
    if (w.depthwise) {
      if (w.main || w.groups)
        fail(item.column, "a depthwise convolution has as many filters and groups as channels come in");
      layer.filters = layer.groups = 0;
    }
    if (w.classes && (w.main || w.depthwise))
      fail(item.column, "a convolution has as many filters as there are classes, or as it says: not both");
    layer.per_class = w.classes;
    if (w.same + w.valid + w.pad.has_value() + w.sides.has_value() > 1)
      fail(item.column, "give one of same, valid and a padding");
    if (w.valid || w.pad) {
      layer.padding = Padding::Explicit;
      layer.pad = w.pad.value_or(0);
    }
    if (w.sides) {
      layer.padding = Padding::Explicit;
      layer.sides = w.sides;
    }
    return layer;
  }

  /// Without a padding the image grows by the stride exactly.
  ConvTranspose2d deconv(const Item& item) const {
    const Window w = window(item, "filters");
    ConvTranspose2d layer;
    if (item.kernel) std::tie(layer.kernel_h, layer.kernel_w) = *item.kernel;
    layer.filters = w.main.value_or(32);
    layer.stride = w.stride.value_or(2);
    if (w.same) fail(item.column, "deconv takes a padding as p1, or valid");
    const int surplus = layer.kernel_h - layer.stride;
    const bool exact = surplus >= 0 && surplus % 2 == 0 && layer.kernel_h == layer.kernel_w;
    if (!w.pad && !w.valid && !exact)
      fail(item.column,
           fmt::format("say deconv's padding, as p1: a {}x{} kernel can't grow an image {} times exactly",
                       layer.kernel_h, layer.kernel_w, layer.stride));
    layer.pad = w.valid ? 0 : w.pad.value_or(surplus / 2);
    return layer;
  }

  template <class Pool>
  Pool pool(const Item& item) const {
    const Window w = window(item, nullptr);
    if (w.same || w.valid) fail(item.column, fmt::format("{} takes a padding as p1", item.name));
    Pool layer;
    if (item.kernel) std::tie(layer.kernel_h, layer.kernel_w) = *item.kernel;
    layer.stride = w.stride.value_or(item.kernel ? item.kernel->first : 2);
    layer.pad = w.pad.value_or(0);
    if constexpr (std::is_same_v<Pool, MaxPool2d>)
      layer.ceil = w.ceil;
    else
      layer.padded = w.padded;
    return layer;
  }

  const std::map<std::string, std::string>& bindings_;
  const Definitions& definitions_;
  std::map<std::string, std::string> scope_;  ///< a block's parameters
  int depth_ = 0;                             ///< of blocks
  static constexpr int kMostSteps = 100'000;
  int steps_ = 0;
  std::vector<Turn> turns_;
  Network* layers_ = nullptr;  ///< the chain that is being filled
  Network* whole_ = nullptr;   ///< the network's own
  bool seen_input_ = false;
};

}  // namespace

Network expand(const Parsed& parsed, const std::map<std::string, std::string>& bindings) {
  return Expander(bindings, parsed.definitions).run(parsed.chain);
}

}  // namespace doppel::nn::notation
