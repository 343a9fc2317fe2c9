#include "socket.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "doppel/base/error.h"

namespace doppel::nn {
namespace {

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Addresses addresses_of(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found); error != 0)
    throw Error(fmt::format("there is no {}:{}: {}", host, port, gai_strerror(error)));
  return Addresses(found);
}

int made_socket(const addrinfo& a) {
  return ::socket(a.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, a.ai_protocol);
}

/// Small messages go at once.
void hurry(int handle) {
  const int yes = 1;
  setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

bool has_connected(int handle, std::chrono::milliseconds patience) {
  pollfd wanted{handle, POLLOUT, 0};
  if (::poll(&wanted, 1, static_cast<int>(patience.count())) != 1) return false;
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(handle, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

/// Whether both ends are this socket: a knock at a port where nobody listens yet, and that the system gave
/// the knocking end for its own, is answered by itself.
bool is_own_echo(int handle) {
  sockaddr_storage here{}, there{};
  socklen_t here_size = sizeof here, there_size = sizeof there;
  return getsockname(handle, reinterpret_cast<sockaddr*>(&here), &here_size) == 0 &&
         getpeername(handle, reinterpret_cast<sockaddr*>(&there), &there_size) == 0 &&
         here_size == there_size && std::memcmp(&here, &there, here_size) == 0;
}

}  // namespace

Socket::~Socket() {
  if (handle_ >= 0) ::close(handle_);
}

Socket Socket::listening(const std::string& host, const std::string& port) {
  const Addresses all = addresses_of(host, port);
  for (const addrinfo* a = all.get(); a; a = a->ai_next) {
    Socket socket(made_socket(*a));
    const int yes = 1;
    setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (socket.is_open() && bind(socket.get(), a->ai_addr, a->ai_addrlen) == 0 &&
        listen(socket.get(), SOMAXCONN) == 0)
      return socket;
  }
  throw Error(fmt::format("can't listen at {}:{}: {}", host, port, std::strerror(errno)));
}

std::string Socket::name_fault(const std::string& host, const std::string& port) {
  try {
    (void)addresses_of(host, port);
    return {};
  } catch (const Error& error) { return error.what(); }
}

Socket Socket::connected(const std::string& host, const std::string& port,
                         std::chrono::milliseconds patience) {
  const Addresses all = addresses_of(host, port);
  for (const addrinfo* a = all.get(); a; a = a->ai_next) {
    Socket socket(made_socket(*a));
    if (!socket.is_open()) continue;
    const bool at_once = connect(socket.get(), a->ai_addr, a->ai_addrlen) == 0;
    if (!at_once && (errno != EINPROGRESS || !has_connected(socket.get(), patience))) continue;
    if (is_own_echo(socket.get())) continue;
    hurry(socket.get());
    return socket;
  }
  return Socket();
}

Socket Socket::accept() const {
  Socket guest(::accept4(handle_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (guest.is_open()) hurry(guest.get());
  return guest;
}

std::pair<std::string, std::string> Socket::own_address() const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (getsockname(handle_, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host.data(), host.size(), port.data(),
                  port.size(), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    return {};
  return {host.data(), port.data()};
}

Socket::Result Socket::send_some(const char* data, std::size_t bytes, std::size_t& done) const {
  const ssize_t n = ::send(handle_, data, bytes, MSG_NOSIGNAL);
  done = n > 0 ? static_cast<std::size_t>(n) : 0;
  if (n >= 0) return Result::Some;
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? Result::Nothing : Result::Closed;
}

Socket::Result Socket::receive_some(char* data, std::size_t bytes, std::size_t& done) const {
  const ssize_t n = ::recv(handle_, data, bytes, 0);
  done = n > 0 ? static_cast<std::size_t>(n) : 0;
  if (n > 0) return Result::Some;
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) ? Result::Nothing
                                                                              : Result::Closed;
}

}  // namespace doppel::nn
