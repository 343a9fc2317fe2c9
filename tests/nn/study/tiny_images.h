// Images, classifiers and GANs so small that a study of them takes a moment.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "doppel/base/random.h"
#include "doppel/dataset/sources/memory.h"
#include "doppel/nn/gan/gan.h"
#include "doppel/nn/study/classifier.h"

namespace doppel::nn {

/// Noisy grey images of 4x4 whose upper half (class 0) or lower half (class 1) is the lighter one, in turn.
inline std::vector<augment::Sample> tiny_samples(std::size_t count, std::uint64_t seed) {
  std::vector<augment::Sample> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i].label = static_cast<int>(i % 2);
    samples[i].image = cv::Mat(4, 4, CV_8UC1);
    const Stream stream{.seed = seed, .index = i};
    for (int k = 0; k < 16; ++k)
      samples[i].image.data[k] = static_cast<unsigned char>(((k < 8) == (i % 2 == 0) ? 150 : 50) +
                                                            stream.integer(std::to_string(k), 0, 50));
  }
  return samples;
}

inline RunInfo tiny_info() {
  RunInfo info;
  info.input = {1, 4, 4};
  info.classes = {"up", "down"};
  info.mean.fill(0.5F);
  info.std.fill(0.5F);
  return info;
}

inline dataset::SourcePtr tiny_source(std::vector<augment::Sample> samples) {
  return std::make_shared<dataset::InMemory>(std::move(samples), tiny_info().classes);
}
inline dataset::SourcePtr tiny_source(std::size_t count, std::uint64_t seed) {
  return tiny_source(tiny_samples(count, seed));
}

/// Enough to tell the halves apart.
inline ClassifierOptions tiny_classifier() {
  ClassifierOptions options;
  options.network = "conv3x3(8)-relu-fc(5)-relu-fc";
  options.steps = 200;
  options.batch = 8;
  options.precision = Precision::F32;
  return options;
}

inline GanOptions tiny_gan_options() {
  GanOptions options;
  options.generator = "fc(16)-relu-fc(16)-tanh-picture4x4";
  options.discriminator = "fc(16)-lrelu(0.2)-fc";
  options.latent = 4;
  options.batch = 16;
  options.steps = 12;
  return options;
}

}  // namespace doppel::nn
