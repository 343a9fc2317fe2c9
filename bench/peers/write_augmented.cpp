// What a plain loop over OpenCV makes of an augmented data set: reads each JPEG below a folder, crops a
// random part to 224x224, flips, changes brightness, contrast and saturation, writes a JPEG of quality 92.
// Prints images/s. usage: write_augmented FOLDER OUT COPIES
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <random>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Chance = std::mt19937_64;

double between(Chance& chance, double low, double high) {
  return std::uniform_real_distribution(low, high)(chance);
}

/// A part of 8 to 100 % of the area, of an aspect of 3/4 to 4/3.
cv::Rect part_of(const cv::Size& size, Chance& chance) {
  for (int attempt = 0; attempt < 10; ++attempt) {
    const double area = size.area() * between(chance, 0.08, 1);
    const double aspect = std::exp(between(chance, std::log(3 / 4.0), std::log(4 / 3.0)));
    const int width = static_cast<int>(std::lround(std::sqrt(area * aspect))),
              height = static_cast<int>(std::lround(std::sqrt(area / aspect)));
    if (width < 1 || height < 1 || width > size.width || height > size.height) continue;
    return {static_cast<int>(between(chance, 0, size.width - width + 1)),
            static_cast<int>(between(chance, 0, size.height - height + 1)), width, height};
  }
  const int side = std::min(size.width, size.height);
  return {(size.width - side) / 2, (size.height - side) / 2, side, side};
}

cv::Mat augmented(const cv::Mat& photo, Chance& chance) {
  cv::Mat image, grey, grey3;
  cv::resize(photo(part_of(photo.size(), chance)), image, {224, 224}, 0, 0, cv::INTER_LINEAR);
  if (chance() % 2 == 0) cv::flip(image, image, 1);
  image.convertTo(image, -1, between(chance, 0.6, 1.4));
  cv::cvtColor(image, grey, cv::COLOR_BGR2GRAY);
  const double contrast = between(chance, 0.6, 1.4), saturation = between(chance, 0.6, 1.4);
  image.convertTo(image, -1, contrast, (1 - contrast) * cv::mean(grey)[0]);
  cv::cvtColor(image, grey, cv::COLOR_BGR2GRAY);
  cv::cvtColor(grey, grey3, cv::COLOR_GRAY2BGR);
  cv::addWeighted(image, saturation, grey3, 1 - saturation, 0, image);
  return image;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const fs::path out = argv[2];
  const int copies = std::atoi(argv[3]);
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(argv[1]))
    if (entry.path().extension() == ".jpg") files.push_back(entry.path());
  cv::setNumThreads(1);
  fs::create_directories(out);
  const auto start = std::chrono::steady_clock::now();
  Chance chance(1);
  std::size_t made = 0;
  for (const fs::path& file : files)
    for (int copy = 0; copy < copies; ++copy) {
      const cv::Mat image = augmented(cv::imread(file.string()), chance);
      const fs::path name = out / (std::to_string(made++) + ".jpg");
      if (!cv::imwrite(name.string(), image, {cv::IMWRITE_JPEG_QUALITY, 92})) return 1;
    }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("%.1f\n", static_cast<double>(made) / seconds);
  return 0;
}
