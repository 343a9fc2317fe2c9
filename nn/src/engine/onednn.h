// The little that all oneDNN steps do alike.
#pragma once

#include <omp.h>
#include <signal.h>

#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>

#include "onednn_api.h"
#include "step.h"

namespace doppel::nn::engine {

inline constexpr auto kFloat = dnnl::memory::data_type::f32, kBf16 = dnnl::memory::data_type::bf16;

/// While alive, this thread may call oneDNN. OpenMP runs on this thread alone, since oneTBB owns all
/// parallelism; and signals wait: a kernel for products of floats (oneDNN 2.6, AVX-512) uses the stack
/// pointer for its own memory on the heap, where a signal's frame would be written over what lies next to it.
/// What a fault raises isn't held back.
class OneDnnScope {
 public:
  OneDnnScope() : threads_(omp_get_max_threads()) {
    omp_set_num_threads(1);
    sigset_t all;
    sigfillset(&all);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS})
      sigdelset(&all, fault);
    pthread_sigmask(SIG_BLOCK, &all, &signals_);
  }
  ~OneDnnScope() {
    pthread_sigmask(SIG_SETMASK, &signals_, nullptr);
    omp_set_num_threads(threads_);
  }
  OneDnnScope(const OneDnnScope&) = delete;
  OneDnnScope& operator=(const OneDnnScope&) = delete;

 private:
  int threads_;
  sigset_t signals_;
};

using Desc = dnnl::memory::desc;
using Tag = dnnl::memory::format_tag;
using Arguments = std::unordered_map<int, dnnl::memory>;

inline dnnl::primitive_attr user_scratch() {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attr;
}

inline dnnl::memory view(const EngineContext& context, const dnnl::memory::desc& desc, void* data) {
  return {desc, context.engine, data};
}

/// Runs a primitive on the shard's thread with the shard's scratch memory.
void execute(const EngineContext& context, const Shard& shard, const dnnl::primitive& primitive,
             const dnnl::memory::desc& scratch, Arguments arguments);

/// What a layer reads, in the type that it multiplies.
class Factor {
 public:
  /// `bf16`: bfloat16, whatever the blob holds.
  Factor(const Blob& blob, bool bf16, int batch);
  /// The shard's rows, once converted.
  void* rows(const Shard& shard) const;
  /// Before a shard's rows are read.
  void convert(const Shard& shard) const;

 private:
  const Blob& blob_;
  bool converts_;
  Buffer bf16_;
};

/// The shard's rows of a gradient as bfloat16: rounded into the shard's memory for it where they are floats.
void* bf16_gradient(const EngineContext& context, const Shard& shard, const Blob& blob);

/// The gradients of a layer's weights and bias, by shard, until they are added up.
class LaneGradients {
 public:
  bool has_memory() const { return !weights_.empty(); }
  /// Once: `weights` is how they lie in each shard.
  void take_memory(const dnnl::memory::desc& weights, std::size_t biases, int shards);
  const dnnl::memory::desc& desc() const { return desc_; }
  float* weights(const Shard& shard) { return weights_[static_cast<std::size_t>(shard.index)].data(); }
  float* biases(const Shard& shard) { return biases_[static_cast<std::size_t>(shard.index)].data(); }
  /// The sum over the shards that have rows, by a tree, where the first had its own.
  float* sum_weights(const EngineContext& context) { return sum(weights_, context); }
  float* sum_biases(const EngineContext& context) { return sum(biases_, context); }

 private:
  static float* sum(std::vector<Buffer>& per_lane, const EngineContext& context);

  dnnl::memory::desc desc_;
  std::vector<Buffer> weights_, biases_;
};

/// Copies between layouts.
void reorder(const EngineContext& context, const dnnl::memory& from, const dnnl::memory& to);

}  // namespace doppel::nn::engine
