// Gloo's transport: unbound buffers over TCP, without its collectives, whose sums have orders of their own.
#include <gloo/transport/context.h>
#include <gloo/transport/pair.h>
#include <gloo/transport/tcp/device.h>
#include <gloo/transport/unbound_buffer.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "distributed/batch_scheduling.h"
#include "distributed/exchange.h"

namespace doppel::nn {
namespace {

using gloo::transport::UnboundBuffer;

/// Waits end by abort(): a group knows better than a clock of the engine's how long is too long.
constexpr std::chrono::milliseconds kForEver = std::chrono::hours(24 * 365);

class GlooExchange;

/// Buffers of one start(), each of one process.
class GlooPending final : public Exchange::Pending {
 public:
  explicit GlooPending(GlooExchange& of) : of_(of) {}
  ~GlooPending() override;
  void wait() override;
  int waits_for() const override { return waits_for_; }

 private:
  friend class GlooExchange;
  /// A buffer, and to or from whom.
  struct Part {
    int rank;
    std::unique_ptr<UnboundBuffer> buffer;
  };
  GlooExchange& of_;
  std::vector<Part> sent_, received_;
  std::atomic<int> waits_for_ = 0;
};

/// A connection to each of the others, of one channel.
class Mesh {
 public:
  Mesh(const ExchangeSetup& setup, std::string name, const std::shared_ptr<gloo::transport::Device>& device)
      : setup_(setup), name_(std::move(name)), context_(device->createContext(setup.rank, setup.world)) {
    context_->setTimeout(kForEver);
    for (int other = 0; other < setup.world; ++other)
      if (other != setup.rank) context_->createPair(other);
  }
  /// Says where this process is reached, by way of the group's meeting place.
  void tell_addresses() {
    for (int other = 0; other < setup_.world; ++other) {
      if (other == setup_.rank) continue;
      const std::vector<char> address = context_->getPair(other)->address().bytes();
      setup_.set(key(setup_.rank, other), {address.begin(), address.end()});
    }
  }
  /// Waits for its address, and until it's connected or close() was called.
  void connect_to(int other) {
    const std::string address = setup_.get(key(other, setup_.rank));
    context_->getPair(other)->connect({address.begin(), address.end()});
  }
  void close() {
    for (int other = 0; other < setup_.world; ++other)
      if (other != setup_.rank) context_->getPair(other)->close();
  }
  std::unique_ptr<UnboundBuffer> buffer(void* data, std::size_t bytes) {
    return context_->createUnboundBuffer(data, bytes);
  }

 private:
  std::string key(int from, int to) const {
    return "gloo/" + name_ + "/" + std::to_string(from) + "/" + std::to_string(to);
  }

  const ExchangeSetup& setup_;
  std::string name_;
  std::shared_ptr<gloo::transport::Context> context_;
};

/// All connections.
struct Meshes {
  Meshes(const ExchangeSetup& s, const std::shared_ptr<gloo::transport::Device>& device)
      : setup(s), steps(setup, "steps", device), gradients(setup, "gradients", device) {}
  ExchangeSetup setup;
  Mesh steps, gradients;
};

/// Keeps, for as long as the process lives, what never came to be connected: Gloo's thread may still be
/// connecting some, and doesn't ask whether they are there.
void keep(std::shared_ptr<gloo::transport::Device> device, std::unique_ptr<Meshes> meshes) {
  static std::mutex mutex;
  static auto& kept =
      *new std::vector<std::pair<std::shared_ptr<gloo::transport::Device>, std::unique_ptr<Meshes>>>;
  const std::lock_guard lock(mutex);
  kept.emplace_back(std::move(device), std::move(meshes));
}

class GlooExchange final : public Exchange {
 public:
  explicit GlooExchange(const ExchangeSetup& setup) {
    gloo::transport::tcp::attr attributes;
    attributes.hostname = setup.host;
    const BatchScheduling of_its_thread;
    device_ = gloo::transport::tcp::CreateDevice(attributes);
    meshes_ = std::make_unique<Meshes>(setup, device_);
  }
  ~GlooExchange() override {
    if (!connected_) keep(std::move(device_), std::move(meshes_));
  }

