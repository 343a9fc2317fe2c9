#include "doppel/augment/render/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>

#include "bands.h"
#include "base/image_pool.h"
#include "doppel/augment/plan/sample.h"
#include "doppel/base/error.h"
#include "kernels/copy.h"
#include "moved.h"
#include "pixel_program.h"
#include "plan_stages.h"
#include "render/sampling/sampler.h"
#include "whole_op.h"
#include "writer.h"

namespace doppel::augment {
namespace {

/// Rows that one strip holds: with three float planes of 512 pixels it stays within a first-level cache.
constexpr int kStripRows = 8;

PixelType type_of(int depth) {
  return depth == CV_8U ? PixelType::U8 : depth == CV_16U ? PixelType::U16 : PixelType::F32;
}

/// A target that is an image of its own.
Target target_of(cv::Mat& image) {
  Target target;
  target.data = image.data;
  target.size = size_of(image);
  target.channels = image.channels();
  target.type = type_of(image.depth());
  target.layout = Layout::HWC;
  return target;
}

cv::Mat read_all(const Sampler& sampler) {
  cv::Mat image = pooled_image(sampler.size().height, sampler.size().width, sampler.type());
  sampler.read(0, image.rows, image.ptr(), image.step[0]);
  return image;
}

/// Runs pixel ops over a group of an image's channels, or of what a sampler reads, strip by strip into the
/// target: bytes to bytes where it can, else through planes of floats.
class PixelPass {
 public:
  PixelPass(const PixelProgram& program, const Writer& writer, const BandGroup& group, int type, int width)
      : program_(program), writer_(writer), group_(group), width_(width) {
    const bool bytes = CV_MAT_DEPTH(type) == CV_8U && group.plain;
    if (bytes && writer.is_plain_bytes() && program.takes_bytes())
      bytes_.emplace(program, CV_MAT_CN(type));
    else if (bytes && program.empty() && writer.takes_planes())
      straight_ = true;
    else
      buffer_ = pooled_image(3, width, CV_32F);
  }

  /// Rows of `rows` are rows first, first + 1 … of the image.
  void run(const cv::Mat& rows, int first) {
    // A table doesn't ask where a pixel is.
    if (bytes_ && bytes_->is_table() && rows.isContinuous())
      return bytes_->run(rows.ptr(), first, rows.rows * width_, writer_.row(first));
    for (int y = 0; y < rows.rows; ++y) {
      if (bytes_)
        bytes_->run(rows.ptr(y), first + y, width_, writer_.row(first + y));
      else if (straight_)
        writer_.write_planes(rows.ptr(y), first + y);
      else
        run_floats(rows, y, first + y);
    }
  }

 private:
  void run_floats(const cv::Mat& rows, int from, int y) {
    PixelRow row{y, width_, group_.planes, {}, group_.number};
    for (int c = 0; c < 3; ++c) row.plane[static_cast<std::size_t>(c)] = buffer_.ptr<float>(c);
    if (rows.depth() == CV_8U && group_.plain && writer_.is_plain_bytes() &&
        program_.run_part(rows.ptr(from), rows.channels(), row, writer_.row(y)))
      return;
    program_.run(rows, from, row);
    writer_.write(row, rows, from);
  }

  const PixelProgram& program_;
  const Writer& writer_;
  const BandGroup& group_;
  int width_;
  std::optional<ByteProgram> bytes_;
  bool straight_ = false;
  cv::Mat buffer_;
};

/// One group's program, and where it writes to. `shape` as PixelProgram's image.
class GroupPass {
 public:
  GroupPass(std::span<const Op> ops, const cv::Mat& shape, const Target& target, const BandGroup& group)
      : group_(group),
        program_(ops, shape, group_),
        writer_(target, group_, norms(ops, shape)),
        pass_(program_, writer_, group_, shape.type(), target.size.width) {}
  GroupPass(const GroupPass&) = delete;
  GroupPass& operator=(const GroupPass&) = delete;
  void run(const cv::Mat& rows, int first) { pass_.run(rows, first); }

