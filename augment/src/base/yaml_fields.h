// Fields from and to YAML.
#pragma once

#include <yaml-cpp/yaml.h>

#include <map>
#include <string>
#include <vector>

#include "doppel/base/fields.h"

namespace doppel {

/// "recipe.yaml:3", for error messages.
std::string place_of(const std::string& file, const YAML::Node& node);
[[noreturn]] void fail_at(const std::string& file, const YAML::Node& node, const std::string& what);

/// Text as YAML, refusing what would grow without bound: aliases (none is needed) and nesting beyond 128
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
/// Written in one line.
YAML::Node flow(YAML::Node node);

/// Sets the fields that a map names, and checks their bounds; finish() then throws for keys that no field
/// has.
class YamlReader : public FieldVisitor {
 public:
  /// `depth`: of how many others it lies within.
  YamlReader(YAML::Node map, std::string owner, std::string file, int depth = 0);
  void finish(std::span<const std::string> also_allowed) const;
  /// What finish() says of a key that isn't a field here, but something elsewhere.
  void explain(const std::string& key, std::string what) { elsewhere_[key] = std::move(what); }

 protected:
  const std::string& owner() const { return owner_; }
  const std::string& file() const { return file_; }
  int depth() const { return depth_; }
  void visit(const FieldInfo& info, const FieldValue& value) override;

 private:
  /// Who has fields with children knows how to read those.
  virtual void read_children(const FieldInfo& info, const YAML::Node& node, Children& children);
  void read_kind(const FieldInfo& info, Kinds& kinds);
  void read_value(const FieldInfo& info, const YAML::Node& node, const FieldValue& value) const;

  YAML::Node map_;
  std::string owner_, file_;
  int depth_;
  std::vector<std::string> names_;
  std::map<std::string, std::string> elsewhere_;
  std::map<std::string, std::vector<std::string>>
      others_;  ///< keys that are no fields, and what to say of them
};

/// Writes every field, numbers so that they read back to the same bits.
class YamlWriter : public FieldVisitor {
 public:
  explicit YamlWriter(YAML::Node map) : map_(std::move(map)) {}

 protected:
  void visit(const FieldInfo& info, const FieldValue& value) override;

 private:
  virtual YAML::Node written_children(Children& children);

  YAML::Node map_;
};

}  // namespace doppel
