// Requests over HTTP by libcurl, whose many connections one thread looks after.
#include <curl/curl.h>
#ifdef DOPPEL_HAS_CRYPTO
#include <openssl/evp.h>
#include <openssl/pem.h>
#endif

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "base/remote/http_engine.h"

namespace doppel {
namespace {

using Clock = std::chrono::steady_clock;

/// A request on its way.
struct Exchange {
  HttpRequest request;
  std::shared_ptr<HttpReceiver> receiver;
  HttpAnswer answer;
  CURL* handle = nullptr;
  curl_slist* headers = nullptr;
  bool begun = false;    ///< the receiver knows of the answer
  curl_off_t moved = 0;  ///< bytes, both ways
  Clock::time_point moved_at = Clock::now();
  std::size_t sent = 0;  ///< of the body

  ~Exchange() {
    curl_slist_free_all(headers);
    if (handle) curl_easy_cleanup(handle);
  }
  /// Tells of status and headers before the first byte of a body, and once where there is none.
  bool begin() noexcept {
    if (begun) return true;
    begun = true;
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    answer.status = static_cast<int>(status);
    answer.redirect = redirect();
    return receiver->begins(answer);
  }

 private:
  /// Where an answer sends to; empty: nowhere. libcurl's own CURLINFO_REDIRECT_URL comes behind the body
  /// only.
  std::string redirect() const {
    constexpr int kRedirects = 3;
    const std::string& location = answer.header("location");
    if (answer.status / 100 != kRedirects || location.empty()) return {};
    CURLU* const url = curl_url();
    char* whole = nullptr;
    std::string to;
    if (curl_url_set(url, CURLUPART_URL, request.url.c_str(), 0) == CURLUE_OK &&
        curl_url_set(url, CURLUPART_URL, location.c_str(), 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_URL, &whole, 0) == CURLUE_OK)
      to = whole;
    curl_free(whole);
    curl_url_cleanup(url);
    return to;
  }
};

std::size_t take_header(char* text, std::size_t, std::size_t size, void* to) noexcept {
  Exchange& exchange = *static_cast<Exchange*>(to);
  std::string_view line(text, size);
  while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back()))) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {  // of the last answer, where there are several
    exchange.answer.headers.clear();
    return size;
  }
  const std::size_t colon = line.find(':');
  if (colon == line.npos) return size;
  std::string name(line.substr(0, colon));
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  line.remove_prefix(colon + 1);
  while (!line.empty() && std::isspace(static_cast<unsigned char>(line.front()))) line.remove_prefix(1);
  exchange.answer.headers.emplace_back(std::move(name), line);
  return size;
}

std::size_t take_body(char* bytes, std::size_t, std::size_t size, void* to) noexcept {
  Exchange& exchange = *static_cast<Exchange*>(to);
  const bool goes_on =
      exchange.begin() && exchange.receiver->takes(reinterpret_cast<unsigned char*>(bytes), size);
  return goes_on ? size : 0;
}

std::size_t give_body(char* into, std::size_t, std::size_t size, void* from) noexcept {
  Exchange& exchange = *static_cast<Exchange*>(from);
  const std::string_view left = std::string_view(exchange.request.body).substr(exchange.sent);
  const std::size_t part = std::min(size, left.size());
  std::copy_n(left.data(), part, into);
  exchange.sent += part;
  return part;
}

/// libcurl starts a body over where a connection turns out to be closed.
int seek_body(void* from, curl_off_t at, int) noexcept {
  static_cast<Exchange*>(from)->sent = static_cast<std::size_t>(at);
  return CURL_SEEKFUNC_OK;
}

/// libcurl's own watch on slow connections takes means of several seconds, so that it sees one late that
/// stands still. This is called each second, at least.
int watch(void* of, curl_off_t, curl_off_t down, curl_off_t, curl_off_t up) noexcept {
  Exchange& exchange = *static_cast<Exchange*>(of);
  if (down + up != exchange.moved) {
    exchange.moved = down + up;
    exchange.moved_at = Clock::now();
  }
  return Clock::now() - exchange.moved_at > exchange.request.stall ? 1 : 0;
}

HttpAnswer::Fault fault_of(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return HttpAnswer::Fault::None;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return HttpAnswer::Fault::NoSuchHost;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return HttpAnswer::Fault::Certificate;
    case CURLE_WRITE_ERROR:
      return HttpAnswer::Fault::Refused;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_NOT_BUILT_IN:
    case CURLE_OUT_OF_MEMORY:
      return HttpAnswer::Fault::Other;
    default:
      return HttpAnswer::Fault::Connection;
  }
}

