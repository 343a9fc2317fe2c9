#include "inference.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "doppel/base/error.h"

namespace doppel::nn {
namespace {

/// Parts of a batch: whatever the machine, so that outputs don't depend on it.
constexpr std::size_t kShards = 16;

}  // namespace

Inference::Inference(Model& model, const dataset::Loader& loader, const Options& options)
    : group_(options.group && options.group->world() > 1 ? options.group : nullptr) {
  const dataset::LoaderOptions& loading = loader.options();
  const int world = group_ ? group_->world() : 1, rank = group_ ? group_->rank() : 0;
  if (loading.world != world || loading.rank != rank)
    throw UsageError(fmt::format("process {} of {} has a loader for rank {} of {}", rank, world, loading.rank,
                                 loading.world));
  const auto up = [](std::size_t n, std::size_t by) { return (n + by - 1) / by; };
  const std::size_t each = up(loading.batch, kShards),  // rows of a shard, by which its kernels are chosen
      shards = up(up(loading.batch, static_cast<std::size_t>(world)), each);
  ExecutorOptions executing{.batch = static_cast<int>(shards * each),
                            .shards = static_cast<int>(shards),
                            .threads = options.threads,
                            .mode = ExecutorOptions::Mode::Inference,
                            .timing = options.timing,
                            .after = options.after};
  if (rank == 0) executor_.emplace(model, executing);
  if (!group_) return;
  std::string kernels = rank == 0 ? nlohmann::json(executor_->chosen_kernels()).dump() : "";
  group_->share(kernels);
  executing.kernels = nlohmann::json::parse(kernels).get<std::map<std::string, std::string>>();
  if (rank > 0) executor_.emplace(model, executing);
}

std::span<const float> Inference::outputs(const dataset::Batch& batch) {
  if (group_) group_->check();
  if (batch.size() == 0) return {};
  return executor_->predict(batch.images.values<float>(), static_cast<int>(batch.size()));
}

void Inference::join(std::span<float> numbers) const {
  if (group_) group_->sum(numbers);
}
void Inference::join(std::span<double> numbers) const {
  if (group_) group_->sum(numbers);
}

JoinedRows::JoinedRows(const Inference& inference, std::size_t samples, int truths, int outputs)
    : inference_(inference),
      truths_(static_cast<std::size_t>(truths)),
      each_(1 + truths_ + static_cast<std::size_t>(outputs)),
      numbers_(inference.is_shared() ? samples * each_ : 0) {}

bool JoinedRows::keep(std::size_t index, std::span<const float> truth, std::span<const float> outputs) {
  if (numbers_.empty()) return false;
  const auto kept = std::span(numbers_).subspan(index * each_, each_);
  kept[0] = 1;
  std::ranges::copy(truth, kept.begin() + 1);
  std::ranges::copy(outputs, kept.begin() + 1 + static_cast<std::ptrdiff_t>(truths_));
  return true;
}

}  // namespace doppel::nn
