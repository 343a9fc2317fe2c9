#include "doppel/nn/notation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <memory>
#include <optional>

#include "doppel/augment/error.h"
#include "doppel/augment/fields.h"

namespace doppel::nn {
namespace {

/// One argument: "64", "64:128", "s2", "same".
struct Argument {
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
  std::string repeat = "1";
  std::optional<std::string> optional_name;
  std::size_t column = 0;
};

/// An enclosing repeat while expanding.
struct Turn {
  int index, count;
};

const std::vector<std::string> kLayerNames{
    "input", "conv", "maxpool", "avgpool", "pool",    "gap",     "fc",      "bn",  "relu", "lrelu",
    "silu",  "gelu", "sigmoid", "tanh",    "softmax", "dropout", "flatten", "add", "cat"};

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
    if (!at_end()) fail(at_, fmt::format("'{}' doesn't belong here", text_[at_]));
    return chain;
  }

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

  std::vector<Item> parse_chain() {
    std::vector<Item> chain{parse_item()};
    while (take('-')) {
      take('>');
      chain.push_back(parse_item());
    }
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
      item.repeat = std::isdigit(static_cast<unsigned char>(peek())) ? digits() : letters();
      if (item.repeat.empty()) fail(at_, "after '*' comes a number of turns, or a name that is given one");
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
      } while (take(':'));
      item.arguments.push_back(std::move(argument));
    } while (take(','));
    if (!take(')')) fail(at_, "this layer's '(' has no ')'");
  }

  const std::string& text_;
  std::size_t at_ = 0;
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
  explicit Expander(const std::map<std::string, std::string>& bindings) : bindings_(bindings) {}

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
      turns_.push_back({i, turns});
      if (item.name.empty())
        add_chain(item.chain);
      else if (!item.branches.empty())
        add_branches(item);
      else
        add_layer(item);
      turns_.pop_back();
    }
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
    if (std::isdigit(static_cast<unsigned char>(item.repeat[0])))
      return whole(item.repeat, item.column, 0, 1000, "a repeat");
    const auto found = bindings_.find(lower(item.repeat));
    if (found == bindings_.end())
      fail(item.column, fmt::format("say how many turns '*{0}' has: add '; {0}=2'", item.repeat));
    return whole(found->second, item.column, 0, 1000, "a repeat");
  }

  const std::string& value(const Argument& argument) const {
    if (argument.values.size() == 1) return argument.values[0];
    for (const Turn& turn : turns_)
      if (turn.count == static_cast<int>(argument.values.size()))
        return argument.values[static_cast<std::size_t>(turn.index)];
    fail(argument.column, fmt::format("{} values need a repeat of {} turns around them",
                                      argument.values.size(), argument.values.size()));
  }

  /// Arguments of conv and pooling. The bare number goes to `main`, where there is one.
  struct Window {
    std::optional<int> main, stride, pad;
    bool same = false, valid = false;
  };
  Window window(const Item& item, const char* main_name) const {
    Window w;
    for (const Argument& argument : item.arguments) {
      const std::string& v = value(argument);
      if (v == "same")
        w.same = true;
      else if (v == "valid")
        w.valid = true;
      else if (v[0] == 's')
        w.stride = whole(v.substr(1), argument.column, 1, 1000, "a stride");
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
    const bool takes_kernel = item.name == "conv" || item.name.ends_with("pool");
    if (item.kernel && !takes_kernel) fail(item.column, fmt::format("{} has no kernel", item.name));
    if (item.kernel && (item.kernel->first < 1 || item.kernel->second < 1))
      fail(item.column, "a kernel must be at least 1x1");
    if (item.name == "conv")
      layers_->push_back(conv(item));
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
    else
      add_plain(item);
  }

  void add_plain(const Item& item) {
    if (item.name == "input") {
      if (!layers_->empty() || seen_input_) fail(item.column, "input stands first, or not at all");
      seen_input_ = true;
      return;
    }
    if (std::ranges::find(kLayerNames, item.name) == kLayerNames.end()) {
      const std::string near = augment::nearest_name(item.name, kLayerNames);
      fail(item.column, fmt::format("there is no layer '{}'{}", item.name,
                                    near.empty() ? fmt::format("; there are {}", fmt::join(kLayerNames, ", "))
                                                 : fmt::format("; did you mean '{}'?", near)));
    }
    if (!item.arguments.empty())
      fail(item.arguments[0].column, fmt::format("{} takes no arguments", item.name));
    if (item.name == "gap")
      layers_->push_back(GlobalAvgPool2d{});
    else if (item.name == "bn")
      layers_->push_back(BatchNorm2d{});
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
    if (w.same + w.valid + w.pad.has_value() > 1) fail(item.column, "give one of same, valid and a padding");
    if (w.valid || w.pad) {
      layer.padding = Padding::Explicit;
      layer.pad = w.pad.value_or(0);
    }
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
    return layer;
  }

  const std::map<std::string, std::string>& bindings_;
  std::vector<Turn> turns_;
  Network* layers_ = nullptr;  ///< the chain that is being filled
  bool seen_input_ = false;
};

/// Splits "…; N=2 pool=yes" and adds the pairs to `bindings`, names in lower case.
std::string take_bindings(const std::string& text, std::map<std::string, std::string>& bindings) {
  std::map<std::string, std::string> all;
  for (const auto& [name, value] : bindings) all[lower(name)] = lower(value);
  const std::size_t cut = text.find(';');
  std::size_t at = cut;
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
  return text.substr(0, cut);
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
    return window("conv", l.kernel_h, l.kernel_w, arguments);
  }
  template <class Pool>
  static std::string pool(const Pool& l) {
    std::string arguments = fmt::format("s{}", l.stride);
    if (l.pad != 0) arguments += fmt::format(",p{}", l.pad);
    return window(Pool::name, l.kernel_h, l.kernel_w, arguments);
  }
  std::string operator()(const MaxPool2d& l) const { return pool(l); }
  std::string operator()(const AvgPool2d& l) const { return pool(l); }
  std::string operator()(const Linear& l) const {
    return l.units == 0 ? "fc" : fmt::format("fc({})", l.units);
  }
  std::string operator()(const Dropout& l) const { return fmt::format("dropout({})", l.p); }
  std::string operator()(const LeakyReLU& l) const { return fmt::format("lrelu({})", l.slope); }
  std::string operator()(const auto& l) const { return std::string(l.name); }
};

}  // namespace

Network parse_network(const std::string& text, std::map<std::string, std::string> bindings) {
  const std::string chain = take_bindings(text, bindings);
  Network network = Expander(bindings).run(Parser(chain).parse());
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
