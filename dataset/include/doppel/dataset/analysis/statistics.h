// What a data set's images are like.
#pragma once

#include <optional>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// Of a source's images.
struct ImageStatistics {
  int channels = 0;           ///< as asked for; else 4 where an image has alpha that is kept, 3 where one has
                              ///< colour, 1 where all are grey
  std::optional<Size> size;   ///< where all are alike
  std::vector<double> mean;   ///< per channel, in shares of the full range
  std::vector<double> std;    ///< per channel, in shares of the full range; at least 0.001
  std::size_t looked_at = 0;  ///< images that could be read
  std::size_t few_levels = 0;   ///< of those, see uses_few_levels()
  std::size_t transparent = 0;  ///< of those, with a pixel that isn't opaque
};

/// True of an image with more than 8 bits a channel of which fewer than 32 levels are left in 8: 12 bits
/// that lie in 16, mostly.
bool uses_few_levels(const ImageFacts& facts, const cv::Mat& image);

/// Of at most `most` images, evenly spread; those that can't be read are passed over. Throws Error with the
/// first one's reason where none can. `channels` and `alpha` are as load() takes them. `progress` gets the
/// images looked at, of those that will be.
ImageStatistics image_statistics(const Source& source, int channels = 0, std::size_t most = 1000,
                                 const OnProgress& progress = {}, AlphaOver alpha = AlphaOver::White);

}  // namespace doppel::dataset
