#include "label_map.h"

#include <fmt/format.h>

#include <optional>

#include "doppel/base/error.h"
#include "text.h"

namespace doppel::dataset {
namespace {

/// Words, texts in quotes, braces and colons of protocol buffers' text format.
class MapTokens {
 public:
  explicit MapTokens(std::string_view text) : text_(text) {}
  /// Empty at the end. Throws Error for a text that isn't closed.
  std::string next() {
    is_quoted_ = false;
    for (bool is_comment = false; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      is_comment = (is_comment && c != '\n' && c != '\r') || c == '#';
      if (!is_comment && !is_blank(c)) break;
      line_ += c == '\n';
    }
    if (at_ == text_.size()) return "";
    if (const char c = text_[at_]; c == '"' || c == '\'') return quoted(c);
    if (is_mark(text_[at_])) return std::string(1, text_[at_++]);
    const std::size_t begin = at_;
    while (at_ < text_.size() && !is_blank(text_[at_]) && !is_mark(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }
  bool is_quoted() const { return is_quoted_; }
  std::size_t line() const { return line_; }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  static bool is_mark(char c) { return c == '{' || c == '}' || c == ':' || c == ',' || c == ';'; }
  std::string quoted(char quote) {
    is_quoted_ = true;
    std::string inside;
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      inside += text_[at_];
    }
    if (at_ == text_.size()) throw Error(fmt::format("line {}: a quote isn't closed", line_));
    ++at_;
    return inside;
  }
  std::string_view text_;
  std::size_t at_ = 0, line_ = 1;
  bool is_quoted_ = false;
};

struct MapItem {
  std::optional<std::int64_t> id;
  std::string name, shown;
};

/// After its opening brace. What else an item holds is passed over.
MapItem map_item(MapTokens& tokens) {
  MapItem item;
  std::string key;
  bool is_value = false;  // behind a colon
  for (int depth = 1; depth > 0;) {
    const std::string token = tokens.next();
    if (token.empty() && !tokens.is_quoted()) throw Error("an item isn't closed");
    if (!tokens.is_quoted() && (token == "{" || token == "}")) {
      depth += token == "{" ? 1 : -1;
      is_value = false;
    } else if (!tokens.is_quoted() && token == ":") {
      is_value = true;
    } else if (!is_value || depth > 1) {
      key = token;
    } else {
      is_value = false;
      if (key == "id" && !(item.id = whole_number(token)))
        throw Error(fmt::format("line {}: the id '{}' is no number", tokens.line(), token));
      if (key == "name") item.name = trimmed(token);
      if (key == "display_name") item.shown = trimmed(token);
    }
  }
  return item;
}

}  // namespace

std::map<std::int64_t, std::string> label_map(std::string_view pbtxt) {
  MapTokens tokens(pbtxt);
  std::map<std::int64_t, std::string> names;
  for (std::string token; !(token = tokens.next()).empty();) {
    if (token != "item")
      throw Error(fmt::format("line {}: '{}' where an item was expected", tokens.line(), token));
    while ((token = tokens.next()) == ":") {}
    if (token != "{") throw Error(fmt::format("line {}: an item without a brace", tokens.line()));
    const MapItem item = map_item(tokens);
    // Open Images' names are ids of their own, with names for people beside them.
    const std::string& name = item.shown.empty() ? item.name : item.shown;
    if (!item.id || name.empty())
      throw Error(fmt::format("line {}: an item without id or name", tokens.line()));
    if (!names.emplace(*item.id, name).second)
      throw Error(fmt::format("line {}: two items have the id {}", tokens.line(), *item.id));
  }
  if (names.empty()) throw Error("no items");
  return names;
}

std::map<std::int64_t, std::string> class_names_by_id(const std::filesystem::path& file) try {
  const std::string text = read_text(file);
  if (lower(file.extension().string()) == ".pbtxt") return label_map(text);
  std::map<std::int64_t, std::string> names;
  for (std::string& line : filled_lines(text)) {
    // "0:daisy", as TF-Slim writes them.
    const std::size_t colon = line.find(':');
    const auto id = colon == line.npos ? std::nullopt : whole_number(line.substr(0, colon));
    if (!names
             .emplace(id.value_or(std::ssize(names)),
                      id ? trimmed(std::string_view(line).substr(colon + 1)) : line)
             .second)
      throw Error(fmt::format("two names have the id {}", id.value_or(std::ssize(names))));
  }
  return names;
} catch (const Error& error) { throw Error(fmt::format("{}: {}", file.string(), error.what())); }

int ClassIds::of(std::int64_t id, const std::filesystem::path& file, ClassWords& words,
                 Remarks& remarks) const {
  if (class_of_.empty() || id == -1) return words.of(id, remarks);
  const auto found = class_of_.find(id);
  if (found == class_of_.end())
    throw Error(fmt::format("the label {}, which {} doesn't have", id, file.filename().string()));
  return found->second;
}

}  // namespace doppel::dataset
