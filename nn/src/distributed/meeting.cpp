#include "meeting.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "doppel/base/clock.h"
#include "doppel/base/error.h"
#include "frame.h"
#include "greeting.h"

namespace doppel::nn {
namespace {

constexpr const char* kGone = "has gone: its own output says why";
constexpr const char* kSilent = "doesn't answer: it hangs, or the network is down";
constexpr std::chrono::seconds kGoodbye{1};

/// Another process, as far as this one knows.
struct Member {
  Socket socket;  ///< not open where news of it come by way of process 0
  std::string received, to_send;
  Clock::time_point heard = Clock::now();
  std::uint64_t steps = 0;
  std::optional<Meeting::Loss> loss;
};

}  // namespace

struct Meeting::Impl {
  Impl(const GroupPlace& p, const GroupOptions& o) : place(p), options(o), beat(beat_interval(o)) {
    Connections connections = place.rank == 0 ? welcome_all(place, options) : let_in(place, options);
    place.rank = connections.rank;
    place.world = static_cast<int>(connections.by_rank.size());
    members.resize(connections.by_rank.size());
    for (std::size_t rank = 0; rank < members.size(); ++rank) {
      members[rank].socket = std::move(connections.by_rank[rank]);
      if (!members[rank].socket.is_open()) continue;
      const std::string host = members[rank].socket.own_address().first;
      if (own_host.empty() || own_host.starts_with("127.")) own_host = host;
    }
    for (Member& member : members) member.heard = Clock::now();
    wake = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    thread = std::thread([this] { run(); });
  }

  ~Impl() {
    leave();
    {
      const std::lock_guard lock(mutex);
      ending = true;
    }
    ring();
    thread.join();
    ::close(wake);
  }

  void leave() {
    std::unique_lock lock(mutex);
    const Loss own{place.rank, steps, true,
                   fmt::format("process {} of the group has left it: its own output says why", place.rank)};
    send_to_all(lost_frame(own, FrameKind::Leave));
    ring();
    changed.wait_for(lock, kGoodbye, [&] {
      const bool hears = place.rank == 0 || !members[0].loss;  // news of the others come by way of 0
      return !hears ||
             std::ranges::all_of(members, [&](const Member& m) { return &m == &own_member() || m.loss; });
    });
  }

