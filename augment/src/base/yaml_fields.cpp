#include "yaml_fields.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "doppel/base/error.h"

namespace doppel {
namespace {

/// Children within children.
constexpr int kDeepest = 32;

/// Throws where the text nests deeper than any recipe or plan does: the parser recurses, its stack doesn't
/// grow.
class NestingCheck final : public YAML::EventHandler {
 public:
  explicit NestingCheck(std::string name) : name_(std::move(name)) {}
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw UsageError(
        fmt::format("{}:{}: aliases (*name) aren't allowed here; write the value out", name_, mark.line + 1));
  }
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    enter(mark);
  }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    enter(mark);
  }
  void OnMapEnd() override { --depth_; }

 private:
  void enter(const YAML::Mark& mark) {
    if (++depth_ > 4 * kDeepest)
      throw UsageError(fmt::format("{}:{}: nested too deep", name_, mark.line + 1));
  }
  std::string name_;
  int depth_ = 0;
};

/// Throws where there is a document: a second one would not be read.
class DocumentCheck final : public YAML::EventHandler {
 public:
  explicit DocumentCheck(std::string name) : name_(std::move(name)) {}
  void OnDocumentStart(const YAML::Mark& mark) override {
    throw UsageError(
        fmt::format("{}:{}: a second document begins here; there must be one", name_, mark.line + 1));
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
  }
  void OnMapEnd() override {}

 private:
  std::string name_;
};

/// A map that begins as JSON's do, which YAML holds, too.
bool looks_like_json(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t brace = text.find_first_not_of(kBlanks);
  if (brace == text.npos || text[brace] != '{') return false;
  const std::size_t key = text.find_first_not_of(kBlanks, brace + 1);
  return key != text.npos && text[key] == '"';
}

/// YAML 1.1 takes 010 for eight, people for ten.
bool has_leading_zero(std::string_view number) {
  if (number.starts_with('-') || number.starts_with('+')) number.remove_prefix(1);
  return number.size() > 1 && number[0] == '0' && number[1] >= '0' && number[1] <= '9';
}

/// Reads one field from its node; an error says what it needs.
struct ReadField {
  const YAML::Node& node;
  const FieldInfo& info;
  const std::string& owner;
  const std::string& file;

  [[noreturn]] void fail(const YAML::Node& at, const char* kind) const {
    fail_at(file, at, fmt::format("{}: {} needs {}, not '{}'", owner, info.name, kind, YAML::Dump(at)));
  }
  template <class T>
  T scalar(const YAML::Node& at, const char* kind) const {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
      if (at.IsScalar() && has_leading_zero(at.Scalar())) fail(at, "a whole number without zeros before it");
    try {
      return at.as<T>();
    } catch (const YAML::Exception&) { fail(at, kind); }
  }
  template <class T>
  std::vector<T> list(std::size_t size, const char* kind) const {
    if (!node.IsSequence() || (size != 0 && node.size() != size)) fail(node, kind);
    std::vector<T> values;
    for (const auto& item : node) values.push_back(scalar<T>(item, kind));
    return values;
  }
  /// [a, b], or one number that stands for both.
  template <class T>
  std::array<T, 2> pair(const char* kind) const {
    if (node.IsScalar()) {
      const T both = scalar<T>(node, kind);
      return {both, both};
    }
    const auto two = list<T>(2, kind);
    return {two[0], two[1]};
  }
  std::size_t position_among(std::span<const std::string_view> names) const {
    const auto word = scalar<std::string>(node, "a word");
    const auto found = std::ranges::find(names, std::string_view(word));
    if (found == names.end())
      fail_at(file, node,
              fmt::format("{}: {} is '{}', but must be one of {}{}", owner, info.name, word,
                          fmt::join(names, ", "),
                          did_you_mean(word, std::vector<std::string>(names.begin(), names.end()))));
    return static_cast<std::size_t>(found - names.begin());
  }
  template <class T>
  void several(std::vector<T>& value, const char* kind) const {
    value = node.IsScalar() ? std::vector<T>{scalar<T>(node, kind)} : list<T>(0, kind);
  }

