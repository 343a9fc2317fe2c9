// Processes that train one model together, on one machine or several.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/base/error.h"
#include "doppel/nn/distributed/place.h"

namespace doppel::dataset {
class Source;
}

namespace doppel::nn {

/// How a group works together.
struct GroupOptions {
  /// How long a process may be silent, or data of one that is there may not come, before the others give it
  /// up.
  std::chrono::milliseconds patience = std::chrono::seconds(60);
  std::chrono::milliseconds meeting = std::chrono::minutes(5);  ///< in which all must have come
  /// What carries the numbers: "gloo", over TCP, or "mpi".
  std::string engine = "gloo";
  /// A secret that all know: who doesn't is sent away. Empty: everybody is let in who says the right words.
  std::string key = {};
  /// Not 0: another meeting of processes whose group has lost some. After 30 s, or when all but one are
  /// there, those that have come go on, if they are so many, with new ranks in their old order. Rank 0 must
  /// be among them.
  int again = 0;
  /// They work by themselves for long: whoever lives is waited for, however long it takes. Else ten times the
  /// patience.
  bool apart = false;
  /// Once it's true, waits for others end after `after_stop`, in which they can come to the end of the step.
  /// May be null.
  const std::atomic<bool>* stop = nullptr;
  std::chrono::milliseconds after_stop = std::chrono::seconds(15);  ///< see `stop`
};

/// Another process of a group is gone, silent or out of reach.
class GroupLoss : public Error {
 public:
  /// Of the other's rank, and the sentence that names it.
  GroupLoss(int rank, const std::string& what) : Error(what), rank_(rank) {}
  int rank() const { return rank_; }  ///< the other's

 private:
  int rank_;
};

/// What all processes of a group do at the same point of their work. Sums are made in one order, once, by a
/// tree over the ranks, so that all get the same bits: see tree_sum.h. Every call throws GroupLoss, naming
/// the other, where one is gone, or silent for longer than the options' patience.
class Group {
 public:
  /// Returns when all have met: rank 0 listens, the others knock until it does. A world of 1 meets nobody.
  explicit Group(const GroupPlace& place, GroupOptions options = {});
  ~Group();
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  int rank() const;   ///< this process's, 0 to world() - 1: of another meeting, the new one
  int world() const;  ///< how many processes there are
  /// What numbers are on their way.
  enum class Numbers { F32, BF16 };
  /// Calls by one channel don't wait for those by another: each is used by one thread at a time.
  enum class Channel { Steps, Gradients };
  /// Each number becomes its sum over all processes, which give as many each.
  /// `as`: how they travel. As bfloat16 each process's are rounded before they are added up, and the sums
  /// are.
  void sum(std::span<float> numbers, Channel channel = Channel::Steps, Numbers as = Numbers::F32);
  /// The same of doubles.
  void sum(std::span<double> numbers);
  /// `all` becomes everybody's `own`, by rank. Throws UsageError where it isn't world times as long.
  void gather(std::span<const double> own, std::span<double> all);
  /// Everybody's text becomes process 0's.
  void share(std::string& text);
  /// Process 0 gets everybody's bytes, by rank; the others get nothing.
  std::vector<std::string> collect(const std::string& own);
  /// Returns at once: where others are missed is seen here, too, by those that are long without a call.
  void check() const;
  /// Throws Error in all, with both values, where `what` ("the network") isn't the same for all.
  void agree(std::string_view what, std::string_view text);
  /// The same of data: how many samples there are, their classes, labels, numbers and the ends of their
  /// names; and the files of up to 64 images that are spread over it, of far data 8.
  void agree_on_data(std::string_view what, const dataset::Source& data);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace doppel::nn
