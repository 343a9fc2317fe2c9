// What a data set's pictures are like.
#pragma once

#include <optional>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// Of a source's pictures.
struct PictureStatistics {
  int channels = 0;          ///< as asked for; else 4 where a picture has alpha that is kept, 3 where one has
                             ///< colour, 1 where all are grey
  std::optional<Size> size;  ///< where all are alike
  std::vector<double> mean;  ///< per channel, in shares of the full range
  std::vector<double> std;   ///< per channel, in shares of the full range; at least 0.001
  std::size_t looked_at = 0;    ///< pictures that could be read
  std::size_t few_levels = 0;   ///< of those, see uses_few_levels()
  std::size_t transparent = 0;  ///< of those, with a pixel that isn't opaque
};

/// True of a picture with more than 8 bits a channel of which fewer than 32 levels are left in 8: 12 bits
/// that lie in 16, mostly.
bool uses_few_levels(const PictureFacts& facts, const cv::Mat& image);

/// Of at most `most` pictures, evenly spread; those that can't be read are passed over. Throws Error with the
/// first one's reason where none can. `channels` and `alpha` are as load() takes them. `progress` gets the
/// pictures looked at, of those that will be.
PictureStatistics picture_statistics(const Source& source, int channels = 0, std::size_t most = 1000,
                                     const OnProgress& progress = {}, AlphaOver alpha = AlphaOver::White);

}  // namespace doppel::dataset