  Member& own_member() { return members[static_cast<std::size_t>(place.rank)]; }
  void ring() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wake, &one, sizeof one);
  }
  void send_to_all(const std::string& frame) {
    for (Member& member : members)
      if (member.socket.is_open()) member.to_send += frame;
  }

  void run() {
    auto next_beat = Clock::now(), before = next_beat;
    while (true) {
      std::unique_lock lock(mutex);
      if (ending) return flush();
      // In a pause of this process nobody else has been silent.
      const auto now = Clock::now();
      if (const auto pause = now - std::exchange(before, now); pause > 2 * beat)
        for (Member& member : members) member.heard = std::min(now, member.heard + pause);
      if (Clock::now() >= next_beat) {
        next_beat = Clock::now() + beat;
        send_beat();
        find_silent();
        is_news = true;
      }
      std::vector<pollfd> handles{{wake, POLLIN, 0}};
      std::vector<std::size_t> whose{0};
      for (std::size_t rank = 0; rank < members.size(); ++rank) {
        Member& member = members[rank];
        if (!member.socket.is_open()) continue;
        handles.push_back(
            {member.socket.get(), static_cast<short>(POLLIN | (member.to_send.empty() ? 0 : POLLOUT)), 0});
        whose.push_back(rank);
      }
      lock.unlock();
      ::poll(handles.data(), handles.size(), static_cast<int>(beat.count() / 2));
      lock.lock();
      std::uint64_t rings = 0;
      [[maybe_unused]] const ssize_t read = ::read(wake, &rings, sizeof rings);
      for (std::size_t i = 1; i < handles.size(); ++i) serve(whose[i], handles[i].revents);
      answer_askers();
      changed.notify_all();
      const bool calls = std::exchange(is_news, false);
      lock.unlock();
      const std::lock_guard calling(call_mutex);
      if (calls && call) call();
    }
  }
  /// At the end nothing is waited for that can't be sent at once.
  void flush() {
    for (Member& member : members) {
      std::size_t done = 0;
      if (member.socket.is_open() && !member.to_send.empty())
        member.socket.send_some(member.to_send.data(), member.to_send.size(), done);
    }
  }

  void send_beat() {
    std::string body;
    if (place.rank > 0) {
      put_number(body, steps);
      return send_to_all(frame_text(FrameKind::Beat, body));
    }
    own_member().steps = steps;
    for (const Member& member : members) put_number(body, member.steps);
    send_to_all(frame_text(FrameKind::Beats, body));
  }

  void find_silent() {
    for (std::size_t rank = 0; rank < members.size(); ++rank)
      if (members[rank].socket.is_open() && Clock::now() - members[rank].heard > options.patience)
        lose(rank, kSilent);
  }

  void lose(std::size_t rank, const char* why) {
    members[rank].socket = Socket();
    note({static_cast<int>(rank), members[rank].steps, false,
          fmt::format("process {} of the group {}", rank, why)});
  }
  /// Process 0 tells the others.
  void note(const Loss& loss) {
    if (loss.rank < 0 || loss.rank >= place.world) return;
    Member& member = members[static_cast<std::size_t>(loss.rank)];
    if (member.loss) return;
    member.loss = loss;
    lost.push_back(static_cast<std::size_t>(loss.rank));
    if (place.rank == 0) send_to_all(lost_frame(loss));
    is_news = true;
  }

  void serve(std::size_t rank, short events) {
    Member& member = members[rank];
    if (!member.socket.is_open()) return;
    bool closed = false;
    if ((events & POLLOUT) != 0 && !member.to_send.empty()) {
      std::size_t done = 0;
      closed = member.socket.send_some(member.to_send.data(), member.to_send.size(), done) ==
               Socket::Result::Closed;
      member.to_send.erase(0, done);
    }
    if ((events & (POLLIN | POLLHUP | POLLERR)) != 0) closed = !receive(member) || closed;
    try {
      while (auto frame = take_frame(member.received)) hear(rank, *frame);
    } catch (const Error&) { closed = true; }
    if (!closed) return;
    if (member.loss)
      member.socket = Socket();
    else
      lose(rank, kGone);
  }
  /// False at the end.
  static bool receive(Member& member) {
    std::array<char, 1 << 14> some;
    while (true) {
      std::size_t done = 0;
      const Socket::Result result = member.socket.receive_some(some.data(), some.size(), done);
      if (result == Socket::Result::Closed) return false;
      if (result == Socket::Result::Nothing) return true;
      member.heard = Clock::now();
      member.received.append(some.data(), done);
    }
  }

  void hear(std::size_t rank, const Frame& frame) {
    const std::size_t end = frame.body.find('\0');
    switch (frame.kind) {
      case FrameKind::Set:
      case FrameKind::Value:
        if (end != std::string::npos) values[frame.body.substr(0, end)] = frame.body.substr(end + 1);
        return;
      case FrameKind::Get:
        askers.emplace_back(rank, frame.body);
        return;
      case FrameKind::Beat:
        members[rank].steps = number_at(frame.body, 0);
        return;
      case FrameKind::Beats:
        for (std::size_t i = 0; i < members.size(); ++i) members[i].steps = number_at(frame.body, i);
        return;
      case FrameKind::Lost:
        return note(loss_of(frame));
      case FrameKind::Leave: {
        Loss loss = loss_of(frame);
        loss.rank = static_cast<int>(rank);
        return note(loss);
      }
    }
  }
  void answer_askers() {
    std::erase_if(askers, [&](const auto& asker) {
      const auto found = values.find(asker.second);
      if (found == values.end()) return false;
      members[asker.first].to_send += frame_text(FrameKind::Value, asker.second + '\0' + found->second);
      return true;
    });
  }

  std::optional<Loss> loss_of_group(std::uint64_t needed) const {
    // Who left in order did so, it may be, since he missed another; or since another had left before.
    for (const std::size_t rank : lost)
      if (!members[rank].loss->left) return members[rank].loss;
    for (const std::size_t rank : lost)
      if (members[rank].loss->steps < needed) return members[rank].loss;
    return {};
  }

  using Millis = std::chrono::milliseconds;
  GroupPlace place;
  GroupOptions options;
  Millis beat;
  std::string own_host;
  int wake = -1;
  mutable std::mutex mutex;  ///< of all that follows
  mutable std::condition_variable changed;
  std::vector<Member> members;    ///< by rank
  std::vector<std::size_t> lost;  ///< those of whom there is a loss, in the order in which they were
  std::map<std::string, std::string> values;
  std::vector<std::pair<std::size_t, std::string>> askers;
  std::uint64_t steps = 0;
  bool is_news = false, ending = false;
  std::mutex call_mutex;  ///< of `call`
  std::function<void()> call;
  std::thread thread;
};

