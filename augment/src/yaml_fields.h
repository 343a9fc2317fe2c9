// Fields from and to YAML; recipes and plans share it.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>
#include <vector>

#include "doppel/augment/fields.h"
#include "doppel/augment/plan.h"
#include "doppel/augment/transform.h"

namespace doppel::augment {

/// "recipe.yaml:3", for error messages.
std::string place_of(const std::string& file, const YAML::Node& node);
[[noreturn]] void fail_at(const std::string& file, const YAML::Node& node, const std::string& what);

/// One transform of a recipe: a name, or a map from the name to its fields.
Transform read_transform(const YAML::Node& node, const std::string& file, int depth = 0);
/// Text as YAML, refusing what would grow without bound: aliases (a recipe needs none) and nesting beyond 64
/// levels.
YAML::Node load_yaml(const std::string& text, const std::string& name);
[[noreturn]] void fail_with(const std::string& name, const YAML::Exception& error);
/// What `read` returns; what yaml-cpp itself finds wrong meanwhile is a UsageError with the file's name and
/// the line.
template <class Read>
auto with_yaml_errors(const std::string& name, const Read& read) {
  try {
    return read();
  } catch (const YAML::Exception& error) { fail_with(name, error); }
}
YAML::Node write_transform(const Transform& transform);
/// A plan from its map, and back.
Plan read_plan(const YAML::Node& node, const std::string& file, int depth = 0);
YAML::Node write_plan(const Plan& plan);

/// Sets the fields that a map names; finish() then throws for keys that no field has.
class YamlReader final : public FieldVisitor {
 public:
  YamlReader(YAML::Node map, std::string owner, std::string file, int depth = 0);
  void finish(std::span<const std::string> also_allowed) const;

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override;
  void operator()(const FieldInfo& info, bool& value);
  void operator()(const FieldInfo& info, double& value);
  void operator()(const FieldInfo& info, int& value);
  void operator()(const FieldInfo& info, std::uint64_t& value);
  void operator()(const FieldInfo& info, Range& value);
  void operator()(const FieldInfo& info, IntRange& value);
  void operator()(const FieldInfo& info, Size& value);
  void operator()(const FieldInfo& info, Fill& value);
  void operator()(const FieldInfo& info, std::vector<double>& value);
  void operator()(const FieldInfo& info, std::vector<Transform>& value);
  void operator()(const FieldInfo& info, std::string& value);
  void operator()(const FieldInfo& info, std::vector<std::string>& value);
  void operator()(const FieldInfo& info, std::vector<Plan>& value);
  void choose(const FieldInfo& info, int& value, std::span<const std::string_view> names);
  YAML::Node find(const FieldInfo& info);
  template <class T>
  T scalar(const YAML::Node& node, const FieldInfo& info, const char* kind) const;
  template <class T>
  std::vector<T> list(const YAML::Node& node, const FieldInfo& info, std::size_t size,
                      const char* kind) const;

  YAML::Node map_;
  std::string owner_, file_;
  int depth_;
  std::vector<std::string> names_;
};

/// Writes every field, numbers so that they read back to the same bits.
class YamlWriter final : public FieldVisitor {
 public:
  explicit YamlWriter(YAML::Node map) : map_(std::move(map)) {}

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override;
  void operator()(const FieldInfo& info, bool& value);
  void operator()(const FieldInfo& info, double& value);
  void operator()(const FieldInfo& info, int& value);
  void operator()(const FieldInfo& info, std::uint64_t& value);
  void operator()(const FieldInfo& info, Range& value);
  void operator()(const FieldInfo& info, IntRange& value);
  void operator()(const FieldInfo& info, Size& value);
  void operator()(const FieldInfo& info, Fill& value);
  void operator()(const FieldInfo& info, std::vector<double>& value);
  void operator()(const FieldInfo& info, std::vector<Transform>& value);
  void operator()(const FieldInfo& info, std::string& value);
  void operator()(const FieldInfo& info, std::vector<std::string>& value);
  void operator()(const FieldInfo& info, std::vector<Plan>& value);
  void choose(const FieldInfo& info, int& value, std::span<const std::string_view> names);
  void put_list(const FieldInfo& info, const std::vector<std::string>& words);
  YAML::Node map_;
};

}  // namespace doppel::augment
