// Plans from and to YAML.
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "base/yaml_fields.h"
#include "doppel/augment/plan/plan.h"
#include "doppel/base/error.h"
#include "plan_version.h"

namespace doppel::augment {
namespace {

template <std::size_t I = 0>
Op make_op(const std::string& name, const YAML::Node& at, const std::string& file) {
  if constexpr (I < std::variant_size_v<AnyOp>) {
    using T = std::variant_alternative_t<I, AnyOp>;
    if (T::name == name) return T{};
    return make_op<I + 1>(name, at, file);
  } else {
    fail_at(file, at, fmt::format("there is no op '{}'", name));
  }
}

Plan read_plan(const YAML::Node& root, const std::string& file, int depth);
YAML::Node write_plan(const Plan& plan);

class PlanReader final : public YamlReader {
 public:
  using YamlReader::YamlReader;

 private:
  void read_children(const FieldInfo& info, const YAML::Node& node, Children& children) override {
    if (!node.IsSequence())
      fail_at(file(), node, fmt::format("{}: {} needs a list of plans", owner(), info.name));
    auto& plans = items_of<Plan>(children);
    plans.clear();
    for (const auto& item : node) plans.push_back(read_plan(item, file(), depth() + 1));
  }
};

class PlanWriter final : public YamlWriter {
 public:
  using YamlWriter::YamlWriter;

 private:
  YAML::Node written_children(Children& children) override {
    YAML::Node list(YAML::NodeType::Sequence);
    for (const Plan& plan : items_of<Plan>(children)) list.push_back(write_plan(plan));
    return list;
  }
};

YAML::Node write_plan(const Plan& plan) {
  YAML::Node root;
  root["source"].push_back(plan.source.height);
  root["source"].push_back(plan.source.width);
  root["source"].SetStyle(YAML::EmitterStyle::Flow);
  YAML::Node list(YAML::NodeType::Sequence);
  for (Op op : plan.ops) {
    YAML::Node fields(YAML::NodeType::Map);
    fields.SetStyle(YAML::EmitterStyle::Flow);
    PlanWriter writer(fields);
    std::visit([&](auto& o) { o.fields(writer); }, op);
    YAML::Node item;
    item[std::string(name_of(op))] = fields;
    list.push_back(item);
  }
  root["ops"] = list;
  if (plan.mask_fill != 0) root["mask_fill"] = plan.mask_fill;
  if (!plan.rgb.empty()) {
    root["rgb"] = plan.rgb;
    root["rgb"].SetStyle(YAML::EmitterStyle::Flow);
  }
  if (plan.bands) root["bands"] = true;
  return root;
}

Plan read_plan(const YAML::Node& root, const std::string& file, int depth) {
  if (!root.IsMap() || !root["source"] || !root["ops"] || !root["source"].IsSequence() ||
      root["source"].size() != 2 || !(root["ops"].IsSequence() || root["ops"].IsNull()))
    fail_at(file, root, "a plan needs source: [height, width] and ops: […]");
  Plan plan;
  try {
    plan.source = {root["source"][0].as<int>(), root["source"][1].as<int>()};
  } catch (const YAML::Exception&) {
    fail_at(file, root["source"], "source needs two whole numbers, [height, width]");
  }
  if (const YAML::Node fill = root["mask_fill"]) {
    plan.mask_fill = fill.as<int>(-1);
    if (plan.mask_fill < 0 || plan.mask_fill > 65535)
      fail_at(file, fill, "mask_fill needs a class number, 0 to 65535");
  }
  if (const YAML::Node rgb = root["rgb"]) {
    try {
      plan.rgb = rgb.as<std::vector<int>>();
    } catch (const YAML::Exception&) { fail_at(file, rgb, "rgb needs three channels, as [2, 1, 0]"); }
    if (!is_rgb(plan.rgb)) fail_at(file, rgb, "rgb needs three different channels, 0 to 63");
  }
  if (const YAML::Node bands = root["bands"]) try {
      plan.bands = bands.as<bool>();
    } catch (const YAML::Exception&) { fail_at(file, bands, "bands is true or false"); }
  for (const auto& item : root["ops"]) {
    if (!item.IsMap() || item.size() != 1) fail_at(file, item, "an op is its name with a map of fields");
    const auto pair = *item.begin();
    Op op = make_op(pair.first.as<std::string>(), pair.first, file);
    const std::string owner(name_of(op));
    PlanReader reader(pair.second, owner, file, depth);
    FieldValidator validator(place_of(file, pair.first) + ": " + owner);
    try {
      std::visit(
          [&](auto& o) {
            o.fields(reader);
            reader.finish({});
            o.fields(validator);
          },
          op);
    } catch (const UsageError& error) {
      if (std::string(error.what()).starts_with(file + ":")) throw;
      fail_at(file, pair.first, owner + ": " + error.what());
    }
    plan.ops.push_back(std::move(op));
  }
  return plan;
}

Plan plan_of(const YAML::Node& root, const std::string& name) {
  if (root.IsMap() && root["version"] && root["version"].as<std::string>("") != std::to_string(kPlanVersion))
    fail_at(name, root["version"],
            fmt::format("this plan has version {}; this program reads {}", YAML::Dump(root["version"]),
                        kPlanVersion));
  return read_plan(root, name, 0);
}

}  // namespace

std::string Plan::yaml() const {
  YAML::Node root = write_plan(*this);
  root["version"] = kPlanVersion;
  return YAML::Dump(root) + "\n";
}

Plan Plan::from_yaml(const std::string& text, const std::string& name) {
  return with_yaml_errors(name, [&] { return plan_of(load_yaml(text, name), name); });
}

}  // namespace doppel::augment
