#include "doppel/augment/transforms/crop/crop_on_mask.h"

#include <opencv2/core.hpp>

#include <algorithm>

#include "transforms/chance_field.h"
#include "transforms/window.h"

namespace doppel::augment {
namespace {

cv::Point nth_nonzero(const cv::Mat& counts, int n) {
  for (int y = 0; y < counts.rows; ++y) {
    const int in_row = cv::countNonZero(counts.row(y));
    if (n >= in_row) {
      n -= in_row;
      continue;
    }
    for (int x = 0; x < counts.cols; ++x)
      if (counts.at<unsigned char>(y, x) != 0 && n-- == 0) return {x, y};
  }
  return {};
}

}  // namespace

void CropOnMask::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size(), window = within(size, now);
  op::Crop crop{stream.integer("x", 0, now.width - window.width),
                stream.integer("y", 0, now.height - window.height), window};
  if (draft.has_masks()) {
    const cv::Mat mask = draft.masks()[0];
    cv::Mat counts = mask == mask;
    for (const double v : ignore) counts.setTo(0, mask == v);
    const int n = cv::countNonZero(counts);
    if (n > 0) {
      const cv::Point at = nth_nonzero(counts, stream.integer("pixel", 0, n - 1));
      crop.x = std::clamp(at.x - stream.integer("left", 0, window.width - 1), 0, now.width - window.width);
      crop.y = std::clamp(at.y - stream.integer("top", 0, window.height - 1), 0, now.height - window.height);
    }
  }
  cut(draft, crop);
}
void CropOnMask::fields(FieldVisitor& visit) {
  visit_size_or_same(visit, size);
  visit({"ignore", {}, "", "mask values that don't count"}, ignore);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
