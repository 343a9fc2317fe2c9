// Images from noise along straight lines: a second way to learn what makes images of a given class.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "doppel/nn/engine/executor.h"
#include "doppel/nn/gan/generative_model.h"
#include "doppel/nn/train/optimizer.h"

namespace doppel::nn {

/// Numbers that tell a flow's network the time: sines and cosines.
constexpr int kFlowTimeNumbers = 16;

/// Flow matching (Lipman et al. 2022; Liu et al. 2022, "rectified flow"): on the straight line from noise z
/// to an image x, at x_t = (1 - t) z + t x, a network learns the velocity x - z by its squared distance, from
/// x_t, the class and the time t between 0 and 1. Images are made by following its average from noise at t =
/// 0 to t = 1 in GanOptions::sample_steps of Heun's steps. The network's input is [C · H · W + classes +
/// kFlowTimeNumbers, 1, 1]: x_t, channel by channel, 1 for the class, the time's numbers; it gives [C, H, W].
class Flow final : public GenerativeModel {
 public:
  /// Throws UsageError where the network doesn't fit the image and the classes, an option is out of range or
  /// of a discriminator, or there is a group of several processes.
  Flow(const Shape& image, int classes, GanOptions options);

  /// The loss is a number's mean squared distance, as GanRecord::generator_loss.
  GanRecord step(std::span<const float> images, std::span<const int> labels) override;

  std::vector<std::pair<std::string_view, const Model*>> networks() const override {
    return {{"network", &generator_}};
  }
  std::size_t memory_bytes() const override { return executor_.memory_bytes(); }
  std::vector<KernelChange> changed_kernels() const override { return executor_.changed_kernels(); }

  void save(const std::filesystem::path& path, std::map<std::string, std::string> metadata) const override;
  void load(const std::filesystem::path& path) override;
  std::size_t begin_from(const std::filesystem::path& path, const std::vector<std::string>& theirs,
                         const std::vector<std::string>& ours) override;

 private:
  /// What a step learns from: the network's rows, and the velocities that belong to them.
  struct Lesson {
    std::vector<float> rows, velocities;
  };
  Lesson lesson(std::span<const float> images, std::span<const int> labels);
  void take_kernels(const std::string& text, const std::string& path);
  void weights_changed();

  Executor executor_;
  Optimizer optimizer_;
};

}  // namespace doppel::nn
