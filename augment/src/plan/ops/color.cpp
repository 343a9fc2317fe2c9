#include "doppel/augment/plan/ops/color.h"

#include "doppel/base/error.h"
#include "field_lists.h"

namespace doppel::augment::op {
namespace {

constexpr std::array<std::string_view, 2> kContourNames{"sigmoid", "log"};
constexpr std::array<std::string_view, 2> kSolarizeNames{"invert", "add"};

}  // namespace

void ColorMatrix::fields(FieldVisitor& visit) {
  visit_array(visit, {"matrix", {}, "", "3x4, row-major"}, matrix);
}
void Contrast::fields(FieldVisitor& visit) {
  visit({"factor", {0, 1e6}, "", "1 changes nothing"}, factor);
  visit({"per_channel", {}, "", "about each channel's own mean"}, per_channel);
  visit({"offset", {-10, 10}, "of the full range", "added"}, offset);
}
void Hsv::fields(FieldVisitor& visit) {
  visit({"turn", {-1, 1}, "turns", ""}, turn);
  visit({"gain", {0, 100}, "", "factor of the saturation"}, gain);
  visit({"saturation", {-1, 1}, "", "added"}, saturation);
  visit({"value", {-1, 1}, "", "added"}, value);
}
void Gamma::fields(FieldVisitor& visit) { visit({"gamma", {0.01, 100}, "", "below 1 brightens"}, gamma); }
void Curve::fields(FieldVisitor& visit) {
  visit({"y", kShare, "of the full range", "heights at even steps"}, y);
  if (y.size() == 1) throw UsageError("Curve: y needs two points or more");
}
void Contour::fields(FieldVisitor& visit) {
  visit.choice({"shape", {}, "", "which curve"}, shape, kContourNames);
  visit({"gain", {0, 100}, "", "steepness"}, gain);
  visit({"cutoff", kShare, "", "the sigmoid's middle"}, cutoff);
}
void Solarize::fields(FieldVisitor& visit) {
  visit.choice({"mode", {}, "", "what happens"}, mode, kSolarizeNames);
  visit({"threshold", {0, 1.01}, "of the full range", ""}, threshold);
  visit({"amount", {-1, 1}, "of the full range", "for add"}, amount);
}
void Posterize::fields(FieldVisitor& visit) { visit({"bits", {1, 8}, "", ""}, bits); }
void AutoContrast::fields(FieldVisitor& visit) {
  visit({"cutoff", {0, 0.49}, "", "share cut at each end"}, cutoff);
}
void Equalize::fields(FieldVisitor&) {}
void MatchHistogram::fields(FieldVisitor& visit) {
  visit({"quantiles", kShare, "of the full range", "as many for each of three channels"}, quantiles);
  visit({"share", kShare, "", "of the result"}, share);
  if (quantiles.size() % 3 != 0 || (!quantiles.empty() && quantiles.size() < 6))
    throw UsageError("MatchHistogram: quantiles need the same number, at least 2, for each of 3 channels");
}
void Exposure::fields(FieldVisitor& visit) {
  visit({"target", kShare, "of the full range", "mean luma"}, target);
  visit({"low", {0, 100}, "", "least gain"}, low);
  visit({"high", {0, 100}, "", "most gain"}, high);
}
void Colorize::fields(FieldVisitor& visit) {
  visit_array(visit, {"black", kShare, "of the full range", "at luma 0"}, black);
  visit_array(visit, {"middle", kShare, "of the full range", "at one half"}, middle);
  visit_array(visit, {"white", kShare, "of the full range", "at luma 1"}, white);
  visit({"share", kShare, "", "of the result"}, share);
}
void Stain::fields(FieldVisitor& visit) {
  visit({"gain_h", {0, 10}, "", ""}, gain_h);
  visit({"gain_e", {0, 10}, "", ""}, gain_e);
  visit({"shift_h", {-2, 2}, "", ""}, shift_h);
  visit({"shift_e", {-2, 2}, "", ""}, shift_e);
}
void Dither::fields(FieldVisitor& visit) { visit({"bits", {1, 8}, "", ""}, bits); }
void Normalize::fields(FieldVisitor& visit) {
  visit({"mean", {}, "of the full range", "one value, or one per channel"}, mean);
  visit({"std", {1e-12, 1e12}, "of the full range", "one value, or one per channel"}, std);
  visit({"per_image", {}, "", "the image's own mean and deviation instead"}, per_image);
  visit({"together", {}, "", "of those: one for all channels"}, together);
  visit({"only_mean", {}, "", "of those: the mean alone"}, only_mean);
  if (mean.empty() || std.empty())
    throw UsageError("Normalize: mean and std need a value, or one per channel");
}

}  // namespace doppel::augment::op
