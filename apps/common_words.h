// Options that every command takes.
#pragma once

#include "command.h"

namespace doppel::apps {

/// Does what --plugin, --cache and --cache-size say, wherever they stand before a "--", and leaves the other
/// words. Throws UsageError.
Words without_common(const Words& words);
/// A line for each in the program's help.
std::string about_common();
/// Says, on stderr, what the network was asked for, and what the cache couldn't do; nothing where it wasn't.
void tell_network();

}  // namespace doppel::apps
