#include "doppel/dataset/combine/ranged.h"

#include <fmt/format.h>

#include <opencv2/core.hpp>
#include <utility>

#include "doppel/base/error.h"
#include "sources/decoded.h"

namespace doppel::dataset {

Ranged::Ranged(SourcePtr source, double low, double high)
    : source_(std::move(source)), low_(low), high_(high) {
  if (!(low < high)) throw UsageError(fmt::format("a range of intensities from {:g} to {:g}", low, high));
}

Item Ranged::read(std::size_t index) const {
  Item item = source_->read(index);
  const cv::Mat image = decoded(item, 0, AlphaOver::Keep);
  // Bytes beside wider numbers are shares of their own range.
  if (image.depth() == CV_8U && high_ > 255) {
    item.sample.image = image;
    item.encoded.clear();
    return item;
  }
  const double full = full_range(image), scale = full / (high_ - low_);
  cv::Mat shares;
  image.convertTo(shares, image.depth(), scale, -low_ * scale);
  // Alpha has a range of its own.
  if (image.channels() == 4 && !item.sample.bands) {
    const int alpha[] = {3, 3};
    cv::mixChannels(&image, 1, &shares, 1, alpha, 1);
  }
  item.sample.image = shares;
  item.encoded.clear();
  return item;
}

}  // namespace doppel::dataset
