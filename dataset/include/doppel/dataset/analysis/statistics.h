// What a data set's pictures are like.
#pragma once

#include <optional>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// Of a source's pictures.
struct PictureStatistics {
  int channels = 0;          ///< as asked for; else 1 where the first picture is grey, 4 where it has alpha
                             ///< that is kept, else 3
  std::optional<Size> size;  ///< where all are alike
  std::vector<double> mean;  ///< per channel, in shares of the full range
  std::vector<double> std;   ///< per channel, in shares of the full range; at least 0.001
};

/// Of at most `most` pictures, evenly spread; those that can't be read are passed over. Throws Error with the
/// first one's reason where none can. `channels` and `alpha` are as load() takes them. `progress` gets the
/// pictures looked at, of those that will be.
PictureStatistics picture_statistics(const Source& source, int channels = 0, std::size_t most = 1000,
                                     const OnProgress& progress = {}, AlphaOver alpha = AlphaOver::White);

}  // namespace doppel::dataset
