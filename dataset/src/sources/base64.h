// Bytes as text.
#pragma once

#include <string_view>
#include <vector>

namespace doppel::dataset {

/// Base64 (RFC 4648), with blanks between and without "=" at the end allowed, and after a "data:…;base64,".
/// Throws Error for other letters.
std::vector<unsigned char> bytes_from_base64(std::string_view text);

}  // namespace doppel::dataset
