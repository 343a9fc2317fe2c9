// TCP by deadlines: nothing here waits for ever.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

namespace doppel::nn {

/// One end of a connection, or a place to listen at. Nothing blocks: calls do what can be done at once.
class Socket {
 public:
  explicit Socket(int handle = -1) : handle_(handle) {}
  Socket(Socket&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Socket();

  /// Listens there; port "0" is any that is free. Throws Error where that can't be done.
  static Socket listening(const std::string& host, const std::string& port);
  /// Knocks once at each address that the name has; not open where nobody answers within `patience`. Throws
  /// Error where the name has no address.
  static Socket connected(const std::string& host, const std::string& port,
                          std::chrono::milliseconds patience);
  /// Why the name has no address; empty where it has one.
  static std::string name_fault(const std::string& host, const std::string& port);
  /// Who has knocked; not open where nobody has.
  Socket accept() const;

  int get() const { return handle_; }
  bool is_open() const { return handle_ >= 0; }
  /// The address and the port of this end, as numbers.
  std::pair<std::string, std::string> own_address() const;

  /// What some() did.
  enum class Result { Some, Nothing, Closed };
  /// Sends or receives some of the bytes; `done` says how many.
  Result send_some(const char* data, std::size_t bytes, std::size_t& done) const;
  Result receive_some(char* data, std::size_t bytes, std::size_t& done) const;

 private:
  int handle_;
};

}  // namespace doppel::nn
