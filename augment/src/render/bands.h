// Which channels of an image make one picture: grey, RGB and RGBA are one by themselves; of other images each
// channel is a band, treated as a grey image is, but for three that a plan may name as red, green and blue.
#pragma once

#include <array>
#include <opencv2/core/mat.hpp>
#include <span>

#include "base/pooled_vector.h"
#include "doppel/augment/plan/plan.h"
#include "doppel/augment/render/bands.h"

namespace doppel::augment {

/// Channels that go through pixel ops together.
struct BandGroup {
  std::array<int, 3> channel{0, 1, 2};  ///< in the image
  int planes = 3;                       ///< how many of them
  int number = 0;                       ///< among the image's groups
  bool plain = true;                    ///< the whole image (but for alpha), in its own order
};

/// Of a grey, RGB or RGBA image.
inline BandGroup plain_group(int channels) { return {.planes = channels < 3 ? channels : 3}; }

/// What a plan says of channels.
struct BandRules {
  std::span<const int> rgb;  ///< Plan::rgb
  bool four = false;         ///< Plan::bands
};
inline BandRules band_rules(const Plan& plan) { return {plan.rgb, plan.bands}; }

/// True where an image is no grey, RGB or RGBA image, or where `rgb` says which of its channels are colours.
bool has_bands(int channels, const BandRules& rules);

/// One plain group, or red, green and blue where `rgb` names them, and then each other channel alone.
PooledVector<BandGroup> band_groups(int channels, const BandRules& rules);

/// The number of a colour (RGBA) that a channel gets: bands get the first.
double color_of_channel(const std::array<double, 4>& color, int channels, int channel);

/// True where an op mixes red, green and blue, or treats them differently.
bool needs_rgb(const Op& op);

/// Throws UsageError: `who`, a transform or an op, needs colours that an image of so many channels hasn't
/// got.
[[noreturn]] void refuse_bands(std::string_view who, int channels);

/// The group's channels of an image, in [0, 1] as floats.
cv::Mat group_of(const cv::Mat& image, const BandGroup& group);
/// Puts them back. `image` has 8 or 16 bits, or floats.
void put_group(const cv::Mat& part, const BandGroup& group, cv::Mat& image);

}  // namespace doppel::augment
