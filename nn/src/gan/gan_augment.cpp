#include "gan_augment.h"

#include <fmt/format.h>

#include "doppel/base/error.h"

namespace doppel::nn {
namespace {

/// Drawn when it is made, so that what can't work is refused before training.
constexpr std::uint64_t kTried = 64;

}  // namespace

GanAugment::GanAugment(const augment::Recipe& recipe, const Shape& image, std::uint64_t seed)
    : recipe_(recipe), image_(image), seed_(seed) {
  like_.image = cv::Mat(image.height, image.width, CV_8UC(image.channels), cv::Scalar::all(128));
  for (std::uint64_t i = 0; i < kTried; ++i)
    if (const auto plan = drawn(i, 1); plan && plan->size() != plan->source())
      throw UsageError(fmt::format(
          "augmentation before a discriminator must keep the images' size, not make {}x{} of {}x{}",
          plan->size().height, plan->size().width, plan->source().height, plan->source().width));
}

std::optional<augment::LinearPlan> GanAugment::drawn(std::uint64_t number, double chance) const {
  const Stream stream{.seed = seed_, .index = number};
  if (stream.uniform("augment", 0, 1) >= chance) return std::nullopt;
  const augment::Plan plan = recipe_.draw(like_, stream);
  if (plan.ops.empty()) return std::nullopt;
  return augment::LinearPlan(plan, image_.channels);
}

std::vector<float> GanAugment::apply(std::span<const float> images, std::uint64_t first, double chance,
                                     Executor& threads) {
  const auto size = static_cast<std::size_t>(image_.count());
  std::vector<float> out(images.begin(), images.end());
  plans_.clear();
  plans_.resize(images.size() / size);
  threads.parallel(static_cast<int>(plans_.size()), [&](int row) {
    const auto r = static_cast<std::size_t>(row);
    plans_[r] = drawn(first + r, chance);
    if (!plans_[r]) return;
    std::vector<float> share(size);
    for (std::size_t i = 0; i < size; ++i) share[i] = images[r * size + i] / 2 + 0.5F;
    const std::span to(out.data() + r * size, size);
    plans_[r]->forward(share, to);
    for (float& v : to) v = 2 * v - 1;
  });
  return out;
}

void GanAugment::back(std::span<float> gradient, std::size_t first, Executor& threads) const {
  const auto size = static_cast<std::size_t>(image_.count());
  threads.parallel(static_cast<int>(gradient.size() / size), [&](int row) {
    const auto r = static_cast<std::size_t>(row);
    const auto& plan = plans_[first + r];
    if (!plan) return;
    const std::span of = gradient.subspan(r * size, size);
    plan->adjoint(std::vector<float>(of.begin(), of.end()), of);
  });
}

}  // namespace doppel::nn
