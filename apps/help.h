// What --help prints.
#pragma once

#include <string>

#include "command.h"

namespace doppel::apps {

/// "pack DATA FOLDER [OPTIONS]".
std::string usage_of(const Command& command);
/// How a bare word or a named option is spoken of: "DATA", "--out".
std::string shown_name(const Command& command, const Option& option);
/// How it is typed: "DATA", "--out FILE", "--explain".
std::string typed(const Command& command, const Option& option);

/// A command's page.
std::string help_of(const Command& command);
/// The program's page.
std::string program_help();
/// The commands of a family, "bench", each with its line.
std::string family_help(const std::string& family);

/// Two paragraphs about the words that most commands take.
std::string about_data();
std::string about_recipes();
/// "0 done, 1 failed, 2 wrong use".
std::string about_exit_codes();

}  // namespace doppel::apps
