// What a run will take, measured on a few steps.
#pragma once

#include <string>

#include "doppel/base/progress.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/nn/gan/gan.h"
#include "doppel/nn/train/trainer.h"

namespace doppel::nn {

/// Of steps alone: neither the loader nor what a group's processes say to each other is measured.
struct Forecast {
  double images_per_second = 0;  ///< learned from, by all processes
  std::size_t memory_bytes = 0;  ///< of values and gradients, of this process
  std::string kernels = {};      ///< of a model's forward pass: "6 jit_wino:avx512_core, 2 jit:avx512_core"
};

/// Takes a few steps with a copy of the model, on this process's part of a batch. `after`: the loader gives
/// that node's values in place of images, see ExecutorOptions::after.
Forecast forecast(const Model& model, dataset::Loader& train, const TrainerOptions& options, int shards,
                  const OnPhase& on_phase = {}, const std::string& after = {});

/// The same of a GAN's steps, real images by the second; by one process, with a GAN made for it.
Forecast forecast(const Shape& image, int classes, GanOptions options, const OnPhase& on_phase = {});

}  // namespace doppel::nn
