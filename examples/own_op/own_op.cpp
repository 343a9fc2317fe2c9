// Operations of your own as a plug-in for the program: doppel --plugin ./own_op.so preview photos --recipe
// r.yaml
//
//     - Custom: {op: vignette, arguments: [0.2], to: [0.8]}
//     - Custom: {op: mirror_left}
//
// Needs doppel's headers and OpenCV's core; it isn't linked to doppel.
#include <doppel/augment/plan/custom_op.h>

#include <algorithm>
#include <opencv2/core.hpp>

namespace aug = doppel::augment;

namespace {

/// Darkens towards the corners, by call.arguments[0] there.
void vignette(const cv::Mat& in, const aug::CustomCall& call, cv::Mat& out) {
  const double strength = call.arguments.empty() ? 0.5 : call.arguments[0];
  cv::Mat gain(in.size(), CV_32F);
  const double cx = in.cols / 2.0, cy = in.rows / 2.0;
  for (int y = 0; y < in.rows; ++y)
    for (int x = 0; x < in.cols; ++x) {
      const double dx = (x + 0.5 - cx) / cx, dy = (y + 0.5 - cy) / cy;
      gain.at<float>(y, x) = static_cast<float>(1 - strength * (dx * dx + dy * dy) / 2);
    }
  std::vector<cv::Mat> channels;
  cv::split(in, channels);
  for (cv::Mat& channel : channels) cv::multiply(channel, gain, channel, 1, in.depth());
  cv::merge(channels, out);
}

/// The left half, and beside it its mirror image: objects on the right move to where they are seen first.
void mirror_left(const cv::Mat& in, const aug::CustomCall&, cv::Mat& out) {
  out = in.clone();
  const int half = in.cols / 2;
  cv::Mat right = out.colRange(in.cols - half, in.cols);
  cv::flip(in.colRange(0, half), right, 1);
}

doppel::Point mirrored(doppel::Point p, doppel::Size size, const aug::CustomCall&) {
  return {std::min(p.x, size.width - p.x), p.y};
}

}  // namespace

extern "C" int doppel_plugin(int version, aug::OpRegistry& registry) {
  if (version != aug::kPluginVersion) return aug::kPluginVersion;
  registry.add({.name = "vignette", .pixels = vignette});
  registry.add({.name = "mirror_left", .pixels = mirror_left, .map = mirrored, .mask = mirror_left});
  return aug::kPluginVersion;
}
