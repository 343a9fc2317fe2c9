// Images of more than 8 bits and more than four channels, one thread:
//
//     deep_images            each transform on RGB of 256x256: microseconds of 8 bits and of 16, the ratio,
//     the median deep_images --bands    13 bands of 16 bits, 300x300: crop to 256x256, flip, turn, to planes
//     of floats; and the
//                            same by OpenCV, band by band
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <string_view>
#include <vector>

#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"
#include "doppel/codec/image.h"

namespace {

namespace aug = doppel::augment;
using Clock = std::chrono::steady_clock;

/// The best but two of `times` runs, in microseconds.
template <class Run>
double microseconds(const Run& run, int times = 15) {
  std::vector<double> all;
  for (int i = 0; i < times; ++i) {
    const auto start = Clock::now();
    run();
    all.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  }
  std::ranges::sort(all);
  return all[2];
}

double rendering(const aug::Plan& plan, const cv::Mat& image, aug::PixelType type, std::vector<float>& room) {
  const doppel::Size size = plan.size();
  room.resize(static_cast<std::size_t>(size.height) * static_cast<std::size_t>(size.width) * 4);
  return microseconds(
      [&] { aug::render(plan, image, {room.data(), size, image.channels(), type, aug::Layout::HWC}); });
}

bool normalizes(const aug::Plan& plan) {
  return !plan.ops.empty() && std::holds_alternative<aug::op::Normalize>(plan.ops.back());
}

double median_of(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// Seven draws of each transform; those without a meaning for one image alone are left out.
void print_transforms() {
  cv::Mat bytes, shorts;
  cv::resize(doppel::read_image(DOPPEL_SAMPLE_FOLDER "/photos/coffee.jpg"), bytes, {256, 256}, 0, 0,
             cv::INTER_AREA);
  bytes.convertTo(shorts, CV_16U, 257);
  aug::Sample sample;
  sample.image = bytes;
  std::vector<double> ratios;
  std::vector<float> room;
  for (const aug::CatalogueEntry& entry : aug::catalogue()) {
    if (entry.family == "structure" || entry.family == "mix" || entry.name == "Resize" || entry.name == "Pad")
      continue;
    const aug::Recipe recipe{entry.make().with_chance(1)};
    std::vector<double> of_bytes, of_shorts;
    for (std::uint64_t i = 0; i < 7; ++i) {
      const aug::Plan plan = recipe.draw(sample, {.seed = 3, .index = i});
      const bool floats = normalizes(plan);
      of_bytes.push_back(rendering(plan, bytes, floats ? aug::PixelType::F32 : aug::PixelType::U8, room));
      of_shorts.push_back(rendering(plan, shorts, floats ? aug::PixelType::F32 : aug::PixelType::U16, room));
    }
    ratios.push_back(median_of(of_bytes) / median_of(of_shorts));
    std::printf("%-24s %8.1f %8.1f  %.2f\n", std::string(entry.name).c_str(), median_of(of_bytes),
                median_of(of_shorts), ratios.back());
  }
  std::printf("the median transform has %.2f of the rate of 8 bits\n", median_of(ratios));
}

void print_bands() {
  constexpr int kBands = 13, kFrom = 300, kTo = 256;
  cv::Mat image(kFrom, kFrom, CV_16UC(kBands));
  cv::randu(image.reshape(1), 0, 4096);
  aug::Sample sample;
  sample.image = image;
  const aug::Plan plan = aug::Recipe::from_yaml(
                             "- RandomCrop: {size: [256, 256]}\n- HorizontalFlip: {p: 1}\n"
                             "- Rotate: {angle: [15, 15], p: 1, fill: reflect}\n")
                             .draw(sample, {});
  std::vector<float> room(static_cast<std::size_t>(kBands) * kTo * kTo);
  const auto ours = [&] {
    aug::render(plan, image, {room.data(), {kTo, kTo}, kBands, aug::PixelType::F32, aug::Layout::CHW});
  };
  std::vector<cv::Mat> planes;
  cv::split(image, planes);
  const cv::Mat turn = cv::getRotationMatrix2D({kTo / 2.F, kTo / 2.F}, 15, 1);
  const auto theirs = [&] {
    for (int band = 0; band < kBands; ++band) {
      cv::Mat flipped, turned,
          out(kTo, kTo, CV_32F, room.data() + static_cast<std::ptrdiff_t>(band) * kTo * kTo);
      cv::flip(planes[static_cast<std::size_t>(band)](cv::Rect(20, 20, kTo, kTo)), flipped, 1);
      cv::warpAffine(flipped, turned, turn, {kTo, kTo}, cv::INTER_LINEAR, cv::BORDER_REFLECT_101);
      turned.convertTo(out, CV_32F, 1 / 65535.0);
    }
  };
  const double own = microseconds(ours, 60), other = microseconds(theirs, 60);
  std::printf("13 bands: %.0f us; OpenCV, from planes: %.0f us, %.1f times as long\n", own, other,
              other / own);
}

}  // namespace

int main(int argc, char** argv) {
  cv::setNumThreads(1);
  if (argc == 2 && std::string_view(argv[1]) == "--bands")
    print_bands();
  else
    print_transforms();
}
