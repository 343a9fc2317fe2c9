#include "pixel_stage.h"

#include <vector>

namespace doppel::augment {
namespace {

struct Need {
  ImageNeed operator()(const op::Cover& o) const {
    return o.fill == CoverFill::Mean ? ImageNeed::Means : ImageNeed::Nothing;
  }
  ImageNeed operator()(const op::Normalize& o) const {
    return o.per_image ? ImageNeed::Means : ImageNeed::Nothing;
  }
  ImageNeed operator()(const op::Contrast&) const { return ImageNeed::Means; }
  ImageNeed operator()(const op::Exposure&) const { return ImageNeed::Means; }
  ImageNeed operator()(const op::Rain&) const { return ImageNeed::Means; }
  ImageNeed operator()(const op::AutoContrast&) const { return ImageNeed::Histogram; }
  ImageNeed operator()(const op::Equalize&) const { return ImageNeed::Histogram; }
  ImageNeed operator()(const op::MatchHistogram&) const { return ImageNeed::Histogram; }
  ImageNeed operator()(const op::PlasmaFog&) const { return ImageNeed::Histogram; }
  ImageNeed operator()(const auto&) const { return ImageNeed::Nothing; }
};

}  // namespace

ImageNeed need_of(const Op& op) { return std::visit(Need{}, op); }

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
