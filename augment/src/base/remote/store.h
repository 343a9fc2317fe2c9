// Stores of objects: how each kind of them is asked.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "address.h"
#include "transfer.h"

namespace doppel::remote {

/// What lies in a folder of a store.
struct Listed {
  std::string name;  ///< without the folder's
  bool is_folder = false;
  std::uint64_t size = 0;  ///< of an object
  std::string tag;         ///< of its content; empty: the list doesn't say
};

/// A bucket, a server, a data set of the hub. Any number of threads may ask.
class Store {
 public:
  virtual ~Store() = default;
  /// The call that reads an object; `range` and `most` are for who calls to fill in.
  virtual Call get(const std::string& key) = 0;
  /// What a folder holds; empty where it isn't there. Nothing where this store has no lists. Throws Error.
  virtual std::optional<std::vector<Listed>> list(const std::string& folder) = 0;
  /// A call that writes: an object (`query` empty) or what `query` says. Throws Error where check_writable()
  /// does.
  virtual Call put(HttpRequest::Method method, const std::string& key, const std::string& query,
                   std::shared_ptr<const std::string> body);
  /// Whether a tag tells the same content wherever it's asked for.
  virtual bool has_steady_tags() const { return true; }
  /// "s3://bucket".
  const std::string& root() const { return root_; }
  /// The whole path of an object.
  std::string path_of(const std::string& key) const { return key.empty() ? root_ : root_ + "/" + key; }

 protected:
  explicit Store(std::string root) : root_(std::move(root)) {}

 private:
  std::string root_;
};

std::shared_ptr<Store> open_bucket(const Address& address);  ///< of S3 or Google
std::shared_ptr<Store> open_hub(const Address& address);     ///< of Hugging Face
std::shared_ptr<Store> open_server(const Address& address);  ///< any, over HTTP
/// By its scheme. Throws Error.
std::shared_ptr<Store> open_store(const Address& address);

/// What follows '?' for an https object, as without_query() keeps it.
std::string query_of(const std::string& path);

}  // namespace doppel::remote