Meeting::Meeting(const GroupPlace& place, const GroupOptions& options)
    : impl_(std::make_unique<Impl>(place, options)) {}
Meeting::~Meeting() = default;

const GroupPlace& Meeting::place() const { return impl_->place; }
const std::string& Meeting::own_host() const { return impl_->own_host; }

void Meeting::set(const std::string& name, const std::string& value) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->place.rank == 0)
      impl_->values[name] = value;
    else
      impl_->members[0].to_send += frame_text(FrameKind::Set, name + '\0' + value);
  }
  impl_->ring();
}

std::string Meeting::get(const std::string& name, std::chrono::milliseconds within) {
  std::unique_lock lock(impl_->mutex);
  if (impl_->place.rank > 0) {
    impl_->members[0].to_send += frame_text(FrameKind::Get, name);
    impl_->ring();
  }
  constexpr std::uint64_t kAll = ~std::uint64_t{0};
  const auto is_stopped = [&] { return impl_->options.stop && *impl_->options.stop; };
  const bool came =
      impl_->changed.wait_for(lock, within, [&] {  // the meeting's thread wakes it some times a second
        return impl_->values.contains(name) || impl_->loss_of_group(kAll) || is_stopped();
      });
  if (is_stopped()) throw Error("stopped while waiting for the others of the group");
  if (const auto found = impl_->values.find(name); found != impl_->values.end()) return found->second;
  if (const auto loss = impl_->loss_of_group(kAll); came && loss) throw Error(loss->why);
  throw Error(
      fmt::format("the others of the group didn't say their addresses within {} s", within.count() / 1000));
}

void Meeting::reached(std::uint64_t steps) {
  const std::lock_guard lock(impl_->mutex);
  impl_->steps = std::max(impl_->steps, steps);  // threads may come here in another order
}

std::uint64_t Meeting::steps_of(int rank) const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->members[static_cast<std::size_t>(rank)].steps;
}

void Meeting::watch(std::function<void()> call) {
  const std::lock_guard lock(impl_->call_mutex);
  impl_->call = std::move(call);
}

std::optional<Meeting::Loss> Meeting::loss(std::uint64_t steps) const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->loss_of_group(steps);
}

std::optional<Meeting::Loss> Meeting::loss_within(std::uint64_t steps,
                                                  std::chrono::milliseconds within) const {
  std::unique_lock lock(impl_->mutex);
  impl_->changed.wait_for(lock, within, [&] { return impl_->loss_of_group(steps).has_value(); });
  return impl_->loss_of_group(steps);
}

}  // namespace doppel::nn
