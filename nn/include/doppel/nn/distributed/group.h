// Processes that train one model together, on one machine or several.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace doppel::nn {

/// A process's place among those that train together.
struct GroupPlace {
  int rank = 0;      ///< 0 to world - 1
  int world = 1;     ///< how many processes there are
  std::string host;  ///< where rank 0 listens: a name or an address
  std::string port;  ///< where rank 0 listens: a number or a service's name

  /// Of "RANK/WORLD@HOST:PORT", as "0/2@127.0.0.1:7000". Throws UsageError where it isn't that.
  static GroupPlace parse(std::string_view text);
};

/// What all processes of a group do at the same point of their work, over TCP through rank 0. Sums are made
/// in the order of ranks, once: all get the same bits. Every call throws Error, naming the other, where one
/// is gone or is silent for longer than `patience`.
class Group {
 public:
  /// Returns when all have met: rank 0 listens, the others knock until it does. A world of 1 meets nobody.
  explicit Group(const GroupPlace& place, std::chrono::seconds patience = std::chrono::minutes(10));
  ~Group();
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  int rank() const;   ///< this process's, 0 to world() - 1
  int world() const;  ///< how many processes there are
  /// Each number becomes its sum over all processes, which give as many each.
  void sum(std::span<float> numbers);
  /// The same of doubles.
  void sum(std::span<double> numbers);
  /// `all` becomes everybody's `own`, by rank. Throws UsageError where it isn't world times as long.
  void gather(std::span<const double> own, std::span<double> all);
  /// Throws Error in all, with both values, where `what` ("the network") isn't the same for all.
  void agree(std::string_view what, std::string_view text);

 private:
  std::vector<std::string> gather_beginnings(std::string_view text);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace doppel::nn
