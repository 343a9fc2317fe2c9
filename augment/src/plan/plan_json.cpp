#include "doppel/augment/plan/plan_json.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "plan_version.h"

namespace doppel::augment {
namespace {

void add_json(const Plan& plan, std::string& text);

void add_quoted(std::string_view word, std::string& text) {
  text += '"';
  for (const char c : word) {
    if (c == '"' || c == '\\') text += '\\';
    if (static_cast<unsigned char>(c) < 0x20)
      text += fmt::format("\\u{:04x}", static_cast<int>(c));
    else
      text += c;
  }
  text += '"';
}

void add_number(double value, std::string& text) {
  if (std::isfinite(value))
    text += number_text(value);
  else
    add_quoted(number_text(value), text);
}

/// A field's value behind the text.
struct AddField {
  std::string& text;
  template <class List, class Add>
  void list(const List& items, const Add& add) const {
    text += '[';
    bool first = true;
    for (const auto& item : items) {
      if (!first) text += ',';
      first = false;
      add(item);
    }
    text += ']';
  }
  void numbers(std::span<const double> values) const {
    list(values, [&](double value) { add_number(value, text); });
  }
  void pair(int first, int second) const { text += fmt::format("[{},{}]", first, second); }
  void operator()(const bool* value) const { text += *value ? "true" : "false"; }
  void operator()(const double* value) const { add_number(*value, text); }
  void operator()(const int* value) const { text += std::to_string(*value); }
  void operator()(const std::uint64_t* value) const { text += std::to_string(*value); }
  void operator()(const std::string* value) const { add_quoted(*value, text); }
  void operator()(const std::vector<std::string>* value) const {
    list(*value, [&](const std::string& word) { add_quoted(word, text); });
  }
  void operator()(const Range* value) const { numbers(std::array{value->low, value->high}); }
  void operator()(const IntRange* value) const { pair(value->low, value->high); }
  void operator()(const Size* value) const { pair(value->height, value->width); }
  void operator()(const Fill* value) const {
    if (value->kind != Fill::Kind::Color)
      return add_quoted(kFillNames[static_cast<std::size_t>(value->kind)], text);
    numbers(std::span(value->color).first(value->color[3] == 1 ? 3 : 4));
  }
  void operator()(const std::vector<double>* value) const { numbers(*value); }
  void operator()(const Choice& choice) const {
    add_quoted(choice.names[static_cast<std::size_t>(*choice.position)], text);
  }
  void operator()(const Kinds* kinds) const { add_quoted(kinds->name(), text); }
  void operator()(Children* children) const {
    list(items_of<Plan>(*children), [&](const Plan& plan) { add_json(plan, text); });
  }
};

class JsonWriter final : public FieldVisitor {
 public:
  explicit JsonWriter(std::string& text) : text_(text) {}

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override {
    if (text_.back() != '{') text_ += ',';
    add_quoted(info.name, text_);
    text_ += ':';
    std::visit(AddField{text_}, value);
    if (auto* const* kinds = std::get_if<Kinds*>(&value)) (*kinds)->fields(*this);
  }
  std::string& text_;
};

void add_json(const Plan& plan, std::string& text) {
  text += fmt::format("{{\"source\":[{},{}],\"ops\":[", plan.source.height, plan.source.width);
  for (Op op : plan.ops) {
    if (text.back() != '[') text += ',';
    text += '{';
    add_quoted(name_of(op), text);
    text += ":{";
    JsonWriter writer(text);
    std::visit([&](auto& o) { o.fields(writer); }, op);
    text += "}}";
  }
  text += ']';
  if (plan.mask_fill != 0) text += fmt::format(",\"mask_fill\":{}", plan.mask_fill);
  if (!plan.rgb.empty()) text += fmt::format(",\"rgb\":[{},{},{}]", plan.rgb[0], plan.rgb[1], plan.rgb[2]);
  if (plan.bands) text += ",\"bands\":true";
  text += '}';
}

}  // namespace

std::string json_of(const Plan& plan) {
  std::string text;
  add_json(plan, text);
  text.pop_back();
  return text + fmt::format(",\"version\":{}}}", kPlanVersion);
}

}  // namespace doppel::augment
