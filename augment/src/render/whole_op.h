// Ops that need the whole image or neighbours: image in, image out.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>

#include "bands.h"
#include "doppel/augment/plan/op.h"
#include "doppel/augment/plan/sample.h"
#include "op_families.h"

namespace doppel::augment {

/// Pixels around its own that an op reads, for an image of `size`; the whole image where it is as large.
int reach_of(const Op& op, Size size);

/// Runs a Whole or Wall op, or one by its family, of any image that a plan may be rendered of. Alpha is left
/// as it is by all but Pad, Resize and Tiles; bands are changed one by one, those that the rules name as
/// colours together.
cv::Mat apply_whole(const Op& op, const cv::Mat& image, std::span<const Sample> partners = {},
                    const BandRules& rules = {});

/// Families; each in its own file of whole/. Empty where the op isn't theirs. `colors` has 1 or 3 channels.
cv::Mat apply_layout(const Op& op, const cv::Mat& image);  ///< Pad, Resize, Tiles: with alpha
/// Pad into an image of the result's size and type.
void pad_into(const op::Pad& op, const cv::Mat& image, cv::Mat& out);
/// Into `place` where it can: an image of the image's size and type.
cv::Mat apply_blur(const Op& op, const cv::Mat& colors, const cv::Mat& place = {});
cv::Mat apply_quality(const Op& op, const cv::Mat& colors);
cv::Mat apply_effect(const Op& op, const cv::Mat& colors);
cv::Mat apply_paste(const Op& op, const cv::Mat& colors);
cv::Mat apply_custom(const op::Custom& op, const cv::Mat& image);  ///< of any image, as it is
/// A mask as it leaves it.
cv::Mat custom_mask(const op::Custom& op, const cv::Mat& mask);
/// A map's numbers as it leaves them.
cv::Mat custom_map(const op::Custom& op, const FloatMap& map, const cv::Mat& values);
cv::Mat apply_mix(const Op& op, const cv::Mat& image, std::span<const Sample> partners);
/// What a Join does to the image's mask of that place.
cv::Mat join_mask(const op::Join& op, const cv::Mat& mask, std::span<const Sample> partners, int place);
/// What a Join makes of the numbers of the image's map: partners' maps of its name are pasted and cut as
/// their images are, its fill where they have none, and aren't averaged.
cv::Mat join_map(const op::Join& op, const FloatMap& map, const cv::Mat& values,
                 std::span<const Sample> partners);

/// An anti-aliased line kernel (float, odd size) whose centroid is its centre.
cv::Mat line_kernel(const op::LineBlur& blur);
/// The weights of op::DiscBlur, sum 1.
cv::Mat disc_kernel(const op::DiscBlur& blur);

}  // namespace doppel::augment
