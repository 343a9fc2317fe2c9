#include "key_proof.h"

#include "doppel/base/error.h"

#ifdef DOPPEL_HAS_CRYPTO
#include <openssl/hmac.h>
#endif

namespace doppel::nn {

std::array<char, 32> key_proof(std::string_view key, std::string_view text) {
  std::array<char, 32> proof{};
  if (key.empty()) return proof;
#ifdef DOPPEL_HAS_CRYPTO
  unsigned size = proof.size();
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(),
           reinterpret_cast<unsigned char*>(proof.data()), &size) == nullptr)
    throw Error("libcrypto can't make a SHA-256");
  return proof;
#else
  (void)text;
  throw UsageError(
      "a group's key needs libcrypto, which doppel was built without: install libssl-dev and build it again");
#endif
}

bool is_same_proof(const std::array<char, 32>& a, const std::array<char, 32>& b) {
  unsigned differs = 0;
  for (std::size_t i = 0; i < a.size(); ++i) differs |= static_cast<unsigned char>(a[i] ^ b[i]);
  return differs == 0;
}

}  // namespace doppel::nn