class CurlEngine final : public HttpEngine {
 public:
  explicit CurlEngine(int connections) : process_(::getpid()), multi_(curl_multi_init()) {
    if (!multi_) return;
    curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(connections));
    curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(connections));
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(connections));
    thread_ = std::thread([this] { run(); });
  }
  bool is_good() const { return multi_ != nullptr; }

  void start(HttpRequest request, std::shared_ptr<HttpReceiver> receiver,
             std::chrono::milliseconds delay) noexcept override {
    bool begins = false;
    try {
      auto exchange = std::make_unique<Exchange>();
      exchange->request = std::move(request);
      exchange->receiver = receiver;
      const std::lock_guard lock(mutex_);
      if (!stops_) waiting_.emplace(Clock::now() + delay, std::move(exchange));
      begins = !stops_;
    } catch (...) { return refuse(*receiver, "libcurl can't start a request"); }
    if (!begins) return refuse(*receiver, kStopped);
    curl_multi_wakeup(multi_);
  }

  /// Ends all there is, and its thread: what exit() destroys, libraries' state among it, isn't used from then
  /// on. A request that is started later ends at once.
  void stop() noexcept {
    if (::getpid() != process_ || std::this_thread::get_id() == thread_.get_id()) return;
    {
      const std::lock_guard lock(mutex_);
      stops_ = true;
    }
    curl_multi_wakeup(multi_);
    thread_.join();
    // Nothing of it is freed: libcurl would wait for a name that is being looked up.
    for (const auto& [handle, exchange] : running_) refuse(*exchange->receiver, kStopped);
    for (const auto& [due, exchange] : waiting_) refuse(*exchange->receiver, kStopped);
  }

 private:
  static constexpr const char* kStopped = "the process ends";

  static void refuse(HttpReceiver& receiver, const char* why) noexcept {
    HttpAnswer none;
    none.fault = HttpAnswer::Fault::Other;
    none.problem = why;
    receiver.ends(none);
  }

  void run() {
    while (!stops_) {
      const int wait = begin_due();
      int running = 0;
      curl_multi_perform(multi_, &running);
      end_done();
      curl_multi_poll(multi_, nullptr, 0, wait, nullptr);
    }
  }

  /// Starts what is due; returns for how many milliseconds nothing will be.
  int begin_due() {
    constexpr int kIdle = 1000;
    while (true) {
      std::unique_ptr<Exchange> next;
      {
        const std::lock_guard lock(mutex_);
        if (stops_ || waiting_.empty()) return kIdle;
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(waiting_.begin()->first - Clock::now()).count();
        if (left > 0) return static_cast<int>(std::min<std::int64_t>(left, kIdle));
        next = std::move(waiting_.begin()->second);
        waiting_.erase(waiting_.begin());
      }
      begin(std::move(next));
    }
  }

  void begin(std::unique_ptr<Exchange> exchange) {
    exchange->handle = curl_easy_init();
    if (!exchange->handle || !prepare(*exchange) ||
        curl_multi_add_handle(multi_, exchange->handle) != CURLM_OK) {
      return refuse(*exchange->receiver, "libcurl can't start a request");
    }
    CURL* const handle = exchange->handle;
    running_.emplace(handle, std::move(exchange));
  }

  static bool prepare(Exchange& exchange) {
    CURL* const handle = exchange.handle;
    const HttpRequest& request = exchange.request;
    exchange.moved_at = Clock::now();
    bool good = true;
    const auto set = [&](CURLoption option, auto value) {
      good = curl_easy_setopt(handle, option, value) == CURLE_OK && good;
    };
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_USERAGENT, "doppel");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_deadline.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.deadline.count()));
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &watch);
    set(CURLOPT_XFERINFODATA, static_cast<void*>(&exchange));
    set(CURLOPT_BUFFERSIZE, 256L * 1024);
    set(CURLOPT_HEADERFUNCTION, &take_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&exchange));
    set(CURLOPT_WRITEFUNCTION, &take_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&exchange));
    if (!request.authorities.empty()) set(CURLOPT_CAINFO, request.authorities.c_str());
    if (request.netrc) set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_OPTIONAL));
    if (!request.signing.empty()) {
      set(CURLOPT_AWS_SIGV4, request.signing.c_str());
      set(CURLOPT_USERPWD, request.signing_key.c_str());
    }
    if (request.method == HttpRequest::Method::Head) set(CURLOPT_NOBODY, 1L);
    if (request.method == HttpRequest::Method::Delete) set(CURLOPT_CUSTOMREQUEST, "DELETE");
    if (request.method == HttpRequest::Method::Post) {
      set(CURLOPT_POST, 1L);
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(CURLOPT_POSTFIELDS, request.body.c_str());
    }
    if (request.method == HttpRequest::Method::Put) {
      set(CURLOPT_UPLOAD, 1L);
      set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(CURLOPT_READFUNCTION, &give_body);
      set(CURLOPT_READDATA, static_cast<void*>(&exchange));
      set(CURLOPT_SEEKFUNCTION, &seek_body);
      set(CURLOPT_SEEKDATA, static_cast<void*>(&exchange));
    }
    for (const std::string& header : request.headers)
      exchange.headers = curl_slist_append(exchange.headers, header.c_str());
    exchange.headers = curl_slist_append(exchange.headers, "Expect:");  // no round trip before a body
    set(CURLOPT_HTTPHEADER, exchange.headers);
    return good && exchange.headers;
  }

  void end_done() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      const auto found = running_.find(message->easy_handle);
      std::unique_ptr<Exchange> exchange = std::move(found->second);
      running_.erase(found);
      curl_multi_remove_handle(multi_, exchange->handle);
      go_easy_on_simple_servers(exchange->handle);
      if (code == CURLE_OK && !exchange->begin())
        exchange->answer.fault = HttpAnswer::Fault::Refused;
      else
        exchange->answer.fault = fault_of(code);
      if (code != CURLE_OK) exchange->answer.problem = curl_easy_strerror(code);
      if (code == CURLE_ABORTED_BY_CALLBACK) exchange->answer.problem = "it stands still";
      exchange->receiver->ends(exchange->answer);
    }
  }

  /// Who speaks HTTP 1.0, as `python3 -m http.server` does, has a new connection for each request, and few of
  /// them wait at its door: what finds no place there comes a second later.
  void go_easy_on_simple_servers(CURL* handle) {
    constexpr long kFew = 4;
    long version = 0;
    curl_easy_getinfo(handle, CURLINFO_HTTP_VERSION, &version);
    if (version == CURL_HTTP_VERSION_1_0) curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, kFew);
  }

  const pid_t process_;
  CURLM* multi_;
  std::thread thread_;
  std::atomic<bool> stops_{false};
  std::mutex mutex_;
  std::multimap<Clock::time_point, std::unique_ptr<Exchange>> waiting_;
  std::map<CURL*, std::unique_ptr<Exchange>> running_;  ///< of the thread alone
};

}  // namespace
}  // namespace doppel

