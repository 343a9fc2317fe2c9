#include <array>
#include <string_view>

#include "doppel/augment/draft/draft.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 2> kOutsideNames{"flag", "drop"};

}  // namespace

void TargetRules::fields(FieldVisitor& visit) {
  visit({"min_area", {0, 1e12}, "pixels", "boxes with less left are dropped"}, min_area);
  visit({"min_visibility", {0, 1}, "", "boxes with less of the object left are dropped"}, min_visibility);
  visit({"mask_fill",
         {0, 65535},
         "",
         "what shows beyond the image in masks of classes, as 255 for what doesn't count"},
        mask_fill);
  visit.choice({"keypoints", {}, "", "what becomes of those outside"}, keypoints, kOutsideNames);
}

}  // namespace doppel::augment
