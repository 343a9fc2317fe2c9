// Pictures whose masks, or angles, are known, since they are drawn: what learning is measured by.
//
//     made_pictures shapes OUT [PHOTOGRAPHS]    discs, rectangles and triangles of 96x96, with masks: 400 to
//                                               learn from, 100 others
//     made_pictures bars OUT [PHOTOGRAPHS]      bars of 48x48, turned by 0 to 90 degrees, with a table of
//     their
//                                               angles: 1600 to learn from, 400 others
//
// Behind them are cuts of the photographs, else slopes and noise. The same pictures each time.
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <numbers>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/image.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/sources/image_files.h"

namespace {

namespace fs = std::filesystem;

/// Draws pictures, one after the other.
class Painter {
 public:
  explicit Painter(const std::string& photographs) {
    if (photographs.empty()) return;
    const auto files = doppel::dataset::ImageFiles::below(photographs);
    for (std::size_t i = 0; i < files->size(); ++i)
      photographs_.push_back(doppel::dataset::load(*files, i, 3).image);
  }

  cv::Mat background(int side) {
    cv::Mat image = photographs_.empty() ? slope(side) : cut(side);
    cv::Mat noise(image.size(), CV_16SC3), wide;
    random_.fill(noise, cv::RNG::NORMAL, 0, 6);
    image.convertTo(wide, CV_16S);
    wide += noise;
    wide.convertTo(image, CV_8U);
    return image;
  }
  /// One that is seen before the background.
  cv::Scalar color(const cv::Mat& background) {
    const cv::Scalar mean = cv::mean(background);
    cv::Scalar one;
    do one = {uniform(0, 255), uniform(0, 255), uniform(0, 255)};
    while (cv::norm(one - mean, cv::NORM_L1) < 150);
    return one;
  }
  double uniform(double low, double high) { return random_.uniform(low, high); }

  /// A shape of class 1 to 3 where the mask has none yet; false where it found no place.
  bool add_shape(cv::Mat& image, cv::Mat& mask) {
    const int kind = random_.uniform(1, 4), side = image.cols;
    const double radius = uniform(9, 20), x = uniform(radius, side - radius),
                 y = uniform(radius, side - radius), turn = uniform(0, 2 * std::numbers::pi);
    cv::Mat shape = cv::Mat::zeros(mask.size(), CV_8UC1);
    std::vector<cv::Point> corners;
    const int count = kind == 2 ? 4 : 3;
    const double flat = uniform(0.6, 1);  // of a rectangle
    for (int k = 0; k < count; ++k) {
      const double angle = kind == 2 ? std::atan2(k < 2 ? flat : -flat, k == 0 || k == 3 ? 1 : -1) + turn
                                     : turn + k * 2 * std::numbers::pi / 3;
      corners.emplace_back(cv::saturate_cast<int>(x + radius * std::cos(angle)),
                           cv::saturate_cast<int>(y + radius * std::sin(angle)));
    }
    if (kind == 1)
      cv::circle(shape, {cv::saturate_cast<int>(x), cv::saturate_cast<int>(y)},
                 cv::saturate_cast<int>(0.8 * radius), 255, cv::FILLED);
    else
      cv::fillConvexPoly(shape, corners, 255);
    if (cv::countNonZero(mask & shape) > 0) return false;
    image.setTo(color(image), shape);
    mask.setTo(kind, shape);
    return true;
  }

  /// A bar through about the middle, turned counter-clockwise.
  void add_bar(cv::Mat& image, double degrees) {
    constexpr int kShift = 4;
    const double turn = degrees * std::numbers::pi / 180, half = uniform(14, 19), c = image.cols / 2.0,
                 x = c + uniform(-3, 3), y = c + uniform(-3, 3), dx = half * std::cos(turn),
                 dy = -half * std::sin(turn);
    const auto fixed = [](double v) { return cv::saturate_cast<int>(v * (1 << kShift)); };
    cv::line(image, {fixed(x - dx), fixed(y - dy)}, {fixed(x + dx), fixed(y + dy)}, color(image),
             random_.uniform(4, 8), cv::LINE_AA, kShift);
  }

 private:
  cv::Mat cut(int side) {
    const cv::Mat& photograph =
        photographs_[static_cast<std::size_t>(random_.uniform(0, static_cast<int>(photographs_.size())))];
    const int size = random_.uniform(side, std::min(photograph.cols, photograph.rows) + 1);
    const cv::Rect where(random_.uniform(0, photograph.cols - size + 1),
                         random_.uniform(0, photograph.rows - size + 1), size, size);
    cv::Mat small;
    cv::resize(photograph(where), small, {side, side}, 0, 0, cv::INTER_AREA);
    return small;
  }
  cv::Mat slope(int side) {
    cv::Mat corners(2, 2, CV_8UC3), image;
    random_.fill(corners, cv::RNG::UNIFORM, 0, 256);
    cv::resize(corners, image, {side, side}, 0, 0, cv::INTER_LINEAR);
    return image;
  }

  cv::RNG random_{20'240'501};
  std::vector<cv::Mat> photographs_;
};

void write_shapes(const fs::path& out, Painter& painter) {
  constexpr int kSide = 96, kTrain = 400, kOthers = 100;
  const std::vector<doppel::PaletteColor> palette{{0, 0, 0}, {200, 40, 40}, {40, 160, 60}, {40, 80, 200}};
  for (const char* part : {"train", "test"})
    for (const char* kind : {"images", "masks"}) fs::create_directories(out / kind / part);
  doppel::write_file(
      out / "class_dict.csv",
      "name,r,g,b\nbackground,0,0,0\ndisc,200,40,40\nrectangle,40,160,60\ntriangle,40,80,200\n");
  for (int i = 0; i < kTrain + kOthers; ++i) {
    cv::Mat image = painter.background(kSide), mask = cv::Mat::zeros(kSide, kSide, CV_8UC1);
    const double wanted = painter.uniform(1, 5);
    for (int shapes = 0, tries = 0; shapes + 1 <= wanted && tries < 30; ++tries)
      shapes += painter.add_shape(image, mask) ? 1 : 0;
    const fs::path file = fs::path(i < kTrain ? "train" : "test") / fmt::format("{:03}.png", i);
    doppel::write_png(out / "images" / file, image);
    doppel::write_file(out / "masks" / file, doppel::encode_mask(mask, palette));
  }
}

void write_bars(const fs::path& out, Painter& painter) {
  constexpr int kSide = 48, kTrain = 1600, kOthers = 400;
  fs::create_directories(out);
  std::string table = "path,angle,split\n";
  for (int i = 0; i < kTrain + kOthers; ++i) {
    cv::Mat image = painter.background(kSide);
    const double degrees = painter.uniform(0, 90);
    painter.add_bar(image, degrees);
    const std::string file = fmt::format("{:04}.png", i);
    doppel::write_png(out / file, image);
    table += fmt::format("{},{:.3f},{}\n", file, degrees, i < kTrain ? "train" : "test");
  }
  doppel::write_file(out / "bars.csv", table);
}

}  // namespace

int main(int count, char** words) {
  const std::string what = count > 2 ? words[1] : "";
  if (what != "shapes" && what != "bars") {
    std::fputs("made_pictures shapes|bars OUT [PHOTOGRAPHS]\n", stderr);
    return 2;
  }
  try {
    Painter painter(count > 3 ? words[3] : "");
    what == "shapes" ? write_shapes(words[2], painter) : write_bars(words[2], painter);
  } catch (const doppel::Error& error) {
    std::fprintf(stderr, "made_pictures: %s\n", error.what());
    return 1;
  }
  return 0;
}
