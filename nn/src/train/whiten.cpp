#include "doppel/nn/train/whiten.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <vector>

#include "doppel/base/error.h"
#include "doppel/base/parallel.h"

namespace doppel::nn {
namespace {

/// The sum over all places of a patch times its transpose: [numbers, numbers].
cv::Mat second_moments(std::span<const float> images, const Shape& image, const Conv2d& conv) {
  const int h = conv.kernel_h, w = conv.kernel_w, down = image.height - h + 1, across = image.width - w + 1,
            numbers = image.channels * h * w;
  const auto size = static_cast<std::size_t>(image.count()), count = images.size() / size;
  std::vector<cv::Mat> of_images(count);
  for_all(count, [&](std::size_t i) {
    cv::Mat patches(down * across, numbers, CV_64F);
    for (int y = 0; y < down; ++y)
      for (int x = 0; x < across; ++x) {
        double* to = patches.ptr<double>(y * across + x);
        for (int c = 0; c < image.channels; ++c)
          for (int v = 0; v < h; ++v)
            for (int u = 0; u < w; ++u) {
              const int at = (c * image.height + y + v) * image.width + x + u;
              *to++ = static_cast<double>(images[i * size + static_cast<std::size_t>(at)]);
            }
      }
    cv::mulTransposed(patches, of_images[i], true);
  });
  cv::Mat sum = cv::Mat::zeros(numbers, numbers, CV_64F);
  for (const cv::Mat& one : of_images) sum += one;  // in their order: the same sum for any threads
  return sum / (static_cast<double>(count) * down * across);
}

}  // namespace

void whiten_first_convolution(Model& model, std::span<const float> images, double epsilon) {
  const Graph& graph = model.graph();
  const auto* conv = std::get_if<Conv2d>(&graph.nodes.front().layer);
  const int numbers = conv ? graph.input.channels * conv->kernel_h * conv->kernel_w : 0;
  if (!conv || conv->groups != 1 || conv->filters % 2 != 0 || conv->filters > 2 * numbers)
    throw UsageError(
        fmt::format("whitening needs a first layer that is a convolution of an even number of "
                    "filters, at most {}, not {}",
                    numbers > 0 ? 2 * numbers : 2, conv ? conv->filters : 0));
  if (graph.input.height < conv->kernel_h || graph.input.width < conv->kernel_w)
    throw UsageError(fmt::format("whitening needs images of {}x{} pixels or more, not {}", conv->kernel_w,
                                 conv->kernel_h, graph.input.text()));
  const auto size = static_cast<std::size_t>(graph.input.count());
  if (images.empty() || images.size() % size != 0) throw UsageError("whitening needs images");
  cv::Mat variances, directions;  // rows, from the largest variance down
  cv::eigen(second_moments(images, graph.input, *conv), variances, directions);
  Parameter& weight = *model.find(graph.nodes.front().name, "weight");
  const int pairs = conv->filters / 2;
  for (int k = 0; k < pairs; ++k) {
    const double scale = 1 / std::sqrt(std::max(0.0, variances.at<double>(k)) + epsilon);
    for (int i = 0; i < numbers; ++i) {
      const auto value = static_cast<float>(scale * directions.at<double>(k, i));
      weight.value[static_cast<std::size_t>(k * numbers + i)] = value;
      weight.value[static_cast<std::size_t>((pairs + k) * numbers + i)] = -value;
    }
  }
  weight.rate = 0;
}

}  // namespace doppel::nn
