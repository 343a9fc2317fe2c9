#include "gradient_sums.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "distributed/batch_scheduling.h"

namespace doppel::nn::engine {
namespace {

/// Buckets that gradients are shared out to, as far as those aren't too small or too large.
constexpr std::size_t kBuckets = 16, kFewestBytes = std::size_t{1} << 17, kMostBytes = std::size_t{1} << 22;

bool is_sent(const Parameter& p) { return p.rate != 0 && !p.grad.empty(); }

std::size_t bytes_of(const Parameter& p) { return p.grad.size() * sizeof(float); }

/// "conv1" of "conv1.weight".
std::string_view node_of(const Parameter& p) { return std::string_view(p.name).substr(0, p.name.rfind('.')); }

}  // namespace

GradientSums::GradientSums(Group& group, const std::vector<std::unique_ptr<Step>>& steps, Model& model,
                           Group::Numbers as)
    : group_(group), as_(as) {
  // Of a node's steps the first is the last to run back.
  std::unordered_map<std::string_view, const Step*> first;
  for (const auto& step : steps) first.try_emplace(step->node(), step.get());
  for (Parameter& p : model.parameters())
    if (const auto step = first.find(node_of(p)); step != first.end())
      parameters_[step->second].push_back(&p);
  std::size_t all = 0;
  for (const Parameter& p : model.parameters()) all += bytes_of(p);
  bucket_bytes_ = std::clamp(all / kBuckets, kFewestBytes, kMostBytes);
  const BatchScheduling of_its_thread;
  thread_ = std::thread([this] { run(); });
}

GradientSums::~GradientSums() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

const std::vector<Parameter*>& GradientSums::parameters_of(const Step& step) const {
  static const std::vector<Parameter*> none;
  const auto found = parameters_.find(&step);
  return found == parameters_.end() ? none : found->second;
}

std::size_t GradientSums::bytes(const Step& step) const {
  std::size_t sum = 0;
  for (const Parameter* p : parameters_of(step)) sum += is_sent(*p) ? bytes_of(*p) : 0;
  return sum;
}

void GradientSums::give(const Step& step) {
  for (Parameter* p : parameters_of(step)) {
    if (!is_sent(*p)) continue;
    if (filled_ > 0 && filled_ + bytes_of(*p) > bucket_bytes_) send();
    filling_.push_back(p);
    filled_ += bytes_of(*p);
  }
  if (filled_ >= bucket_bytes_) send();
}

void GradientSums::send() {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::exchange(filling_, {}));
  }
  filled_ = 0;
  changed_.notify_all();
}

void GradientSums::finish() {
  if (!filling_.empty()) send();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return (waiting_.empty() && !is_sending_) || failure_; });
  if (failure_) std::rethrow_exception(failure_);
}

void GradientSums::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return ends_ || (!waiting_.empty() && !failure_); });
    if (ends_) return;
    const Bucket bucket = std::move(waiting_.front());
    waiting_.pop_front();
    is_sending_ = true;
    lock.unlock();
    std::exception_ptr failure;
    try {
      sum(bucket);
    } catch (...) { failure = std::current_exception(); }
    lock.lock();
    is_sending_ = false;
    failure_ = failure;
    changed_.notify_all();
  }
}

void GradientSums::sum(const Bucket& bucket) {
  constexpr auto kChannel = Group::Channel::Gradients;
  if (bucket.size() == 1) return group_.sum(std::span<float>(bucket[0]->grad), kChannel, as_);
  together_.clear();
  for (const Parameter* p : bucket) together_.insert(together_.end(), p->grad.begin(), p->grad.end());
  group_.sum(std::span<float>(together_), kChannel, as_);
  auto at = together_.cbegin();
  for (Parameter* p : bucket) {
    std::copy_n(at, p->grad.size(), p->grad.begin());
    at += static_cast<std::ptrdiff_t>(p->grad.size());
  }
}

}  // namespace doppel::nn::engine