extern "C" __attribute__((visibility("default"))) doppel::HttpEngine* doppel_http_engine(int connections) {
  try {
    if (curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK) return nullptr;
    auto engine = std::make_unique<doppel::CurlEngine>(connections);
    if (!engine->is_good()) return nullptr;
    // After what libcurl's own libraries told exit(), so before it.
    static doppel::CurlEngine* const made = engine.release();
    std::atexit([] { made->stop(); });
    return made;
  } catch (...) { return nullptr; }
}

extern "C" __attribute__((visibility("default"))) bool doppel_sign_rs256(const std::string& key,
                                                                         const std::string& text,
                                                                         std::string& signature) {
#ifdef DOPPEL_HAS_CRYPTO
  const std::unique_ptr<BIO, decltype(&BIO_free)> bytes(
      BIO_new_mem_buf(key.data(), static_cast<int>(key.size())), &BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pem(
      PEM_read_bio_PrivateKey(bytes.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> signing(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::size_t size = 0;
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  if (!pem || !signing || EVP_PKEY_id(pem.get()) != EVP_PKEY_RSA ||
      EVP_DigestSignInit(signing.get(), nullptr, EVP_sha256(), nullptr, pem.get()) != 1 ||
      EVP_DigestSign(signing.get(), nullptr, &size, data, text.size()) != 1)
    return false;
  signature.resize(size);
  return EVP_DigestSign(signing.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, data,
                        text.size()) == 1;
#else
  (void)key, (void)text, (void)signature;
  return false;
#endif
}
