// MPI's messages, without its collectives, whose sums have orders of their own. Opened under mpirun or srun
// alone.
#include <ifaddrs.h>
#include <mpi.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <thread>
#include <vector>

#include "distributed/exchange.h"

namespace doppel::nn {
namespace {

void check(int result, const char* what) {
  if (result == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int size = 0;
  MPI_Error_string(result, text.data(), &size);
  throw std::runtime_error(std::string(what) + ": " +
                           std::string(text.data(), static_cast<std::size_t>(size)));
}

void initialise() {
  int done = 0, ended = 0, level = 0;
  MPI_Finalized(&ended);
  if (ended) throw std::runtime_error("MPI has ended in this process, and can't begin again");
  MPI_Initialized(&done);
  if (!done) check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_MULTIPLE, &level), "MPI_Init_thread");
  MPI_Query_thread(&level);
  if (level < MPI_THREAD_MULTIPLE) throw std::runtime_error("this MPI can't be called by several threads");
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
}

/// This machine's first address that others can reach.
std::string own_address() {
  ifaddrs* all = nullptr;
  std::array<char, NI_MAXHOST> text{};
  if (getifaddrs(&all) != 0) return "127.0.0.1";
  for (const ifaddrs* one = all; one && text[0] == '\0'; one = one->ifa_next) {
    if (!one->ifa_addr || one->ifa_addr->sa_family != AF_INET) continue;
    const auto* address = reinterpret_cast<const sockaddr_in*>(one->ifa_addr);
    constexpr std::uint32_t kLoopback = 127;
    if (ntohl(address->sin_addr.s_addr) >> 24 == kLoopback) continue;
    getnameinfo(one->ifa_addr, sizeof *address, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
  }
  freeifaddrs(all);
  return text[0] == '\0' ? "127.0.0.1" : text.data();
}

std::string free_port() {
  const int handle = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  socklen_t size = sizeof address;
  ::bind(handle, reinterpret_cast<const sockaddr*>(&address), size);
  ::getsockname(handle, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(handle);
  return std::to_string(ntohs(address.sin_port));
}

/// Waits without taking the core from whoever computes.
class Backoff {
 public:
  void wait() {
    constexpr int kSpins = 2000, kYields = 200;
    if (++turns_ < kSpins) return;
    if (turns_ < kSpins + kYields)
      sched_yield();
    else
      std::this_thread::sleep_for(std::chrono::microseconds(50));
  }

 private:
  int turns_ = 0;
};

class MpiExchange;

class MpiPending final : public Exchange::Pending {
 public:
  explicit MpiPending(const std::atomic<bool>& aborted) : aborted_(aborted) {}
  void wait() override {
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      waits_for_ = ranks_[i];
      Backoff backoff;
      for (int done = 0; !done; backoff.wait()) {
        if (aborted_) throw std::runtime_error("aborted");
        check(MPI_Test(&requests_[i], &done, MPI_STATUS_IGNORE), "MPI_Test");
      }
    }
  }
  int waits_for() const override { return waits_for_; }

 private:
  friend class MpiExchange;
  const std::atomic<bool>& aborted_;
  std::vector<MPI_Request> requests_;
  std::vector<int> ranks_;
  std::atomic<int> waits_for_ = 0;
};

class MpiExchange final : public Exchange {
 public:
  explicit MpiExchange(const ExchangeSetup& setup) {
    initialise();
    int rank = 0, world = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &world);
    if (rank != setup.rank || world != setup.world)
      throw std::runtime_error("MPI has this as process " + std::to_string(rank) + " of " +
                               std::to_string(world));
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  }
  /// Where somebody is lost the end would be waited for in vain.
  ~MpiExchange() override {
    if (!aborted_ && std::uncaught_exceptions() == 0) MPI_Finalize();
  }

  /// MPI connects where it first sends.
  std::unique_ptr<Pending> connect() override { return std::make_unique<MpiPending>(aborted_); }

  std::unique_ptr<Pending> start(std::span<const Outgoing> outgoing, std::span<const Incoming> incoming,
                                 std::uint64_t tag) override {
    if (aborted_) throw std::runtime_error("aborted");
    auto pending = std::make_unique<MpiPending>(aborted_);
    // Of the tags that any MPI has each channel gets half; by then an old one is done.
    constexpr std::uint64_t kTags = 16'000;
    const int name = static_cast<int>(tag % kTags + (tag >> 32 != 0 ? kTags : 0));
    for (const Incoming& one : incoming) {
      pending->ranks_.push_back(one.from);
      check(MPI_Irecv(one.data, static_cast<int>(one.bytes), MPI_BYTE, one.from, name, MPI_COMM_WORLD,
                      &pending->requests_.emplace_back()),
            "MPI_Irecv");
    }
    for (const Outgoing& one : outgoing) {
      pending->ranks_.push_back(one.to);
      check(MPI_Isend(one.data, static_cast<int>(one.bytes), MPI_BYTE, one.to, name, MPI_COMM_WORLD,
                      &pending->requests_.emplace_back()),
            "MPI_Isend");
    }
    return pending;
  }
  void abort() override { aborted_ = true; }

 private:
  std::atomic<bool> aborted_ = false;
};

/// Everybody's place, as text that process 0 has made.
std::string share(std::string text) {
  constexpr std::size_t kMost = 256;
  text.resize(kMost);
  check(MPI_Bcast(text.data(), static_cast<int>(kMost), MPI_BYTE, 0, MPI_COMM_WORLD), "MPI_Bcast");
  return text.c_str();
}

}  // namespace
}  // namespace doppel::nn

extern "C" doppel::nn::Exchange* doppel_exchange(const doppel::nn::ExchangeSetup& setup) {
  return new doppel::nn::MpiExchange(setup);
}

extern "C" void doppel_exchange_place(doppel::nn::ExchangePlace& place) {
  using namespace doppel::nn;
  initialise();
  MPI_Comm_rank(MPI_COMM_WORLD, &place.rank);
  MPI_Comm_size(MPI_COMM_WORLD, &place.world);
  MPI_Comm here = MPI_COMM_NULL;
  int local = 0;
  check(MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here),
        "MPI_Comm_split_type");
  MPI_Comm_size(here, &local);
  MPI_Comm_free(&here);
  int alone = local == place.world ? 1 : 0;
  check(MPI_Allreduce(MPI_IN_PLACE, &alone, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD), "MPI_Allreduce");
  place.host = share(alone ? "127.0.0.1" : own_address());
  place.port = share(free_port());
}
