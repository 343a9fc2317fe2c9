// What a data set's images are like.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// Of a source's images.
struct ImageStatistics {
  int channels = 0;           ///< as asked for; else 4 where an image has alpha that is kept, 3 where one has
                              ///< colour, 1 where all are grey; of images with bands, how many
  bool bands = false;         ///< an image's channels are neither grey nor colours, nor any of them alpha
  std::optional<Size> size;   ///< where all are alike
  std::vector<double> mean;   ///< per channel, in shares of the full range
  std::vector<double> std;    ///< per channel, in shares of the full range; at least 0.001
  std::size_t looked_at = 0;  ///< images that could be read
  std::size_t few_levels = 0;   ///< of those, see uses_few_levels()
  std::size_t beyond = 0;       ///< of those, see lies_beyond()
  std::size_t transparent = 0;  ///< of those, with a pixel that isn't opaque
};

/// True of an image of 16 bits whose largest number is below an eighth of their range: 12 bits that lie in
/// 16, mostly.
bool uses_few_levels(const ImageFacts& facts, const cv::Mat& image);

/// True of floats of which some lie outside 0 to 1, which are black and white: hounsfields, mostly. By a
/// hundredth more than that.
bool lies_beyond(const cv::Mat& image);

/// The least and the largest number of at most `most` images, evenly spread, alpha left out: what Ranged
/// takes. Throws Error where none can be read, with the first one's reason, and where all numbers are the
/// same.
std::pair<double, double> measured_range(const Source& source, std::size_t most = 1000,
                                         const OnProgress& progress = {});

/// Of at most `most` images, evenly spread; those that can't be read are passed over. Throws Error with the
/// first one's reason where none can. `channels` and `alpha` are as load() takes them. `progress` gets the
/// images looked at, of those that will be.
ImageStatistics image_statistics(const Source& source, int channels = 0, std::size_t most = 1000,
                                 const OnProgress& progress = {}, AlphaOver alpha = AlphaOver::White);

}  // namespace doppel::dataset
