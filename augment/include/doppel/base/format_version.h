// The number that each of our file formats carries.
#pragma once

#include <string>
#include <string_view>

namespace doppel {

/// Throws Error, naming `path` and both numbers, where `number` is later than `newest` or isn't one.
void check_format(std::string_view number, int newest, const std::string& path);

}  // namespace doppel