  std::unique_ptr<Pending> connect() override { return std::make_unique<Connecting>(*this); }

  std::unique_ptr<Pending> start(std::span<const Outgoing> outgoing, std::span<const Incoming> incoming,
                                 std::uint64_t tag) override {
    auto pending = std::make_unique<GlooPending>(*this);
    // Connections of their own: nothing small waits behind gradients.
    Mesh& mesh = tag >> 32 == 0 ? meshes_->steps : meshes_->gradients;
    for (const Incoming& one : incoming)
      pending->received_.push_back({one.from, mesh.buffer(one.data, one.bytes)});
    for (const Outgoing& one : outgoing)
      pending->sent_.push_back(
          {one.to, mesh.buffer(const_cast<void*>(one.data), one.bytes)});  // which it only reads
    {
      const std::lock_guard lock(mutex_);
      pending_.insert(pending.get());
    }
    if (aborted_) throw std::runtime_error("aborted");
    for (const auto& part : pending->received_) part.buffer->recv(part.rank, tag);
    for (const auto& part : pending->sent_) part.buffer->send(part.rank, tag);
    return pending;
  }

  void abort() override {
    const bool again = aborted_.exchange(true);
    const std::lock_guard lock(mutex_);
    if (!connected_ && !again) {
      meshes_->steps.close();
      meshes_->gradients.close();
    }
    for (GlooPending* one : pending_) {
      for (const auto& part : one->received_) part.buffer->abortWaitRecv();
      for (const auto& part : one->sent_) part.buffer->abortWaitSend();
    }
  }

  bool is_aborted() const { return aborted_; }
  void forget(GlooPending* pending) {
    const std::lock_guard lock(mutex_);
    pending_.erase(pending);
  }

 private:
  class Connecting final : public Pending {
   public:
    explicit Connecting(GlooExchange& of) : of_(of) {}
    void wait() override;
    int waits_for() const override { return waits_for_; }

   private:
    GlooExchange& of_;
    std::atomic<int> waits_for_ = 0;
  };

  std::shared_ptr<gloo::transport::Device> device_;
  std::unique_ptr<Meshes> meshes_;
  std::atomic<bool> aborted_ = false;
  std::mutex mutex_;
  bool connected_ = false;
  std::set<GlooPending*> pending_;  ///< whose waits abort() ends
};

void GlooExchange::Connecting::wait() {
  Meshes& meshes = *of_.meshes_;
  for (Mesh* mesh : {&meshes.steps, &meshes.gradients}) mesh->tell_addresses();
  for (int other = 0; other < meshes.setup.world; ++other) {
    if (other == meshes.setup.rank) continue;
    waits_for_ = other;
    for (Mesh* mesh : {&meshes.steps, &meshes.gradients}) {
      mesh->connect_to(other);
      if (of_.aborted_) throw std::runtime_error("aborted");
    }
  }
  const std::lock_guard lock(of_.mutex_);
  of_.connected_ = !of_.aborted_;
}

GlooPending::~GlooPending() { of_.forget(this); }

void GlooPending::wait() {
  const auto check = [](bool came) {
    if (!came) throw std::runtime_error("aborted");
  };
  for (const Part& part : received_) {
    waits_for_ = part.rank;
    check(!of_.is_aborted() && part.buffer->waitRecv(nullptr, kForEver));
  }
  for (const Part& part : sent_) {
    waits_for_ = part.rank;
    check(!of_.is_aborted() && part.buffer->waitSend(nullptr, kForEver));
  }
}

}  // namespace
}  // namespace doppel::nn

extern "C" doppel::nn::Exchange* doppel_exchange(const doppel::nn::ExchangeSetup& setup) {
  return new doppel::nn::GlooExchange(setup);
}
