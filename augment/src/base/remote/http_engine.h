// Requests over HTTP, as the plug-in that has libcurl carries them out. Nothing is thrown across the border.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace doppel {

/// One request, sent once.
struct HttpRequest {
  enum class Method { Get, Head, Put, Post, Delete };
  Method method = Method::Get;
  std::string url;                   ///< as it is sent: percent-encoded
  std::vector<std::string> headers;  ///< "Name: value"
  std::string body;                  ///< of Put and Post
  /// What libcurl signs the request with (AWS' version 4): "aws:amz:REGION:s3", and "KEY:SECRET". Empty: not.
  std::string signing, signing_key;
  bool netrc = false;       ///< a name and password may be in ~/.netrc
  std::string authorities;  ///< a file of certificates to trust; empty: the system's
  std::chrono::milliseconds connect_deadline{10'000};
  /// It is given up where not a byte comes or goes for that long, give or take a second.
  std::chrono::seconds stall{10};
  std::chrono::milliseconds deadline{60'000};  ///< for all of it
};

/// What came of it.
struct HttpAnswer {
  enum class Fault {
    None,
    Connection,   ///< it wasn't made, or it broke; worth another try
    NoSuchHost,   ///< the name isn't known; seldom worth one
    Certificate,  ///< the server doesn't show that it is who it's called
    Refused,      ///< by who takes the answer
    Other         ///< no try would help
  };
  Fault fault = Fault::None;
  std::string problem;                                       ///< libcurl's words for the fault
  int status = 0;                                            ///< 200, 404, …; 0 where none came
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in small letters
  std::string redirect;                                      ///< where it sends us, as a whole URL
  /// The first of them that is called so; empty where none is.
  const std::string& header(const std::string& name) const {
    static const std::string kNone;
    for (const auto& [known, value] : headers)
      if (known == name) return value;
    return kNone;
  }
};

/// Who takes the answer. Called from the engine's thread, one after the other; nothing may throw.
class HttpReceiver {
 public:
  virtual ~HttpReceiver() = default;
  /// Once, with the status and headers. False ends it with Fault::Refused.
  virtual bool begins(const HttpAnswer& answer) noexcept = 0;
  /// The body's next bytes. False ends it with Fault::Refused.
  virtual bool takes(const unsigned char* bytes, std::size_t size) noexcept = 0;
  /// The last call. It may start another request.
  virtual void ends(const HttpAnswer& answer) noexcept = 0;
};

/// Any number of requests at once.
class HttpEngine {
 public:
  virtual ~HttpEngine() = default;
  /// After `delay`, and as soon as a connection is free. From any thread.
  virtual void start(HttpRequest request, std::shared_ptr<HttpReceiver> receiver,
                     std::chrono::milliseconds delay) noexcept = 0;
};

/// The plug-in's one function, `doppel_http_engine`: at most that many connections, to each server and in
/// all. It works until exit(), and ends with Fault::Other whatever isn't done then or is asked for later.
/// Null where libcurl can't start.
using MakeHttpEngine = HttpEngine* (*)(int connections);
/// Its other one, `doppel_sign_rs256`: the signature of `text` by an RSA key in PEM and SHA-256 (RFC
/// 7518, 3.3). False where that can't be.
using SignRs256 = bool (*)(const std::string& key, const std::string& text, std::string& signature);

}  // namespace doppel
