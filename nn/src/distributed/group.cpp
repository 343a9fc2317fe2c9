#include "doppel/nn/distributed/group.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "doppel/base/clock.h"
#include "doppel/base/error.h"
#include "doppel/base/hash.h"
#include "doppel/base/random.h"

namespace doppel::nn {
namespace {

/// What a process says first: that it speaks this, of how many it is one, and which.
struct Greeting {
  std::array<char, 8> magic{'d', 'o', 'p', 'p', 'e', 'l', '0', '1'};
  std::int32_t world = 0, rank = 0;
};

/// One end of a connection, or a place to listen at.
class Socket {
 public:
  explicit Socket(int handle = -1) : handle_(handle) {}
  Socket(Socket&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Socket() {
    if (handle_ >= 0) close(handle_);
  }
  int get() const { return handle_; }
  bool is_open() const { return handle_ >= 0; }

  /// Small messages go at once; nobody waits longer than `patience`.
  void prepare(std::chrono::seconds patience) const {
    const int yes = 1;
    setsockopt(handle_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    const timeval limit{patience.count(), 0};
    setsockopt(handle_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(handle_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }

 private:
  int handle_;
};

/// The process at the other end of a connection.
struct Peer {
  Socket socket;
  int rank = 0;

  [[noreturn]] void fail() const {
    const bool slow = errno == EAGAIN || errno == EWOULDBLOCK;
    throw Error(fmt::format(
        "process {} of the group {}", rank,
        slow ? "doesn't answer: it hangs, or the network is down" : "has gone: its own output says why"));
  }
  void send(const void* data, std::size_t bytes) const {
    const auto* at = static_cast<const char*>(data);
    while (bytes > 0) {
      const ssize_t n = ::send(socket.get(), at, bytes, MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) fail();
      at += n;
      bytes -= static_cast<std::size_t>(n);
    }
  }
  void receive(void* data, std::size_t bytes) const {
    auto* at = static_cast<char*>(data);
    while (bytes > 0) {
      const ssize_t n = recv(socket.get(), at, bytes, 0);
      if (n < 0 && errno == EINTR) continue;
      if (n == 0) errno = 0;
      if (n <= 0) fail();
      at += n;
      bytes -= static_cast<std::size_t>(n);
    }
  }
};

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Addresses addresses(const GroupPlace& place) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(place.host.c_str(), place.port.c_str(), &hints, &found); error != 0)
    throw Error(fmt::format("there is no {}:{}: {}", place.host, place.port, gai_strerror(error)));
  return Addresses(found);
}

Socket listening(const GroupPlace& place) {
  const Addresses all = addresses(place);
  for (const addrinfo* a = all.get(); a; a = a->ai_next) {
    Socket socket(::socket(a->ai_family, a->ai_socktype, a->ai_protocol));
    const int yes = 1;
    setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (socket.is_open() && bind(socket.get(), a->ai_addr, a->ai_addrlen) == 0 &&
        listen(socket.get(), place.world) == 0)
      return socket;
  }
  throw Error(fmt::format("can't listen at {}:{}: {}", place.host, place.port, std::strerror(errno)));
}

Socket knocking(const GroupPlace& place, Clock::time_point until) {
  while (true) {
    const Addresses all = addresses(place);
    for (const addrinfo* a = all.get(); a; a = a->ai_next) {
      Socket socket(::socket(a->ai_family, a->ai_socktype, a->ai_protocol));
      if (socket.is_open() && connect(socket.get(), a->ai_addr, a->ai_addrlen) == 0) return socket;
    }
    if (Clock::now() > until)
      throw Error(fmt::format("nobody listens at {}:{}: is process 0 running?", place.host, place.port));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

/// " (0.01, not 0.05)", where both can be read.
std::string shown(const std::string& other, const std::string& own) {
  const auto readable = [](const std::string& text) {
    return std::ranges::all_of(text, [](unsigned char c) { return c >= ' ' && c != 127; });
  };
  return readable(other) && readable(own) && other != own ? fmt::format(" ({}, not {})", other, own) : "";
}

}  // namespace

GroupPlace GroupPlace::parse(std::string_view text) {
  GroupPlace place;
  const auto number = [](std::string_view digits, int& n) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    return error == std::errc() && end == digits.data() + digits.size();
  };
  const std::size_t slash = text.find('/'), at = text.find('@'), colon = text.rfind(':');
  const bool whole = slash < at && at < colon && colon != text.npos && at + 1 < colon &&
                     colon + 1 < text.size() && number(text.substr(0, slash), place.rank) &&
                     number(text.substr(slash + 1, at - slash - 1), place.world);
  if (!whole || place.world < 1 || place.rank < 0 || place.rank >= place.world)
    throw UsageError(fmt::format("'{}' isn't RANK/WORLD@HOST:PORT, as 0/2@127.0.0.1:7000", text));
  place.host = text.substr(at + 1, colon - at - 1);
  if (place.host.front() == '[' && place.host.back() == ']')
    place.host = place.host.substr(1, place.host.size() - 2);
  place.port = text.substr(colon + 1);
  return place;
}

struct Group::Impl {
  int rank, world;
  std::vector<Peer> peers;  ///< of rank 0: the others, by rank; else rank 0 alone
  std::vector<float> others;
  std::vector<double> wide_others;

  void meet(const GroupPlace& place, std::chrono::seconds patience) {
    const auto until = Clock::now() + patience;
    if (rank > 0) {
      peers.push_back({knocking(place, until), 0});
      peers[0].socket.prepare(patience);
      const Greeting own{.world = world, .rank = rank};
      peers[0].send(&own, sizeof own);
      Greeting answer;
      peers[0].receive(&answer, sizeof answer);
      if (answer.world != world)
        throw Error(
            fmt::format("this is process {} of {}, but process 0 is one of {}", rank, world, answer.world));
      return;
    }
    const Socket door = listening(place);
    door.prepare(patience);
    peers.resize(static_cast<std::size_t>(world) - 1);
    for (int met = 1; met < world;) {
      Peer guest{Socket(accept(door.get(), nullptr, nullptr)), 0};
      if (!guest.socket.is_open()) {
        if (errno == EINTR) continue;
        throw Error(fmt::format("{} of {} processes have come: {}", met, world, std::strerror(errno)));
      }
      guest.socket.prepare(patience);
      met += welcome(std::move(guest));
    }
  }
  /// True where the guest is one of us. Whoever says something else is shown the door.
  bool welcome(Peer guest) {
    Greeting theirs;
    try {
      guest.receive(&theirs, sizeof theirs);
    } catch (const Error&) { return false; }
    if (theirs.magic != Greeting{}.magic) return false;
    const Greeting own{.world = world};
    guest.send(&own, sizeof own);
    if (theirs.world != world || theirs.rank < 1 || theirs.rank >= world)
      throw Error(fmt::format("process {} of {} has come, but this is process 0 of {}", theirs.rank,
                              theirs.world, world));
    Peer& place = peers[static_cast<std::size_t>(theirs.rank) - 1];
    if (place.socket.is_open()) throw Error(fmt::format("there are two processes of rank {}", theirs.rank));
    guest.rank = theirs.rank;
    place = std::move(guest);
    return true;
  }

  template <class T>
  void sum(std::span<T> numbers, std::vector<T>& others_numbers) {
    if (rank > 0) {
      peers[0].send(numbers.data(), numbers.size_bytes());
      return peers[0].receive(numbers.data(), numbers.size_bytes());
    }
    others_numbers.resize(numbers.size());
    for (const Peer& peer : peers) {
      peer.receive(others_numbers.data(), numbers.size_bytes());
      for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] += others_numbers[i];
    }
    for (const Peer& peer : peers) peer.send(numbers.data(), numbers.size_bytes());
  }
};

Group::Group(const GroupPlace& place, std::chrono::seconds patience)
    : impl_(std::make_unique<Impl>(Impl{place.rank, place.world, {}, {}, {}})) {
  if (place.world > 1) impl_->meet(place, patience);
}
Group::~Group() = default;

int Group::rank() const { return impl_->rank; }
int Group::world() const { return impl_->world; }
void Group::sum(std::span<float> numbers) { impl_->sum(numbers, impl_->others); }
void Group::sum(std::span<double> numbers) { impl_->sum(numbers, impl_->wide_others); }

void Group::gather(std::span<const double> own, std::span<double> all) {
  if (own.size() * static_cast<std::size_t>(impl_->world) != all.size())
    throw UsageError(
        fmt::format("{} numbers of {} processes aren't {}", own.size(), impl_->world, all.size()));
  // Each in its place, and 0 elsewhere: the sum is all.
  std::ranges::fill(all, 0.0);
  std::ranges::copy(own, all.begin() + static_cast<std::ptrdiff_t>(own.size()) * impl_->rank);
  sum(all);
}

void Group::agree(std::string_view what, std::string_view text) {
  // As whole numbers that doubles hold.
  const std::uint64_t hash = fnv1a(text);
  const std::array<double, 2> own{static_cast<double>(hash >> 32), static_cast<double>(hash & 0xffffffffU)};
  std::vector<double> all(2 * static_cast<std::size_t>(impl_->world));
  gather(own, all);
  std::size_t other = 2;
  while (other < all.size() && all[other] == all[0] && all[other + 1] == all[1]) other += 2;
  if (other >= all.size()) return;
  const std::vector<std::string> texts = gather_beginnings(text);
  throw Error(
      fmt::format("{} of process {} isn't that of process 0{}: start all with the same options and data",
                  what, other / 2, shown(texts[other / 2], texts[0])));
}

/// The first bytes of everybody's text.
std::vector<std::string> Group::gather_beginnings(std::string_view text) {
  constexpr std::size_t kMost = 60;
  std::vector<double> own(kMost), all(kMost * static_cast<std::size_t>(impl_->world));
  for (std::size_t i = 0; i < std::min(kMost, text.size()); ++i)
    own[i] = static_cast<double>(static_cast<unsigned char>(text[i]));
  gather(own, all);
  std::vector<std::string> texts(static_cast<std::size_t>(impl_->world));
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i] != 0) texts[i / kMost] += static_cast<char>(static_cast<unsigned char>(all[i]));
  return texts;
}

}  // namespace doppel::nn
