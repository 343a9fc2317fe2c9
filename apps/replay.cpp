#include "replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "doppel/augment/draft/draft.h"
#include "doppel/augment/plan/op.h"
#include "doppel/base/error.h"

namespace doppel::apps {
namespace {

using augment::Plan;

/// How much of a label's share a pasted image gets, by what of the result shows an image at all: what a Pad
/// put beside it is nobody's until something is pasted there.
class PastedShares {
 public:
  explicit PastedShares(Size size) { see(size); }
  /// Before the op is done to an image of this size.
  void before(const augment::Op& op, Size size) {
    see(size);
    const auto* pad = std::get_if<augment::op::Pad>(&op);
    is_padded_ = pad && pad->left == 0 && pad->top == 0;
    if (!is_padded_) see(size_after(op, size));
  }
  double of(const augment::op::Join& join, Size pasted, Size size) {
    if (join.mode != augment::op::Join::Mode::Paste)
      return join.mode == augment::op::Join::Mode::Average ? join.share : 0;
    const double whole = double(size.width) * size.height, area = double(pasted.width) * pasted.height;
    if (!is_padded_ || (join.x < own_.width && join.y < own_.height)) return area / whole;
    seen_ += area;
    return area / std::min(seen_, whole);
  }

 private:
  void see(Size size) {
    own_ = size;
    seen_ = double(size.width) * size.height;
  }
  Size own_;
  double seen_ = 0;
  bool is_padded_ = false;
};

/// What the plan mixes in, from among the images that are here.
augment::Draft partner_of(const augment::op::Join& join, augment::Draft& draft, const Images& images) {
  if (join.sample < 0)
    throw UsageError("the plan mixes another image in, and doesn't say which: it can't be replayed here");
  const auto index = static_cast<std::size_t>(join.sample);
  if (index >= images.size())
    throw UsageError(fmt::format("the plan mixes image {} of its data set in; here there are {}, from 0",
                                 index, images.size()));
  augment::Draft other = draft.partner(index);
  const Plan inner = join.plan.empty() ? Plan{other.size(), {}} : join.plan[0];
  if (other.size() != inner.source)
    throw UsageError(
        fmt::format("the plan mixes image {} in, {}, as an image of {}x{} (height x width), "
                    "which is {}x{} here",
                    index, images.name(index), inner.source.height, inner.source.width, other.size().height,
                    other.size().width));
  for (const augment::Op& op : inner.ops) {
    if (std::holds_alternative<augment::op::Join>(op))
      throw UsageError("the plan mixes images into one that it mixes in: it can't be replayed here");
    other.append(op);
  }
  return other;
}

}  // namespace

augment::Drawn replayed(const Plan& plan, const augment::Sample& sample, const Images& images,
                        const std::function<augment::Sample(std::size_t)>& read) {
  if (const Size size = augment::size_of(sample.image); plan.source != size)
    throw Error(fmt::format("the plan was drawn for an image of {}x{} (height x width), not {}x{}",
                            plan.source.height, plan.source.width, size.height, size.width));
  augment::Draft draft(
      sample, [&](std::uint64_t number) { return augment::PartnerPick{read(number), {.index = number}}; });
  draft.name_colors(plan.rgb);
  PastedShares shares(plan.source);
  for (const augment::Op& op : plan.ops) {
    if (const auto* join = std::get_if<augment::op::Join>(&op)) {
      const augment::Draft other = partner_of(*join, draft, images);
      augment::op::Join again = *join;
      again.names.clear();
      const double share = shares.of(*join, other.size(), draft.size());
      draft.join(std::move(again), other, share);
    } else {
      shares.before(op, draft.size());
      draft.append(op);
    }
  }
  return std::move(draft).finish({.mask_fill = plan.mask_fill, .rgb = plan.rgb});
}

}  // namespace doppel::apps
