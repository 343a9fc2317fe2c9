// The pixels of what a source yields.
#pragma once

#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// As the file has them, of 8 or 16 bits or floats; see with_channels(). Throws Error.
/// Says in `item` whether it has bands.
cv::Mat decoded(Item& item, int channels, AlphaOver alpha);
/// Whether of a file's four channels none is alpha.
bool has_bands(const EncodedImage& image);
/// Of an item without a file: its pixels as with_channels() has them. Throws UsageError as EncodedImage does.
cv::Mat pixels_of(const Item& item, int channels, AlphaOver alpha);
/// The largest number of an image's whole numbers; 1 of floats.
double full_range(const cv::Mat& image);

}  // namespace doppel::dataset
