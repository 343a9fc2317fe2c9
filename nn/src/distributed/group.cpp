#include "doppel/nn/distributed/group.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "doppel/base/clock.h"
#include "doppel/base/error.h"
#include "doppel/base/hash.h"
#include "doppel/base/plug_in.h"
#include "doppel/dataset/analysis/data_hash.h"
#include "doppel/dataset/sources/source.h"
#include "exchange.h"
#include "meeting.h"
#include "tree_sum.h"

namespace doppel::nn {
namespace {

/// Numbers up to this go from everyone to everyone, in one trip.
constexpr std::size_t kSmallBytes = std::size_t{1} << 15;
/// Larger ones go in parts, of which some are under way at once.
constexpr std::size_t kPartBytes = std::size_t{1} << 20;
constexpr std::size_t kPartsUnderWay = 3;
/// Who is alive may take so many times the patience to come to where the others wait.
constexpr int kPatienceWithTheLiving = 10;

/// After the patience, for news of others.
constexpr std::chrono::milliseconds kGrace{1000};

/// " (0.01, not 0.05)", where both can be read.
std::string shown(const std::string& other, const std::string& own) {
  const auto readable = [](const std::string& text) {
    return std::ranges::all_of(text, [](unsigned char c) { return c >= ' ' && c != 127; });
  };
  return readable(other) && readable(own) && other != own ? fmt::format(" ({}, not {})", other, own) : "";
}

std::unique_ptr<Exchange> make_exchange(const GroupPlace& place, const GroupOptions& options,
                                        Meeting& meeting) {
  const std::string file = fmt::format("libdoppel_{}.so", options.engine);
  void* const function = plug_in_function(file, "doppel_exchange");
  if (!function)
    throw Error(
        fmt::format("the engine {} of groups isn't there: doppel was built without it ({} is missing)",
                    options.engine, file));
  ExchangeSetup setup{place.rank, place.world, meeting.own_host(),
                      [&](const std::string& name, const std::string& value) { meeting.set(name, value); },
                      [&](const std::string& name) { return meeting.get(name, options.meeting); }};
  try {
    return std::unique_ptr<Exchange>(reinterpret_cast<MakeExchange>(function)(setup));
  } catch (const std::exception& error) {
    throw Error(fmt::format("the engine {} doesn't begin: {}", options.engine, error.what()));
  }
}

/// Which parts of `count` numbers are whose: rank k sums up piece k.
struct Pieces {
  std::size_t count, world;
  std::size_t first(std::size_t rank) const { return rank * count / world; }
  std::size_t size(std::size_t rank) const { return first(rank + 1) - first(rank); }
};

/// The upper half of a float.
enum class Bf16 : std::uint16_t {};

Bf16 rounded_to_bf16(float number) {
  std::uint32_t bits = std::bit_cast<std::uint32_t>(number);
  if (number != number) return static_cast<Bf16>(bits >> 16 | 0x40U);
  bits += 0x7fffU + (bits >> 16 & 1U);  // to even
  return static_cast<Bf16>(bits >> 16);
}
float float_of(Bf16 number) { return std::bit_cast<float>(static_cast<std::uint32_t>(number) << 16); }

/// What everybody sent of the same numbers, one after the other, is added up into the first.
template <class T>
void sum_up(std::vector<T*>& parts, std::size_t count) {
  constexpr std::size_t kBlock = 2048;  // numbers that stay in the cache
  for (std::size_t at = 0; at < count; at += kBlock) {
    const std::size_t end = std::min(count, at + kBlock);
    sum_by_tree(static_cast<int>(parts.size()), [&](int to, int from) {
      T* const sums = parts[static_cast<std::size_t>(to)];
      const T* const more = parts[static_cast<std::size_t>(from)];
      for (std::size_t i = at; i < end; ++i) sums[i] += more[i];
    });
  }
}

/// The same, added up as floats.
void sum_up(std::vector<Bf16*>& parts, std::size_t count) {
  constexpr std::size_t kBlock = 1024;
  std::vector<float> numbers(kBlock * parts.size());
  std::vector<float*> floats;
  for (std::size_t i = 0; i < parts.size(); ++i) floats.push_back(numbers.data() + i * kBlock);
  for (std::size_t at = 0; at < count; at += kBlock) {
    const std::size_t n = std::min(kBlock, count - at);
    for (std::size_t i = 0; i < parts.size(); ++i)
      std::transform(parts[i] + at, parts[i] + at + n, floats[i], float_of);
    sum_up(floats, n);
    std::transform(floats[0], floats[0] + n, parts[0] + at, rounded_to_bf16);
  }
}

}  // namespace

struct Group::Impl {
  /// What one thread has under way.
  struct Lane {
    Lane(Impl& of, std::uint64_t first_tag) : group(of), next_tag(first_tag) {}
    Impl& group;
    std::uint64_t next_tag;
    const Exchange::Pending* waited = nullptr;  ///< by the group's mutex, as what follows
    Clock::time_point waiting_since;
    int there = -1;  ///< who is waited for, and has come to this step
    Clock::time_point there_since;
  };

