#include "transfer.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <cstdlib>
#include <set>

#include "doppel/base/plug_in.h"
#include "doppel/base/remote.h"
#include "waiting.h"

namespace doppel::remote {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

HttpEngine& engine() {
  static const pid_t process = ::getpid();
  static HttpEngine* const made = [] {
    const auto make =
        reinterpret_cast<MakeHttpEngine>(plug_in_function("libdoppel_http.so", "doppel_http_engine"));
    return make ? make(remote_options().connections) : nullptr;
  }();
  if (!made)
    throw UsageError(
        "paths on the network are read by a plug-in that isn't there: install libcurl4-openssl-dev and build "
        "doppel again");
  if (::getpid() != process)  // its thread isn't here
    throw Error(
        "a process that was forked from one that reads from the network can't: start it anew (spawn)");
  return *made;
}

/// The certificates that people's own tools are told to trust.
std::string told_authorities() {
  for (const char* name : {"AWS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"})
    if (const char* value = std::getenv(name); value && *value) return value;
  return {};
}

/// "https://host:port" of a URL.
std::string_view origin_of(std::string_view url) {
  const std::size_t host = url.find("://");
  return host == url.npos ? url : url.substr(0, url.find_first_of("/?#", host + 3));
}

std::string_view host_of(std::string_view url) {
  const std::string_view origin = origin_of(url);
  const std::size_t at = origin.find("://");
  return at == origin.npos ? origin : origin.substr(at + 3);
}

/// Servers that have answered: one that never did may be a wrong name, for which nobody wants to wait.
class Answering {
 public:
  bool has(std::string_view origin) {
    const std::lock_guard lock(mutex_);
    return origins_.contains(std::string(origin));
  }
  void add(std::string_view origin) {
    const std::lock_guard lock(mutex_);
    origins_.emplace(origin);
  }

