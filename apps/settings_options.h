// A command's options from the fields of its settings, and the settings from what was said.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "command.h"
#include "doppel/base/settings.h"
#include "doppel/base/settings_file.h"

namespace doppel::apps {

/// "--weight-decay" for the field weight_decay, under the field's heading.
class OptionLister final : public FieldVisitor {
 public:
  /// `preset`: fields whose values a preset chooses, unless they are said.
  explicit OptionLister(std::span<const std::string_view> preset = {}) : preset_(preset) {}
  void heading(std::string_view text) override;
  std::vector<OptionGroup> groups;

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override;
  void add(Option option) { groups[current_].options.push_back(std::move(option)); }
  void add_kinds(const FieldInfo& info, const Kinds& kinds);
  std::span<const std::string_view> preset_;
  std::size_t current_ = 0;
};

/// --config.
Option config_option();

/// What is done to settings besides reading them.
struct SettingsReading {
  std::function<void()> resolve = {};  ///< paths of the file become such as can be opened from here
  std::function<void()> preset = {};   ///< sets what a preset in words chooses
  bool tells = true;                   ///< of what differs from the file, in a line on stderr
};
/// Takes from --config, where there is one, and then what was said in words, which wins. Throws UsageError
/// for what the file has wrong (see doppel::read_settings()), and for an option of an optimizer, a loss or a
/// schedule that isn't chosen.
void read_settings(const CommandLine& line, std::string_view command, const VisitFields& fields,
                   const SettingsReading& reading = {});

/// A data set or a file that `config` has as beside itself becomes one that can be opened from here.
void resolve_beside(const std::filesystem::path& config, std::string& path);
/// A recipe's file is beside `config`, whatever is here; a preset stays a word.
void resolve_recipe(const std::filesystem::path& config, std::string& recipe);

/// A path as run.yaml has it: absolute where there is such a file or folder, without a slash at the end.
std::string recorded_path(const std::string& path);
/// Throws UsageError, with the setting's name and both values, where a run that goes on was made with others
/// than `now`.
template <HasFields T>
T check_recorded(std::string_view command, const std::filesystem::path& file, const T& now) {
  T before = now;
  check_recorded(
      command, file, [&](FieldVisitor& visit) { before.fields(visit); }, settings_of(now),
      [&] { return settings_of(before); });
  return before;
}
void check_recorded(std::string_view command, const std::filesystem::path& file, const VisitFields& fields,
                    const std::vector<SettingText>& now,
                    const std::function<std::vector<SettingText>()>& before);

/// How long a run is, where it goes on: `unit` is "epochs" or "steps".
struct RunLength {
  std::string_view unit;
  std::uint64_t done = 0, before = 0, now = 0;
};
/// Where a run that goes on has become longer, says on stderr that its file doesn't repeat that. Returns all
/// such times as YAML, those that `file` tells of among them; empty where there is none.
std::string stages_of(const std::filesystem::path& file, const RunLength& length);
/// Adds the files of the plug-ins that are loaded, where there are any, so that who repeats a run is told of
/// them.
void add_plugins(Facts& facts);
/// What run.yaml says at its top of a run that became longer, or that several processes made.
std::string remark_on(const std::string& stages, int processes, std::string_view unit);

/// The option among the groups. Throws std::logic_error where there is none.
Option& option_named(std::vector<OptionGroup>& groups, std::string_view name);
/// Adds to the group of that name, or to a new one at the end.
void add_options(std::vector<OptionGroup>& groups, std::string_view group, std::vector<Option> options);
/// Takes it out.
Option taken(std::vector<OptionGroup>& groups, std::string_view name);

}  // namespace doppel::apps
