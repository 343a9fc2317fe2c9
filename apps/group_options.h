// Options of commands that several processes share.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "command.h"
#include "doppel/nn/distributed/group.h"

namespace doppel::apps {

/// --group and what belongs to it.
OptionGroup group_group();
/// By --group, or else by what a launcher has set. Nothing for a process by itself. Throws UsageError.
std::optional<nn::GroupPlace> group_place(const CommandLine& line);
/// Says so, and waits for the others. `stop`, `again`: see GroupOptions. Throws Error where they don't come,
/// or the key's file can't be read or is empty.
std::unique_ptr<nn::Group> join_group(const CommandLine& line, const nn::GroupPlace& place,
                                      const std::atomic<bool>* stop, int again = 0);

}  // namespace doppel::apps