 private:
  std::mutex mutex_;
  std::set<std::string> origins_;
};

Answering& answering() {
  static Answering* const all = new Answering;
  return *all;
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_worth_another(int status) {
  return status == 408 || status == 425 || status == 429 || status == 500 || status == 502 || status == 503 ||
         status == 504;
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// One call, over all its tries.
class Transfer final : public HttpReceiver, public std::enable_shared_from_this<Transfer> {
 public:
  Transfer(Call call, OnReply done)
      : call_(std::move(call)), done_(std::move(done)), deadline_(remote_options().deadline) {
    if (call_.range) reply_.at = call_.range->at;
  }

  void start(Milliseconds delay) {
    HttpRequest request = call_.request(tries_ == 0);
    if (moved_to_.empty() && call_.moved) {
      const std::lock_guard lock(call_.moved->mutex);
      moved_to_ = call_.moved->url;
    }
    asked_ = moved_to_.empty() ? request.url : moved_to_;
    if (origin_of(asked_) != origin_of(request.url)) {  // credentials are for who was asked at first
      std::erase_if(request.headers, [](const std::string& h) { return h.starts_with("Authorization"); });
      request.signing.clear(), request.signing_key.clear();
    }
    request.url = asked_;
    if (call_.range)
      request.headers.push_back(fmt::format("Range: bytes={}-{}", call_.range->at + got(),
                                            call_.range->at + call_.range->size - 1));
    request.authorities = told_authorities();
    const Milliseconds stall = call_.is_slow ? deadline_ : std::min<Milliseconds>(kStall, deadline_ / 3);
    request.stall =
        std::max(std::chrono::seconds(1), std::chrono::duration_cast<std::chrono::seconds>(stall));
    request.connect_deadline = std::min<Milliseconds>(kStall, deadline_);
    request.deadline = deadline_ + slowest();
    error_body_.clear();
    taking_ = false;
    ++tries_;
    ++counters().requests;
    engine().start(std::move(request), shared_from_this(), delay);
  }

  bool begins(const HttpAnswer& answer) noexcept override {
    try {
      reply_.answer = answer;
      answering().add(origin_of(asked_));
      if (answer.status == 200 || answer.status == 206) return begin_body(answer);
      return true;
    } catch (...) {
      trouble_ = std::current_exception();
      return false;
    }
  }

  bool takes(const unsigned char* bytes, std::size_t size) noexcept override {
    try {
      counters().bytes += size;
      constexpr std::size_t kErrorBody = 1 << 14;
      if (!taking_) {
        error_body_.append(reinterpret_cast<const char*>(bytes),
                           std::min(size, kErrorBody - error_body_.size()));
        return true;
      }
      if (size > room_ - reply_.body.size()) {
        trouble_ = std::make_exception_ptr(
            Error(fmt::format("{}: the server sends more than it was asked for", call_.what)));
        return false;
      }
      progress_ = Clock::now();
      reply_.body.insert(reply_.body.end(), bytes, bytes + size);
      return true;
    } catch (...) {
      trouble_ = std::current_exception();
      return false;
    }
  }

  void ends(const HttpAnswer& answer) noexcept override {
    try {
      reply_.answer.fault = answer.fault;
      reply_.answer.problem = answer.problem;
      if (answer.status != 0) reply_.answer.status = answer.status, reply_.answer.headers = answer.headers;
      settle();
    } catch (...) { finish(std::current_exception()); }
  }

 private:
  static constexpr Milliseconds kStall{10'000};

  std::uint64_t got() const { return whole_ ? 0 : reply_.body.size(); }

  /// What the answer says of the object; false never, but throws.
  bool begin_body(const HttpAnswer& answer) {
    std::string tag = answer.header("etag");
    if (tag.empty()) tag = answer.header("last-modified");
    if (call_.moved) {
      const std::lock_guard lock(call_.moved->mutex);
      if (!call_.moved->tag.empty()) tag = call_.moved->tag;
    }
    if (!reply_.tag.empty() && tag != reply_.tag) throw Error(changed());
    reply_.tag = tag;
    const auto length = number_in(answer.header("content-length"));
    if (!call_.range) {
      reply_.body.clear();
      return make_room(length.value_or(call_.most), length.has_value());
    }
    if (answer.status == 200) return take_whole(length);
    // "bytes 0-99/1234"
    const std::string& range = answer.header("content-range");
    const std::size_t dash = range.find('-'), slash = range.find('/');
    if (!range.starts_with("bytes ") || dash == range.npos || slash == range.npos || dash > slash ||
        number_in(std::string_view(range).substr(6, dash - 6)) != call_.range->at + got())
      throw Error(fmt::format("{}: the server sends other bytes than it was asked for", call_.what));
    if (const auto total = number_in(std::string_view(range).substr(slash + 1))) {
      if (reply_.total && reply_.total != total) throw Error(changed());
      reply_.total = total;
      if (*total <= call_.range->at) throw Error(changed());
      call_.range->size = std::min(call_.range->size, *total - call_.range->at);
    }
    return make_room(call_.range->size, true);
  }

  /// Of a server that knows no ranges.
  bool take_whole(std::optional<std::uint64_t> length) {
    if (!length || *length > call_.most)
      throw Error(fmt::format(
          "{}: the server sends no parts of files (it answers a request with Range with all of it), which "
          "only "
          "files up to {} MB can be read without; a server that does, or a copy on the disk, is needed",
          call_.what, call_.most >> 20));
    whole_ = true;
    reply_.at = 0;
    reply_.total = length;
    reply_.body.clear();
    return make_room(*length, true);
  }

  bool make_room(std::uint64_t size, bool known) {
    if (size > call_.most)
      throw Error(fmt::format("{}: the answer is longer than {} bytes", call_.what, call_.most));
    room_ = size;
    expected_ = known ? std::optional(size) : std::nullopt;
    if (known) reply_.body.reserve(size);
    taking_ = true;
    return true;
  }

  std::string changed() const {
    return fmt::format("{}: it has changed since it was first read; begin again", call_.what);
  }

  void settle() {
    if (trouble_) return finish(trouble_);
    const HttpAnswer& answer = reply_.answer;
    if (answer.fault == HttpAnswer::Fault::Certificate)
      throw Error(fmt::format("{}: {} doesn't show a certificate that is trusted here: {}", call_.what,
                              host_of(asked_), answer.problem));
    if (answer.fault == HttpAnswer::Fault::NoSuchHost && tries_ > 2)
      throw Error(fmt::format("{}: there is no server called {}", call_.what, host_of(asked_)));
    if (answer.fault == HttpAnswer::Fault::Other)
      throw Error(fmt::format("{}: {}", call_.what, answer.problem));
    if (answer.fault != HttpAnswer::Fault::None) return try_again(answer.problem);
    if (taking_ && expected_ && reply_.body.size() < *expected_) return try_again("the answer ends early");
    if (taking_ || answer.status == 201 || answer.status == 204) return finish(nullptr);
    if (is_redirect(answer.status) && !answer.redirect.empty()) return follow();
    if (answer.status == 416 && call_.range) return settle_beyond_end();
    settle_refusal();
  }

  /// Of a range that begins at or behind the end: "bytes */1234".
  void settle_beyond_end() {
    const std::string& range = reply_.answer.header("content-range");
    const std::size_t slash = range.find('/');
    if (slash != range.npos) reply_.total = number_in(std::string_view(range).substr(slash + 1));
    if (!reply_.total && call_.range->at == 0) reply_.total = 0;  // of an empty object there is no first byte
    if (!reply_.total || *reply_.total > call_.range->at || got() > 0) throw Error(changed());
    reply_.tag = reply_.answer.header("etag");
    finish(nullptr);
  }

  void follow() {
    constexpr int kMost = 5;
    const std::string& to = reply_.answer.redirect;
    const bool same =
        host_of(to) == host_of(asked_) && (origin_of(to) == origin_of(asked_) || to.starts_with("https:"));
    if (!same && call_.redirects == Redirects::SameHost && !mended_ && call_.mend && call_.mend(reply_)) {
      mended_ = true;
      return start(Milliseconds(0));
    }
    if (!same && call_.redirects == Redirects::SameHost)
      throw Error(
          fmt::format("{}: {} sends us to another server, {}, which isn't followed; where that is meant, "
                      "give its address",
                      call_.what, host_of(asked_), host_of(to)));
    if (!same && !to.starts_with("https:") && asked_.starts_with("https:"))
      throw Error(fmt::format("{}: {} sends us to {}, which isn't encrypted", call_.what, host_of(asked_),
                              host_of(to)));
    if (++hops_ > kMost)
      throw Error(fmt::format("{}: one redirect leads to the next without an end", call_.what));
    moved_to_ = to;
    if (call_.moved) {
      const std::lock_guard lock(call_.moved->mutex);
      call_.moved->url = to;
      if (const std::string& tag = reply_.answer.header("x-linked-etag"); !tag.empty())
        call_.moved->tag = tag;
    }
    start(Milliseconds(0));
  }

  void settle_refusal() {
    const int status = reply_.answer.status;
    if (is_worth_another(status)) return try_again(fmt::format("the server answers {}", status));
    if (!moved_to_.empty() && hops_ == 0 && call_.moved &&
        status >= 400) {  // where it was has become another place
      const std::lock_guard lock(call_.moved->mutex);
      call_.moved->url.clear();
      moved_to_.clear();
      ++hops_;
    } else {
      reply_.body.assign(error_body_.begin(), error_body_.end());
      if (mended_ || !call_.mend || !call_.mend(reply_)) refuse(status);
      mended_ = true;
      reply_.body.clear();
    }
    start(Milliseconds(0));
  }

  [[noreturn]] void refuse(int status) const {
    const std::string why = call_.explain ? call_.explain(reply_) : std::string();
    const std::string more = why.empty() ? why : ": " + why;
    if (status == 404 || status == 410)
      throw NotThere(
          fmt::format("{}: there is no such object (the server answers {}{})", call_.what, status, more));
    if (status == 401 || status == 403)
      throw Error(fmt::format("{}: the server doesn't allow it ({}){}", call_.what, status, more));
    throw Error(fmt::format("{}: the server answers {}{}", call_.what, status, more));
  }

  /// What it may take all in all, beside pauses: who is slower all the time is cut off.
  Milliseconds slowest() const {
    constexpr std::uint64_t kSlow = 10;  // bytes a millisecond
    return Milliseconds((call_.range ? call_.range->size : call_.most) / kSlow);
  }

  void try_again(const std::string& why) {
    const auto now = Clock::now();
    if (now - begun_ > 2 * deadline_ + slowest())
      throw Error(fmt::format("{}: {} only sent {} bytes in {:.0f} s, in {} tries; the last: {}", call_.what,
                              host_of(asked_), got(), std::chrono::duration<double>(now - begun_).count(),
                              tries_, why));
    constexpr int kDoublings = 6;
    constexpr Milliseconds kUnknown{5'000};
    const Milliseconds patience =
        answering().has(origin_of(asked_)) ? deadline_ : std::min(kUnknown, deadline_);
    Milliseconds delay(std::min<std::int64_t>(100 << std::min(failures_, kDoublings), patience.count() / 4));
    delay += Milliseconds(std::rand() % 100);  // so that many don't come at once
    if (const auto told = number_in(reply_.answer.header("retry-after")))
      delay = std::max(delay, Milliseconds(std::min<std::uint64_t>(*told, 3600) * 1000));
    ++failures_;
    if (now + delay - progress_ > patience)
      throw Error(fmt::format("{}: nothing came from {} for {:.0f} s, in {} {}; the last: {}", call_.what,
                              host_of(asked_), std::chrono::duration<double>(now - progress_).count(), tries_,
                              tries_ == 1 ? "try" : "tries", why));
    ++counters().retries;
    if (whole_ || !call_.range) reply_.body.clear();
    start(delay);
  }

  void finish(std::exception_ptr problem) noexcept {
    const OnReply done = std::move(done_);
    done_ = nullptr;
    reply_.url = asked_;
    if (done) done(std::move(reply_), std::move(problem));
  }

  Call call_;
  OnReply done_;
  Milliseconds deadline_;
  const Clock::time_point begun_ = Clock::now();
  Clock::time_point progress_ = begun_;  ///< when the last byte came
  Reply reply_;
  std::string asked_, moved_to_, error_body_;
  std::uint64_t room_ = 0;
  std::optional<std::uint64_t> expected_;
  std::exception_ptr trouble_;
  bool taking_ = false, whole_ = false, mended_ = false;
  int tries_ = 0, failures_ = 0, hops_ = 0;
};

}  // namespace

Counters& counters() {
  static Counters* const all = new Counters;  // the engine's thread may outlive main()
  return *all;
}

void begin(Call call, OnReply done) {
  std::make_shared<Transfer>(std::move(call), std::move(done))->start(Milliseconds(0));
}

Reply fetch(Call call) {
  struct Answered {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    Reply reply;
    std::exception_ptr problem;
  };
  const auto state = std::make_shared<Answered>();
  begin(std::move(call), [state](Reply&& reply, std::exception_ptr problem) {
    const std::lock_guard lock(state->mutex);
    state->reply = std::move(reply);
    state->problem = std::move(problem);
    state->done = true;
    state->changed.notify_one();
  });
  std::unique_lock lock(state->mutex);
  wait_until(state->changed, lock, [&] { return state->done; });
  if (state->problem) std::rethrow_exception(state->problem);
  return std::move(state->reply);
}

}  // namespace doppel::remote
