#include "doppel/augment/plan.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>

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

std::string matrix_text(const Matrix3& map) {
  const auto& m = map.m;
  std::string text =
      fmt::format("[{:.3g} {:.3g} {:.3g}; {:.3g} {:.3g} {:.3g}", m[0], m[1], m[2], m[3], m[4], m[5]);
  if (!map.is_affine()) text += fmt::format("; {:.2g} {:.2g} 1", m[6], m[7]);
  return text + "]";
}

/// An op in a few words.
struct Words {
  std::string operator()(const op::Crop& o) const {
    return fmt::format("crop {}x{} at {},{}", o.size.width, o.size.height, o.x, o.y);
  }
  std::string operator()(const op::Flip& o) const {
    constexpr std::array<const char*, 3> kWords{"flip horizontal", "flip vertical", "transpose"};
    return kWords[static_cast<std::size_t>(o.axis)];
  }
  std::string operator()(const op::Warp& o) const { return "warp " + matrix_text(o.map); }
  std::string operator()(const op::Resize& o) const {
    return fmt::format("resize {}x{}", o.size.width, o.size.height);
  }
  std::string operator()(const op::Pad& o) const {
    return fmt::format("pad {},{},{},{}", o.left, o.top, o.right, o.bottom);
  }
  std::string operator()(const op::ColorMatrix& o) const {
    const auto& m = o.matrix;
    const bool diagonal = m[1] == 0 && m[2] == 0 && m[4] == 0 && m[6] == 0 && m[8] == 0 && m[9] == 0;
    if (!diagonal) return fmt::format("saturation {:.2f}", m[0] - m[4]);
    if (m[0] == -1) return "negative";
    if (m[3] == 0 && m[7] == 0 && m[11] == 0) return fmt::format("brightness {:.2f}", m[0]);
    return fmt::format("shift {:+.3f} {:+.3f} {:+.3f}", m[3], m[7], m[11]);
  }
  std::string operator()(const op::Contrast& o) const { return fmt::format("contrast {:.2f}", o.factor); }
  std::string operator()(const op::Hsv& o) const {
    std::string text;
    if (o.turn != 0) text += fmt::format(" hue {:+.3f}", o.turn);
    if (o.gain != 1 || o.saturation != 0)
      text += fmt::format(" saturation x{:.2f} {:+.2f}", o.gain, o.saturation);
    if (o.value != 0) text += fmt::format(" value {:+.2f}", o.value);
    return text.empty() ? "hsv" : text.substr(1);
  }
  std::string operator()(const op::Noise& o) const {
    return fmt::format("{} {:.3f}", o.law == op::Noise::Law::Additive ? "noise" : "speckle", o.std);
  }
  std::string operator()(const op::SaltPepper& o) const {
    return fmt::format("salt and pepper {:.3f}", o.amount);
  }
  std::string operator()(const op::Cover& o) const {
    return fmt::format("cover {} holes", o.holes.size() / 4);
  }
  std::string operator()(const op::Rain& o) const {
    return fmt::format("rain {:.2f} at {:+.0f}°", o.amount, o.angle);
  }
  std::string operator()(const op::SnowFall& o) const { return fmt::format("snow {:.2f}", o.amount); }
  std::string operator()(const op::SnowSettle& o) const {
    return fmt::format("settled snow {:.2f}", o.amount);
  }
  std::string operator()(const op::Fog& o) const { return fmt::format("fog {:.2f}", o.density); }
  std::string operator()(const op::GaussianBlur& o) const { return fmt::format("blur {:.2f}", o.sigma); }
  std::string operator()(const op::LineBlur& o) const {
    return fmt::format("motion {:.1f} at {:.0f}°", o.length, o.angle);
  }
  std::string operator()(const op::Jpeg& o) const { return fmt::format("jpeg {}", o.quality); }
  std::string operator()(const op::Normalize&) const { return "normalize"; }
  std::string operator()(const op::Blend& o) const {
    std::string text = fmt::format("blend {:.2f}", o.share);
    for (const Plan& branch : o.branches) text += " (" + branch.text() + ")";
    return text;
  }
  std::string operator()(const op::Join& o) const {
    constexpr std::array<const char*, 3> kWords{"mix in", "paste", "cut in"};
    std::string text = fmt::format("{} partner {}", kWords[static_cast<std::size_t>(o.mode)], o.partner);
    return o.mode == op::Join::Mode::Average ? text + fmt::format(" at {:.2f}", o.share)
                                             : text + fmt::format(" at {},{}", o.x, o.y);
  }
  /// All others: their name, and the fields that aren't as they would be by default.
  template <class T>
  std::string operator()(T o) const {
    T plain;
    FieldDescriber now, usual;
    o.fields(now);
    plain.fields(usual);
    std::string text;
    for (const char c : T::name)
      text += std::isupper(c) && !text.empty() ? std::string(" ") + static_cast<char>(std::tolower(c))
                                               : std::string(1, static_cast<char>(std::tolower(c)));
    for (std::size_t i = 0; i < now.fields.size(); ++i) {
      const FieldText& field = now.fields[i];
      if (field.name == "seed" || field.name == "fill" || field.value == usual.fields[i].value) continue;
      if (field.kind == "numbers") continue;
      text += " " + field.name + " " +
              (field.kind == "number" ? fmt::format("{:.3g}", std::stod(field.value)) : field.value);
    }
    return text;
  }
};

}  // namespace

std::string text_of(const Op& op) { return std::visit(Words{}, op); }

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

std::string Plan::text() const {
  std::string text;
  for (const Op& op : ops) text += (text.empty() ? "" : " · ") + text_of(op);
  return text.empty() ? "unchanged" : text;
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
