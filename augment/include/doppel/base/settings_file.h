// Settings as a file that people read and edit: run.yaml.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "doppel/base/fields.h"

namespace doppel {

/// The number that settings_yaml() writes.
constexpr int kSettingsFormat = 1;

/// Calls the fields of some settings with a visitor.
using VisitFields = std::function<void(FieldVisitor&)>;

/// Reads what settings_yaml() writes, or as much of it as somebody wrote by hand: what isn't named stays as
/// it is. Throws UsageError, with the file and the line, for a field that is unknown (with the nearest word),
/// doubled or wrong, for another command's file, and for a later format. `options` are what the command is
/// told in words alone: who writes one of those is told so.
void read_settings(const std::filesystem::path& file, std::string_view command, const VisitFields& fields,
                   std::span<const std::string> options = {});

/// What came out of the settings and isn't read again: a name, and YAML.
using Facts = std::vector<std::pair<std::string, std::string>>;
/// `remark`: a line at the top, on what the file doesn't repeat by itself; empty: it does.
std::string settings_yaml(std::string_view command, const VisitFields& fields, const Facts& facts,
                          std::string_view remark = "");
/// One of the facts of such a file, as YAML in one line; empty where it isn't there, or there is no file.
std::string recorded_fact(const std::filesystem::path& file, const std::string& name);
/// The same, where it is a list of words.
std::vector<std::string> recorded_list(const std::filesystem::path& file, const std::string& name);

}  // namespace doppel
