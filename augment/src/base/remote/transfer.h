// One request to a store, with as many tries as it takes within its deadline.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "doppel/base/error.h"
#include "http_engine.h"

namespace doppel::remote {

/// An object or a bucket that isn't there.
class NotThere : public Error {
 public:
  using Error::Error;
};

/// Where a redirect may lead to.
enum class Redirects {
  SameHost,  ///< others are an error that names them
  AnyHost    ///< over https; credentials stay behind
};

/// Where an object was found to be, for the requests that follow.
struct Moved {
  std::mutex mutex;
  std::string url;  ///< empty: where it was asked for
  std::string tag;  ///< what the first server calls the object's content
};

/// What came.
struct Reply {
  HttpAnswer answer;
  std::uint64_t at = 0;  ///< of the first byte in the object
  std::vector<unsigned char> body;
  std::optional<std::uint64_t> total;  ///< the object's size, where it was said
  std::string tag;                     ///< of its content: ETag, or when it was changed
  std::string url;                     ///< where it was found in the end
};

/// What is asked for.
struct Call {
  std::string what;  ///< the path, for errors
  /// Makes it for each try; may throw. `first`: in the thread of who calls, where it may wait for something;
  /// else in the engine's, where it mustn't.
  std::function<HttpRequest(bool first)> request;
  /// Bytes of the object that are wanted; nothing: all there is.
  struct Range {
    std::uint64_t at = 0, size = 0;
    bool operator==(const Range&) const = default;
  };
  std::optional<Range> range;
  std::uint64_t most = std::uint64_t{64} << 20;  ///< a longer body is an error
  bool is_slow = false;  ///< the server may think about it for as long as the deadline
  Redirects redirects = Redirects::SameHost;
  std::shared_ptr<Moved> moved;  ///< null: redirects aren't remembered
  /// Says why the store refuses, in people's words; empty: nothing is known beyond the status.
  std::function<std::string(const Reply&)> explain;
  /// True where something was learnt by which another try may succeed (a region, a fresh token). Called once.
  std::function<bool(const Reply&)> mend;
};

/// Exactly one of both, in the engine's thread. Mustn't throw or wait.
using OnReply = std::function<void(Reply&&, std::exception_ptr)>;
/// Begins and returns. Throws UsageError where there is no plug-in for it.
void begin(Call call, OnReply done);
/// The same, and waits. Throws Error: NotThere where there is no such object.
Reply fetch(Call call);

/// Counted for remote_counts().
struct Counters {
  std::atomic<std::uint64_t> requests{0}, retries{0}, bytes{0}, bytes_from_cache{0};
};
Counters& counters();

}  // namespace doppel::remote
