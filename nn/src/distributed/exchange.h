// What carries a group's numbers: an engine, which is loaded when it's needed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace doppel::nn {

/// Bytes from each process to each, by an engine. What is called here from several threads at once must have
/// different tags.
class Exchange {
 public:
  /// Bytes for a process.
  struct Outgoing {
    int to = 0;
    const void* data = nullptr;
    std::size_t bytes = 0;
  };
  /// Bytes that a process sends by the same tag.
  struct Incoming {
    int from = 0;
    void* data = nullptr;
    std::size_t bytes = 0;
  };
  /// What is under way. Its memory must stay until wait() has returned or the exchange has ended.
  class Pending {
   public:
    virtual ~Pending() = default;
    /// Returns when all has gone and come. Throws std::runtime_error where the engine knows that it can't,
    /// or after abort().
    virtual void wait() = 0;
    /// Whom wait() waits for at this moment; from any thread.
    virtual int waits_for() const = 0;
  };

  virtual ~Exchange() = default;
  /// Begins to connect to all others: what is called first, once. Throws as wait() does.
  virtual std::unique_ptr<Pending> connect() = 0;
  /// Begins to send and to receive; a tag is used once. Throws as wait() does.
  virtual std::unique_ptr<Pending> start(std::span<const Outgoing> outgoing,
                                         std::span<const Incoming> incoming, std::uint64_t tag) = 0;
  /// From any thread: every wait() now and later throws. Safe while others are called.
  virtual void abort() = 0;
};

/// What an engine needs to find the others: texts by name, which get() waits for.
struct ExchangeSetup {
  int rank = 0;
  int world = 1;
  std::string host;  ///< the address of this machine that the others reach
  std::function<void(const std::string& name, const std::string& value)> set;
  std::function<std::string(const std::string& name)> get;  ///< throws where it doesn't come
};

/// What a plug-in libdoppel_NAME.so has as the function "doppel_exchange". Throws std::runtime_error.
using MakeExchange = Exchange* (*)(const ExchangeSetup&);

/// What an engine's own launcher has told it.
struct ExchangePlace {
  int rank = 0, world = 1;
  std::string host, port;  ///< where process 0 may listen
};
/// What a plug-in has as the function "doppel_exchange_place", where its launcher knows. Throws
/// std::runtime_error.
using FindPlace = void (*)(ExchangePlace&);

}  // namespace doppel::nn
