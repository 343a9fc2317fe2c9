#include "kernels/zoom.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "augment/kernels/twins.h"

namespace doppel::augment {
namespace {

TEST(ZoomKernel, IsTheMeanOfAnImageAndALargerOne) {
  for (const int channels : {1, 3, 4})
    for (const int width : {1, 2, 5, 33, 70})
      for (const double zoom : {1.0, 1.02, 1.3, 2.5}) {
        const int n = width * channels;
        const auto image = some_floats(n + kZoomPadding), above = some_floats(n + kZoomPadding + 1),
                   below = some_floats(n + kZoomPadding + 5);
        const ZoomAxis across(0.4 * width, zoom, width, channels);
        std::vector<float> buffer(static_cast<std::size_t>(n + kZoomPadding)), row(buffer);
        expect_twins<float>(
            n, 0,
            [&](float* out) {
              zoom_row(image.data(), above.data() + 1, below.data() + 5, 0.3F, across, n, buffer.data(),
                       row.data());
              std::copy_n(row.data(), n, out);
            },
            "zoom");
        for (int x = 0; x < width; ++x) {
          const double from =
              std::clamp(0.4 * width + (x + 0.5 - 0.4 * width) / zoom - 0.5, 0.0, width - 1.0);
          const int place = std::min(static_cast<int>(from), std::max(0, width - 2));
          const int next = std::min(place + 1, width - 1);
          for (int c = 0; c < channels; ++c) {
            const auto level = [&](int p) {
              const auto i = static_cast<std::size_t>(p * channels + c);
              return double(above[i + 1]) + 0.3 * double(below[i + 5] - above[i + 1]);
            };
            const double larger = level(place) + (from - place) * (level(next) - level(place));
            ASSERT_NEAR(row[static_cast<std::size_t>(x * channels + c)],
                        (double(image[static_cast<std::size_t>(x * channels + c)]) + larger) / 2, 1e-5);
          }
        }
      }
}

}  // namespace
}  // namespace doppel::augment