  GroupPlace place;
  GroupOptions options;
  std::unique_ptr<Meeting> meeting;
  std::unique_ptr<Exchange> exchange;
  std::atomic<std::uint64_t> steps =
      0;  ///< a piece of common work is one at its beginning, and one at its end
  std::atomic<bool> is_connecting = false;
  std::array<Lane, 2> lanes{Lane(*this, 0), Lane(*this, std::uint64_t{1} << 32)};

  std::mutex mutex;  ///< of what the meeting's thread reads
  Clock::time_point stopped_at;
  std::optional<GroupLoss> given_up;

  Impl(const GroupPlace& p, GroupOptions o) : place(p), options(std::move(o)) {
    if (place.world == 1) return;
    meeting = std::make_unique<Meeting>(place, options);
    place = meeting->place();
    if (place.world == 1) return;
    exchange = make_exchange(place, options, *meeting);
  }
  void connect() {
    if (place.world == 1) return;
    is_connecting = true;
    meeting->watch([this] { watch(); });
    wait(lane(Channel::Steps), *exchange->connect());
    is_connecting = false;
  }
  ~Impl() {
    if (meeting) meeting->watch({});
    meeting.reset();
  }
  Lane& lane(Channel channel) { return lanes[static_cast<std::size_t>(channel)]; }

  std::size_t rank() const { return static_cast<std::size_t>(place.rank); }
  std::size_t world() const { return static_cast<std::size_t>(place.world); }

  /// On the meeting's thread: ends waits that can't end well, or have lasted too long.
  void watch() {
    const std::lock_guard lock(mutex);
    const bool is_lost = meeting->loss(steps + 1).has_value();
    for (Lane& lane : lanes) {
      if (!lane.waited) continue;
      if (const std::string why = is_lost || given_up ? "" : reason_to_give_up(lane); !why.empty())
        given_up.emplace(lane.waited->waits_for(), why);
      if (is_lost || given_up) exchange->abort();
    }
  }
  std::string reason_to_give_up(Lane& lane) {
    const int other = lane.waited->waits_for();
    const auto now = Clock::now();
    const auto waited_for = now - lane.waiting_since;
    const int there = meeting->steps_of(other) >= steps ? other : -1;
    if (std::exchange(lane.there, there) != there) lane.there_since = now;
    if (options.stop && *options.stop) {
      if (stopped_at == Clock::time_point()) stopped_at = now;
      if (is_connecting || now - stopped_at > options.after_stop)
        return fmt::format("stopped while waiting for process {} of the group", other);
    }
    // Whoever is silent has been named by then.
    const auto patience = options.patience + std::min(options.patience / 5, kGrace);
    if (there >= 0 && now - lane.there_since >= patience)
      return fmt::format(
          "process {} of the group is there, but nothing has come from it for {:.0f} s: the network between "
          "them is down",
          other, std::chrono::duration<double>(now - lane.there_since).count());
    if (there >= 0 || options.apart || waited_for < kPatienceWithTheLiving * options.patience) return "";
    return fmt::format("process {} of the group lives, but hasn't come to this step for {:.0f} s", other,
                       std::chrono::duration<double>(waited_for).count());
  }

