// What strangers say to a group that begins, what answers a process that knocks, and messages of a group.
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

#include "distributed/frame.h"
#include "distributed/greeting.h"
#include "doppel/base/error.h"
#include "targets.h"

namespace doppel::fuzz {
namespace {

using Said = std::span<const unsigned char>;

/// Where a group of two meets: another address of this machine's each time, since a closed connection keeps
/// its ports for a minute.
nn::GroupPlace next_place() {
  static std::atomic<unsigned> count = 0;
  const unsigned n = count++, process = static_cast<unsigned>(::getpid());
  nn::GroupPlace place;
  place.world = 2;
  place.host = fmt::format("127.{}.{}.{}", 1 + process % 250, 1 + process / 250 % 250, 1 + n % 250);
  place.port = std::to_string(20'000 + n / 250 % 10'000);
  return place;
}

/// Says all of it, and no more.
void say(const nn::Socket& socket, Said bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    std::size_t done = 0;
    const auto result =
        socket.send_some(reinterpret_cast<const char*>(bytes.data()) + at, bytes.size() - at, done);
    at += done;
    if (result == nn::Socket::Result::Closed) break;
  }
  ::shutdown(socket.get(), SHUT_WR);
}

/// A stranger comes before the second process. Who doesn't speak as a process does mustn't keep it out.
void stranger_at_the_door(Said bytes) {
  nn::GroupPlace place = next_place();
  std::atomic<bool> has_ended = false;
  bool is_whole = false;
  nn::GroupOptions options;
  options.meeting = std::chrono::seconds(20);
  std::thread first([&] {
    try {
      is_whole = nn::welcome_all(place, options).by_rank.size() == 2;
    } catch (const Error&) {}
    has_ended = true;
  });
  nn::Socket stranger;
  while (!stranger.is_open() && !has_ended)
    stranger = nn::Socket::connected(place.host, place.port, std::chrono::milliseconds(100));
  if (stranger.is_open()) say(stranger, bytes);
  nn::GroupPlace second = place;
  second.rank = 1;
  nn::GroupOptions waiting = options;
  waiting.stop = &has_ended;
  try {
    (void)nn::let_in(second, waiting);
  } catch (const Error&) {}
  first.join();
  constexpr std::string_view kMagic = "doppel03";
  if (!is_whole && !std::ranges::equal(bytes.first(std::min(bytes.size(), kMagic.size())), kMagic))
    std::abort();
}

/// What listens where process 0 should be says this.
void stranger_in_its_place(Said bytes) {
  nn::GroupPlace place = next_place();
  place.rank = 1;
  const nn::Socket door = nn::Socket::listening(place.host, place.port);
  nn::GroupOptions options;
  options.meeting = std::chrono::seconds(5);
  options.patience = std::chrono::seconds(5);
  std::thread guest([&] {
    try {
      (void)nn::let_in(place, options);
    } catch (const Error&) {}
  });
  nn::Socket visitor;
  while (!visitor.is_open()) {
    pollfd wanted{door.get(), POLLIN, 0};
    ::poll(&wanted, 1, 100);
    visitor = door.accept();
  }
  say(visitor, bytes);
  guest.join();
}

/// One message after the other, as far as they are whole.
void messages(Said bytes) {
  std::string received(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  try {
    while (const auto frame = nn::take_frame(received)) try {
        if (frame->kind == nn::FrameKind::Lost || frame->kind == nn::FrameKind::Leave)
          (void)nn::loss_of(*frame);
        else
          for (std::size_t i = 0;; ++i) (void)nn::number_at(frame->body, i);
      } catch (const Error&) {}
  } catch (const Error&) {}
}

}  // namespace

void greeting(Said bytes) {
  if (bytes.empty()) return;
  const std::array readers{stranger_at_the_door, stranger_in_its_place, messages};
  readers[bytes[0] % readers.size()](bytes.subspan(1));
}

}  // namespace doppel::fuzz
