#include "onednn.h"

#include <algorithm>

#include "cpu_isa.h"
#include "distributed/tree_sum.h"
#include "kernels.h"
#include "winograd.h"

namespace doppel::nn::engine {

namespace {

void grow(std::vector<std::unique_ptr<Buffer>>& per_lane, int shards, std::size_t floats) {
  per_lane.resize(static_cast<std::size_t>(shards));
  for (auto& buffer : per_lane)
    if (!buffer || buffer->count() < floats) buffer = std::make_unique<Buffer>(floats);
}

}  // namespace

void EngineContext::need_scratch(std::size_t bytes) {
  grow(scratch, std::max(shards, parts), bytes / sizeof(float) + 16);
}
void EngineContext::need_bf16(std::size_t numbers) { grow(bf16_numbers, shards, (numbers + 1) / 2); }

Format format_of(const dnnl::memory::desc& desc) {
  using Blocks = dnnl::memory::format_tag;
  for (const auto& [tag, block] : {std::pair{Blocks::nChw16c, 16}, {Blocks::nChw8c, 8}})
    if (desc == dnnl::memory::desc(dims_of(desc), type_of(desc), tag)) return {tag, block};
  return kPlain;
}

Format usual_blocks() {
  const int widest = winograd_block();
  if (widest == 16 && uses(dnnl::cpu_isa::avx512_core)) return {dnnl::memory::format_tag::nChw16c, 16};
  if (widest >= 8 && uses(dnnl::cpu_isa::avx2)) return {dnnl::memory::format_tag::nChw8c, 8};
  return kPlain;
}

void execute(const EngineContext& context, const Shard& shard, const dnnl::primitive& primitive,
             const dnnl::memory::desc& scratch, Arguments arguments) {
  if (scratch.get_size() > 0)
    arguments.insert(
        {DNNL_ARG_SCRATCHPAD,
         view(context, scratch, context.scratch[static_cast<std::size_t>(shard.index)]->data())});
  dnnl::stream stream(context.engine);
  primitive.execute(stream, arguments);
  stream.wait();
}

Factor::Factor(const Blob& blob, bool bf16, int batch) : blob_(blob), converts_(bf16 && !blob.bf16) {
  if (converts_) bf16_ = Buffer((blob.row_numbers() * static_cast<std::size_t>(batch) + 1) / 2);
}

void* Factor::rows(const Shard& shard) const {
  if (!converts_) return blob_.numbers(shard.first).at;
  return reinterpret_cast<std::uint16_t*>(bf16_.data()) +
         blob_.row_numbers() * static_cast<std::size_t>(shard.first);
}

void Factor::convert(const Shard& shard) const {
  if (converts_)
    to_bf16(static_cast<std::uint16_t*>(rows(shard)), blob_.row(shard.first),
            blob_.row_numbers() * static_cast<std::size_t>(shard.rows));
}

void* bf16_gradient(const EngineContext& context, const Shard& shard, const Blob& blob) {
  if (blob.bf16) return blob.grad_numbers(shard.first).at;
  void* const rounded = context.bf16_numbers[static_cast<std::size_t>(shard.index)]->data();
  to_bf16(static_cast<std::uint16_t*>(rounded), blob.grad_row(shard.first),
          blob.row_numbers() * static_cast<std::size_t>(shard.rows));
  return rounded;
}

void LaneGradients::take_memory(const dnnl::memory::desc& weights, std::size_t biases, int shards) {
  constexpr std::size_t kBlock = 16;  // oneDNN writes whole blocks
  desc_ = weights;
  for (int shard = 0; shard < shards; ++shard) {
    weights_.emplace_back(weights.get_size() / sizeof(float));
    biases_.emplace_back(biases + kBlock);
  }
}

float* LaneGradients::sum(std::vector<Buffer>& per_lane, const EngineContext& context) {
  constexpr std::size_t kBlock = 4096;  // floats of each shard that stay in the cache
  const std::size_t count = per_lane[0].count();
  for (std::size_t at = 0; at < count; at += kBlock)
    sum_by_tree(std::min(context.shards, context.rows), [&](int to, int from) {
      add_to(per_lane[static_cast<std::size_t>(to)].data() + at,
             per_lane[static_cast<std::size_t>(from)].data() + at, std::min(kBlock, count - at));
    });
  return per_lane[0].data();
}

void reorder(const EngineContext& context, const dnnl::memory& from, const dnnl::memory& to) {
  dnnl::stream stream(context.engine);
  dnnl::memory source = from, target = to;
  dnnl::reorder(source, target).execute(stream, source, target);
  stream.wait();
}

}  // namespace doppel::nn::engine
