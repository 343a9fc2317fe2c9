// Gloo's transport: unbound buffers over TCP, without its collectives, whose sums have orders of their own.
#include <gloo/rendezvous/context.h>
#include <gloo/rendezvous/store.h>
#include <gloo/transport/tcp/device.h>
#include <gloo/transport/unbound_buffer.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <stdexcept>
#include <vector>

#include "distributed/exchange.h"

namespace doppel::nn {
namespace {

using gloo::transport::UnboundBuffer;

/// Waits end by abort(): a group knows better than a clock of the engine's how long is too long.
constexpr std::chrono::milliseconds kForEver = std::chrono::hours(24 * 365);

/// Gloo's addresses, by way of the group's meeting place.
class MeetingStore final : public gloo::rendezvous::Store {
 public:
  explicit MeetingStore(const ExchangeSetup& setup) : setup_(setup) {}
  void set(const std::string& key, const std::vector<char>& data) override {
    setup_.set("gloo/" + key, {data.begin(), data.end()});
  }
  std::vector<char> get(const std::string& key) override {
    const std::string value = setup_.get("gloo/" + key);
    return {value.begin(), value.end()};
  }
  void wait(const std::vector<std::string>& keys) override {
    for (const std::string& key : keys) setup_.get("gloo/" + key);
  }
  void wait(const std::vector<std::string>& keys, const std::chrono::milliseconds&) override { wait(keys); }

 private:
  const ExchangeSetup& setup_;
};

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

class GlooExchange final : public Exchange {
 public:
  explicit GlooExchange(const ExchangeSetup& setup) : context_(setup.rank, setup.world) {
    gloo::transport::tcp::attr attributes;
    attributes.hostname = setup.host;
    device_ = gloo::transport::tcp::CreateDevice(attributes);
    context_.setTimeout(std::chrono::milliseconds(static_cast<std::int64_t>(1000 * setup.seconds)));
    MeetingStore store(setup);
    context_.connectFullMesh(store, device_);
  }

  std::unique_ptr<Pending> start(std::span<const Outgoing> outgoing, std::span<const Incoming> incoming,
                                 std::uint64_t tag) override {
    auto pending = std::make_unique<GlooPending>(*this);
    for (const Incoming& one : incoming)
      pending->received_.push_back({one.from, buffer(one.data, one.bytes)});
    for (const Outgoing& one : outgoing)
      pending->sent_.push_back(
          {one.to, buffer(const_cast<void*>(one.data), one.bytes)});  // which it only reads
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
    aborted_ = true;
    const std::lock_guard lock(mutex_);
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
  std::unique_ptr<UnboundBuffer> buffer(void* data, std::size_t bytes) {
    return context_.createUnboundBuffer(data, bytes);
  }

  std::shared_ptr<gloo::transport::Device> device_;
  gloo::rendezvous::Context context_;
  std::atomic<bool> aborted_ = false;
  std::mutex mutex_;
  std::set<GlooPending*> pending_;  ///< whose waits abort() ends
};

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