 private:
  /// The plan's last op where it normalises; each image's own from what the program leaves of it.
  std::optional<ChannelNorms> norms(std::span<const Op> ops, const cv::Mat& image) const {
    const auto* last = ops.empty() ? nullptr : std::get_if<op::Normalize>(&ops.back());
    if (!last) return {};
    return last->per_image
               ? ChannelNorms::of(*last, program_.stats(image, ImageNeed::Histogram), group_.planes)
               : ChannelNorms::of(*last, group_);
  }
  BandGroup group_;
  PixelProgram program_;
  Writer writer_;
  PixelPass pass_;
};

/// Walks over a plan's stages; the image between two stages is `image_`.
class FusedRenderer {
 public:
  FusedRenderer(const Plan& plan, const cv::Mat& image, std::span<const Sample> partners, int halved)
      : ops_(plan.ops),
        rules_(band_rules(plan)),
        groups_(band_groups(image.channels(), rules_)),
        image_(detached(image)),
        size_(plan.source),
        partners_(partners),
        halved_(halved) {}

  void run(const Target& target) {
    std::size_t i = 0;
    while (true) {
      const PlanStage stage = plan_stage(ops_, i, size_);
      if (stage.last == ops_.size()) return finish(i, stage.geometry, stage.pixels, target);
      if (stage.geometry.count > 0)
        image_ = read_all(Sampler(image_, slice(i, stage.pixels), stage.geometry, size_, halved_));
      halved_ = 0;
      size_ = size_of(image_);
      if (stage.last > stage.pixels) run_pixels(stage.pixels, stage.last);
      if (stage.whole && stage.next() == ops_.size() && run_straight(ops_.back(), target)) return;
      if (stage.whole) image_ = apply_whole(ops_[stage.last], image_, partners_, rules_);
      size_ = size_of(image_);
      i = stage.next();
    }
  }

 private:
  std::span<const Op> slice(std::size_t first, std::size_t last) const {
    return std::span(ops_).subspan(first, last - first);
  }

  /// A last Pad or blur without a copy, where the target is as the image.
  bool run_straight(const Op& last, const Target& target) const {
    if (image_.depth() != CV_8U || !groups_[0].plain || !Writer(target, groups_[0]).is_plain_bytes())
      return false;
    cv::Mat out(target.size.height, target.size.width, image_.type(), target.data);
    if (const auto* pad = std::get_if<op::Pad>(&last)) {
      pad_into(*pad, image_, out);
      return true;
    }
    if (image_.channels() == 4) return false;  // alpha isn't blurred
    const cv::Mat result = apply_blur(last, image_, out);
    if (!result.empty() && result.data != out.data) result.copyTo(out);
    return !result.empty();
  }

  void run_pixels(std::size_t first, std::size_t last) {
    cv::Mat out = pooled_image(image_.rows, image_.cols, image_.type());
    const Target target = target_of(out);
    for (const BandGroup& group : groups_)
      GroupPass(slice(first, last), image_, target, group).run(image_, 0);
    image_ = out;
  }

  /// The last geometry and the pixel ops after it, straight into the target.
  void finish(std::size_t begin, const GeometryRun& geometry, std::size_t first, const Target& target) {
    const auto ops = slice(first, ops_.size());
    if (geometry.count > 0) {
      const Sampler sampler(image_, slice(begin, first), geometry, size_, halved_);
      if (!PixelProgram::needs_image(ops)) return finish_strips(sampler, ops, target);
      image_ = read_all(sampler);
    }
    if (const Writer plain(target, groups_[0]); ops.empty() && plain.is_like(image_.depth()))
      return copy_rows(image_.ptr(), static_cast<std::ptrdiff_t>(image_.step[0]), plain.row_bytes(),
                       image_.rows, plain.row(0), static_cast<std::ptrdiff_t>(plain.row_bytes()));
    for (const BandGroup& group : groups_) GroupPass(ops, image_, target, group).run(image_, 0);
  }

