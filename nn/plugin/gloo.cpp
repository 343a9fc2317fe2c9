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
  MeetingStore(const ExchangeSetup& setup, const std::string& prefix) : setup_(setup), prefix_(prefix) {}
  void set(const std::string& key, const std::vector<char>& data) override {
    setup_.set(prefix_ + key, {data.begin(), data.end()});
  }
  std::vector<char> get(const std::string& key) override {
    const std::string value = setup_.get(prefix_ + key);
    return {value.begin(), value.end()};
  }
  void wait(const std::vector<std::string>& keys) override {
    for (const std::string& key : keys) setup_.get(prefix_ + key);
  }
  void wait(const std::vector<std::string>& keys, const std::chrono::milliseconds&) override { wait(keys); }

 private:
  const ExchangeSetup& setup_;
  std::string prefix_;
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
  explicit GlooExchange(const ExchangeSetup& setup)
      : steps_(setup.rank, setup.world), gradients_(setup.rank, setup.world) {
    gloo::transport::tcp::attr attributes;
    attributes.hostname = setup.host;
    device_ = gloo::transport::tcp::CreateDevice(attributes);
    for (auto& [context, prefix] : {std::pair<gloo::rendezvous::Context&, const char*>{steps_, "gloo/steps/"},
                                    {gradients_, "gloo/gradients/"}}) {
      context.setTimeout(std::chrono::milliseconds(static_cast<std::int64_t>(1000 * setup.seconds)));
      MeetingStore store(setup, prefix);
      context.connectFullMesh(store, device_);
    }
  }

  std::unique_ptr<Pending> start(std::span<const Outgoing> outgoing, std::span<const Incoming> incoming,
                                 std::uint64_t tag) override {
    auto pending = std::make_unique<GlooPending>(*this);
    // Connections of their own: nothing small waits behind gradients.
    gloo::rendezvous::Context& context = tag >> 32 == 0 ? steps_ : gradients_;
    for (const Incoming& one : incoming)
      pending->received_.push_back({one.from, context.createUnboundBuffer(one.data, one.bytes)});
    for (const Outgoing& one : outgoing)
      pending->sent_.push_back({one.to, context.createUnboundBuffer(const_cast<void*>(one.data),
                                                                    one.bytes)});  // which it only reads
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
  std::shared_ptr<gloo::transport::Device> device_;
  gloo::rendezvous::Context steps_, gradients_;
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
