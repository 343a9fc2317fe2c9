#include "transform_yaml.h"

#include <fmt/format.h>

#include <array>

#include "base/yaml_fields.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/base/error.h"

namespace doppel::augment {
namespace {

const std::array<std::string, 6> kRuleKeys{"only_labels", "except_labels", "relabel",
                                           "from",        "until",         "start"};

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

class TransformReader final : public YamlReader {
 public:
  using YamlReader::YamlReader;

 private:
  void read_children(const FieldInfo&, const YAML::Node& node, Children& children) override {
    auto& list = items_of<Transform>(children);
    list.clear();
    if (!node.IsSequence()) {
      list.push_back(read_transform(node, file(), depth() + 1));
      return;
    }
    for (const auto& item : node) list.push_back(read_transform(item, file(), depth() + 1));
  }
};

double read_share(const YAML::Node& node, const std::string& file, const char* key) {
  double share = -1;
  try {
    share = node.as<double>();
  } catch (const YAML::Exception&) {}
  if (!(share >= 0 && share <= 1))
    fail_at(file, node, fmt::format("{} needs a share of training, from 0 to 1", key));
  return share;
}

/// `start` names the fields that are others at first.
Schedule read_schedule(const YAML::Node& map, const Transform& transform, const std::string& file,
                       int depth) {
  Schedule schedule;
  if (const auto from = map["from"]) schedule.from = read_share(from, file, "from");
  if (const auto until = map["until"]) schedule.until = read_share(until, file, "until");
  if (const auto fields = map["start"]) {
    if (!fields.IsMap())
      fail_at(file, fields, "start needs the fields that are others at first, as {p: 0.1}");
    Transform start = transform;
    TransformReader reader(fields, std::string(transform.name()), file, depth);
    start.fields(reader);
    reader.finish({});
    start.validate();
    schedule.start = std::make_shared<const Transform>(std::move(start));
  }
  return schedule;
}

class TransformWriter final : public YamlWriter {
 public:
  using YamlWriter::YamlWriter;

 private:
  YAML::Node written_children(Children& children) override {
    YAML::Node list(YAML::NodeType::Sequence);
    for (const Transform& child : items_of<Transform>(children)) list.push_back(write_transform(child));
    return list;
  }
};

}  // namespace

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
    TransformReader reader(fields, name, file, depth);
    transform.fields(reader);
    reader.finish(kRuleKeys);
    if (fields.IsMap()) {
      transform.set_rules(read_rules(fields, file));
      transform.set_schedule(read_schedule(fields, transform, file, depth));
    }
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
  TransformWriter writer(fields);
  copy.fields(writer);
  const LabelRules& rules = transform.rules();
  for (const auto& label : rules.only) fields["only_labels"].push_back(label);
  for (const auto& label : rules.except) fields["except_labels"].push_back(label);
  for (const auto& [from, to] : rules.relabel) fields["relabel"][from] = to;
  const Schedule& schedule = transform.schedule();
  if (schedule.from > 0) fields["from"] = number_text(schedule.from);
  if (schedule.until < 1) fields["until"] = number_text(schedule.until);
  if (schedule.start) {
    YAML::Node first(YAML::NodeType::Map);
    Transform start = *schedule.start;
    TransformWriter own(first);
    start.fields(own);
    fields["start"] = flow(first);
  }
  YAML::Node node;
  node[std::string(transform.name())] = flow(fields);
  return node;
}

}  // namespace doppel::augment