  /// Ops that need no image, over what a sampler reads.
  void finish_strips(const Sampler& sampler, std::span<const Op> ops, const Target& target) const {
    if (ops.empty()) {
      if (const Writer plain(target, groups_[0]); plain.is_like(image_.depth()))
        return sampler.read(0, target.size.height, plain.row(0), plain.row_bytes());
    }
    // Only its size and channels are asked for.
    const cv::Mat shape(sampler.size().height, sampler.size().width, sampler.type(), image_.data, 0);
    const auto strips = [&](const auto& run) {
      cv::Mat strip =
          pooled_image(std::min(kStripRows, target.size.height), target.size.width, sampler.type());
      for (int y = 0; y < target.size.height; y += kStripRows) {
        const int rows = std::min(kStripRows, target.size.height - y);
        sampler.read(y, y + rows, strip.ptr(), strip.step[0]);
        run(strip.rowRange(0, rows), y);
      }
    };
    if (groups_.size() == 1) {
      GroupPass pass(ops, shape, target, groups_[0]);
      return strips([&](const cv::Mat& rows, int y) { pass.run(rows, y); });
    }
    std::deque<GroupPass> passes;
    for (const BandGroup& group : groups_) passes.emplace_back(ops, shape, target, group);
    strips([&](const cv::Mat& rows, int y) {
      for (GroupPass& pass : passes) pass.run(rows, y);
    });
  }