  void wait(Lane& lane, Exchange::Pending& pending) {
    {
      const std::lock_guard lock(mutex);
      lane.waited = &pending;
      lane.waiting_since = Clock::now();
      lane.there = -1;
    }
    std::string failure;
    try {
      if (const auto loss = meeting->loss(steps + 1)) throw Error(loss->why);
      pending.wait();
    } catch (const std::exception& error) { failure = error.what(); }
    {
      const std::lock_guard lock(mutex);
      lane.waited = nullptr;
    }
    if (!failure.empty()) fail(failure);
  }
  /// Names whoever is missed: the engine knows only which of its connections broke first.
  [[noreturn]] void fail(const std::string& failure) {
    exchange->abort();  // nothing is waited for any more
    {
      const std::lock_guard lock(mutex);
      if (given_up) throw GroupLoss(*given_up);
    }
    if (is_connecting && options.stop && *options.stop)
      throw Error("stopped while waiting for the others of the group");
    if (const auto loss = meeting->loss_within(steps + 1, std::chrono::seconds(2)))
      throw GroupLoss(loss->rank, loss->why);
    throw Error(fmt::format("the connection to another process of the group broke: {}", failure));
  }
  std::unique_ptr<Exchange::Pending> start(Lane& lane, const std::vector<Exchange::Outgoing>& outgoing,
                                           const std::vector<Exchange::Incoming>& incoming) {
    try {
      return exchange->start(outgoing, incoming, lane.next_tag++);
    } catch (const std::exception& error) { fail(error.what()); }
  }
  void pass_step() { meeting->reached(++steps); }

  /// Everybody's bytes, one process after the other.
  void to_all(Lane& lane, const void* own, std::size_t bytes, char* all) {
    std::vector<Exchange::Outgoing> outgoing;
    std::vector<Exchange::Incoming> incoming;
    for (int other = 0; other < place.world; ++other) {
      if (other == place.rank) continue;
      outgoing.push_back({other, own, bytes});
      incoming.push_back({other, all + static_cast<std::size_t>(other) * bytes, bytes});
    }
    pass_step();
    wait(lane, *start(lane, outgoing, incoming));
    pass_step();
    std::memcpy(all + rank() * bytes, own, bytes);
  }

  void check() {
    if (place.world == 1) return;
    if (const auto loss = meeting->loss(steps + 1)) throw GroupLoss(loss->rank, loss->why);
  }

  /// Part by part, so that none takes longer than the patience. `sizes`: of everybody's bytes.
  std::vector<std::string> collect(Lane& lane, const std::string& own, const std::vector<double>& sizes) {
    std::vector<std::string> all(place.rank == 0 ? world() : 0);
    for (std::size_t i = 1; i < all.size(); ++i) all[i].resize(static_cast<std::size_t>(sizes[i]));
    const auto most = static_cast<std::size_t>(*std::max_element(sizes.begin() + 1, sizes.end()));
    const auto part = [](std::size_t size, std::size_t at) {
      return std::min(kPartBytes, size - std::min(at, size));
    };
    for (std::size_t at = 0; at < most; at += kPartBytes) {
      std::vector<Exchange::Outgoing> outgoing;
      std::vector<Exchange::Incoming> incoming;
      if (const std::size_t size = part(own.size(), at); place.rank > 0 && size > 0)
        outgoing.push_back({0, own.data() + at, size});
      for (std::size_t i = 1; i < all.size(); ++i)
        if (const std::size_t size = part(all[i].size(), at); size > 0)
          incoming.push_back({static_cast<int>(i), all[i].data() + at, size});
      pass_step();
      wait(lane, *start(lane, outgoing, incoming));
      pass_step();
    }
    return all;
  }

