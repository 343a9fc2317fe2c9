#include "pixel_stage.h"

#include <vector>

namespace doppel::augment {
namespace {

struct Need {
  PictureNeed operator()(const op::Cover& o) const {
    return o.fill == CoverFill::Mean ? PictureNeed::Means : PictureNeed::Nothing;
  }
  PictureNeed operator()(const op::Normalize& o) const {
    return o.per_image ? PictureNeed::Means : PictureNeed::Nothing;
  }
  PictureNeed operator()(const op::Contrast&) const { return PictureNeed::Means; }
  PictureNeed operator()(const op::Exposure&) const { return PictureNeed::Means; }
  PictureNeed operator()(const op::Rain&) const { return PictureNeed::Means; }
  PictureNeed operator()(const op::AutoContrast&) const { return PictureNeed::Histogram; }
  PictureNeed operator()(const op::Equalize&) const { return PictureNeed::Histogram; }
  PictureNeed operator()(const op::MatchHistogram&) const { return PictureNeed::Histogram; }
  PictureNeed operator()(const op::PlasmaFog&) const { return PictureNeed::Histogram; }
  PictureNeed operator()(const auto&) const { return PictureNeed::Nothing; }
};

}  // namespace

PictureNeed need_of(const Op& op) { return std::visit(Need{}, op); }

StagePtr make_stage(const Op& op, const StageContext& context) {
  std::visit([]<class O>(const O&) { static_assert(is_rendered<O>(), "which family renders it?"); }, op);
  for (const auto family : {tone_stage, color_stage, noise_stage, cover_stage, light_stage, weather_stage})
    if (StagePtr stage = family(op, context)) return stage;
  return nullptr;
}

float* scratch_row(int slot, int width) {
  thread_local std::array<std::vector<float>, 4> rows;
  auto& row = rows[static_cast<std::size_t>(slot)];
  const auto needed = static_cast<std::size_t>(width) + kScratchPadding;
  if (row.size() < needed) row.resize(needed);
  return row.data();
}

}  // namespace doppel::augment
