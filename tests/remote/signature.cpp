#include "signature.h"

#include <fmt/format.h>

#include <array>
#include <sstream>
#include <stdexcept>
#include <vector>

#ifdef DOPPEL_HAS_CRYPTO
#include <openssl/evp.h>
#include <openssl/hmac.h>
#endif

namespace doppel::test {

#ifdef DOPPEL_HAS_CRYPTO
namespace {

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

std::string sha256(std::string_view text) {
  std::array<unsigned char, 32> digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string hmac(const std::string& key, std::string_view text) {
  std::array<unsigned char, 32> digest{};
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), nullptr);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, at);) parts.push_back(part);
  return parts;
}

/// "Name=" up to the next comma.
std::string field(const std::string& text, const std::string& name) {
  const std::size_t from = text.find(name + "=");
  if (from == text.npos) return {};
  const std::size_t value = from + name.size() + 1;
  return text.substr(value, text.find(',', value) - value);
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += std::isalnum(static_cast<unsigned char>(c)) ||
                   std::string_view("-._~").find(c) != std::string_view::npos
               ? std::string(1, c)
               : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}

}  // namespace

bool is_signed_by(const WebRequest& request, const std::string& key, const std::string& secret,
                  const std::string& token) {
  const auto header = [&](const std::string& name) {
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? std::string() : found->second;
  };
  const std::string told = header("authorization");
  const std::vector<std::string> credential = split(field(told, "Credential"), '/');
  if (credential.size() != 5 || credential[0] != key || header("x-amz-security-token") != token) return false;
  std::string query, headers;
  for (const auto& [name, value] : request.query)  // in order
    query += (query.empty() ? "" : "&") + encoded(name) + "=" + encoded(value);
  for (const std::string& name : split(field(told, "SignedHeaders"), ';'))
    headers += name + ":" + header(name) + "\n";
  const std::string canonical = fmt::format(
      "{}\n{}\n{}\n{}\n{}\n{}", request.method, request.target.substr(0, request.target.find('?')), query,
      headers, field(told, "SignedHeaders"), header("x-amz-content-sha256"));
  const std::string scope =
      fmt::format("{}/{}/{}/{}", credential[1], credential[2], credential[3], credential[4]);
  const std::string text =
      fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", header("x-amz-date"), scope, hex(sha256(canonical)));
  std::string signing = "AWS4" + secret;
  for (std::size_t i = 1; i < credential.size(); ++i) signing = hmac(signing, credential[i]);
  return hex(hmac(signing, text)) == field(told, "Signature");
}
#else
bool is_signed_by(const WebRequest&, const std::string&, const std::string&, const std::string&) {
  throw std::runtime_error("built without libcrypto");
}
#endif

}  // namespace doppel::test
