#include "doppel/base/settings_file.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <array>

#include "doppel/base/error.h"
#include "doppel/base/fields.h"
#include "doppel/base/files.h"
#include "doppel/base/format_version.h"
#include "yaml_fields.h"

namespace doppel {
namespace {

/// What a file says beside the settings.
const std::array<std::string, 3> kAlso{"format", "command", "facts"};

/// Leaves out what follows from other settings or from the data.
class ToldWriter final : public YamlWriter {
 public:
  using YamlWriter::YamlWriter;

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override {
    if (!info.follows) YamlWriter::visit(info, value);
  }
};

class ToldReader final : public YamlReader {
 public:
  using YamlReader::YamlReader;

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override {
    if (!info.follows) YamlReader::visit(info, value);
  }
};

void check_head(const YAML::Node& root, const std::string& name, std::string_view command) {
  if (const auto format = root["format"]) try {
      check_format(format.Scalar(), kSettingsFormat, place_of(name, format));
    } catch (const Error& error) { throw UsageError(error.what()); }
  if (const auto other = root["command"]; other && other.Scalar() != command) {
    const std::array<std::string, 1> here{std::string(command)};
    fail_at(name, other,
            fmt::format("these are settings of doppel {}, not of doppel {}{}", other.Scalar(), command,
                        did_you_mean(other.Scalar(), here)));
  }
  if (const auto facts = root["facts"]; facts && !facts.IsMap())
    fail_at(name, facts, "facts are a map of what came out of a run; leave them out");
}

}  // namespace

void read_settings(const std::filesystem::path& file, std::string_view command, const VisitFields& fields,
                   std::span<const std::string> options) {
  const std::string name = file.string(), owner = fmt::format("doppel {}", command);
  const std::vector<unsigned char> bytes = read_file(file);
  with_yaml_errors(name, [&] {
    const YAML::Node root = load_yaml(std::string(bytes.begin(), bytes.end()), name);
    if (!root.IsMap()) fail_at(name, root, "settings are a map, as epochs: 10");
    check_head(root, name, command);
    ToldReader reader(root, owner, name);
    for (const std::string& option : options)
      reader.explain(option, fmt::format("'{}' is an option, not a setting: say --{}", option, option));
    fields(reader);
    reader.finish(kAlso);
  });
}

std::string settings_yaml(std::string_view command, const VisitFields& fields, const Facts& facts,
                          std::string_view remark) {
  YAML::Node root(YAML::NodeType::Map);
  ToldWriter writer(root);
  fields(writer);
  YAML::Emitter out;
  out << root;
  std::string text = fmt::format(
      "# doppel {} --config THIS_FILE --out ANOTHER_FOLDER {}\nformat: {}\ncommand: {}\n{}\n", command,
      remark.empty() ? "repeats this run." : remark, kSettingsFormat, command, out.c_str());
  if (facts.empty()) return text;
  text += "facts:  # which came out of it\n";
  for (const auto& [key, value] : facts) text += fmt::format("  {}: {}\n", key, value);
  return text;
}

namespace {

/// Calls `read` with the fact's node, where there is one.
template <class T>
T with_fact(const std::filesystem::path& file, const std::string& name, T (*read)(const YAML::Node&)) {
  if (!std::filesystem::exists(file)) return {};
  const std::vector<unsigned char> bytes = read_file(file);
  return with_yaml_errors(file.string(), [&]() -> T {
    const YAML::Node root = load_yaml(std::string(bytes.begin(), bytes.end()), file.string());
    if (!root.IsMap() || !root["facts"].IsMap() || !root["facts"][name]) return {};
    return read(root["facts"][name]);
  });
}

}  // namespace

std::string recorded_fact(const std::filesystem::path& file, const std::string& name) {
  return with_fact<std::string>(file, name, [](const YAML::Node& fact) { return YAML::Dump(flow(fact)); });
}

std::vector<std::string> recorded_list(const std::filesystem::path& file, const std::string& name) {
  return with_fact<std::vector<std::string>>(
      file, name, [](const YAML::Node& fact) { return fact.as<std::vector<std::string>>(); });
}

}  // namespace doppel
