#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "doppel/base/error.h"
#include "items.h"

namespace doppel::nn::notation {
namespace {

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
      if (std::ranges::find(layer_names(), name) != layer_names().end())
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
    // A name with a digit in it, as relu6 and dropout2d; after any other comes a kernel.
    for (const std::string& name : layer_names()) {
      const std::string rest = name.starts_with(item.name) ? name.substr(item.name.size()) : "";
      const std::size_t end = at_ + rest.size();
      if (rest.empty() || !std::isdigit(static_cast<unsigned char>(rest[0])) ||
          lower(text_.substr(at_, rest.size())) != rest ||
          (end < text_.size() && std::isalnum(static_cast<unsigned char>(text_[end]))))
        continue;
      item.name = name;
      at_ = end;
      break;
    }
    if (item.name == "add" || item.name == "cat" || item.name == "mul") {
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
    if (take('(')) parse_arguments(item);
    if (item.name != "side") return;
    if (item.kernel || !take('[')) fail(item.column, "side is a head, as in side(0.4)[gap-fc]");
    parse_branches(item);
    if (item.branches.size() > 1) fail(item.column, "a side[] is one chain");
  }

  /// Letters and digits; a number may end in an exponent, as 1e-6.
  std::string argument_word() {
    const auto accept = [](unsigned char c) { return std::isalnum(c) || c == '.'; };
    std::string text = lower(word(accept));
    if (text.size() > 1 && text.back() == 'e' && std::isdigit(static_cast<unsigned char>(text[0])) &&
        at_ < text_.size() && text_[at_] == '-') {
      ++at_;
      text += '-' + digits();
    }
    return text;
  }

  /// After the '('.
  void parse_arguments(Item& item) {
    do {
      Argument argument;
      skip();
      argument.column = at_;
      do {
        argument.values.push_back(argument_word());
        if (argument.values.back().empty()) fail(at_, "an argument should stand here");
        if (argument.key.empty() && argument.values.size() == 1 && take('=')) {
          argument.key = argument.values[0];
          argument.values.clear();
          argument.values.push_back(argument_word());
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

}  // namespace

const std::vector<std::string>& layer_names() {
  static const std::vector<std::string> names = []<class... L>(std::type_identity<std::variant<L...>>) {
    std::vector<std::string> all{"pool", "side"};  // which aren't layers of their own
    (all.emplace_back(L::name), ...);
    for (const std::string_view unwritten : {Custom::name, ChannelShift::name}) std::erase(all, unwritten);
    return all;
  }(std::type_identity<Layer>());
  return names;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

void fail(std::size_t column, const std::string& what) {
  throw UsageError(fmt::format("network, column {}: {}", column + 1, what));
}

Parsed parse(const std::string& text) {
  Parser parser(text);
  Parsed parsed;
  parsed.definitions = parser.parse_definitions();
  parsed.chain = parser.parse();
  parsed.end = parser.at();
  return parsed;
}

}  // namespace doppel::nn::notation
