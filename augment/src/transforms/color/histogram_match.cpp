#include "doppel/augment/transforms/color/histogram_match.h"

#include <opencv2/core.hpp>

#include <array>
#include <vector>

#include "codec/image_file.h"
#include "transforms/chance_field.h"

namespace doppel::augment {
namespace {

/// 17 quantiles of each channel.
std::vector<double> quantiles_of(const cv::Mat& image) {
  constexpr int kQuantiles = 17;
  std::vector<double> quantiles;
  for (int c = 0; c < 3; ++c) {
    std::array<double, 256> counts{};
    for (int y = 0; y < image.rows; ++y)
      for (int x = 0; x < image.cols; ++x) ++counts[image.ptr(y)[x * 3 + c]];
    double sum = 0;
    int level = 0;
    for (int q = 0; q < kQuantiles; ++q) {
      const double rank = double(q) / (kQuantiles - 1) * static_cast<double>(image.total());
      // The darkest is the first level that there is.
      const auto is_below = [&] {
        const double with = sum + counts[static_cast<std::size_t>(level)];
        return with < rank || with == 0;
      };
      while (level < 255 && is_below()) sum += counts[static_cast<std::size_t>(level++)];
      quantiles.push_back(level / 255.0);
    }
  }
  return quantiles;
}

}  // namespace

void HistogramMatch::draw(Draft& draft, const Stream& stream) const {
  if (references.empty()) return;
  const auto which =
      static_cast<std::size_t>(stream.integer("which", 0, static_cast<int>(references.size()) - 1));
  draft.append(op::MatchHistogram{quantiles_of(image_from(references[which], 3)),
                                  stream.uniform("blend", blend.low, blend.high)});
}
void HistogramMatch::fields(FieldVisitor& visit) {
  visit({"references", {}, "", "image files"}, references);
  visit({"blend", {0, 1}, "", "share of the result"}, blend);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
