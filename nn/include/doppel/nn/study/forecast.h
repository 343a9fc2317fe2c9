// What a training run will take, measured on its first batch.
#pragma once

#include <string>

#include "doppel/base/progress.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/nn/train/trainer.h"

namespace doppel::nn {

/// Of training steps alone: neither the loader nor what a group's processes say to each other is measured.
struct Forecast {
  double images_per_second = 0;  ///< learned from, by all processes
  std::size_t memory_bytes = 0;  ///< of values and gradients, of this process
  std::string kernels;           ///< of the forward pass: "6 jit_wino:avx512_core, 2 jit:avx512_core"
};

/// Takes a few steps with a copy of the model, on this process's part of a batch. `after`: the loader gives
/// that node's values in place of images, see ExecutorOptions::after.
Forecast forecast(const Model& model, dataset::Loader& train, const TrainerOptions& options, int shards,
                  const OnPhase& on_phase = {}, const std::string& after = {});

}  // namespace doppel::nn