  const std::vector<Op>& ops_;
  BandRules rules_;
  PooledVector<BandGroup> groups_;
  cv::Mat image_;
  Size size_;  ///< of the image between two stages, which image_ may be a smaller version of at first
  std::span<const Sample> partners_;
  int halved_;
};

std::string_view depth_name(int depth) {
  constexpr std::array<std::string_view, 8> kNames{"8-bit",         "signed 8-bit",  "16-bit",
                                                   "signed 16-bit", "signed 32-bit", "float",
                                                   "64-bit float",  "16-bit float"};
  return kNames[static_cast<std::size_t>(depth)];
}

void check_image(const Plan& plan, const cv::Mat& image, int halved) {
  const bool depth = image.depth() == CV_8U || image.depth() == CV_16U || image.depth() == CV_32F;
  if (image.empty() || image.channels() > kMostChannels || !depth)
    throw Error(fmt::format(
        "images must be 8-bit, 16-bit or float with 1 to {} channels; this is {}x{}, {}, with {} channel{}",
        kMostChannels, image.rows, image.cols, depth_name(image.depth()), image.channels(),
        image.channels() == 1 ? "" : "s"));
  check_bands(plan, image.channels());
  const auto part = [halved](int side) { return (side + (1 << halved) - 1) >> halved; };
  if (halved > 0 && halved > source_halvings(plan))
    throw Error(
        fmt::format("the plan doesn't shrink its image enough for one that was halved {} times", halved));
  if (size_of(image) != Size{part(plan.source.height), part(plan.source.width)})
    throw Error(fmt::format("the plan was drawn for {}x{} (height x width), but the image is {}x{}",
                            plan.source.height, plan.source.width, image.rows, image.cols));
}

/// A mask through an op that isn't part of a run.
cv::Mat move_mask(const Op& any, const cv::Mat& mask, std::span<const Sample> partners, int place) {
  const Size size = size_of(mask);
  if (const auto* pad = std::get_if<op::Pad>(&any)) {
    op::Pad zero = *pad;
    zero.fill.color = {0, 0, 0, 0};
    return apply_whole(zero, mask);
  }
  if (const auto* resize = std::get_if<op::Resize>(&any)) {
    const std::array<Op, 1> nearest{op::Resize{resize->size, Filter::Nearest}};
    return read_all(Sampler(mask, nearest, geometry_run(nearest, 0, size), Sampler::Target::Mask));
  }
  if (std::holds_alternative<op::Tiles>(any)) return apply_whole(any, mask);
  if (const auto* custom = std::get_if<op::Custom>(&any)) return custom_mask(*custom, mask);
  if (const auto* join = std::get_if<op::Join>(&any)) return join_mask(*join, mask, partners, place);
  return mask;
}

bool normalizes(const Plan& plan) {
  return !plan.ops.empty() && std::holds_alternative<op::Normalize>(plan.ops.back());
}

}  // namespace

void render(const Plan& plan, const cv::Mat& image, const Target& target, std::span<const Sample> partners,
            int halved) {
  check_image(plan, image, halved);
  if (image.channels() != target.channels)
    throw Error(
        fmt::format("the image has {} channel{}, but the batch's have {}: say how many all are to have "
                    "(channels: 3)",
                    image.channels(), image.channels() == 1 ? "" : "s", target.channels));
  if (plan.size() != target.size)
    throw Error(
        fmt::format("the recipe gives {}x{} with {} channels, but the batch holds {}x{} with {} (height x "
                    "width); end the recipe with Resize",
                    plan.size().height, plan.size().width, image.channels(), target.size.height,
                    target.size.width, target.channels));
  FusedRenderer(plan, image, partners, halved).run(target);
  if (target.past_caches) finish_copies_past_caches();
}

cv::Mat render(const Plan& plan, const cv::Mat& image, std::span<const Sample> partners) {
  const Size size = plan.size();
  const int depth = normalizes(plan) ? CV_32F : image.depth();
  cv::Mat out(size.height, size.width, CV_MAKETYPE(depth, image.channels()));
  render(plan, image, target_of(out), partners);
  return out;
}

namespace {

/// Changes 0 and `other` for each other.
cv::Mat swapped(const cv::Mat& mask, int other) {
  cv::Mat result = mask.clone();
  result.setTo(other, mask == 0);
  result.setTo(0, mask == other);
  return result;
}

}  // namespace

cv::Mat render_mask(const Plan& plan, const cv::Mat& mask, std::span<const Sample> partners, int place) {
  if (size_of(mask) != plan.source)
    throw Error(fmt::format("a mask of {}x{} belongs to no image of {}x{}", mask.rows, mask.cols,
                            plan.source.height, plan.source.width));
  const auto read = [&plan](cv::Mat image, std::span<const Op> ops, const GeometryRun& run) {
    // What comes in is 0: where it is to be another number, the two change places meanwhile.
    if (plan.mask_fill != 0) image = swapped(image, plan.mask_fill);
    image = read_all(Sampler(image, ops, run, Sampler::Target::Mask));
    return plan.mask_fill != 0 ? swapped(image, plan.mask_fill) : image;
  };
  const cv::Mat image = moved(plan, mask, read, [&](const cv::Mat& one, const Op& op) {
    return move_mask(op, one, partners, place);
  });
  return image.data == mask.data ? mask.clone() : image;
}

std::vector<cv::Mat> render_masks(const Drawn& drawn, const Sample& sample) {
  std::vector<cv::Mat> masks;
  for (std::size_t i = 0; i < sample.masks.size(); ++i) {
    const bool instances = static_cast<int>(i) == sample.instance_mask && drawn.plan.mask_fill != 0;
    masks.push_back(render_mask(instances ? Plan{drawn.plan.source, drawn.plan.ops, 0} : drawn.plan,
                                sample.masks[i], drawn.partners, static_cast<int>(i)));
  }
  const auto place = static_cast<std::size_t>(sample.instance_mask);
  if (sample.instance_mask >= 0 && place < masks.size())
    for (const int instance : drawn.dropped_instances) masks[place].setTo(0, masks[place] == instance);
  return masks;
}

Sample render_targets(Drawn& drawn, const Sample& sample) {
  Sample out;
  out.bands = sample.bands;
  out.masks = render_masks(drawn, sample);
  out.maps = render_maps(drawn, sample);
  out.instance_mask = sample.instance_mask;
  out.boxes = std::move(drawn.boxes);
  out.rotated_boxes = std::move(drawn.rotated_boxes);
  out.keypoints = std::move(drawn.keypoints);
  out.label = drawn.label;
  out.label_shares = std::move(drawn.label_shares);
  out.outlines = std::move(drawn.outlines);
  out.numbers = std::move(drawn.numbers);
  out.weight = drawn.weight;
  out.fields = sample.fields;
  return out;
}

Sample render_sample(Drawn drawn, const Sample& sample) {
  cv::Mat image = render(drawn.plan, sample.image, drawn.partners);
  Sample out = render_targets(drawn, sample);
  out.image = std::move(image);
  return out;
}

}  // namespace doppel::augment
