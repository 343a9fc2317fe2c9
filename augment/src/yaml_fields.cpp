#include "yaml_fields.h"

#include <fmt/format.h>

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <sstream>

#include "doppel/augment/catalogue.h"
#include "doppel/augment/error.h"

namespace doppel::augment {
namespace {

/// Transforms within transforms.
constexpr int kDeepest = 32;

const std::array<std::string, 3> kRuleKeys{"only_labels", "except_labels", "relabel"};

YAML::Node flow(YAML::Node node) {
  node.SetStyle(YAML::EmitterStyle::Flow);
  return node;
}

std::vector<std::string> read_labels(const YAML::Node& node, const std::string& file,
                                     const std::string& key) {
  if (!node.IsSequence()) fail_at(file, node, key + " needs a list of labels, as [left, right]");
  std::vector<std::string> labels;
  for (const auto& label : node) labels.push_back(label.as<std::string>());
  return labels;
}

LabelRules read_rules(const YAML::Node& map, const std::string& file) {
  LabelRules rules;
  if (const auto only = map["only_labels"]) rules.only = read_labels(only, file, "only_labels");
  if (const auto except = map["except_labels"]) rules.except = read_labels(except, file, "except_labels");
  if (const auto relabel = map["relabel"]) {
    if (!relabel.IsMap()) fail_at(file, relabel, "relabel needs a map, as {left: right, right: left}");
    for (const auto& pair : relabel)
      rules.relabel[pair.first.as<std::string>()] = pair.second.as<std::string>();
  }
  return rules;
}

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

}  // namespace

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
    return YAML::Load(text);
  } catch (const YAML::Exception& error) {
    throw UsageError(fmt::format("{}:{}: not valid YAML: {}", name, error.mark.line + 1, error.msg));
  }
}

void YamlReader::visit(const FieldInfo& info, const FieldValue& value) {
  if (const auto* choice = std::get_if<Choice>(&value)) return choose(info, *choice->position, choice->names);
  std::visit(
      [&](const auto& v) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(v)>, Choice>) (*this)(info, *v);
      },
      value);
}

void YamlWriter::visit(const FieldInfo& info, const FieldValue& value) {
  if (const auto* choice = std::get_if<Choice>(&value)) return choose(info, *choice->position, choice->names);
  std::visit(
      [&](const auto& v) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(v)>, Choice>) (*this)(info, *v);
      },
      value);
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

YAML::Node YamlReader::find(const FieldInfo& info) {
  names_.emplace_back(info.name);
  if (!map_.IsMap()) return YAML::Node(YAML::NodeType::Undefined);
  return static_cast<const YAML::Node&>(map_)[std::string(info.name)];
}

template <class T>
T YamlReader::scalar(const YAML::Node& node, const FieldInfo& info, const char* kind) const {
  try {
    return node.as<T>();
  } catch (const YAML::Exception&) {
    fail_at(file_, node, fmt::format("{}: {} needs {}, not '{}'", owner_, info.name, kind, YAML::Dump(node)));
  }
}

template <class T>
std::vector<T> YamlReader::list(const YAML::Node& node, const FieldInfo& info, std::size_t size,
                                const char* kind) const {
  if (!node.IsSequence() || (size != 0 && node.size() != size))
    fail_at(file_, node, fmt::format("{}: {} needs {}, not '{}'", owner_, info.name, kind, YAML::Dump(node)));
  std::vector<T> values;
  for (const auto& item : node) values.push_back(scalar<T>(item, info, kind));
  return values;
}