  void operator()(bool* value) const { *value = scalar<bool>(node, "true or false"); }
  void operator()(double* value) const { *value = scalar<double>(node, "a number"); }
  void operator()(int* value) const { *value = scalar<int>(node, "a whole number"); }
  void operator()(std::uint64_t* value) const { *value = scalar<std::uint64_t>(node, "a whole number"); }
  void operator()(std::string* value) const {
    if (node.IsNull()) fail(node, "a text");
    if (!node.IsScalar()) fail(node, "a text, in quotes where it begins with a bracket");
    *value = scalar<std::string>(node, "a text");
  }
  void operator()(std::vector<double>* value) const { several(*value, "a list of numbers"); }
  void operator()(std::vector<std::string>* value) const { several(*value, "a list of texts"); }
  void operator()(Range* value) const {
    if (node.IsScalar())
      for (const NamedRange& named : info.named)
        if (node.Scalar() == named.name) {
          *value = named.value;
          return;
        }
    const auto [low, high] = pair<double>("a range as [low, high], or one number");
    *value = {low, high};
  }
  void operator()(IntRange* value) const {
    const auto [low, high] = pair<int>("a range of whole numbers as [low, high], or one");
    *value = {low, high};
  }
  void operator()(Size* value) const {
    const auto [height, width] = pair<int>("a size as [height, width], or one number");
    *value = {height, width};
  }
  void operator()(Fill* value) const {
    constexpr const char* kKind =
        "a grey, a colour [r, g, b] or [r, g, b, alpha], or one of reflect, replicate, wrap, symmetric";
    if (node.IsSequence()) {
      const auto c = list<double>(node.size() == 4 ? 4 : 3, kKind);
      *value = {Fill::Kind::Color, {c[0], c[1], c[2], c.size() > 3 ? c[3] : 1}};
      return;
    }
    for (std::size_t k = 1; k < kFillNames.size(); ++k)
      if (node.Scalar() == kFillNames[k]) {
        *value = {static_cast<Fill::Kind>(k), {}};
        return;
      }
    const auto grey = scalar<double>(node, kKind);
    *value = {Fill::Kind::Color, {grey, grey, grey, 1}};
  }
  void operator()(const Choice& choice) const {
    *choice.position = static_cast<int>(position_among(choice.names));
  }
  void operator()(Kinds* kinds) const { kinds->choose(kinds->names()[position_among(kinds->names())]); }
  void operator()(Children*) const {}  // by YamlReader::read_children
};

YAML::Node list_of(const std::vector<std::string>& words) {
  YAML::Node list(YAML::NodeType::Sequence);
  for (const auto& word : words) list.push_back(word);
  return flow(list);
}

/// With a point, without which YAML 1.1 takes 1e-08 for text.
std::string yaml_number(double value) {
  std::string text = number_text(value);
  const std::size_t exponent = text.find('e');
  if (exponent != text.npos && text.find('.') == text.npos) text.insert(exponent, ".0");
  return text;
}

/// A field's value as a node.
struct WriteField {
  YAML::Node operator()(const bool* value) const { return YAML::Node(*value); }
  YAML::Node operator()(const double* value) const { return YAML::Node(yaml_number(*value)); }
  YAML::Node operator()(const int* value) const { return YAML::Node(*value); }
  YAML::Node operator()(const std::uint64_t* value) const { return YAML::Node(*value); }
  YAML::Node operator()(const std::string* value) const { return YAML::Node(*value); }
  YAML::Node operator()(const std::vector<std::string>* value) const { return list_of(*value); }
  YAML::Node operator()(const Range* value) const {
    return list_of({yaml_number(value->low), yaml_number(value->high)});
  }
  YAML::Node operator()(const IntRange* value) const {
    return list_of({std::to_string(value->low), std::to_string(value->high)});
  }
  YAML::Node operator()(const Size* value) const {
    return list_of({std::to_string(value->height), std::to_string(value->width)});
  }
  YAML::Node operator()(const Fill* value) const {
    if (value->kind != Fill::Kind::Color)
      return YAML::Node(std::string(kFillNames[static_cast<std::size_t>(value->kind)]));
    std::vector<std::string> color;
    for (const double c : value->color) color.push_back(yaml_number(c));
    if (value->color[3] == 1) color.pop_back();
    return list_of(color);
  }
  YAML::Node operator()(const std::vector<double>* value) const {
    std::vector<std::string> words;
    for (const double v : *value) words.push_back(yaml_number(v));
    return list_of(words);
  }
  YAML::Node operator()(const Choice& choice) const {
    return YAML::Node(std::string(choice.names[static_cast<std::size_t>(*choice.position)]));
  }
  YAML::Node operator()(const Kinds* kinds) const { return YAML::Node(std::string(kinds->name())); }
  YAML::Node operator()(Children*) const { return {}; }  // by YamlWriter::written_children
};

}  // namespace

YAML::Node flow(YAML::Node node) {
  node.SetStyle(YAML::EmitterStyle::Flow);
  return node;
}

void fail_with(const std::string& name, const YAML::Exception& error) {
  throw UsageError(error.mark.is_null() ? fmt::format("{}: {}", name, error.msg)
                                        : fmt::format("{}:{}: {}", name, error.mark.line + 1, error.msg));
}

