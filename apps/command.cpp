#include "command.h"

#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "doppel/augment/error.h"
#include "doppel/augment/fields.h"
#include "doppel/dataset/files.h"

namespace doppel::apps {

CommandLine::CommandLine(std::string usage, std::string about)
    : usage_(std::move(usage)), about_(std::move(about)), options_("Options", 110) {
  options_.add_options()("help,h", "show this");
}

bool CommandLine::parse(const Words& words) {
  try {
    po::store(po::command_line_parser(words).options(options_).positional(positional_).run(), values_);
  } catch (const po::unknown_option& error) {
    Words names;
    for (const auto& option : options_.options()) names.push_back("--" + option->long_name());
    const std::string near = augment::nearest_name(error.get_option_name(), names);
    throw UsageError(fmt::format("there is no option {}{}", error.get_option_name(),
                                 near.empty() ? "" : fmt::format("; did you mean {}?", near)));
  } catch (const po::error& error) { throw UsageError(error.what()); }
  if (values_.count("help") == 0) return true;
  std::cout << "usage: doppel " << usage_ << "\n\n" << about_ << "\n\n" << options_;
  return false;
}

std::string CommandLine::need(const char* name) const {
  if (values_.count(name) == 0)
    throw UsageError(fmt::format("{} is missing; usage: doppel {}", name, usage_));
  return values_[name].as<std::string>();
}

void write_json(const CommandLine& line, const nlohmann::json& result) {
  if (line.has("json")) dataset::write_file(line.get<std::string>("json"), result.dump(2) + "\n");
}

}  // namespace doppel::apps
