// Nanoseconds that a recipe takes on one image in memory, as Python's call does it: drawing, and rendering
// into new memory of the same size.
//
//     apply_once RECIPE SIDE TIMES      prints the least and the median
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  namespace aug = doppel::augment;
  using Clock = std::chrono::steady_clock;
  const aug::Recipe recipe = aug::Recipe::load(argv[1]);
  const int side = std::atoi(argv[2]);
  aug::Sample sample;
  sample.image = cv::Mat(side, side, CV_8UC3);
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < 3 * side; ++x) sample.image.ptr(y)[x] = static_cast<unsigned char>(x * 7 + y * 3);
  std::vector<double> times;
  for (int i = 0; i < std::atoi(argv[3]); ++i) {
    const auto start = Clock::now();
    const aug::Drawn drawn = recipe.draft(sample, {.seed = 1, .index = static_cast<std::uint64_t>(i)});
    const doppel::Size size = drawn.plan.size();
    const std::unique_ptr<unsigned char[]> memory(
        new unsigned char[static_cast<std::size_t>(size.height) * static_cast<std::size_t>(size.width) * 3]);
    aug::render(drawn.plan, sample.image,
                {.data = memory.get(), .size = size, .type = aug::PixelType::U8, .layout = aug::Layout::HWC});
    times.push_back(std::chrono::duration<double, std::nano>(Clock::now() - start).count());
  }
  std::ranges::sort(times);
  std::printf("%.0f %.0f\n", times.front(), times[times.size() / 2]);
}
