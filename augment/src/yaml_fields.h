// Fields from and to YAML; recipes and plans share it.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>
#include <vector>

#include "doppel/augment/fields.h"
#include "doppel/augment/transform.h"

namespace doppel::augment {

/// "recipe.yaml:3", for error messages.
std::string place_of(const std::string& file, const YAML::Node& node);
[[noreturn]] void fail_at(const std::string& file, const YAML::Node& node, const std::string& what);

/// One transform of a recipe: a name, or a map from the name to its fields.
Transform read_transform(const YAML::Node& node, const std::string& file);
YAML::Node write_transform(const Transform& transform);

/// Sets the fields that a map names; finish() then throws for keys that no field has.
class YamlReader final : public FieldVisitor {
 public:
  YamlReader(YAML::Node map, std::string owner, std::string file);
  void operator()(const FieldInfo& info, bool& value) override;
  void operator()(const FieldInfo& info, double& value) override;
  void operator()(const FieldInfo& info, int& value) override;
  void operator()(const FieldInfo& info, std::uint64_t& value) override;
  void operator()(const FieldInfo& info, Range& value) override;
  void operator()(const FieldInfo& info, IntRange& value) override;
  void operator()(const FieldInfo& info, Size& value) override;
  void operator()(const FieldInfo& info, Fill& value) override;
  void operator()(const FieldInfo& info, std::vector<double>& value) override;
  void operator()(const FieldInfo& info, std::vector<Transform>& value) override;
  void choose(const FieldInfo& info, int& value, std::span<const std::string_view> names) override;
  void finish(std::span<const std::string> also_allowed) const;

 private:
  YAML::Node find(const FieldInfo& info);
  template <class T>
  T scalar(const YAML::Node& node, const FieldInfo& info, const char* kind) const;
  template <class T>
  std::vector<T> list(const YAML::Node& node, const FieldInfo& info, std::size_t size,
                      const char* kind) const;

  YAML::Node map_;
  std::string owner_, file_;
  std::vector<std::string> names_;
};

/// Writes every field, numbers so that they read back to the same bits.
class YamlWriter final : public FieldVisitor {
 public:
  explicit YamlWriter(YAML::Node map) : map_(std::move(map)) {}
  void operator()(const FieldInfo& info, bool& value) override;
  void operator()(const FieldInfo& info, double& value) override;
  void operator()(const FieldInfo& info, int& value) override;
  void operator()(const FieldInfo& info, std::uint64_t& value) override;
  void operator()(const FieldInfo& info, Range& value) override;
  void operator()(const FieldInfo& info, IntRange& value) override;
  void operator()(const FieldInfo& info, Size& value) override;
  void operator()(const FieldInfo& info, Fill& value) override;
  void operator()(const FieldInfo& info, std::vector<double>& value) override;
  void operator()(const FieldInfo& info, std::vector<Transform>& value) override;
  void choose(const FieldInfo& info, int& value, std::span<const std::string_view> names) override;

 private:
  void put_list(const FieldInfo& info, const std::vector<std::string>& words);
  YAML::Node map_;
};

}  // namespace doppel::augment
