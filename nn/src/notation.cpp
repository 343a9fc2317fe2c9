#include "doppel/nn/notation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <map>
#include <memory>
#include <optional>
#include <type_traits>

#include "doppel/augment/error.h"
#include "doppel/augment/fields.h"

namespace doppel::nn {
namespace {

/// One argument: "64", "64:128", "s2", "same", "eps=0.001".
struct Argument {
  std::string key;
  std::vector<std::string> values;
  std::size_t column = 0;
};

/// A parsed item: a layer, a chain or a join of branches, with its repeat and whether it may be left out.
struct Item {
  std::string name;  ///< of a layer or a join; empty for a chain
  std::optional<std::pair<int, int>> kernel;
  std::vector<Argument> arguments;
  std::vector<Item> chain;
  std::vector<std::vector<Item>> branches;  ///< of a join
  Argument repeat{{}, {"1"}, 0};
  std::optional<std::string> optional_name;
  std::size_t column = 0;
};

/// A named block: "block(c, s) = add[conv3x3(c, s)-bn|]-relu".
struct Definition {
  std::vector<std::string> parameters;
  std::vector<Item> chain;
};
using Definitions = std::map<std::string, Definition>;

/// An enclosing repeat while expanding.
struct Turn {
  int index, count;
};

const std::vector<std::string> kLayerNames{"input",   "conv",    "maxpool", "avgpool", "pool",      "gap",
                                           "fc",      "bn",      "relu",    "lrelu",   "silu",      "gelu",
                                           "sigmoid", "tanh",    "softmax", "dropout", "dropout2d", "deconv",
                                           "resize",  "flatten", "add",     "cat"};

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

[[noreturn]] void fail(std::size_t column, const std::string& what) {
  throw UsageError(fmt::format("network, column {}: {}", column + 1, what));
}

class Parser {
 public:
  explicit Parser(const std::string& text) : text_(text) {}

  std::vector<Item> parse() {
    std::vector<Item> chain = parse_chain();
    if (!at_end() && text_[at_] != ';') fail(at_, fmt::format("'{}' doesn't belong here", text_[at_]));
    return chain;
  }

  /// The definitions before the network.
  Definitions parse_definitions() {
    Definitions all;
    for (std::size_t begin = at_; next_is_definition(); begin = at_) {
      const std::string name = lower(letters());
      if (std::ranges::find(kLayerNames, name) != kLayerNames.end())
        fail(begin, fmt::format("'{}' is a layer; give the block another name", name));
      Definition block;
      take('(');
      while (!take(')')) {
        block.parameters.push_back(lower(letters()));
        if (block.parameters.back().empty()) fail(at_, "a parameter's name should stand here");
        take(',');
      }
      take('=');
      block.chain = parse_chain();
      if (!take(';')) fail(at_, fmt::format("the block '{}' ends with ';'", name));
      all[name] = std::move(block);
    }
    return all;
  }
  std::size_t at() const { return at_; }

