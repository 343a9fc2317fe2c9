#include "command.h"

#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "doppel/base/error.h"
#include "doppel/base/fields.h"
#include "doppel/base/files.h"
#include "help.h"

namespace doppel::apps {
namespace {

namespace po = boost::program_options;

/// Every option that there is, bare words included: those can be named as well.
std::vector<Option> all_options(const Command& command) {
  std::vector<Option> all = command.words;
  for (const OptionGroup& group : command.groups)
    all.insert(all.end(), group.options.begin(), group.options.end());
  return all;
}

po::options_description described_to_boost(const std::vector<Option>& options) {
  po::options_description all;
  for (const Option& option : options) {
    const std::string names = option.letter.empty() ? option.name : option.name + "," + option.letter;
    const char* const name = names.c_str();
    if (std::holds_alternative<Flag>(option.kind))
      all.add_options()(name, po::value<std::string>()->implicit_value("true"), "");
    else if (option.presence == Presence::Repeated)
      all.add_options()(name, po::value<Words>(), "");
    else
      all.add_options()(name, po::value<std::string>(), "");
  }
  return all;
}

[[noreturn]] void fail_unknown(const std::string& given, const std::vector<Option>& options) {
  const std::string name = given.substr(0, given.find('='));
  Words names{"--help"};
  for (const Option& option : options) names.push_back("--" + option.name);
  const std::string near = nearest_name(name, names);
  throw UsageError(fmt::format("there is no option {}{}", name,
                               near.empty() ? "" : fmt::format("; did you mean {}?", near)));
}

/// Of the option that is called by "--" and its name, or the beginning of it.
std::string placeholder_named(const std::string& given, const std::vector<Option>& options) {
  for (const Option& option : options)
    if (("--" + option.name).starts_with(given)) return placeholder_of(option.kind);
  return "VALUE";
}

/// The texts that were given, by name.
po::variables_map read_words(const Command& command, const std::vector<Option>& options, const Words& words) {
  po::positional_options_description order;
  for (const Option& word : command.words)
    order.add(word.name.c_str(), word.presence == Presence::Repeated ? -1 : 1);
  po::variables_map given;
  try {
    const po::options_description all = described_to_boost(options);
    po::store(po::command_line_parser(words).options(all).positional(order).run(), given);
  } catch (const po::unknown_option& error) {
    fail_unknown(error.get_option_name(), options);
  } catch (const po::too_many_positional_options_error&) {
    throw UsageError("there are too many words; usage: doppel " + usage_of(command));
  } catch (const po::invalid_command_line_syntax& error) {
    const std::string name = error.get_option_name();
    if (error.kind() == po::invalid_syntax::missing_parameter ||
        error.kind() == po::invalid_syntax::empty_adjacent_parameter)
      throw UsageError(fmt::format("{} needs a value: {} {}", name, name, placeholder_named(name, options)));
    throw UsageError(error.what());
  } catch (const po::error& error) { throw UsageError(error.what()); }
  return given;
}

}  // namespace

CommandLine::CommandLine(const Command& command, const Words& words) : usage_(usage_of(command)) {
  const std::vector<Option> options = all_options(command);
  const po::variables_map given = read_words(command, options, words);
  for (const Option& option : options) {
    Told& now = told_[option.name];
    now.said = given.count(option.name) > 0;
    if (!now.said)
      now.value = initial_value(option.kind);
    else if (option.presence == Presence::Repeated)
      now.value = given[option.name].as<Words>();
    else
      now.value = read_value(option, given[option.name].as<std::string>());
  }
  for (const Option& option : options)
    if (option.presence != Presence::Optional && !told_[option.name].said)
      throw UsageError(fmt::format("{} is missing; usage: doppel {}", shown_name(command, option), usage_));
}

const CommandLine::Told& CommandLine::told(std::string_view name) const {
  const auto found = told_.find(name);
  if (found == told_.end()) throw std::logic_error(fmt::format("no option is declared as '{}'", name));
  return found->second;
}

Words CommandLine::names() const {
  Words names;
  for (const auto& [name, told] : told_) names.push_back(name);
  return names;
}

std::string CommandLine::need(std::string_view name) const {
  if (!has(name)) throw UsageError(fmt::format("--{} is missing; usage: doppel {}", name, usage_));
  return get<std::string>(name);
}

void write_json(const CommandLine& line, const nlohmann::json& result) {
  if (line.has("json"))
    write_file(line.get<std::string>("json"),
               result.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

}  // namespace doppel::apps