YAML::Node load_yaml(const std::string& text, const std::string& name) {
  constexpr std::size_t kMostBytes = 16 << 20;
  if (text.size() > kMostBytes)
    throw UsageError(fmt::format("{}: {} bytes are more than a recipe or plan has", name, text.size()));
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    NestingCheck check(name);
    parser.HandleNextDocument(check);
    DocumentCheck second(name);
    parser.HandleNextDocument(second);
    return YAML::Load(text);
  } catch (const YAML::Exception& error) {
    throw UsageError(fmt::format("{}:{}: not valid {}: {}", name, error.mark.line + 1,
                                 looks_like_json(text) ? "JSON" : "YAML", error.msg));
  }
}

std::string place_of(const std::string& file, const YAML::Node& node) {
  const auto mark = node.Mark();
  return mark.is_null() ? file : fmt::format("{}:{}", file, mark.line + 1);
}

void fail_at(const std::string& file, const YAML::Node& node, const std::string& what) {
  throw UsageError(place_of(file, node) + ": " + what);
}

YamlReader::YamlReader(YAML::Node map, std::string owner, std::string file, int depth)
    : map_(std::move(map)), owner_(std::move(owner)), file_(std::move(file)), depth_(depth) {
  if (depth_ > kDeepest)
    fail_at(file_, map_, fmt::format("{} is nested more than {} deep", owner_, kDeepest));
  if (map_.IsDefined() && !map_.IsNull() && !map_.IsMap())
    fail_at(file_, map_, fmt::format("{} needs its fields as a map, as {{p: 0.5}}", owner_));
}

void YamlReader::visit(const FieldInfo& info, const FieldValue& value) {
  names_.emplace_back(info.name);
  if (!map_.IsMap()) return;
  const YAML::Node node = std::as_const(map_)[std::string(info.name)];
  const auto* children = std::get_if<Children*>(&value);
  if (node && children)
    read_children(info, node, **children);
  else if (node)
    read_value(info, node, value);
  if (auto* const* kinds = std::get_if<Kinds*>(&value)) read_kind(info, **kinds);
}

void YamlReader::read_value(const FieldInfo& info, const YAML::Node& node, const FieldValue& value) const {
  std::visit(ReadField{node, info, owner_, file_}, value);
  if (std::holds_alternative<Kinds*>(value)) return;  // its fields are read, and checked, after it
  try {
    check_bounds(owner_, info, value);
  } catch (const UsageError& error) { fail_at(file_, node, error.what()); }
}

/// The fields of the kind that is there lie beside its name; those of the others are no mistakes of spelling.
void YamlReader::read_kind(const FieldInfo& info, Kinds& kinds) {
  kinds.fields(*this);
  for (const std::string_view other : kinds.names()) {
    FieldDescriber fields;
    kinds.fields_of(other, fields);
    for (const FieldText& field : fields.fields) {
      std::vector<std::string>& told = others_[field.name];
      if (told.empty())
        told.push_back(
            fmt::format("the {} {} has no field '{}'; that is of ", info.name, kinds.name(), field.name));
      told.push_back((told.size() > 1 ? ", " : "") + std::string(other));
    }
  }
}

void YamlReader::read_children(const FieldInfo& info, const YAML::Node&, Children&) {
  throw std::logic_error(fmt::format("{}: nothing reads the children of {}", owner_, info.name));
}

void YamlWriter::visit(const FieldInfo& info, const FieldValue& value) {
  const auto* children = std::get_if<Children*>(&value);
  map_[std::string(info.name)] = children ? written_children(**children) : std::visit(WriteField(), value);
  if (auto* const* kinds = std::get_if<Kinds*>(&value)) (*kinds)->fields(*this);
}

YAML::Node YamlWriter::written_children(Children& children) {
  throw std::logic_error(fmt::format("nothing writes {}", children.kind()));
}

void YamlReader::finish(std::span<const std::string> also_allowed) const {
  if (!map_.IsMap()) return;
  std::vector<std::string> allowed = names_;
  allowed.insert(allowed.end(), also_allowed.begin(), also_allowed.end());
  std::set<std::string> seen;
  for (const auto& pair : map_) {
    if (!pair.first.IsScalar())
      fail_at(file_, pair.first,
              fmt::format("{} has fields by name; '{}' isn't one", owner_, YAML::Dump(pair.first)));
    const auto key = pair.first.as<std::string>();
    if (!seen.insert(key).second) fail_at(file_, pair.first, fmt::format("{} has '{}' twice", owner_, key));
    if (std::ranges::find(allowed, key) != allowed.end()) continue;
    if (const auto other = others_.find(key); other != others_.end())
      fail_at(file_, pair.first, fmt::format("{}", fmt::join(other->second, "")));
    if (const auto known = elsewhere_.find(key); known != elsewhere_.end())
      fail_at(file_, pair.first, known->second);
    fail_at(file_, pair.first,
            fmt::format("{} has no field '{}'{}", owner_, key,
                        did_you_mean(key, allowed, fmt::format("; it has {}", fmt::join(names_, ", ")))));
  }
}

}  // namespace doppel
