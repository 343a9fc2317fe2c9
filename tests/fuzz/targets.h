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
/// Networks, their weights, and how a group of processes begins: what the module above reads.
const std::vector<Target>& network_targets();
/// Requests to the page of `doppel serve`.
const std::vector<Target>& web_targets();

/// Of network_targets(): the first byte says who hears the others: process 0, one that knocks, or one of a
/// group.
void greeting(std::span<const unsigned char> bytes);

}  // namespace doppel::fuzz
