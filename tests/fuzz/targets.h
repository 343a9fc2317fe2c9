// What readers make of any bytes: an error of ours or a result, never anything else.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace doppel::fuzz {

struct Target {
  std::string_view name;  ///< of its seeds' folder, too
  std::function<void(std::span<const unsigned char>)> read;
};

/// One for each format that is read from outside.
const std::vector<Target>& targets();
/// Networks and their weights, which the module above reads.
const std::vector<Target>& network_targets();

}  // namespace doppel::fuzz