 private:
  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool at_end() {
    skip();
    return at_ >= text_.size();
  }
  char peek() { return at_end() ? '\0' : text_[at_]; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  std::string word(auto accept) {
    skip();
    std::string w;
    while (at_ < text_.size() && accept(static_cast<unsigned char>(text_[at_]))) w += text_[at_++];
    return w;
  }
  std::string digits() {
    return word([](unsigned char c) { return std::isdigit(c); });
  }
  std::string letters() {
    return word([](unsigned char c) { return std::isalpha(c) || c == '_'; });
  }

  /// name(parameters) =
  bool next_is_definition() {
    const std::size_t before = at_;
    const bool named = !letters().empty() && take('(');
    const std::size_t end = named ? text_.find(')', at_) : std::string::npos;
    bool found = false;
    if (end != std::string::npos) {
      at_ = end + 1;
      found = take('=');
    }
    at_ = before;
    return found;
  }

  std::vector<Item> parse_chain() {
    if (++depth_ > kDeepest) fail(at_, fmt::format("brackets are nested deeper than {}", kDeepest));
    std::vector<Item> chain{parse_item()};
    while (take('-')) {
      take('>');
      chain.push_back(parse_item());
    }
    --depth_;
    return chain;
  }

  Item parse_item() {
    Item item;
    skip();
    item.column = at_;
    if (take('[')) {
      item.chain = parse_chain();
      if (!take(']')) fail(item.column, "this '[' has no ']'");
    } else {
      parse_layer(item);
    }
    if (take('*')) {
      skip();
      item.repeat = {{}, {}, at_};
      do {
        item.repeat.values.push_back(std::isdigit(static_cast<unsigned char>(peek())) ? digits() : letters());
        if (item.repeat.values.back().empty())
          fail(at_, "after '*' comes a number of turns, or a name that is given one");
      } while (take(':'));
    }
    if (take('?')) item.optional_name = letters();
    return item;
  }

  /// After the '['.
  void parse_branches(Item& item) {
    do item.branches.push_back(peek() == '|' || peek() == ']' ? std::vector<Item>() : parse_chain());
    while (take('|'));
    if (!take(']')) fail(item.column, fmt::format("this {}[ has no ']'", item.name));
  }

  void parse_layer(Item& item) {
    item.name = lower(letters());
    // The one name with a digit; a kernel would follow it.
    if (item.name == "dropout" && at_ + 1 < text_.size() && text_[at_] == '2' &&
        lower(text_.substr(at_ + 1, 1)) == "d") {
      item.name += "2d";
      at_ += 2;
    }
    if (item.name == "add" || item.name == "cat") {
      if (!take('['))
        fail(item.column, fmt::format("{0} joins branches, as in {0}[conv3x3(64)-bn|]", item.name));
      return parse_branches(item);
    }
    if (item.name.empty())
      fail(at_, at_end() ? "the text ends where a layer should be"
                         : fmt::format("a layer's name should stand here, not '{}'", text_[at_]));
    if (std::isdigit(static_cast<unsigned char>(peek()))) {
      const std::string h = digits();
      if (!take('x') && !take('X')) fail(at_, "a kernel is height x width, as in conv3x3");
      const std::string w = digits();
      if (w.empty() || h.size() > 3 || w.size() > 3)
        fail(item.column, "a kernel is height x width, as in conv3x3");
      item.kernel = {std::stoi(h), std::stoi(w)};
    }
    if (!take('(')) return;
    do {
      Argument argument;
      skip();
      argument.column = at_;
      do {
        argument.values.push_back(lower(word([](unsigned char c) { return std::isalnum(c) || c == '.'; })));
        if (argument.values.back().empty()) fail(at_, "an argument should stand here");
        if (argument.key.empty() && argument.values.size() == 1 && take('=')) {
          argument.key = argument.values[0];
          argument.values.clear();
          argument.values.push_back(lower(word([](unsigned char c) { return std::isalnum(c) || c == '.'; })));
        }
      } while (take(':'));
      item.arguments.push_back(std::move(argument));
    } while (take(','));
    if (!take(')')) fail(at_, "this layer's '(' has no ')'");
  }

  static constexpr int kDeepest = 100;
  const std::string& text_;
  std::size_t at_ = 0;
  int depth_ = 0;
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
    layers_ = &network;
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
    Branches branches{item.name == "add" ? Branches::Join::Add : Branches::Join::Concat, {}};
    Network* const outer = layers_;
    for (const auto& branch : item.branches) {
      layers_ = &branches.chains.emplace_back();
      add_chain(branch);
    }
    layers_ = outer;
    layers_->push_back(std::move(branches));
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
    bool same = false, valid = false, bias = false, ceil = false, padded = false;
  };
  Window window(const Item& item, const char* main_name) const {
    Window w;
    for (const Argument& argument : item.arguments) {
      const std::string v = value(argument);
      if (!argument.key.empty())
        fail(argument.column, fmt::format("{} has no '{}'", item.name, argument.key));
      if (v == "bias" && item.name == "conv")
        w.bias = true;
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

  void add_layer(const Item& item) {
    const bool takes_kernel = item.name == "conv" || item.name == "deconv" || item.name.ends_with("pool");
    if (item.kernel && !takes_kernel) fail(item.column, fmt::format("{} has no kernel", item.name));
    if (item.kernel && (item.kernel->first < 1 || item.kernel->second < 1))
      fail(item.column, "a kernel must be at least 1x1");
    if (item.name == "conv")
      layers_->push_back(conv(item));
    else if (item.name == "deconv")
      layers_->push_back(deconv(item));
    else if (item.name == "resize")
      layers_->push_back(Upsample{single(item) ? whole(*single(item), item.column, 1, 64, "a factor") : 2});
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
      else
        fail(argument.column, "bn takes eps=0.001 and momentum=0.1");
    }
    return layer;
  }

  void add_plain(const Item& item) {
    if (item.name == "input") {
      if (!layers_->empty() || seen_input_) fail(item.column, "input stands first, or not at all");
      seen_input_ = true;
      return;
    }
    if (std::ranges::find(kLayerNames, item.name) == kLayerNames.end()) {
      std::vector<std::string> known = kLayerNames;
      for (const auto& [name, block] : definitions_) known.push_back(name);
      const std::string near = augment::nearest_name(item.name, known);
      fail(item.column, fmt::format("there is no layer '{}'{}", item.name,
                                    near.empty() ? fmt::format("; there are {}", fmt::join(kLayerNames, ", "))
                                                 : fmt::format("; did you mean '{}'?", near)));
    }
    if (!item.arguments.empty())
      fail(item.arguments[0].column, fmt::format("{} takes no arguments", item.name));
    if (item.name == "gap")
      layers_->push_back(GlobalAvgPool2d{});
    else if (item.name == "relu")
      layers_->push_back(ReLU{});
    else if (item.name == "silu")
      layers_->push_back(SiLU{});
    else if (item.name == "gelu")
      layers_->push_back(GELU{});
    else if (item.name == "sigmoid")
      layers_->push_back(Sigmoid{});
    else if (item.name == "tanh")
      layers_->push_back(Tanh{});
    else if (item.name == "softmax")
      layers_->push_back(Softmax{});
    else
      layers_->push_back(Flatten{});
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
    layer.bias = w.bias;
    layer.dilation = w.dilation.value_or(1);
    layer.groups = w.groups.value_or(1);
    if (w.same + w.valid + w.pad.has_value() > 1) fail(item.column, "give one of same, valid and a padding");
    if (w.valid || w.pad) {
      layer.padding = Padding::Explicit;
      layer.pad = w.pad.value_or(0);
    }
    return layer;
  }

  /// Without a padding the picture grows by the stride exactly.
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
           fmt::format("say deconv's padding, as p1: a {}x{} kernel can't grow a picture {} times exactly",
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
  bool seen_input_ = false;
};

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
    std::string arguments = std::to_string(l.filters);
    if (l.stride != 1) arguments += fmt::format(",s{}", l.stride);
    if (l.padding == Padding::Explicit) arguments += l.pad == 0 ? ",valid" : fmt::format(",p{}", l.pad);
    if (l.dilation != 1) arguments += fmt::format(",d{}", l.dilation);
    if (l.groups != 1) arguments += fmt::format(",g{}", l.groups);
    if (l.bias) arguments += ",bias";
    return window("conv", l.kernel_h, l.kernel_w, arguments);
  }
  std::string operator()(const ConvTranspose2d& l) const {
    return window("deconv", l.kernel_h, l.kernel_w, fmt::format("{},s{},p{}", l.filters, l.stride, l.pad));
  }
  std::string operator()(const Upsample& l) const { return fmt::format("resize({})", l.factor); }
  std::string operator()(const Dropout2d& l) const { return fmt::format("dropout2d({})", l.p); }
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
    std::string arguments;
    if (l.epsilon != BatchNorm2d{}.epsilon) arguments += fmt::format("eps={}", l.epsilon);
    if (l.momentum != BatchNorm2d{}.momentum)
      arguments += fmt::format("{}momentum={}", arguments.empty() ? "" : ",", l.momentum);
    return arguments.empty() ? "bn" : "bn(" + arguments + ")";
  }
  std::string operator()(const Linear& l) const {
    return l.units == 0 ? "fc" : fmt::format("fc({})", l.units);
  }
  std::string operator()(const Dropout& l) const { return fmt::format("dropout({})", l.p); }
  std::string operator()(const LeakyReLU& l) const { return fmt::format("lrelu({})", l.slope); }
  std::string operator()(const auto& l) const { return std::string(l.name); }
};

}  // namespace

Network parse_network(const std::string& text, std::map<std::string, std::string> bindings) {
  Parser parser(text);
  const Definitions definitions = parser.parse_definitions();
  const std::vector<Item> chain = parser.parse();
  take_bindings(text, parser.at(), bindings);
  Network network = Expander(bindings, definitions).run(chain);
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
    const auto& branches = std::get<Branches>(part.is);
    text += branches.join == Branches::Join::Add ? "add[" : "cat[";
    for (const Network& chain : branches.chains) {
      if (&chain != &branches.chains.front()) text += '|';
      text += network_text(chain);
    }
    text += ']';
  }
  return text;
}

}  // namespace doppel::nn
