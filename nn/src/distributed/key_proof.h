// Showing that one knows a secret without saying it.
#pragma once

#include <array>
#include <string_view>

namespace doppel::nn {

/// HMAC-SHA-256 (RFC 2104) of `text` by `key`; zeros where the key is empty. Throws UsageError where this was
/// built without libcrypto and there is a key.
std::array<char, 32> key_proof(std::string_view key, std::string_view text);

/// True where both are the same, told in a time that doesn't say where they differ.
bool is_same_proof(const std::array<char, 32>& a, const std::array<char, 32>& b);

}  // namespace doppel::nn
