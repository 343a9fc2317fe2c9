// What the page's server makes of what comes over a connection.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "doppel/augment/recipe/recipe.h"
#include "doppel/base/error.h"
#include "serve/recipe_json.h"
#include "serve/server.h"
#include "serve/web_json.h"
#include "targets.h"

namespace doppel::fuzz {
namespace {

using Asked = std::span<const unsigned char>;

/// Says what it was asked.
apps::WebResponse echo(const apps::WebRequest& request) {
  nlohmann::ordered_json told{{"path", request.path}, {"rest", request.rest}, {"query", request.query}};
  told["seed"] = apps::queried(request, "seed", 1, 0, 1000);
  told["on"] = apps::is_on(request, "on");
  return apps::response_of(told);
}

/// As the page's API reads a recipe: what it says of one must be that recipe again.
apps::WebResponse recipe(const apps::WebRequest& request) {
  const nlohmann::json body = apps::body_of(request);
  const auto read =
      augment::Recipe::from_yaml(body.contains("yaml") ? body["yaml"].dump() : body.dump(), "recipe");
  const nlohmann::json said = apps::recipe_json(read);
  if (augment::Recipe::from_yaml(said.dump(), "recipe").yaml() != read.yaml()) std::abort();
  return apps::response_of(said);
}

/// A server with a route of each kind, as long as the process lives.
class Page {
 public:
  Page() : server_(0, routes()), thread_([this] { server_.run(); }) { thread_.detach(); }
  const std::string& token() const { return server_.token(); }
  int port() const { return server_.port(); }

 private:
  static std::vector<apps::WebRoute> routes() {
    using Route = apps::WebRoute;
    return {{.path = "/", .access = Route::Access::Open, .answer = echo},
            {.path = "/page/", .access = Route::Access::Open, .answer = echo},
            {.path = "/api/tile/", .answer = echo},
            {.method = Route::Method::Post, .path = "/api/recipe", .answer = recipe},
            {.path = "/api/changes", .changes = [] { return std::string("{}"); }}};
  }
  apps::Server server_;
  std::thread thread_;
};

/// A byte of 1 is the token, one of 2 this server's name: what is told apart by them is reached by inputs
/// that can't know them.
std::string filled_in(Asked bytes, const Page& page) {
  std::string text;
  for (const unsigned char byte : bytes) {
    if (byte == 1)
      text += page.token();
    else if (byte == 2)
      text += "127.0.0.1:" + std::to_string(page.port());
    else
      text += static_cast<char>(byte);
  }
  return text;
}

/// From another address each time, since a closed connection keeps its ports for a minute; -1 where nobody
/// answers.
int connected_once(int port) {
  static std::uint32_t count = 0;
  const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in own{}, there{};
  own.sin_family = there.sin_family = AF_INET;
  own.sin_addr.s_addr = htonl(INADDR_LOOPBACK + count++ % 60'000);
  there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  there.sin_port = htons(static_cast<std::uint16_t>(port));
  ::bind(handle, reinterpret_cast<const sockaddr*>(&own), sizeof own);
  if (::connect(handle, reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0) return handle;
  ::close(handle);
  return -1;
}

/// A server that is there may be kept from answering for a while: by a system whose tables of closed
/// connections are full.
int connected(int port) {
  for (int k = 0; k < 100; ++k) {
    if (const int handle = connected_once(port); handle >= 0) return handle;
    std::perror("fuzz_http: connect");
    ::usleep(100'000);
  }
  return -1;
}

/// Sends all, says that no more comes, and reads until the server closes; it must within seconds.
void http(Asked bytes) {
  static Page* const page = [] {
    ::signal(SIGPIPE, SIG_IGN);
    return new Page;
  }();
  const int handle = connected(page->port());
  if (handle < 0) std::abort();  // the server has gone
  const timeval patience{15, 0};
  ::setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const std::string text = filled_in(bytes, *page);
  for (std::size_t at = 0; at < text.size();) {
    const auto sent = ::send(handle, text.data() + at, text.size() - at, 0);
    if (sent <= 0) break;
    at += static_cast<std::size_t>(sent);
  }
  ::shutdown(handle, SHUT_WR);
  std::array<char, 4096> answer;
  ssize_t got = 0;
  do {
    got = ::recv(handle, answer.data(), answer.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) std::abort();
  } while (got > 0);
  ::close(handle);
}

}  // namespace

const std::vector<Target>& web_targets() {
  static const std::vector<Target> all{{"http", http}};
  return all;
}

}  // namespace doppel::fuzz
