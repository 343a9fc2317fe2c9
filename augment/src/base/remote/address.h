// What a path on the network says: which store, and which object of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace doppel::remote {

/// The kinds of stores that there are.
enum class Scheme { Http, S3, Google, HuggingFace };

/// An object, or what names of objects begin with.
struct Address {
  Scheme scheme = Scheme::Http;
  std::string
      root;  ///< "https://host:8080", "s3://bucket", "gs://bucket", "hf://datasets/owner/name@revision"
  std::string key;  ///< below it, without slashes at its ends; as people write it, not percent-encoded
};

/// Whether a path begins as those of the network do.
bool has_scheme(std::string_view path);

/// Nothing where the path isn't of the network. Throws Error where it is, and names no store, or leads out of
/// it by "..".
std::optional<Address> address_of(std::string_view path);

/// Bytes of a URL's path that mean themselves, and slashes, as they are; others as %XX. `keep_encoded`: %XX
/// that are there already stay as well.
std::string url_path(std::string_view text, bool keep_encoded = false);
/// The same of a value in a query, where slashes are encoded too.
std::string url_value(std::string_view text);
/// %XX as the bytes that they stand for.
std::string url_decoded(std::string_view text);

}  // namespace doppel::remote
