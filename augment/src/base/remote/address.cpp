#include "address.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <filesystem>
#include <utility>

#include "doppel/base/error.h"

namespace doppel::remote {
namespace {

struct KnownScheme {
  std::string_view word;
  Scheme scheme;
  std::size_t root_parts;  ///< names that a root has
};
constexpr std::array<KnownScheme, 5> kSchemes{{{"https:", Scheme::Http, 1},
                                               {"http:", Scheme::Http, 1},
                                               {"s3:", Scheme::S3, 1},
                                               {"gs:", Scheme::Google, 1},
                                               {"hf:", Scheme::HuggingFace, 3}}};

const KnownScheme* scheme_of(std::string_view path) {
  for (const KnownScheme& known : kSchemes)
    if (path.starts_with(known.word) && path.substr(known.word.size()).starts_with('/')) return &known;
  return nullptr;
}

bool is_hex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }

std::string encoded(std::string_view text, std::string_view also, bool keep) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool already =
        keep && c == '%' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2]);
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || already ||
        std::string_view("-._~").find(c) != std::string_view::npos || also.find(c) != also.npos)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

/// Without slashes at its ends, doubled ones, and "." and "..".
std::string plain_key(std::string_view key, std::string_view path) {
  while (key.starts_with('/')) key.remove_prefix(1);
  std::string clean =
      key.empty() ? std::string() : std::filesystem::path(key).lexically_normal().generic_string();
  while (clean.ends_with('/')) clean.pop_back();
  if (clean == ".") clean.clear();
  if (clean == ".." || clean.starts_with("../")) throw Error(fmt::format("{} leads out of its store", path));
  return clean;
}

}  // namespace

bool has_scheme(std::string_view path) { return scheme_of(path) != nullptr; }

std::optional<Address> address_of(std::string_view path) {
  const KnownScheme* known = scheme_of(path);
  if (!known) return std::nullopt;
  std::string_view rest = path.substr(known->word.size());
  while (rest.starts_with('/')) rest.remove_prefix(1);
  std::size_t end = 0, parts = 0;
  for (; parts < known->root_parts && end < rest.size(); ++parts) {
    if (parts > 0) ++end;  // the slash
    end = std::min(rest.find('/', end), rest.size());
  }
  const std::string_view root = rest.substr(0, end);
  if (known->scheme == Scheme::HuggingFace && (parts < known->root_parts || !root.starts_with("datasets/")))
    throw Error(fmt::format("{}: of hf:// data sets are read: hf://datasets/OWNER/NAME", path));
  if (root.empty() || root.ends_with('/') || root.starts_with("."))
    throw Error(fmt::format("{}: it names no {}", path, known->scheme == Scheme::Http ? "server" : "bucket"));
  if (root.find('@') != root.npos && known->scheme != Scheme::HuggingFace)
    throw Error(
        fmt::format("{}//…: a name and password in an address would be seen by others; say them in ~/.netrc "
                    "or the store's own variables",
                    known->word));
  return Address{known->scheme, fmt::format("{}//{}", known->word, root), plain_key(rest.substr(end), path)};
}

std::string url_path(std::string_view text, bool keep_encoded) { return encoded(text, "/", keep_encoded); }
std::string url_value(std::string_view text) { return encoded(text, "", false); }

std::string url_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2])) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace doppel::remote
