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

/// Takes from --config, where there is one, and then what was said in words, which wins; where the two
/// differ, a line on stderr says so where this `tells`. `between` the two, more can be set. Throws UsageError
/// for what the file has wrong (see doppel::read_settings()), and for an option of an optimizer, a loss or a
/// schedule that isn't chosen.
void read_settings(const CommandLine& line, std::string_view command, const VisitFields& fields,
                   const std::function<void()>& between = {}, bool tells = true);

/// A path that `config` has as beside itself becomes one that can be opened from here.
void resolve_beside(const std::filesystem::path& config, std::string& path);

/// A path as run.yaml has it: absolute where there is such a file or folder, without a slash at the end.
std::string recorded_path(const std::string& path);
/// Throws Error, with the setting's name and both values, where a run that goes on was made with others than
/// `now`.
template <HasFields T>
void check_recorded(std::string_view command, const std::filesystem::path& file, const T& now) {
  T before;
  check_recorded(
      command, file, [&](FieldVisitor& visit) { before.fields(visit); }, settings_of(now),
      [&] { return settings_of(before); });
}
void check_recorded(std::string_view command, const std::filesystem::path& file, const VisitFields& fields,
                    const std::vector<SettingText>& now,
                    const std::function<std::vector<SettingText>()>& before);

/// The option among the groups. Throws std::logic_error where there is none.
Option& option_named(std::vector<OptionGroup>& groups, std::string_view name);
/// Adds to the group of that name, or to a new one at the end.
void add_options(std::vector<OptionGroup>& groups, std::string_view group, std::vector<Option> options);
/// Takes it out.
Option taken(std::vector<OptionGroup>& groups, std::string_view name);

}  // namespace doppel::apps