  template <class T>
  void sum(std::span<T> numbers, Channel channel) {
    if (place.world == 1 || numbers.empty()) return;
    if (numbers.size_bytes() <= kSmallBytes) return sum_small(lane(channel), numbers);
    sum_large(lane(channel), numbers);
  }
  template <class T>
  void sum_small(Lane& lane, std::span<T> numbers) {
    std::vector<T> all(numbers.size() * world());
    to_all(lane, numbers.data(), numbers.size_bytes(), reinterpret_cast<char*>(all.data()));
    std::vector<T*> parts;
    for (std::size_t i = 0; i < world(); ++i) parts.push_back(all.data() + i * numbers.size());
    sum_up(parts, numbers.size());
    std::copy_n(all.data(), numbers.size(), numbers.data());
  }

  /// Piece k of each part goes to rank k, which adds it up; then it goes to all.
  template <class T>
  struct Part {
    std::span<T> numbers;
    std::unique_ptr<T[]> others;  ///< of this process's piece, by rank
    std::unique_ptr<Exchange::Pending> coming, going;
  };
  template <class T>
  void send_pieces(Lane& lane, Part<T>& part) {
    const Pieces pieces{part.numbers.size(), world()};
    const std::size_t own = pieces.size(rank());
    part.others = std::make_unique_for_overwrite<T[]>(own * world());
    std::vector<Exchange::Outgoing> outgoing;
    std::vector<Exchange::Incoming> incoming;
    for (std::size_t other = 0; other < world(); ++other) {
      if (other == rank()) continue;
      outgoing.push_back({static_cast<int>(other), part.numbers.data() + pieces.first(other),
                          pieces.size(other) * sizeof(T)});
      incoming.push_back({static_cast<int>(other), part.others.get() + other * own, own * sizeof(T)});
    }
    part.coming = start(lane, outgoing, incoming);
  }
  template <class T>
  void sum_piece(Lane& lane, Part<T>& part) {
    wait(lane, *part.coming);
    const Pieces pieces{part.numbers.size(), world()};
    const std::size_t own = pieces.size(rank());
    T* const mine = part.numbers.data() + pieces.first(rank());
    std::vector<T*> parts;
    for (std::size_t i = 0; i < world(); ++i)
      parts.push_back(i == rank() ? mine : part.others.get() + i * own);
    sum_up(parts, own);
    if (rank() > 0) std::copy_n(part.others.get(), own, mine);
    std::vector<Exchange::Outgoing> outgoing;
    std::vector<Exchange::Incoming> incoming;
    for (std::size_t other = 0; other < world(); ++other) {
      if (other == rank()) continue;
      outgoing.push_back({static_cast<int>(other), mine, own * sizeof(T)});
      incoming.push_back({static_cast<int>(other), part.numbers.data() + pieces.first(other),
                          pieces.size(other) * sizeof(T)});
    }
    part.going = start(lane, outgoing, incoming);
  }
  template <class T>
  void sum_large(Lane& lane, std::span<T> numbers) {
    pass_step();
    const std::size_t each = kPartBytes / sizeof(T), count = (numbers.size() + each - 1) / each;
    std::vector<Part<T>> parts(count);
    for (std::size_t i = 0; i < count; ++i)
      parts[i].numbers = numbers.subspan(i * each, std::min(each, numbers.size() - i * each));
    for (std::size_t i = 0; i < count + kPartsUnderWay; ++i) {
      if (i < count) send_pieces(lane, parts[i]);
      if (i >= 1 && i - 1 < count) sum_piece(lane, parts[i - 1]);
      if (i >= kPartsUnderWay) {
        Part<T>& last = parts[i - kPartsUnderWay];
        wait(lane, *last.going);
        last = {};
      }
    }
    pass_step();
  }
};

Group::Group(const GroupPlace& place, GroupOptions options)
    : impl_(std::make_unique<Impl>(place, std::move(options))) {
  impl_->connect();
}
Group::~Group() = default;

int Group::rank() const { return impl_->place.rank; }
int Group::world() const { return impl_->place.world; }
void Group::sum(std::span<float> numbers, Channel channel, Numbers as) {
  if (as == Numbers::F32 || world() == 1) return impl_->sum(numbers, channel);
  std::vector<Bf16> rounded(numbers.size());
  std::ranges::transform(numbers, rounded.begin(), rounded_to_bf16);
  impl_->sum(std::span<Bf16>(rounded), channel);
  std::ranges::transform(rounded, numbers.begin(), float_of);
}
void Group::sum(std::span<double> numbers) { impl_->sum(numbers, Channel::Steps); }

void Group::gather(std::span<const double> own, std::span<double> all) {
  if (own.size() * impl_->world() != all.size())
    throw UsageError(fmt::format("{} numbers of {} processes aren't {}", own.size(), world(), all.size()));
  if (world() == 1) {
    std::ranges::copy(own, all.begin());
    return;
  }
  impl_->to_all(impl_->lane(Channel::Steps), own.data(), own.size_bytes(),
                reinterpret_cast<char*>(all.data()));
}

void Group::share(std::string& text) {
  double size = rank() == 0 ? static_cast<double>(text.size()) : 0;
  sum(std::span(&size, 1));
  // As numbers of which all but process 0 add 0.
  std::vector<float> numbers(static_cast<std::size_t>(size));
  if (rank() == 0)
    std::ranges::transform(text, numbers.begin(), [](unsigned char c) { return static_cast<float>(c); });
  sum(std::span<float>(numbers));
  text.clear();
  for (const float number : numbers) text += static_cast<char>(static_cast<unsigned char>(number));
}

std::vector<std::string> Group::collect(const std::string& own) {
  if (world() == 1) return {own};
  const double mine = static_cast<double>(own.size());
  std::vector<double> sizes(impl_->world());
  gather(std::span(&mine, 1), sizes);
  std::vector<std::string> all = impl_->collect(impl_->lane(Channel::Steps), own, sizes);
  if (rank() == 0) all[0] = own;
  return all;
}

void Group::check() const { impl_->check(); }

void Group::agree(std::string_view what, std::string_view text) {
  constexpr std::size_t kShown = 60;
  struct Said {
    std::uint64_t hash;
    std::array<char, kShown> beginning;
  };
  if (world() == 1) return;
  Said own{fnv1a(text), {}};
  const std::string_view line = text.substr(0, text.find('\n'));
  const bool is_long = line.size() > kShown;
  const std::string shortened = is_long ? std::string(line.substr(0, kShown - 3)) + "..." : std::string(line);
  shortened.copy(own.beginning.data(), kShown);
  std::vector<Said> all(impl_->world());
  impl_->to_all(impl_->lane(Channel::Steps), &own, sizeof own, reinterpret_cast<char*>(all.data()));
  const auto other = std::ranges::find_if(all, [&](const Said& one) { return one.hash != all[0].hash; });
  if (other == all.end()) return;
  const auto beginning = [](const Said& said) {
    return std::string(said.beginning.data(), strnlen(said.beginning.data(), kShown));
  };
  throw Error(
      fmt::format("{} of process {} isn't that of process 0{}: start all with the same options and data",
                  what, other - all.begin(), shown(beginning(*other), beginning(all[0]))));
}

void Group::agree_on_data(std::string_view what, const dataset::Source& data) {
  if (world() == 1) return;
  agree(what, fmt::format("{} samples of {} classes\n{:016x}", data.size(), data.classes().size(),
                          dataset::listing_hash(data)));
  agree(fmt::format("what pictures of {} show", what),
        fmt::format("hash {:016x}", dataset::images_hash(data, dataset::HashedImages::Encoded)));
}

}  // namespace doppel::nn
