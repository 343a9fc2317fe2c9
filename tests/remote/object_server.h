// A server on this machine that answers as S3 does, and as web servers do, as well or as badly as it's told.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace doppel::test {

/// A request as it came.
struct WebRequest {
  std::string method, target;                  ///< as sent
  std::string path;                            ///< decoded, without the query
  std::map<std::string, std::string> query;    ///< decoded
  std::map<std::string, std::string> headers;  ///< names in small letters
  std::string body;
};

/// What is sent back.
struct WebAnswer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// How it behaves.
struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 0;  ///< 0: a free one
  std::string key = {}, secret = {},
              token = {};  ///< requests must be signed by them (AWS' version 4); empty key: they needn't
  double fails = 0;        ///< share of GETs of objects that get 503
  double stalls = 0;       ///< that stop in the middle
  double truncates = 0;    ///< whose connection closes in the middle
  int delay = 0;           ///< milliseconds before each answer: there and back of a long way
  unsigned seed = 1;       ///< of which those are
  bool ranges = true;      ///< whether it knows them
  bool tags = true;        ///< whether it says ETag
  bool pages = false;      ///< a folder is a page of links, as of a web server
  /// Answers instead where it returns true.
  std::function<bool(const WebRequest&, WebAnswer&)> instead = {};
};

/// Files below a folder: the first part of a path is the bucket. A thread for each connection.
class ObjectServer {
 public:
  ObjectServer(std::filesystem::path folder, ServerOptions options);
  ~ObjectServer();
  ObjectServer(const ObjectServer&) = delete;
  ObjectServer& operator=(const ObjectServer&) = delete;
  int port() const { return port_; }
  std::string address() const;  ///< "http://127.0.0.1:1234"
  std::uint64_t requests() const { return requests_; }
  std::uint64_t bytes() const { return bytes_; }  ///< of objects, that were sent
  /// Waits for connections until the process ends.
  void wait();

 private:
  void accept_all();
  void serve(int connection);
  bool answer(int connection, const WebRequest& request);
  bool is_signed(const WebRequest& request) const;
  WebAnswer answer_to(const WebRequest& request);
  WebAnswer list(const WebRequest& request, const std::string& bucket) const;
  WebAnswer page(const std::filesystem::path& folder) const;
  WebAnswer put(const WebRequest& request, const std::filesystem::path& file);
  bool send_object(int connection, const WebRequest& request, const std::filesystem::path& file);
  double drawn();

  std::filesystem::path folder_;
  ServerOptions options_;
  int listener_ = -1, port_ = 0;
  std::atomic<std::uint64_t> requests_{0}, bytes_{0};
  std::atomic<bool> ends_{false};
  std::mutex mutex_;
  std::mt19937 random_;
  std::vector<int> connections_;
  std::map<std::string, std::map<int, std::string>> uploads_;  ///< parts, by the upload's name
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

}  // namespace doppel::test
