#include "doppel/augment/plan/ops/mix.h"

#include <fmt/format.h>

#include "doppel/augment/plan/plan.h"
#include "doppel/base/error.h"
#include "field_lists.h"

namespace doppel::augment::op {
namespace {

constexpr std::array<std::string_view, 5> kMaskNames{"all", "noise", "gradient", "checker", "boxes"};
constexpr std::array<std::string_view, 3> kJoinNames{"average", "paste", "cut"};

}  // namespace

void Blend::fields(FieldVisitor& visit) {
  visit({"branches", {}, "", "plans that keep the size"}, branches);
  visit({"weights", {-1e6, 1e6}, "", "one per branch"}, weights);
  visit({"share", kShare, "", "of the branches in the result"}, share);
  visit.choice({"mask", {}, "", "where"}, mask, kMaskNames);
  visit({"scale", {1e-3, 10}, "of the short side", "of patches and squares"}, scale);
  visit({"angle", {}, "degrees", "where the gradient points"}, angle);
  visit({"boxes", {}, "pixels", "x0, y0, x1, y1 of each"}, boxes);
  visit({"seed", {}, "", "names the draw"}, seed);
  if (weights.size() != branches.size()) throw UsageError("Blend: there must be as many weights as branches");
  if (boxes.size() % 4 != 0) throw UsageError("Blend: boxes need four numbers each");
}
bool operator==(const Blend& a, const Blend& b) {
  return a.branches == b.branches && a.weights == b.weights && a.share == b.share && a.mask == b.mask &&
         a.scale == b.scale && a.angle == b.angle && a.boxes == b.boxes && a.seed == b.seed;
}

void Join::fields(FieldVisitor& visit) {
  visit.choice({"mode", {}, "", "how the other image comes in"}, mode, kJoinNames);
  visit({"partner", {0, 64}, "", "which of the sample's partners"}, partner);
  visit({"plan", {}, "", "what is done to the partner"}, plan);
  visit({"share", kShare, "", "of the other image, for average"}, share);
  visit({"x", {}, "pixels", "left edge"}, x);
  visit({"y", {}, "pixels", "upper edge"}, y);
  visit({"feather", {0, 1000}, "pixels", "softness of the edge"}, feather);
  visit({"values", {0, 2147483647}, "", "instance numbers of the partner; for cut: those that are pasted"},
        values);
  visit({"names", {0, 2147483647}, "", "their numbers in the result; empty: the same"}, names);
  visit({"sample", {-1, 2147483647}, "", "the partner's number in its data set; -1: not known"}, sample);
  if (!names.empty() && names.size() != values.size())
    throw UsageError(fmt::format("Join: {} names for {} values; there must be as many, or no names",
                                 names.size(), values.size()));
  if (plan.size() > 1) throw UsageError(fmt::format("Join: {} plans; a partner has one", plan.size()));
}
bool operator==(const Join& a, const Join& b) {
  return a.mode == b.mode && a.partner == b.partner && a.plan == b.plan && a.share == b.share && a.x == b.x &&
         a.y == b.y && a.feather == b.feather && a.values == b.values && a.names == b.names &&
         a.sample == b.sample;
}

}  // namespace doppel::augment::op