void YamlReader::operator()(const FieldInfo& info, bool& value) {
  if (const auto node = find(info)) value = scalar<bool>(node, info, "true or false");
}
void YamlReader::operator()(const FieldInfo& info, double& value) {
  if (const auto node = find(info)) value = scalar<double>(node, info, "a number");
}
void YamlReader::operator()(const FieldInfo& info, int& value) {
  if (const auto node = find(info)) value = scalar<int>(node, info, "a whole number");
}
void YamlReader::operator()(const FieldInfo& info, std::uint64_t& value) {
  if (const auto node = find(info)) value = scalar<std::uint64_t>(node, info, "a whole number");
}
void YamlReader::operator()(const FieldInfo& info, Range& value) {
  const auto node = find(info);
  if (!node) return;
  if (node.IsScalar()) {
    for (const NamedRange& named : info.named)
      if (node.Scalar() == named.name) {
        value = named.value;
        return;
      }
    const double both = scalar<double>(node, info, "a range as [low, high], or one number");
    value = {both, both};
    return;
  }
  const auto ends = list<double>(node, info, 2, "a range as [low, high], or one number");
  value = {ends[0], ends[1]};
}
void YamlReader::operator()(const FieldInfo& info, IntRange& value) {
  const auto node = find(info);
  if (!node) return;
  if (node.IsScalar()) {
    const int both = scalar<int>(node, info, "a range of whole numbers as [low, high], or one");
    value = {both, both};
    return;
  }
  const auto ends = list<int>(node, info, 2, "a range of whole numbers as [low, high], or one");
  value = {ends[0], ends[1]};
}
void YamlReader::operator()(const FieldInfo& info, Size& value) {
  const auto node = find(info);
  if (!node) return;
  if (node.IsScalar()) {
    const int side = scalar<int>(node, info, "a size as [height, width], or one number");
    value = {side, side};
    return;
  }
  const auto sides = list<int>(node, info, 2, "a size as [height, width], or one number");
  value = {sides[0], sides[1]};
}
void YamlReader::operator()(const FieldInfo& info, Fill& value) {
  const auto node = find(info);
  if (!node) return;
  constexpr const char* kKind = "a grey, a colour [r, g, b], or one of reflect, replicate, wrap";
  if (node.IsSequence()) {
    const auto c = list<double>(node, info, 3, kKind);
    value = {Fill::Kind::Color, {c[0], c[1], c[2], 1}};
    return;
  }
  const std::string word = node.Scalar();
  if (word == "reflect")
    value = {Fill::Kind::Reflect, {}};
  else if (word == "replicate")
    value = {Fill::Kind::Replicate, {}};
  else if (word == "wrap")
    value = {Fill::Kind::Wrap, {}};
  else {
    const double grey = scalar<double>(node, info, kKind);
    value = {Fill::Kind::Color, {grey, grey, grey, 1}};
  }
}
void YamlReader::operator()(const FieldInfo& info, std::vector<double>& value) {
  const auto node = find(info);
  if (!node) return;
  if (node.IsScalar())
    value = {scalar<double>(node, info, "a list of numbers")};
  else
    value = list<double>(node, info, 0, "a list of numbers");
}
void YamlReader::operator()(const FieldInfo& info, std::vector<Transform>& value) {
  const auto node = find(info);
  if (!node) return;
  value.clear();
  if (!node.IsSequence()) {
    value.push_back(read_transform(node, file_, depth_ + 1));
    return;
  }
  for (const auto& item : node) value.push_back(read_transform(item, file_, depth_ + 1));
}
void YamlReader::operator()(const FieldInfo& info, std::string& value) {
  if (const auto node = find(info)) value = scalar<std::string>(node, info, "a text");
}
void YamlReader::operator()(const FieldInfo& info, std::vector<std::string>& value) {
  const auto node = find(info);
  if (!node) return;
  if (node.IsScalar())
    value = {scalar<std::string>(node, info, "a list of texts")};
  else
    value = list<std::string>(node, info, 0, "a list of texts");
}
void YamlReader::operator()(const FieldInfo& info, std::vector<Plan>& value) {
  const auto node = find(info);
  if (!node) return;
  if (!node.IsSequence())
    fail_at(file_, node, fmt::format("{}: {} needs a list of plans", owner_, info.name));
  value.clear();
  for (const auto& item : node) value.push_back(read_plan(item, file_, depth_ + 1));
}
void YamlReader::choose(const FieldInfo& info, int& value, std::span<const std::string_view> names) {
  const auto node = find(info);
  if (!node) return;
  const auto word = scalar<std::string>(node, info, "a word");
  const auto found = std::ranges::find(names, std::string_view(word));
  if (found == names.end())
    fail_at(file_, node,
            fmt::format("{}: {} is '{}', but must be one of {}", owner_, info.name, word,
                        fmt::join(names, ", ")));
  value = static_cast<int>(found - names.begin());
}

void YamlReader::finish(std::span<const std::string> also_allowed) const {
  if (!map_.IsMap()) return;
  std::vector<std::string> allowed = names_;
  allowed.insert(allowed.end(), also_allowed.begin(), also_allowed.end());
  for (const auto& pair : map_) {
    const auto key = pair.first.as<std::string>();
    if (std::ranges::find(allowed, key) != allowed.end()) continue;
    const std::string near = nearest_name(key, allowed);
    fail_at(file_, pair.first,
            fmt::format("{} has no field '{}'{}", owner_, key,
                        near.empty() ? fmt::format("; it has {}", fmt::join(names_, ", "))
                                     : fmt::format("; did you mean '{}'?", near)));
  }
}

