// The program's manual, as roff.
#pragma once

#include <string>

#include "command.h"

namespace doppel::apps {

/// "doppel-bench-load".
std::string page_name(const Command& command);
/// doppel-COMMAND.1.
std::string man_page(const Command& command);
/// doppel.1, which lists them.
std::string man_page_of_program();

}  // namespace doppel::apps
