#include "peer_calls.h"

#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace doppel::bench {
namespace {

using Call = std::function<void(const cv::Mat&, cv::Mat&)>;

Call affine(double angle, double scale, int border) {
  return [=](const cv::Mat& in, cv::Mat& out) {
    const cv::Mat map = cv::getRotationMatrix2D({in.cols / 2.F, in.rows / 2.F}, angle, scale);
    cv::warpAffine(in, out, map, in.size(), cv::INTER_LINEAR, border);
  };
}

/// A remap by fields made in every call, as a random bend needs.
Call elastic(double alpha, double sigma) {
  return [=](const cv::Mat& in, cv::Mat& out) {
    cv::Mat x(in.size(), CV_32F), y(in.size(), CV_32F);
    cv::randu(x, -1, 1);
    cv::randu(y, -1, 1);
    cv::GaussianBlur(x, x, {0, 0}, sigma);
    cv::GaussianBlur(y, y, {0, 0}, sigma);
    for (int j = 0; j < in.rows; ++j)
      for (int i = 0; i < in.cols; ++i) {
        x.at<float>(j, i) = static_cast<float>(i + alpha * static_cast<double>(x.at<float>(j, i)));
        y.at<float>(j, i) = static_cast<float>(j + alpha * static_cast<double>(y.at<float>(j, i)));
      }
    cv::remap(in, out, x, y, cv::INTER_LINEAR, cv::BORDER_REFLECT_101);
  };
}

Call remap_grid() {
  return [](const cv::Mat& in, cv::Mat& out) {
    cv::Mat x(in.size(), CV_32F), y(in.size(), CV_32F);
    for (int j = 0; j < in.rows; ++j)
      for (int i = 0; i < in.cols; ++i) {
        x.at<float>(j, i) = static_cast<float>(i) * 1.01F;
        y.at<float>(j, i) = static_cast<float>(j) * 0.99F;
      }
    cv::remap(in, out, x, y, cv::INTER_LINEAR, cv::BORDER_REFLECT_101);
  };
}

Call kernel(const cv::Mat& weights) {
  return [=](const cv::Mat& in, cv::Mat& out) { cv::filter2D(in, out, -1, weights); };
}

cv::Mat line(int length) {
  cv::Mat k = cv::Mat::zeros(length, length, CV_32F);
  cv::line(k, {0, length - 1}, {length - 1, 0}, 1.0 / length);
  return k;
}

cv::Mat disc(int radius) {
  cv::Mat k = cv::Mat::zeros(2 * radius + 1, 2 * radius + 1, CV_32F);
  cv::circle(k, {radius, radius}, radius, 1, cv::FILLED);
  return k / cv::sum(k)[0];
}

cv::Mat table(double gain, double offset) {
  cv::Mat t(1, 256, CV_8U);
  for (int v = 0; v < 256; ++v) t.at<unsigned char>(v) = cv::saturate_cast<unsigned char>(gain * v + offset);
  return t;
}

void jitter(const cv::Mat& in, cv::Mat& out, bool hue) {
  cv::Mat grey, hsv;
  in.convertTo(out, -1, 1.2, 0);
  cv::cvtColor(out, grey, cv::COLOR_RGB2GRAY);
  out.convertTo(out, -1, 1.1, -0.1 * cv::mean(grey)[0]);
  cv::cvtColor(out, grey, cv::COLOR_RGB2GRAY);
  cv::cvtColor(grey, grey, cv::COLOR_GRAY2RGB);
  cv::addWeighted(out, 1.2, grey, -0.2, 0, out);
  if (!hue) return;
  cv::cvtColor(out, hsv, cv::COLOR_RGB2HSV);
  std::vector<cv::Mat> planes;
  cv::split(hsv, planes);
  cv::add(planes[0], 8, planes[0]);
  cv::merge(planes, hsv);
  cv::cvtColor(hsv, out, cv::COLOR_HSV2RGB);
}

void noise(const cv::Mat& in, cv::Mat& out, bool multiply) {
  cv::Mat n(in.size(), CV_32FC3), f;
  cv::randn(n, multiply ? 1 : 0, multiply ? 0.1 : 10);
  in.convertTo(f, CV_32F);
  f = multiply ? f.mul(n) : cv::Mat(f + n);
  f.convertTo(out, CV_8U);
}

}  // namespace