Transform read_transform(const YAML::Node& node, const std::string& file, int depth) {
  const bool named_only = node.IsScalar();
  if (!named_only && !(node.IsMap() && node.size() == 1))
    fail_at(file, node,
            "a transform is its name, or its name with a map of fields, as Rotate: {angle: [-10, 10]}");
  const auto key = named_only ? node : node.begin()->first;
  const YAML::Node fields = named_only ? YAML::Node() : node.begin()->second;
  const std::string name = key.as<std::string>();
  try {
    Transform transform = find_transform(name).make();
    YamlReader reader(fields, name, file, depth);
    transform.fields(reader);
    reader.finish(kRuleKeys);
    if (fields.IsMap()) transform.set_rules(read_rules(fields, file));
    transform.validate();
    return transform;
  } catch (const UsageError& error) {
    const std::string what = error.what();
    if (what.starts_with(file + ":")) throw;
    fail_at(file, key, what);
  }
}

YAML::Node write_transform(const Transform& transform) {
  YAML::Node fields(YAML::NodeType::Map);
  Transform copy = transform;
  YamlWriter writer(fields);
  copy.fields(writer);
  const LabelRules& rules = transform.rules();
  for (const auto& label : rules.only) fields["only_labels"].push_back(label);
  for (const auto& label : rules.except) fields["except_labels"].push_back(label);
  for (const auto& [from, to] : rules.relabel) fields["relabel"][from] = to;
  YAML::Node node;
  node[std::string(transform.name())] = flow(fields);
  return node;
}

void YamlWriter::put_list(const FieldInfo& info, const std::vector<std::string>& words) {
  YAML::Node list(YAML::NodeType::Sequence);
  for (const auto& word : words) list.push_back(word);
  map_[std::string(info.name)] = flow(list);
}
void YamlWriter::operator()(const FieldInfo& info, bool& value) { map_[std::string(info.name)] = value; }
void YamlWriter::operator()(const FieldInfo& info, double& value) {
  map_[std::string(info.name)] = number_text(value);
}
void YamlWriter::operator()(const FieldInfo& info, int& value) { map_[std::string(info.name)] = value; }
void YamlWriter::operator()(const FieldInfo& info, std::uint64_t& value) {
  map_[std::string(info.name)] = value;
}
void YamlWriter::operator()(const FieldInfo& info, Range& value) {
  put_list(info, {number_text(value.low), number_text(value.high)});
}
void YamlWriter::operator()(const FieldInfo& info, IntRange& value) {
  put_list(info, {std::to_string(value.low), std::to_string(value.high)});
}
void YamlWriter::operator()(const FieldInfo& info, Size& value) {
  put_list(info, {std::to_string(value.height), std::to_string(value.width)});
}
void YamlWriter::operator()(const FieldInfo& info, Fill& value) {
  constexpr std::array<const char*, 4> kNames{"", "reflect", "replicate", "wrap"};
  if (value.kind == Fill::Kind::Color)
    put_list(info, {number_text(value.color[0]), number_text(value.color[1]), number_text(value.color[2])});
  else
    map_[std::string(info.name)] = kNames[static_cast<std::size_t>(value.kind)];
}
void YamlWriter::operator()(const FieldInfo& info, std::vector<double>& value) {
  std::vector<std::string> words;
  for (const double v : value) words.push_back(number_text(v));
  put_list(info, words);
}
void YamlWriter::operator()(const FieldInfo& info, std::vector<Transform>& value) {
  YAML::Node list(YAML::NodeType::Sequence);
  for (const Transform& child : value) list.push_back(write_transform(child));
  map_[std::string(info.name)] = list;
}
void YamlWriter::operator()(const FieldInfo& info, std::string& value) {
  map_[std::string(info.name)] = value;
}
void YamlWriter::operator()(const FieldInfo& info, std::vector<std::string>& value) { put_list(info, value); }
void YamlWriter::operator()(const FieldInfo& info, std::vector<Plan>& value) {
  YAML::Node list(YAML::NodeType::Sequence);
  for (const Plan& plan : value) list.push_back(write_plan(plan));
  map_[std::string(info.name)] = list;
}
void YamlWriter::choose(const FieldInfo& info, int& value, std::span<const std::string_view> names) {
  map_[std::string(info.name)] = std::string(names[static_cast<std::size_t>(value)]);
}

}  // namespace doppel::augment
