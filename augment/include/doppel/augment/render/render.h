// From a plan to pixels. Two renderers over the same ops: a plain one, op by op on whole float images, and
// the fused one, which is what everybody uses. A test holds the two together over thousands of random plans:
//   lattice ops           exactly equal
//   pixel ops in one run  within one grey level (the reference rounds only at the end, so does a fused run)
//   warps                 within two grey levels (15-bit and float weights against double)
//   several stages        each stage adds half a level of rounding, times what later ops multiply it by
#pragma once

#include <array>
#include <cstddef>
#include <opencv2/core/mat.hpp>
#include <span>

#include "doppel/augment/plan/drawn.h"
#include "doppel/augment/plan/plan.h"
#include "doppel/augment/plan/sample.h"

namespace doppel::augment {

/// Type of a number in an image tensor. BF16 is the upper half of a float, F16 IEEE's half; both are rounded
/// to even.
enum class PixelType { U8, F32, BF16, U16, F16 };
/// Bytes of one number.
constexpr std::size_t bytes_of(PixelType type) {
  return type == PixelType::U8 ? 1 : type == PixelType::F32 ? 4 : 2;
}
/// Order of an image's numbers: planes [C, H, W] or interleaved [H, W, C].
enum class Layout { CHW, HWC };

/// Where an image goes, for example one row of a batch. U8 holds 0…255, U16 0…65535; F32, BF16 and F16 hold
/// (x - mean) / std, x in [0, 1].
struct Target {
  void* data = nullptr;                   ///< height · width · channels numbers, dense
  Size size;                              ///< of the plan's result, pixels
  int channels = 3;                       ///< as many as the image has
  PixelType type = PixelType::F32;        ///< of each number
  Layout layout = Layout::CHW;            ///< order of the numbers
  std::array<float, 4> mean{0, 0, 0, 0};  ///< per channel, in shares of the full range; not for U8, U16
  /// Per channel, in shares of the full range; not for U8, U16. Channels beyond have the fourth's.
  std::array<float, 4> std{1, 1, 1, 1};
  /// Planes of floats are written around the caches: pays where they are read so late that they would have
  /// left them.
  bool past_caches = false;
};

/// Renders into `target`. Throws Error where size or channels differ from the plan's result, or where
/// Normalize meets U8. `partners` are the other samples that a mixing plan (op::Join) names by number.
/// `halved`: how often the image has been halved already, at most source_halvings(plan) times; its sides
/// are then the source's, divided and rounded up.
void render(const Plan& plan, const cv::Mat& image, const Target& target,
            std::span<const Sample> partners = {}, int halved = 0);

/// Renders to a new image of the source's type; CV_32F where the plan normalises.
cv::Mat render(const Plan& plan, const cv::Mat& image, std::span<const Sample> partners = {});

/// The same image, computed op by op in float over whole images. Slow and obviously right.
cv::Mat render_reference(const Plan& plan, const cv::Mat& image, std::span<const Sample> partners = {});

/// What rendering reads of the source image: a decoder may leave the rest undefined. The whole image
/// unless the plan begins with geometry that is one map without bends.
cv::Rect source_region(const Plan& plan);

/// How often the source image may be halved before it's rendered, so that a decoder may leave out what
/// shrinking will: where the plan begins with geometry that is one map and takes 2, 4, 8 … pixels to one. 0
/// for others.
int source_halvings(const Plan& plan);

/// Moves a mask (one channel, CV_8U or CV_32S) through the plan's geometry, nearest neighbour; what shows
/// beyond the image is plan.mask_fill. Where partners are joined in, their masks of the same `place` come
/// in as their images do.
cv::Mat render_mask(const Plan& plan, const cv::Mat& mask, std::span<const Sample> partners = {},
                    int place = 0);

/// All masks of a sample that a recipe has drawn. The mask of instances is filled
/// with 0, and instances that were dropped are 0 in it.
std::vector<cv::Mat> render_masks(const Drawn& drawn, const Sample& sample);

/// Moves a map through the plan's geometry, by its own filter; what shows beyond the image is its fill, or,
/// where the plan reflects, repeats or wraps the image, the map's own numbers so. A flow's vectors are
/// multiplied by the derivative of the geometry at their place. Where partners are joined in, their maps of
/// that name come in as masks do: pasted and cut, not averaged. Throws Error where the map doesn't fit the
/// plan.
cv::Mat render_map(const Plan& plan, const FloatMap& map, std::span<const Sample> partners = {});

/// All maps of a sample that a recipe has drawn.
std::vector<FloatMap> render_maps(const Drawn& drawn, const Sample& sample);

/// All of a sample as it was drawn but its image: masks, maps, and the targets, which are taken out of
/// `drawn`. Throws as render_mask() and render_map().
Sample render_targets(Drawn& drawn, const Sample& sample);

/// The sample as it was drawn: image, masks, maps, and the targets that were drawn with them. Throws as
/// render().
Sample render_sample(Drawn drawn, const Sample& sample);

}  // namespace doppel::augment