std::vector<PeerCall> opencv_calls() {
  const int reflect = cv::BORDER_REFLECT_101;
  std::vector<PeerCall> calls;
  const auto add = [&](const char* name, Call call) { calls.push_back({name, std::move(call)}); };
  add("HorizontalFlip", [](const cv::Mat& in, cv::Mat& out) { cv::flip(in, out, 1); });
  add("VerticalFlip", [](const cv::Mat& in, cv::Mat& out) { cv::flip(in, out, 0); });
  add("Transpose", [](const cv::Mat& in, cv::Mat& out) { cv::transpose(in, out); });
  add("Rotate", affine(20, 1, reflect));
  add("Affine", affine(10, 1.1, reflect));
  add("Squeeze", affine(0, 1.1, reflect));
  add("Perspective", [](const cv::Mat& in, cv::Mat& out) {
    const auto w = static_cast<float>(in.cols), h = static_cast<float>(in.rows);
    const cv::Point2f from[4] = {{8, 9}, {w - 12, 7}, {w - 9, h - 15}, {14, h - 8}},
                      to[4] = {{0, 0}, {w, 0}, {w, h}, {0, h}};
    cv::warpPerspective(in, out, cv::getPerspectiveTransform(from, to), in.size(), cv::INTER_LINEAR,
                        cv::BORDER_REFLECT_101);
  });
  add("Elastic", elastic(80, 8));
  add("GridDistortion", remap_grid());
  add("OpticalDistortion", remap_grid());
  add("RandomResizedCrop", [](const cv::Mat& in, cv::Mat& out) {
    cv::resize(in(cv::Rect(20, 30, in.cols * 3 / 4, in.rows * 2 / 3)), out,
               {in.cols * 7 / 8, in.rows * 7 / 8});
  });
  add("Resize",
      [](const cv::Mat& in, cv::Mat& out) { cv::resize(in, out, {in.cols * 7 / 8, in.rows * 7 / 8}); });
  add("RandomCrop", [](const cv::Mat& in, cv::Mat& out) {
    in(cv::Rect(9, 11, in.cols * 7 / 8, in.rows * 7 / 8)).copyTo(out);
  });
  add("Pad", [](const cv::Mat& in, cv::Mat& out) {
    cv::copyMakeBorder(in, out, 32, 32, 32, 32, cv::BORDER_REFLECT_101);
  });
  add("ColorShift", [](const cv::Mat& in, cv::Mat& out) { cv::add(in, cv::Scalar(10, -12, 8), out); });
  add("HueSaturationValue", [](const cv::Mat& in, cv::Mat& out) {
    cv::Mat hsv;
    cv::cvtColor(in, hsv, cv::COLOR_RGB2HSV);
    cv::add(hsv, cv::Scalar(8, 10, -6), hsv);
    cv::cvtColor(hsv, out, cv::COLOR_HSV2RGB);
  });
  add("ColorJitter", [](const cv::Mat& in, cv::Mat& out) { jitter(in, out, true); });
  add("Brightness", [](const cv::Mat& in, cv::Mat& out) { in.convertTo(out, -1, 1.15, 0); });
  add("BrightnessContrast", [](const cv::Mat& in, cv::Mat& out) { in.convertTo(out, -1, 1.15, -9); });
  add("Contrast", [](const cv::Mat& in, cv::Mat& out) {
    cv::Mat grey;
    cv::cvtColor(in, grey, cv::COLOR_RGB2GRAY);
    in.convertTo(out, -1, 1.15, -0.15 * cv::mean(grey)[0]);
  });
  add("Clahe", [](const cv::Mat& in, cv::Mat& out) {
    cv::Mat lab, light;
    cv::cvtColor(in, lab, cv::COLOR_RGB2Lab);
    cv::extractChannel(lab, light, 0);
    cv::createCLAHE(2.5, {8, 8})->apply(light, light);
    cv::insertChannel(light, lab, 0);
    cv::cvtColor(lab, out, cv::COLOR_Lab2RGB);
  });
  add("Equalize", [](const cv::Mat& in, cv::Mat& out) {
    std::vector<cv::Mat> planes;
    cv::split(in, planes);
    for (cv::Mat& plane : planes) cv::equalizeHist(plane, plane);
    cv::merge(planes, out);
  });
  add("Gamma", [](const cv::Mat& in, cv::Mat& out) { cv::LUT(in, table(0.9, 7), out); });
  add("ToneCurve", [](const cv::Mat& in, cv::Mat& out) { cv::LUT(in, table(0.9, 7), out); });
  add("Negative", [](const cv::Mat& in, cv::Mat& out) { cv::bitwise_not(in, out); });
  add("Posterize",
      [](const cv::Mat& in, cv::Mat& out) { cv::bitwise_and(in, cv::Scalar(0xf0, 0xf0, 0xf0), out); });
  add("Solarize", [](const cv::Mat& in, cv::Mat& out) { cv::LUT(in, table(-1, 255), out); });
  add("Gray", [](const cv::Mat& in, cv::Mat& out) {
    cv::Mat grey;
    cv::cvtColor(in, grey, cv::COLOR_RGB2GRAY);
    cv::cvtColor(grey, out, cv::COLOR_GRAY2RGB);
  });
  add("Sepia", [](const cv::Mat& in, cv::Mat& out) {
    const cv::Mat matrix = (cv::Mat_<float>(3, 3) << .393, .769, .189, .349, .686, .168, .272, .534, .131);
    cv::transform(in, out, matrix);
  });
  add("ChannelShuffle", [](const cv::Mat& in, cv::Mat& out) {
    out.create(in.size(), in.type());
    const int order[] = {0, 1, 1, 2, 2, 0};
    cv::mixChannels(&in, 1, &out, 1, order, 3);
  });
  add("Sharpen", kernel((cv::Mat_<float>(3, 3) << -.2, -.2, -.2, -.2, 2.6, -.2, -.2, -.2, -.2)));
  add("Emboss", kernel((cv::Mat_<float>(3, 3) << -.4, -.4, 0, -.4, 1, .4, 0, .4, .4)));
  add("BoxBlur", [](const cv::Mat& in, cv::Mat& out) { cv::blur(in, out, {5, 5}); });
  add("GaussianBlur", [](const cv::Mat& in, cv::Mat& out) { cv::GaussianBlur(in, out, {9, 9}, 1.25); });
  add("MedianBlur", [](const cv::Mat& in, cv::Mat& out) { cv::medianBlur(in, out, 5); });
  add("MotionBlur", kernel(line(7)));
  add("DefocusBlur", kernel(disc(3)));
  add("GaussianNoise", [](const cv::Mat& in, cv::Mat& out) { noise(in, out, false); });
  add("SpeckleNoise", [](const cv::Mat& in, cv::Mat& out) { noise(in, out, true); });
  add("Downscale", [](const cv::Mat& in, cv::Mat& out) {
    cv::Mat small;
    cv::resize(in, small, {}, 0.45, 0.45, cv::INTER_AREA);
    cv::resize(small, out, in.size(), 0, 0, cv::INTER_NEAREST);
  });
  add("Normalize", [](const cv::Mat& in, cv::Mat& out) {
    in.convertTo(out, CV_32F, 1 / 255.0);
    cv::subtract(out, cv::Scalar(.48, .45, .41), out);
    cv::multiply(out, cv::Scalar(4.4, 4.5, 4.4), out);
  });
  return calls;
}

}  // namespace doppel::bench
