#include "doppel/augment/transforms/color/normalize.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "doppel/base/error.h"
#include "transforms/chance_field.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 4> kPresetNames{"custom", "imagenet", "dataset", "dataset_mean"};

}  // namespace

void Normalize::draw(Draft& draft, const Stream&) const {
  const int channels = draft.channels();
  const auto colors = static_cast<std::size_t>(channels == 4 ? 3 : channels);
  if (preset == Preset::Imagenet) {
    if (colors == 3)
      draft.append(op::Normalize{{0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}});
    else
      draft.append(op::Normalize{{0.449}, {0.226}});  // the means of the three
    return;
  }
  if (preset != Preset::Custom)
    throw Error(fmt::format(
        "Normalize {{preset: {}}} needs a data set whose mean and deviation are measured, as training and "
        "a loader do; elsewhere give it mean and std",
        kPresetNames[static_cast<std::size_t>(preset)]));
  if ((mean.size() != 1 && mean.size() != colors) || (std.size() != 1 && std.size() != colors))
    throw Error("Normalize: mean and std need one value, or one for each of the image's " +
                std::to_string(colors) + " channels");
  draft.append(op::Normalize{mean, std});
}
void Normalize::fields(FieldVisitor& visit) {
  visit({"mean", {}, "of the full range", "one value, or one per channel"}, mean);
  visit({"std", {1e-12, 1e12}, "of the full range", "one value, or one per channel"}, std);
  visit.choice({"preset",
                {},
                "",
                "imagenet: that data set's usual values; dataset: measured by the loader; "
                "dataset_mean: its mean alone"},
               preset, kPresetNames);
  visit_chance(visit, p);
  if (mean.empty() || std.empty())
    throw UsageError("Normalize: mean and std need a value, or one per channel");
}

}  // namespace doppel::augment
