// A plan being drawn: transforms read where the objects are now, and append ops.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "doppel/augment/plan/drawn.h"
#include "doppel/augment/plan/plan.h"
#include "doppel/augment/plan/sample.h"
#include "doppel/base/fields.h"
#include "doppel/base/random.h"

namespace doppel::augment {

class Mover;

/// What becomes of targets at the end of a recipe, and what channels mean.
struct TargetRules {
  /// Flag: a keypoint outside the image stays, with visibility 0. Drop: all of visibility 0 go, covered
  /// ones too.
  enum class Outside { Flag, Drop };
  double min_area = 0;                ///< pixels that must be left of a box, or of a piece of a polygon
  double min_visibility = 0;          ///< share of the original object that must still be seen
  Outside keypoints = Outside::Flag;  ///< those outside: kept with visibility 0, or removed
  int mask_fill = 0;                  ///< class number of what shows beyond the image: Plan::mask_fill
  std::vector<int> rgb = {};          ///< Plan::rgb
  std::vector<std::pair<int, int>> mirror_pairs =
      {};  ///< keypoint labels that change places where the image is mirrored
  /// All but mirror_pairs and rgb.
  void fields(FieldVisitor& visit);
  friend bool operator==(const TargetRules&, const TargetRules&) = default;
};

/// Another sample for mixing, and the stream that its own draws come from.
struct PartnerPick {
  Sample sample;  ///< as its source has it, with its pixels
  Stream stream;  ///< of what the recipe does to it; its index is the sample's number
};
/// Gives the partner that 64 random bits name: bits mod the size of the data set.
using PartnerSource = std::function<PartnerPick(std::uint64_t bits)>;
/// Fills in the sample's pixels; called before a transform looks at them. Until then only the image's size
/// and channels need to be right: a decoder that waits can be told what the plan reads (see source_region).
using PixelSource = std::function<void()>;

/// Boxes, keypoints, polygons, lines and the label move here, exactly, while ops are appended; pixels move
/// later, once. Visibility is cumulative: what is seen now over what the object was at first, through crops,
/// covers and pasted images. An outline is kept as a polygon: under bends its edges are subdivided, a rotated
/// box keeps its mapped angle when it's cut. Covers hide no polygons and lines; what is pasted over them
/// does.
class Draft {
 public:
  /// Throws Error for a coordinate that isn't a number, for masks and maps of another size, and for polygons
  /// of fewer than three points and lines of fewer than two. Boxes that overshoot
  /// the image are clipped and counted; empty ones are dropped.
  explicit Draft(const Sample& sample, PartnerSource partners = {}, PixelSource pixels = {});

  Size size() const { return size_; }                         ///< of the image after the ops so far
  const Plan& plan() const { return plan_; }                  ///< the ops so far
  int channels() const { return sample_->image.channels(); }  ///< of the image: 1 to kMostChannels
  /// What white is in the image's own numbers: 255, 65535, or 1 of floats.
  double full_range() const {
    return sample_->image.depth() == CV_8U ? 255 : sample_->image.depth() == CV_16U ? 65535 : 1;
  }
  int label() const { return label_; }  ///< the image's class as it is now; -1 where none is known
  /// Gives the sample and its boxes new labels; those that `labels` doesn't name keep theirs.
  void relabel(const std::map<int, int>& labels);
  /// Tells that label rules keep a transform of that name from the sample. The name must outlive the draft.
  void spare(std::string_view transform) { spared_.push_back(transform); }
  /// Tells who draws from now on, and returns who did before. The name must outlive the draft.
  std::string_view draw_as(std::string_view transform) { return std::exchange(drawing_, transform); }
  /// Says which channels are red, green and blue, before anything is drawn; none: rules may tell.
  void name_colors(const std::vector<int>& rgb) { plan_.rgb = rgb; }
  /// Takes over who wants colours in a part of this plan that was drawn by itself.
  void take_wishes(const Draft& part);

