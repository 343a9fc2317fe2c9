// What a step of one process has to do with those of the others.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <span>
#include <thread>
#include <unordered_map>
#include <vector>

#include "doppel/nn/distributed/group.h"
#include "step.h"

namespace doppel::nn::engine {

/// Makes the gradients of all parameters that learn those of all processes' parts of a batch, while layers
/// before them still run back: a thread of its own sends them bucket by bucket. Sums have the same bits
/// whatever the buckets are.
class GradientSums {
 public:
  /// All three must outlive it.
  GradientSums(Group& group, const std::vector<std::unique_ptr<Step>>& steps, Model& model,
               Group::Numbers as);
  ~GradientSums();
  GradientSums(const GradientSums&) = delete;
  GradientSums& operator=(const GradientSums&) = delete;

  /// The gradients of a step are this process's whole part. All processes give the same steps in the same
  /// order.
  void give(const Step& step);
  /// Returns when all that were given are everybody's sums. Throws Error where another process is missed.
  void finish();
  /// What a step gives, in bytes.
  std::size_t bytes(const Step& step) const;
  /// A bucket is sent when it holds so much; larger parameters are buckets of their own. A share of all, so
  /// that little is left to send when the pass back has ended.
  std::size_t bucket_bytes() const { return bucket_bytes_; }

 private:
  using Bucket = std::vector<Parameter*>;
  const std::vector<Parameter*>& parameters_of(const Step& step) const;
  void send();
  void run();
  void sum(const Bucket& bucket);

  Group& group_;
  Group::Numbers as_;
  std::unordered_map<const Step*, std::vector<Parameter*>> parameters_;
  std::size_t bucket_bytes_ = 0;
  Bucket filling_;
  std::size_t filled_ = 0;       ///< bytes
  std::vector<float> together_;  ///< of small parameters, of the bucket that is sent

  std::mutex mutex_;  ///< of what follows
  std::condition_variable changed_;
  std::deque<Bucket> waiting_;
  bool is_sending_ = false, ends_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace doppel::nn::engine
