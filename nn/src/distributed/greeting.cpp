#include "greeting.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "doppel/base/clock.h"
#include "doppel/base/error.h"
#include "frame.h"
#include "key_proof.h"

namespace doppel::nn {
namespace {

constexpr std::array<char, 8> kMagic{'d', 'o', 'p', 'p', 'e', 'l', '0', '3'};
/// A guest that says nothing is sent away after this.
constexpr std::chrono::seconds kGreetingTime{5};
constexpr std::size_t kMostGuests = 256;
/// In which those that are left of a group must have come together.
constexpr std::chrono::milliseconds kMeetingAgain{30'000};

using Nonce = std::array<char, 16>;
using Proof = std::array<char, 32>;

/// What a process says first: that it speaks this, of how many it is one, and which.
struct Hello {
  std::array<char, 8> magic = kMagic;
  std::int32_t world = 0, rank = 0, again = 0;
  Nonce nonce{};
};
/// What rank 0 answers, before it believes anything.
struct Answer {
  std::array<char, 8> magic = kMagic;
  std::int32_t world = 0;
  std::int32_t has_key = 0;
  Nonce nonce{};
  Proof proof{};
};

Nonce fresh_nonce() {
  std::random_device device;
  Nonce nonce;
  for (char& c : nonce) c = static_cast<char>(device());
  return nonce;
}

/// Of one side, for the other's nonce.
Proof proof_of(const std::string& key, char side, const Hello& hello, const Nonce& nonce) {
  std::string text(1, side);
  text.append(reinterpret_cast<const char*>(&hello), sizeof hello).append(nonce.data(), nonce.size());
  return key_proof(key, text);
}

/// It ends here: rank 0 has answered and won't have this one, nobody listens, or the process was told to
/// stop.
class Refusal : public Error {
 public:
  using Error::Error;
};

/// One of the others' connections to rank 0 until it's let in. What doesn't come in time, whatever isn't
/// whole within the patience, or after the process was told to stop, throws Error.
class Entry {
 public:
  Entry(Socket socket, Clock::time_point until, const GroupOptions& options)
      : socket_(std::move(socket)), until_(until), options_(options) {}

  template <class T>
  void send(const T& value) {
    const char* data = reinterpret_cast<const char*>(&value);
    all_of(POLLOUT, sizeof value, [&](std::size_t at, std::size_t& done) {
      return socket_.send_some(data + at, sizeof value - at, done);
    });
  }
  void receive(char* data, std::size_t bytes) {
    all_of(POLLIN, bytes, [&](std::size_t at, std::size_t& done) {
      return socket_.receive_some(data + at, bytes - at, done);
    });
  }
  template <class T>
  T receive() {
    T value;
    receive(reinterpret_cast<char*>(&value), sizeof value);
    return value;
  }
  Frame receive_frame() {
    std::string text(kFrameHead, '\0');
    receive(text.data(), text.size());
    const std::size_t body = frame_body_bytes(text);
    text.resize(kFrameHead + body);
    receive(text.data() + kFrameHead, body);
    return *take_frame(text);
  }
  Socket take() { return std::move(socket_); }

 private:
  template <class Some>
  void all_of(short event, std::size_t bytes, Some some) {
    const auto silent = Clock::now() + options_.patience;
    for (std::size_t at = 0; at < bytes;) {
      std::size_t done = 0;
      const Socket::Result result = some(at, done);
      at += done;
      if (result == Socket::Result::Closed) throw Error("the connection was closed");
      if (result != Socket::Result::Nothing) continue;
      if (options_.stop && *options_.stop) throw Refusal("stopped while waiting for the others of the group");
      if (Clock::now() > until_) throw Error("nothing came in time");
      if (Clock::now() > silent)
        throw Error(fmt::format("nothing has come from it for {:.1f} s",
                                std::chrono::duration<double>(options_.patience).count()));
      pollfd wanted{socket_.get(), event, 0};
      ::poll(&wanted, 1, 100);
    }
  }

  Socket socket_;
  Clock::time_point until_;
  const GroupOptions& options_;
};

/// Where rank 0 listens. Debian gives a machine's own name an address that only itself reaches: then at all
/// addresses, as where the name is that of a service before it.
Socket listening(const GroupPlace& place) {
  const bool is_name = place.host != "localhost" &&
                       place.host.find_first_not_of("0123456789.:") != std::string::npos &&
                       place.host.find(':') == std::string::npos;
  if (!is_name) return Socket::listening(place.host, place.port);
  try {
    Socket socket = Socket::listening(place.host, place.port);
    if (!socket.own_address().first.starts_with("127.")) return socket;
  } catch (const Error&) {  // no address of this machine's
  }
  return Socket::listening("0.0.0.0", place.port);
}

/// Somebody at the door, of whom nothing is known.
struct Guest {
  Socket socket;
  Clock::time_point since = Clock::now();
  std::vector<char> said;
  std::optional<Hello> hello;
  Answer answer;
};

/// Who has come so far.
class Door {
 public:
  Door(const GroupPlace& place, const GroupOptions& options)
      : place_(place),
        options_(options),
        socket_(listening(place)),
        in_(static_cast<std::size_t>(place.world)),
        gone_since_(in_.size()) {
    key_proof(options.key, "");  // throws here where there can't be any
  }

  Connections wait_for_all() {
    const bool again = options_.again > 0;
    const auto until = Clock::now() + (again ? kMeetingAgain : options_.meeting);
    const int wanted = place_.world - (again ? 1 : 0);  // one at least is lost
    try {
      while (count_ + 1 < wanted && (!again || Clock::now() < until)) {
        if (options_.stop && *options_.stop) throw Error("stopped while waiting for the others of the group");
        if (Clock::now() > until) throw_missing();
        look();
        show_life();
        if (!again) give_up_the_gone();
      }
      if (again) close_ranks();
      tell_places();
    } catch (const Error& error) {
      tell_all(error.what());
      throw;
    }
    return {0, std::move(in_)};
  }

 private:
  void look() {
    std::vector<pollfd> handles{{socket_.get(), POLLIN, 0}};
    for (const Guest& guest : guests_) handles.push_back({guest.socket.get(), POLLIN, 0});
    ::poll(handles.data(), handles.size(), 100);
    for (Guest& guest : guests_)
      if (!hear(guest) || Clock::now() - guest.since > kGreetingTime) guest.socket = Socket();
    std::erase_if(guests_, [](const Guest& guest) { return !guest.socket.is_open(); });
    for (std::size_t rank = 1; rank < in_.size(); ++rank)
      if (in_[rank].is_open() && !is_there(in_[rank])) {  // it came, and has ended meanwhile
        in_[rank] = Socket();
        gone_since_[rank] = Clock::now();
        --count_;
      }
    while (guests_.size() < kMostGuests) {
      Guest guest{socket_.accept(), Clock::now(), {}, {}, {}};
      if (!guest.socket.is_open()) break;
      guests_.push_back(std::move(guest));
    }
  }

  /// Those that wait hear that this process does, too.
  void show_life() {
    if (Clock::now() < next_beat_) return;
    next_beat_ = Clock::now() + beat_interval(options_);
    const std::string frame = frame_text(FrameKind::Beats, "");
    std::size_t done = 0;  // of frames as small as that all or nothing fits
    for (const Socket& socket : in_)
      if (socket.is_open()) socket.send_some(frame.data(), frame.size(), done);
  }
  /// Who came and has ended may have been started again, for a while.
  void give_up_the_gone() const {
    for (std::size_t rank = 1; rank < in_.size(); ++rank)
      if (!in_[rank].is_open() && gone_since_[rank] && Clock::now() - *gone_since_[rank] > options_.patience)
        throw Error(fmt::format("process {} of the group came, and has gone: its own output says why", rank));
  }

  /// False where the guest is to go, or is in and has no place at the door any more.
  bool hear(Guest& guest) {
    const std::size_t wanted = guest.hello ? sizeof(Proof) : sizeof(Hello);
    std::array<char, std::max(sizeof(Proof), sizeof(Hello))> some{};
    std::size_t done = 0;
    const Socket::Result result = guest.socket.receive_some(some.data(), wanted - guest.said.size(), done);
    guest.said.insert(guest.said.end(), some.data(), some.data() + done);
    if (result == Socket::Result::Closed) return false;
    if (guest.said.size() < wanted) return true;
    const bool stays = guest.hello ? prove(guest) : greet(guest);
    guest.said.clear();
    return stays;
  }

  bool greet(Guest& guest) {
    Hello hello;
    std::memcpy(&hello, guest.said.data(), sizeof hello);
    if (hello.magic != kMagic) return false;
    guest.hello = hello;
    guest.answer.world = place_.world;
    guest.answer.has_key = options_.key.empty() ? 0 : 1;
    guest.answer.nonce = fresh_nonce();
    guest.answer.proof = proof_of(options_.key, '0', hello, guest.answer.nonce);
    std::size_t done = 0;  // a fresh connection's buffer has room for so little
    guest.socket.send_some(reinterpret_cast<const char*>(&guest.answer), sizeof guest.answer, done);
    return done == sizeof guest.answer;
  }

  bool prove(Guest& guest) {
    Proof proof;
    std::memcpy(proof.data(), guest.said.data(), sizeof proof);
    if (!is_same_proof(proof, proof_of(options_.key, '1', *guest.hello, guest.answer.nonce))) {
      ++without_key_;
      return false;
    }
    const Hello& hello = *guest.hello;
    if (hello.again != (options_.again > 0 ? 1 : 0)) return false;  // of another meeting
    if (hello.world != place_.world || hello.rank < 1 || hello.rank >= place_.world)
      throw Error(fmt::format("process {} of {} has come, but this is process 0 of {}", hello.rank,
                              hello.world, place_.world));
    Socket& place = in_[static_cast<std::size_t>(hello.rank)];
    if (place.is_open() && is_there(place)) {
      tell(guest.socket, fmt::format("there are two processes of rank {}", hello.rank));
      throw Error(fmt::format("there are two processes of rank {}", hello.rank));
    }
    if (!place.is_open()) ++count_;
    place = std::move(guest.socket);
    return false;
  }
  /// A process that has come says nothing until all have.
  static bool is_there(const Socket& socket) {
    char any = 0;
    std::size_t done = 0;
    return socket.receive_some(&any, 1, done) == Socket::Result::Nothing;
  }

  /// Those that have come again get new ranks.
  void close_ranks() {
    if (count_ + 1 < options_.again)
      throw Error(fmt::format("{} of {} processes are left, and at least {} are wanted", count_ + 1,
                              place_.world, options_.again));
    std::vector<Socket> left(1);
    for (Socket& socket : in_)
      if (socket.is_open()) left.push_back(std::move(socket));
    in_ = std::move(left);
  }
  /// All are in: each gets its rank and the world.
  void tell_places() const {
    for (std::size_t rank = 1; rank < in_.size(); ++rank) {
      std::string body;
      put_number(body, rank);
      put_number(body, in_.size());
      const std::string frame = frame_text(FrameKind::Value, body);
      std::size_t done = 0;
      in_[rank].send_some(frame.data(), frame.size(), done);
    }
  }

  [[noreturn]] void throw_missing() const {
    constexpr int kNamed = 16;
    std::string missing;
    int count = 0;
    for (int rank = 1; rank < place_.world; ++rank)
      if (!in_[static_cast<std::size_t>(rank)].is_open() && ++count <= kNamed)
        missing += (missing.empty() ? "" : ", ") + std::to_string(rank);
    if (count > kNamed) missing += fmt::format(" and {} more", count - kNamed);
    const std::string fault = Socket::name_fault(place_.host, place_.port);
    throw Error(fmt::format("{} of {} processes have come within {} s: {} {} {} missing{}{}", count_ + 1,
                            place_.world, options_.meeting.count() / 1000,
                            count == 1 ? "process" : "processes", missing, count == 1 ? "is" : "are",
                            without_key_ > 0 ? fmt::format("; {} had another key", without_key_) : "",
                            fault.empty() ? "" : "; " + fault));
  }

  static void tell(const Socket& socket, const std::string& why) {
    const std::string frame =
        lost_frame({0, 0, false, fmt::format("process 0 of the group has stopped: {}", why)});
    std::size_t done = 0;
    socket.send_some(frame.data(), frame.size(), done);
  }
  void tell_all(const std::string& why) const {
    for (const Socket& socket : in_)
      if (socket.is_open()) tell(socket, why);
  }

  GroupPlace place_;
  const GroupOptions& options_;
  Socket socket_;
  std::vector<Socket> in_;  ///< by rank
  std::vector<std::optional<Clock::time_point>> gone_since_;
  Clock::time_point next_beat_;
  std::vector<Guest> guests_;
  int count_ = 0, without_key_ = 0;
};

Socket knock(const GroupPlace& place, const GroupOptions& options, Clock::time_point until) {
  while (true) {
    std::string reason =
        fmt::format("nobody listens at {}:{}: is process 0 running?", place.host, place.port);
    try {
      constexpr std::chrono::milliseconds kEach{2000};
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
      Socket socket = Socket::connected(place.host, place.port, std::clamp(left, kEach / 20, kEach));
      if (socket.is_open()) return socket;
    } catch (const Error& error) { reason = error.what(); }  // a name that may get its address yet
    if (options.stop && *options.stop) throw Refusal("stopped while waiting for process 0 of the group");
    if (Clock::now() > until) throw Refusal(reason);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

void check_answer(const Answer& answer, const GroupPlace& place, const GroupOptions& options,
                  const Hello& hello) {
  const std::string where = fmt::format("{}:{}", place.host, place.port);
  if (answer.magic != kMagic)
    throw Refusal(fmt::format("what answers at {} isn't a group of this version of doppel", where));
  if (options.key.empty() && answer.has_key != 0)
    throw Refusal(
        fmt::format("process 0 at {} wants a key, and this process has none: say --group-key", where));
  if (!is_same_proof(answer.proof, proof_of(options.key, '0', hello, answer.nonce)))
    throw Refusal(
        fmt::format("process 0 at {} {}", where,
                    answer.has_key != 0 ? "has another key" : "has no key, and this process has one"));
  if (answer.world != place.world)
    throw Refusal(fmt::format("this is process {} of {}, but process 0 is one of {}", place.rank, place.world,
                              answer.world));
}

/// What rank 0 says of this process's place, once all are in. Until then it shows that it's there.
Connections connected(Entry& entry, const GroupPlace& place) {
  Frame frame{FrameKind::Beats, {}};
  while (frame.kind == FrameKind::Beats) frame = entry.receive_frame();
  if (frame.kind == FrameKind::Lost) throw Refusal(loss_of(frame).why);
  const std::uint64_t rank = number_at(frame.body, 0), world = number_at(frame.body, 1);
  if (rank < 1 || rank >= world || world > static_cast<std::uint64_t>(place.world))
    throw Error("it has no place for this one");
  Connections connections{static_cast<int>(rank), std::vector<Socket>(world)};
  connections.by_rank[0] = entry.take();
  return connections;
}

}  // namespace

std::chrono::milliseconds beat_interval(const GroupOptions& options) {
  using Millis = std::chrono::milliseconds;
  return std::clamp(options.patience / 10, Millis(20), Millis(500));
}

Connections welcome_all(const GroupPlace& place, const GroupOptions& options) {
  return Door(place, options).wait_for_all();
}

Connections let_in(const GroupPlace& place, const GroupOptions& options) {
  const auto knocking = options.again > 0 ? 2 * kMeetingAgain : options.meeting;
  const auto until = Clock::now() + knocking;
  const Hello hello{
      .world = place.world, .rank = place.rank, .again = options.again > 0 ? 1 : 0, .nonce = fresh_nonce()};
  while (true) {
    try {
      // Rank 0 may have begun to wait a little later.
      Entry entry(knock(place, options, until), until + kGreetingTime, options);
      entry.send(hello);
      const auto answer = entry.receive<Answer>();
      // Also where the worlds differ: so both are told.
      entry.send(proof_of(options.key, '1', hello, answer.nonce));
      check_answer(answer, place, options, hello);
      return connected(entry, place);
    } catch (const Refusal&) { throw; } catch (const Error& error) {
      const bool is_told = options.stop && *options.stop;
      if (options.again > 0 && Clock::now() < until && !is_told)
        continue;  // the old door may still have been open
      throw Error(fmt::format("process 0 at {}:{} doesn't answer: {}", place.host, place.port, error.what()));
    }
  }
}

}  // namespace doppel::nn
