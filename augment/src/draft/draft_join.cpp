// How another sample's image and targets come into a draft.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "doppel/augment/draft/draft.h"
#include "doppel/augment/render/render.h"
#include "doppel/base/error.h"
#include "polygon.h"
#include "renamed.h"

namespace doppel::augment {
namespace {

/// The values above 0 of a mask, each once, in order.
std::set<int> values_of(const cv::Mat& mask) {
  std::set<int> values;
  int last = 0;
  for (int y = 0; y < mask.rows; ++y)
    for (int x = 0; x < mask.cols; ++x) {
      const int v = mask.depth() == CV_8U ? mask.at<unsigned char>(y, x) : mask.at<int>(y, x);
      if (v != last && v > 0) values.insert(v);
      last = v;
    }
  return values;
}

const cv::Mat* instance_mask(const Sample& sample) {
  const auto i = static_cast<std::size_t>(sample.instance_mask);
  return sample.instance_mask >= 0 && i < sample.masks.size() ? &sample.masks[i] : nullptr;
}

}  // namespace

Draft Draft::partner(std::uint64_t bits) {
  PartnerPick pick = partners_(bits);
  const auto sample = std::make_shared<const Sample>(std::move(pick.sample));
  Draft draft(*sample);
  draft.own_ = sample;
  if (std::in_range<int>(pick.stream.index)) draft.number_ = static_cast<int>(pick.stream.index);
  draft.plan_.rgb = plan_.rgb;
  draft.plan_.bands = plan_.bands;
  if (before_) before_(draft, pick.stream);
  return draft;
}

std::vector<int> Draft::pastable_instances() const {
  if (sample_->masks.empty()) return {};
  const int place = std::max(0, sample_->instance_mask);
  const auto all = masks();
  if (static_cast<std::size_t>(place) >= all.size()) return {};
  const std::set<int> values = values_of(all[static_cast<std::size_t>(place)]);
  return {values.begin(), values.end()};
}

/// Fills in `values` (where they aren't chosen yet) and `names`: numbers that none of ours has.
void Draft::name_instances(op::Join& op, const Draft& partner) {
  const cv::Mat* ours = instance_mask(*sample_);
  if (instances_.empty()) {
    if (ours) instances_ = values_of(*ours);
    for (const Object& object : objects_) instances_.insert(object.instance);
    for (const Keypoint& k : keypoints_) instances_.insert(k.instance);
    for (const Outline& outline : outlines_) instances_.insert(outline.instance);
  }
  if (op.mode != op::Join::Mode::Cut) {
    std::set<int> theirs;
    if (const cv::Mat* mask = instance_mask(*partner.sample_)) theirs = values_of(*mask);
    for (const Object& object : partner.objects_) theirs.insert(object.instance);
    for (const Keypoint& k : partner.keypoints_) theirs.insert(k.instance);
    for (const Outline& outline : partner.outlines_) theirs.insert(outline.instance);
    theirs.erase(-1);
    op.values.assign(theirs.begin(), theirs.end());
  }
  const int most = ours && ours->depth() == CV_8U ? 255 : std::numeric_limits<int>::max();
  std::vector<double> kept;
  int next = 1;
  for (const double value : op.values) {
    int name = static_cast<int>(value);
    if (instances_.contains(name)) {
      while (next <= most && instances_.contains(next)) ++next;
      name = next;
    }
    if (name > most) break;  // an 8-bit mask is full
    instances_.insert(name);
    kept.push_back(value);
    op.names.push_back(name);
  }
  op.values = std::move(kept);
}

void Draft::join(op::Join op, const Draft& partner, double share) {
  op.partner = static_cast<int>(joined_.size());
  op.sample = partner.number_;
  op.plan = {partner.plan_};
  const bool cut = op.mode == op::Join::Mode::Cut;
  const bool bound = instance_mask(*partner.sample_) != nullptr || !cut;
  if (bound) name_instances(op, partner);
  joined_.push_back(*partner.own_);
  take_wishes(partner);
  build_wall();
  cover_by(op, partner);
  take_targets(op, partner, bound);
  join_outlines(op, partner, bound);
  take_label(partner, share);
  plan_.ops.emplace_back(std::move(op));
  run_begin_ = plan_.ops.size();
}

void Draft::cover_by(const op::Join& op, const Draft& partner) {
  const Size size = partner.size_;
  const auto inside = [&](Point p) {
    return p.x >= op.x && p.x < op.x + size.width && p.y >= op.y && p.y < op.y + size.height;
  };
  if (op.mode == op::Join::Mode::Paste) {
    cover_targets(inside);
    cover_outlines(op, size);
  }
  if (op.mode != op::Join::Mode::Cut) return;
  const cv::Mat mask = partner.masks()[static_cast<std::size_t>(std::max(0, partner.sample_->instance_mask))];
  cover_targets([&](Point p) {
    if (!inside(p)) return false;
    const int x = static_cast<int>(p.x) - op.x, y = static_cast<int>(p.y) - op.y;
    return holds(op.values, mask.depth() == CV_8U ? mask.at<unsigned char>(y, x) : mask.at<int>(y, x));
  });
}

/// Objects and keypoints of the partner, where they are pasted.
void Draft::take_targets(const op::Join& op, const Draft& partner, bool bound) {
  const bool cut = op.mode == op::Join::Mode::Cut;
  for (const Object& theirs : partner.objects_) {
    auto outline = clip_polygon(theirs.outline, 0, 0, partner.size_.width, partner.size_.height);
    if ((cut && !(bound && holds(op.values, theirs.instance))) || theirs.gone || outline.size() < 3) continue;
    Object object = theirs;
    object.seen *= polygon_area(outline) / std::max(1e-12, polygon_area(theirs.outline));
    for (Point& p : outline) p = {p.x + op.x, p.y + op.y};
    object.outline = std::move(outline);
    object.instance = renamed(op, theirs.instance);
    objects_.push_back(std::move(object));
  }
  for (std::size_t i = 0; i < partner.keypoints_.size(); ++i) {
    Keypoint k = partner.keypoints_[i];
    if (cut && !(bound && holds(op.values, k.instance))) continue;
    if (k.x < 0 || k.y < 0 || k.x >= partner.size_.width || k.y >= partner.size_.height) k.visibility = 0;
    k.x += op.x;
    k.y += op.y;
    k.instance = renamed(op, k.instance);
    keypoints_.push_back(k);
    mirrored_.push_back(partner.mirrored_[i]);
  }
}

void Draft::take_label(const Draft& partner, double share) {
  if (share <= 0) return;
  if (numbers_.size() != partner.numbers_.size())
    throw Error(fmt::format("an image with {} numbers to learn is mixed with one that has {}",
                            numbers_.size(), partner.numbers_.size()));
  for (std::size_t k = 0; k < numbers_.size(); ++k)
    numbers_[k] = (1 - share) * numbers_[k] + share * partner.numbers_[k];
  weight_ = (1 - share) * weight_ + share * partner.weight_;
  if (shares_.empty()) shares_ = {{label_, 1}};
  for (LabelShare& s : shares_) s.share *= 1 - share;
  const std::vector<LabelShare> theirs =
      partner.shares_.empty() ? std::vector<LabelShare>{{partner.label_, 1}} : partner.shares_;
  for (const LabelShare& s : theirs) {
    const auto same = std::ranges::find(shares_, s.label, &LabelShare::label);
    if (same != shares_.end())
      same->share += share * s.share;
    else
      shares_.push_back({s.label, share * s.share});
  }
  const auto most = std::ranges::max_element(shares_, {}, &LabelShare::share);
  label_ = most->share > 0 ? most->label : -1;
}

}  // namespace doppel::augment
