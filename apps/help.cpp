#include "help.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "common_words.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/dataset/open/open_data.h"

namespace doppel::apps {
namespace {

constexpr std::size_t kColumns = 100;

/// Two columns.
using Rows = std::vector<std::pair<std::string, std::string>>;

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines{""};
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    std::string& line = lines.back();
    if (line.empty())
      line = word;
    else if (line.size() + 1 + word.size() <= width)
      line += " " + word;
    else
      lines.push_back(word);
  }
  return lines;
}

std::string paragraph(const std::string& text) {
  return fmt::format("{}\n", fmt::join(wrapped(text, kColumns), "\n"));
}

std::size_t widest(const Rows& rows) {
  std::size_t width = 0;
  for (const auto& [left, right] : rows) width = std::max(width, left.size());
  return width;
}

std::string table(const Rows& rows, std::size_t left_width) {
  const std::size_t indent = 2 + left_width + 2;
  std::string text;
  for (const auto& [left, right] : rows)
    text += fmt::format("  {:<{}}  {}\n", left, left_width,
                        fmt::join(wrapped(right, kColumns - indent), fmt::format("\n{:{}}", "", indent)));
  return text;
}

Rows rows_of(const Command& command, const std::vector<Option>& options) {
  Rows rows;
  for (const Option& option : options) rows.emplace_back(typed(command, option), described(option));
  return rows;
}

std::string list_of(const std::vector<Command>& some) {
  Rows rows;
  for (const Command& command : some) rows.emplace_back(command.name, command.brief);
  return table(rows, widest(rows));
}

}  // namespace

std::string shown_name(const Command& command, const Option& option) {
  const bool word =
      std::ranges::any_of(command.words, [&](const Option& other) { return other.name == option.name; });
  return word ? placeholder_of(option.kind) : "--" + option.name;
}

std::string typed(const Command& command, const Option& option) {
  const std::string letter = option.letter.empty() ? "" : fmt::format("-{}, ", option.letter);
  const std::string name = letter + shown_name(command, option), placeholder = placeholder_of(option.kind);
  if (option.presence == Presence::Repeated) return name + "...";
  return placeholder.empty() || name == placeholder ? name : name + " " + placeholder;
}

std::string usage_of(const Command& command) {
  std::string usage = command.name;
  for (const Option& word : command.words)
    usage += word.presence == Presence::Optional ? fmt::format(" [{}]", typed(command, word))
                                                 : fmt::format(" {}", typed(command, word));
  bool more = false;
  for (const OptionGroup& group : command.groups)
    for (const Option& option : group.options)
      if (option.presence == Presence::Needed)
        usage += fmt::format(" {}", typed(command, option));
      else
        more = true;
  return more ? usage + " [OPTIONS]" : usage;
}

std::string help_of(const Command& command) {
  const Rows words = rows_of(command, command.words);
  std::vector<std::pair<std::string, Rows>> groups;
  for (const OptionGroup& group : command.groups)
    groups.emplace_back(group.name, rows_of(command, group.options));
  if (groups.empty()) groups.emplace_back("Options", Rows());
  groups.back().second.emplace_back("-h, --help", "show this");
  std::size_t width = widest(words);
  for (const auto& [name, rows] : groups) width = std::max(width, widest(rows));
  std::string text = fmt::format("usage: doppel {}\n\n{}", usage_of(command), paragraph(command.about));
  if (!words.empty()) text += "\n" + table(words, width);
  for (const auto& [name, rows] : groups) text += fmt::format("\n{}\n{}", name, table(rows, width));
  for (std::size_t i = 0; i < command.examples.size(); ++i)
    text += fmt::format("{}  doppel {}\n", i == 0 ? "\nExamples\n" : "", command.examples[i]);
  return text;
}

std::string program_help() {
  return fmt::format(
      "doppel makes training images go further.\n\nusage: doppel COMMAND [OPTIONS]\n\n{}\n{}{}{}"
      "`doppel COMMAND --help` explains a command. Exit codes: {}.\n",
      list_of(commands()), paragraph(about_data()), paragraph(about_recipes()), about_common(),
      about_exit_codes());
}

std::string family_help(const std::string& family) {
  std::vector<Command> some = commands();
  std::erase_if(some, [&](const Command& command) { return !command.name.starts_with(family + " "); });
  return fmt::format("usage: doppel {} COMMAND [OPTIONS]\n\n{}", family, list_of(some));
}

std::string about_data() {
  std::string folders;
  for (const auto& [name, looks] : dataset::layout_help())
    folders += fmt::format("{}{} ({})", folders.empty() ? "" : "; ", name, looks);
  return fmt::format(
      "DATA is sample:digits, sample:photos, a table (.csv, .tsv, .jsonl), COCO's .json, YOLO's .yaml, a "
      ".tar, an image, or "
      "a folder of one of these kinds: {}.",
      folders);
}

std::string about_recipes() {
  return fmt::format("A RECIPE is a YAML file or a preset: {}.", fmt::join(augment::Recipe::presets(), ", "));
}

std::string about_exit_codes() { return "0 done, 1 failed, 2 wrong use"; }

}  // namespace doppel::apps
