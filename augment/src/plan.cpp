#include "doppel/augment/plan.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "doppel/augment/error.h"
#include "geometry/run.h"
#include "yaml_fields.h"

namespace doppel::augment {
namespace {

/// Of the YAML form. Grows when an op changes its meaning.
constexpr int kPlanVersion = 1;

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

}  // namespace

Size Plan::size() const {
  Size size = source;
  for (const Op& op : ops) size = size_after(op, size);
  return size;
}

Point Plan::map(Point p) const {
  Size size = source;
  for (const Op& op : ops) {
    p = move_point(op, size, p);
    size = size_after(op, size);
  }
  return p;
}

std::string Plan::yaml() const {
  YAML::Node root = write_plan(*this);
  root["version"] = kPlanVersion;
  return YAML::Dump(root) + "\n";
}

namespace {

Plan plan_of(const YAML::Node& root, const std::string& name) {
  if (root.IsMap() && root["version"] && root["version"].as<std::string>("") != std::to_string(kPlanVersion))
    fail_at(name, root["version"],
            fmt::format("this plan has version {}; this program reads {}", YAML::Dump(root["version"]),
                        kPlanVersion));
  return read_plan(root, name);
}

}  // namespace

Plan Plan::from_yaml(const std::string& text, const std::string& name) {
  return with_yaml_errors(name, [&] { return plan_of(load_yaml(text, name), name); });
}

YAML::Node write_plan(const Plan& plan) {
  YAML::Node root;
  root["source"].push_back(plan.source.height);
  root["source"].push_back(plan.source.width);
  root["source"].SetStyle(YAML::EmitterStyle::Flow);
  YAML::Node list(YAML::NodeType::Sequence);
  for (Op op : plan.ops) {
    YAML::Node fields(YAML::NodeType::Map);
    fields.SetStyle(YAML::EmitterStyle::Flow);
    YamlWriter writer(fields);
    std::visit([&](auto& o) { o.fields(writer); }, op);
    YAML::Node item;
    item[std::string(name_of(op))] = fields;
    list.push_back(item);
  }
  root["ops"] = list;
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
  for (const auto& item : root["ops"]) {
    if (!item.IsMap() || item.size() != 1) fail_at(file, item, "an op is its name with a map of fields");
    const auto pair = *item.begin();
    Op op = make_op(pair.first.as<std::string>(), pair.first, file);
    const std::string owner(name_of(op));
    YamlReader reader(pair.second, owner, file, depth);
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

Plan Plan::fuse() const {
  Plan fused{source, {}};
  Size size = source;
  for (std::size_t i = 0; i < ops.size();) {
    const GeometryRun run = geometry_run(ops, i, size);
    if (run.count < 2 || run.bends) {
      size = size_after(ops[i], size);
      fused.ops.push_back(ops[i++]);
      continue;
    }
    fused.ops.push_back(
        op::Warp{matrix_of(std::span(ops).subspan(i, run.count), size), run.size, run.fill, run.filter});
    size = run.size;
    i += run.count;
  }
  return fused;
}

}  // namespace doppel::augment
