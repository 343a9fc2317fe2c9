#include "saliency.h"

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace doppel::augment {

cv::Rect salient_region(const cv::Mat& any) {
  const cv::Mat image = any.isContinuous() ? any : any.clone();
  constexpr int kSide = 64;
  const cv::Rect whole(0, 0, image.cols, image.rows);
  cv::Mat grey;
  if (image.channels() == 1)
    grey = image;
  else if (image.channels() != 3 && image.channels() != 4)  // bands: their mean
    cv::reduce(image.reshape(1, image.rows * image.cols), grey, 1, cv::REDUCE_AVG, CV_32F);
  else
    cv::cvtColor(image, grey, image.channels() == 4 ? cv::COLOR_RGBA2GRAY : cv::COLOR_RGB2GRAY);
  grey = grey.reshape(1, image.rows);
  cv::resize(grey, grey, {kSide, kSide}, 0, 0, cv::INTER_AREA);
  grey.convertTo(grey, CV_32F);
  double least = 0, most = 0;
  cv::minMaxLoc(grey, &least, &most);
  if (least == most) return whole;

  cv::Mat parts[2] = {grey, cv::Mat::zeros(grey.size(), CV_32F)}, spectrum, magnitude, phase, smooth;
  cv::merge(parts, 2, spectrum);
  cv::dft(spectrum, spectrum);
  cv::split(spectrum, parts);
  cv::cartToPolar(parts[0], parts[1], magnitude, phase);
  cv::log(magnitude + 1e-6F, magnitude);
  cv::blur(magnitude, smooth, {3, 3});
  cv::exp(magnitude - smooth, magnitude);
  cv::polarToCart(magnitude, phase, parts[0], parts[1]);
  cv::merge(parts, 2, spectrum);
  cv::dft(spectrum, spectrum, cv::DFT_INVERSE | cv::DFT_SCALE);
  cv::split(spectrum, parts);
  cv::Mat saliency;
  cv::magnitude(parts[0], parts[1], saliency);
  saliency = saliency.mul(saliency);
  cv::GaussianBlur(saliency, saliency, {0, 0}, 3);

  cv::Scalar mean, deviation;
  cv::meanStdDev(saliency, mean, deviation);
  cv::Mat labels, stats, centroids;
  const cv::Mat salient = saliency > mean[0] + deviation[0];
  const int count = cv::connectedComponentsWithStats(salient, labels, stats, centroids);
  int largest = 0;
  for (int i = 1; i < count; ++i) largest = std::max(largest, stats.at<int>(i, cv::CC_STAT_AREA));
  if (largest == 0 || deviation[0] < 1e-9) return whole;
  // What stands out is found at its edges, often in parts: all that are not small, with a margin.
  constexpr int kMargin = 4;
  cv::Rect region;
  for (int i = 1; i < count; ++i)
    if (stats.at<int>(i, cv::CC_STAT_AREA) * 4 >= largest)
      region |=
          cv::Rect(stats.at<int>(i, cv::CC_STAT_LEFT) - kMargin, stats.at<int>(i, cv::CC_STAT_TOP) - kMargin,
                   stats.at<int>(i, cv::CC_STAT_WIDTH) + 2 * kMargin,
                   stats.at<int>(i, cv::CC_STAT_HEIGHT) + 2 * kMargin);
  const auto scaled = [](int v, int side) { return static_cast<int>(static_cast<long>(v) * side / kSide); };
  const int x0 = scaled(region.x, image.cols), y0 = scaled(region.y, image.rows);
  const int x1 = scaled(region.x + region.width, image.cols),
            y1 = scaled(region.y + region.height, image.rows);
  return cv::Rect(x0, y0, std::max(1, x1 - x0), std::max(1, y1 - y0)) & whole;
}

}  // namespace doppel::augment
