// The little that all oneDNN steps do alike.
#pragma once

#include <omp.h>

#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>

#include "step.h"

namespace doppel::nn::engine {

/// While alive, OpenMP in this thread runs on this thread alone: oneTBB owns all parallelism.
class SingleThreadedOpenMp {
 public:
  SingleThreadedOpenMp() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~SingleThreadedOpenMp() { omp_set_num_threads(before_); }
  SingleThreadedOpenMp(const SingleThreadedOpenMp&) = delete;
  SingleThreadedOpenMp& operator=(const SingleThreadedOpenMp&) = delete;

 private:
  int before_;
};

using Arguments = std::unordered_map<int, dnnl::memory>;

inline dnnl::primitive_attr user_scratch() {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attr;
}

inline dnnl::memory view(const Setting& setting, const dnnl::memory::desc& desc, void* data) {
  return {desc, setting.engine, data};
}

/// Runs a primitive on the lane's thread with the lane's scratch memory.
void execute(const Setting& setting, const Lane& lane, const dnnl::primitive& primitive,
             const dnnl::memory::desc& scratch, Arguments arguments);

/// Adds up what the first `lanes` of them hold, in their order, in the first.
void add_lanes(std::vector<Buffer>& per_lane, int lanes);

/// Copies between layouts.
void reorder(const Setting& setting, const dnnl::memory& from, const dnnl::memory& to);

}  // namespace doppel::nn::engine