  /// Boxes as they would be seen now: clipped to the image, those that are gone left out. Rotated ones by
  /// their hull.
  std::vector<Box> boxes() const;
  /// Keypoints where they are now, those outside the image too.
  const std::vector<Keypoint>& keypoints() const { return keypoints_; }
  bool has_masks() const { return !sample_->masks.empty(); }  ///< true where the sample has any
  /// What can be cut out: the values above 0 of the instance mask as it is now, or of the first mask.
  std::vector<int> pastable_instances() const;
  /// The image as the plan so far renders it. Costs a rendering; for transforms that must look.
  cv::Mat image() const;
  /// All masks, rendered the same way.
  std::vector<cv::Mat> masks() const;

  /// Adds an op and moves the targets. Throws Error where a crop doesn't fit the image, or where an op
  /// follows Normalize.
  void append(Op op);

  /// Drops objects, by their places in boxes(), with all that is bound to them.
  void drop_boxes(std::span<const std::size_t> which);
  /// Adds an object where it is now (of an image that was laid over).
  void add_box(const Box& box);

  /// True where other samples can be had. Partners themselves aren't mixed again.
  bool can_mix() const { return static_cast<bool>(partners_); }
  /// Another sample, with what the recipe does before this transform already drawn, by its own stream.
  Draft partner(std::uint64_t bits);
  /// Brings a partner in: `op.plan`, `op.partner`, `op.sample` and `op.names` are filled in. Its label gets
  /// `share`; its boxes and keypoints come along where they are pasted, with instance numbers that none of
  /// ours has.
  void join(op::Join op, const Draft& partner, double share);
  /// What partners are drawn by: all that the recipe does before this transform. Set as it goes.
  using DrawBefore = std::function<void(Draft& draft, const Stream& stream)>;
  /// What partner() draws by from now on.
  void set_before(DrawBefore before) { before_ = std::move(before); }

  /// The plan, and the targets by `rules`. Throws UsageError, naming the transform, where it needs colours
  /// and the image has bands, as check_bands() does.
  Drawn finish(const TargetRules& rules = {}) &&;

 private:
  struct Object {
    std::vector<Point> outline;  ///< the box's corners through all maps since the last wall
    double seen = 1;             ///< share of the object inside `outline` and not covered
    int label = -1, instance = -1;
    bool rotated = false, gone = false;
    double angle = 0;  ///< of a rotated box
  };
  void add_object(std::vector<Point> outline, const Object& facts);
  void check_fits(const Op& op) const;
  void check_colors() const;
  void move_targets(const Op& op);
  void shuffle_targets(const op::Tiles& op);
  void build_wall();
  void cover_targets(const std::function<bool(Point)>& covers);
  Box seen_box(const Object& object) const;
  void name_instances(op::Join& op, const Draft& partner);
  void cover_by(const op::Join& op, const Draft& partner);
  void take_targets(const op::Join& op, const Draft& partner, bool bound);
  void take_label(const Draft& partner, double share);
  void take_outlines(const Sample& sample);
  void move_outlines(const Mover& move);
  void shuffle_outlines(const op::Tiles& op, std::span<const cv::Rect> tiles);
  void cut_outlines();
  void cover_outlines(const op::Join& op, Size size);
  void join_outlines(const op::Join& op, const Draft& partner, bool bound);
  void finish_outlines(const TargetRules& rules, Drawn& result) const;

  const Sample* sample_;
  PartnerSource partners_;
  PixelSource pixels_;
  DrawBefore before_;
  std::vector<Sample> joined_;
  std::shared_ptr<const Sample> own_;  ///< a partner draft's sample
  int number_ = -1;                    ///< that sample's in its data set
  Plan plan_;
  Size size_;
  std::vector<Object> objects_;
  std::vector<Keypoint> keypoints_;
  std::vector<bool> mirrored_;  ///< per keypoint
  std::vector<Outline> outlines_;
  int label_;
  std::vector<LabelShare> shares_;
  std::vector<double> numbers_;
  double weight_;
  std::size_t run_begin_ = 0;  ///< the first op that is read in one with the next geometric one
  std::set<int> instances_;    ///< taken numbers; filled by the first join
  int clipped_ = 0;
  std::vector<std::string_view> spared_;
  std::string_view drawing_;  ///< the innermost transform that draws
  /// The first that needs colours, and its op; empty where none does.
  std::pair<std::string_view, std::string_view> wants_colors_;
};

}  // namespace doppel::augment
