#include "completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "command.h"
#include "help.h"

namespace doppel::apps {
namespace {

/// Commands and families by the words that they begin with, each once, with what zsh says of them.
std::vector<std::pair<std::string, std::string>> first_words() {
  std::vector<std::pair<std::string, std::string>> first{{"help", "explain a command"}};
  for (const Command& command : commands()) {
    const std::size_t space = command.name.find(' ');
    const std::string word = command.name.substr(0, space);
    if (first.back().first != word)
      first.emplace_back(word, space == std::string::npos ? command.brief : "measure on this machine");
  }
  return first;
}

/// The second words of a family's commands.
Words second_words(const std::string& family) {
  Words second;
  for (const Command& command : commands())
    if (command.name.starts_with(family + " ")) second.push_back(command.name.substr(family.size() + 1));
  return second;
}

Words families() {
  Words all;
  for (const auto& [word, help] : first_words())
    if (!second_words(word).empty()) all.push_back(word);
  return all;
}

Text::Files files_of(const Kind& kind) {
  const auto* text = std::get_if<Text>(&kind);
  return text ? text->files : Text::Files::None;
}

/// What may stand where the kind's text does, as assignments of bash.
std::string bash_values(const Kind& kind) {
  const Words known = known_words(kind);
  std::string text = known.empty() ? "" : fmt::format(" words='{}'", fmt::join(known, " "));
  if (files_of(kind) == Text::Files::Any) text += " files=-f";
  if (files_of(kind) == Text::Files::Folders) text += " files=-d";
  return text;
}

/// The cases of one command: its options, what each takes, and what bare words are.
std::string bash_command(const Command& command) {
  Words names{"--help"};
  std::string text;
  for (const OptionGroup& group : command.groups)
    for (const Option& option : group.options) {
      names.push_back("--" + option.name);
      if (!std::holds_alternative<Flag>(option.kind))
        text += fmt::format("    '{} --{}'){} ;;\n", command.name, option.name, bash_values(option.kind));
    }
  text += fmt::format("    '{} options') words='{}' ;;\n", command.name, fmt::join(names, " "));
  // Of several bare words the last says what may come, which is right for all that complete as files do.
  if (!command.words.empty())
    text += fmt::format("    '{}'){} ;;\n", command.name, bash_values(command.words.back().kind));
  return text;
}

std::string quoted(std::string text) {
  for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 4)
    text.replace(at, 1, "'\\''");
  return "'" + text + "'";
}

/// The text with a backslash before each of `special`.
std::string escaped(const std::string& text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

/// What zsh's _arguments does where the kind's text stands.
std::string zsh_action(const Kind& kind) {
  const Words known = known_words(kind);
  const Text::Files files = files_of(kind);
  if (files == Text::Files::Folders) return "_files -/";
  if (files == Text::Files::Any && known.empty()) return "_files";
  if (known.empty()) return " ";
  Words safe;
  for (const std::string& word : known) safe.push_back(escaped(word, ":"));
  if (files == Text::Files::Any) return fmt::format(" _doppel_either {}", fmt::join(safe, " "));
  return fmt::format("({})", fmt::join(safe, " "));
}

std::string zsh_command(const Command& command) {
  std::string text;
  const auto add = [&](const std::string& spec) { text += " \\\n      " + quoted(spec); };
  add("-h[show this]");
  add("--help[show this]");
  for (const OptionGroup& group : command.groups)
    for (const Option& option : group.options) {
      const std::string placeholder = escaped(placeholder_of(option.kind), ":");
      const std::string help = escaped(option.help, "[]");
      if (placeholder.empty())
        add(fmt::format("--{}[{}]", option.name, help));
      else
        add(fmt::format("--{}=[{}]:{}:{}", option.name, help, placeholder, zsh_action(option.kind)));
    }
  std::size_t place = 0;
  for (const Option& word : command.words) {
    const std::string at = word.presence == Presence::Repeated ? "*" : std::to_string(++place);
    add(fmt::format("{}:{}:{}", at, escaped(placeholder_of(word.kind), ":"), zsh_action(word.kind)));
  }
  return fmt::format("    {}) _arguments{} ;;\n", quoted(command.name), text);
}

constexpr std::string_view kBashCode = R"(
_doppel() {
  local said=() i word command words= files=
  # Bash makes words of = and of colons: --option=WORD is --option WORD here, and sample:digits one word again.
  for ((i = 1; i <= COMP_CWORD; ++i)); do
    if [[ ${COMP_WORDS[i]} == = ]]; then
      ((i < COMP_CWORD)) || said+=('')
    elif ((${#said[@]})) && [[ ${COMP_WORDS[i]} == : || ${COMP_WORDS[i - 1]} == : ]]; then
      said[-1]+=${COMP_WORDS[i]}
    else
      said+=("${COMP_WORDS[i]}")
    fi
  done
  word=${said[-1]}
  ((${#said[@]} > 1)) && [[ ${said[0]} == help ]] && said=("${said[@]:1}")
  command=${said[0]}
  if ((${#said[@]} == 1)); then
    [[ $word == -* ]] && words='--help --version' || _doppel_takes commands
  elif _doppel_takes "$command ..." && ((${#said[@]} == 2)); then
    :
  else
    [[ $words ]] && command+=" ${said[1]}"
    words=
    if [[ ${said[-2]} == --* ]] && _doppel_takes "$command ${said[-2]}"; then
      :
    elif [[ $word == -* ]]; then
      _doppel_takes "$command options"
    else
      _doppel_takes "$command"
    fi
  fi
  [[ $files ]] && compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(
    compgen -W "$words" -- "$word"
    [[ $files ]] && compgen "$files" -- "$word"
  )
  [[ $COMP_WORDBREAKS == *:* && $word == *:* ]] && COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*:}"}"}")
  return 0
}
complete -F _doppel doppel
)";

constexpr std::string_view kZshHead = R"(#compdef doppel
# Completion of doppel's commands, for zsh; made by `doppel manual`.

_doppel_either() {
  compadd -- "$@"
  _files
}

_doppel() {
  local name
  local -a first=(
)";

}  // namespace

std::string bash_completion() {
  Words first;
  for (const auto& [word, help] : first_words()) first.push_back(word);
  std::string text = fmt::format(
      "# Completion of doppel's commands, for bash; made by `doppel manual`.\n\n"
      "# What may stand at a place: words, and files as compgen calls them. Fails where it knows of no such "
      "place.\n_doppel_takes() {{\n  case $1 in\n    commands) words='{}' ;;\n",
      fmt::join(first, " "));
  for (const std::string& family : families())
    text += fmt::format("    '{} ...') words='{}' ;;\n", family, fmt::join(second_words(family), " "));
  for (const Command& command : commands()) text += bash_command(command);
  return text + "    *) return 1 ;;\n  esac\n}\n" + std::string(kBashCode);
}

std::string zsh_completion() {
  std::string text(kZshHead);
  for (const auto& [word, help] : first_words())
    text += fmt::format("    {}\n", quoted(word + ":" + escaped(help, ":")));
  text +=
      "  )\n"
      "  if ((CURRENT > 2)) && [[ $words[2] == help ]]; then\n    shift words\n    ((CURRENT--))\n  fi\n"
      "  if ((CURRENT == 2)); then\n    _describe command first\n    return\n  fi\n"
      "  shift words\n  ((CURRENT--))\n  name=$words[1]\n";
  for (const std::string& family : families())
    text += fmt::format(
        "  if [[ $name == {} ]]; then\n    if ((CURRENT == 2)); then\n      compadd -- {}\n      return\n    "
        "fi\n"
        "    shift words\n    ((CURRENT--))\n    name+=\" $words[1]\"\n  fi\n",
        family, fmt::join(second_words(family), " "));
  text += "  case $name in\n";
  for (const Command& command : commands()) text += zsh_command(command);
  return text + "  esac\n}\n\n_doppel \"$@\"\n";
}

}  // namespace doppel::apps
