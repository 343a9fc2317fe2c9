// Files that become objects, large ones part by part.
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <pugixml.hpp>

#include "address.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/random_file.h"
#include "doppel/base/remote.h"
#include "store.h"

namespace doppel {
namespace {

using remote::Call;
using remote::Reply;
using remote::Store;
using Method = HttpRequest::Method;

/// S3 takes 10,000 parts of 5 MB at least.
constexpr std::uint64_t kPart = std::uint64_t{16} << 20, kMostParts = 10'000;
constexpr int kAtOnce = 4;

std::shared_ptr<const std::string> part_of(const RandomFile& file, std::uint64_t at, std::uint64_t size) {
  auto bytes = std::make_shared<std::string>(size, '\0');
  file.read(at, {reinterpret_cast<unsigned char*>(bytes->data()), bytes->size()});
  return bytes;
}

/// The text of the first element that is called so.
std::string told_in(const Reply& reply, const char* element) {
  pugi::xml_document document;
  if (!document.load_buffer(reply.body.data(), reply.body.size())) return {};
  return document.first_child().child_value(element);
}

/// One object's upload in parts; given up where it isn't finished.
class Upload {
 public:
  Upload(Store& store, const std::string& key) : store_(store), key_(key) {
    id_ = told_in(fetch(store_.put(Method::Post, key_, "uploads=", nullptr)), "UploadId");
    if (id_.empty()) throw Error(fmt::format("{}: the server begins no upload", store_.path_of(key_)));
  }
  ~Upload() {
    if (id_.empty()) return;
    try {
      fetch(store_.put(Method::Delete, key_, query(), nullptr));
    } catch (const Error&) {}  // the server's own rules do away with it
  }
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  void send(const RandomFile& file, std::uint64_t part_size) {
    const std::uint64_t count = (file.size() + part_size - 1) / part_size;
    tags_.resize(count);
    for (std::uint64_t k = 0; k < count; ++k) {
      wait_for_fewer_than(kAtOnce);
      const std::uint64_t at = k * part_size;
      const auto bytes = part_of(file, at, std::min(part_size, file.size() - at));
      {
        const std::lock_guard lock(mutex_);
        ++under_way_;
      }
      try {
        begin(store_.put(Method::Put, key_, fmt::format("partNumber={}&{}", k + 1, query()), bytes),
              [this, k](Reply&& reply, std::exception_ptr problem) { sent(k, reply, std::move(problem)); });
      } catch (...) { sent(k, Reply(), std::current_exception()); }
    }
    wait_for_fewer_than(1);
  }

  void finish(std::uint64_t size) {
    auto parts = std::make_shared<std::string>("<CompleteMultipartUpload>");
    for (std::size_t k = 0; k < tags_.size(); ++k)
      *parts += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", k + 1, tags_[k]);
    *parts += "</CompleteMultipartUpload>";
    Call call = store_.put(Method::Post, key_, query(), std::move(parts));
    call.is_slow = true;  // large ones take the server a while
    try {
      const Reply reply = fetch(std::move(call));
      if (const std::string code = told_in(reply, "Code"); !code.empty())
        throw Error(
            fmt::format("{}: the server doesn't put its parts together: {}", store_.path_of(key_), code));
    } catch (const remote::NotThere&) {  // a try before this one may have been heard, and its answer lost
      if (size_of_file(store_.path_of(key_)) != size) throw;
    }
    id_.clear();
  }

 private:
  std::string query() const { return "uploadId=" + remote::url_value(id_); }

  void sent(std::uint64_t part, const Reply& reply, std::exception_ptr problem) {
    const std::lock_guard lock(mutex_);
    tags_[part] = reply.answer.header("etag");
    if (!problem && tags_[part].empty())
      problem = std::make_exception_ptr(
          Error(fmt::format("{}: the server doesn't say what it has got", store_.path_of(key_))));
    if (!problem_) problem_ = std::move(problem);
    --under_way_;
    changed_.notify_all();
  }

  /// Throws what went wrong, once nothing is under way.
  void wait_for_fewer_than(int most) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return under_way_ < (problem_ ? 1 : most); });
    if (problem_) std::rethrow_exception(problem_);
  }

  Store& store_;
  std::string key_, id_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int under_way_ = 0;
  std::exception_ptr problem_;
  std::vector<std::string> tags_;
};

}  // namespace

void check_writable(const std::filesystem::path& object) {
  const auto address = remote::address_of(object.native());
  if (!address || (address->scheme != remote::Scheme::S3 && address->scheme != remote::Scheme::Google))
    throw UsageError(fmt::format("{} can't be written to; folders, s3:// and gs:// can", object.string()));
}

void upload_file(const std::filesystem::path& file, const std::filesystem::path& object) {
  const auto address = remote::address_of(object.native());
  check_writable(object);
  if (!address || address->key.empty()) throw Error(fmt::format("{} is no object to write", object.string()));
  const std::shared_ptr<Store> store = remote::open_store(*address);
  const RandomFile bytes(file);
  if (bytes.size() <= kPart) {
    (void)fetch(store->put(Method::Put, address->key, "", part_of(bytes, 0, bytes.size())));
    return;
  }
  Upload upload(*store, address->key);
  upload.send(bytes, std::max(kPart, bytes.size() / kMostParts + 1));
  upload.finish(bytes.size());
}

}  // namespace doppel
