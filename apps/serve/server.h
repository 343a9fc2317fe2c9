// A web server for one person on this machine: routes in, responses out.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace doppel::apps {

/// What a browser asked for, after everything that could be wrong with it was refused.
struct WebRequest {
  std::string path;                                       ///< as it was asked for, without the query
  std::vector<std::string> rest;                          ///< the segments of `path` behind the route's own
  std::map<std::string, std::string, std::less<>> query;  ///< decoded
  std::string body;                                       ///< of a POST: JSON, not read yet
};

struct WebResponse {
  std::string type = "application/json";
  std::string body;
  int status = 200;
};

/// An answer to whatever begins with a path.
struct WebRoute {
  enum class Method { Get, Post };
  /// Open: files of the page, which say nothing of the data. Token: all else, which asks for the token.
  enum class Access { Open, Token };
  Method method = Method::Get;
  std::string path;  ///< "/api/data", or "/api/tile/" with what else may follow
  Access access = Access::Token;
  /// Called by any of a few threads. What it throws becomes an answer: UsageError and Error 422 with their
  /// text, anything else 500.
  std::function<WebResponse(const WebRequest& request)> answer = {};
  /// In place of `answer`, of one route at most: the answer is a stream of lines that ends when its reader
  /// goes. Called every quarter of a second while there is one, by one thread at a time; what it returns, a
  /// line without its end, is sent to all of them. Empty: there is nothing to say.
  std::function<std::string()> changes = {};
};

/// Listens on 127.0.0.1 alone, and asks everybody for the token but for the page itself. Refused, each with
/// its code: another Host 421, another Origin or site 403, no token 401, other methods 405, POSTs that aren't
/// JSON 415, bodies beyond 1 MB 413, headers beyond 8 KB 431. Who takes more than 10 s to ask, or to take the
/// answer, is cut off; of more than 64 connections the idlest one is. Of more than 16 streams the last gets
/// 503. It knows no files.
class Server {
 public:
  /// `port` 0: one that is free. Throws Error where it can't be had.
  Server(int port, std::vector<WebRoute> routes);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  int port() const;
  /// 128 random bits, by which a page shows that it was opened by whoever started the program.
  const std::string& token() const;
  /// "http://127.0.0.1:PORT/#TOKEN": what stands behind # is sent to nobody, and is in no log.
  std::string address() const;
  /// Answers until SIGINT or SIGTERM.
  void run();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Each segment between slashes.
std::vector<std::string> path_segments(std::string_view path);
/// "a=1&b=%20" as a map. Malformed escapes stay as they are.
std::map<std::string, std::string, std::less<>> query_values(std::string_view query);

}  // namespace doppel::apps
