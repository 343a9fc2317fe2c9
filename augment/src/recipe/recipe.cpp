#include "doppel/augment/recipe/recipe.h"

#include <algorithm>
#include <numeric>

#include "doppel/augment/render/render.h"
#include "doppel/base/error.h"

namespace doppel::augment {
namespace {

/// Finds each Normalize {preset: dataset} or dataset_mean, in children too, and makes it one with given
/// values.
class StatisticsBinder final : public FieldVisitor {
 public:
  StatisticsBinder(const std::vector<double>* mean, const std::vector<double>* std) : new_{mean, std} {}
  bool found() const { return found_; }

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override {
    if (const auto* children = std::get_if<Children*>(&value))
      for (Transform& child : items_of<Transform>(**children)) child.fields(*this);
    if (const auto* list = std::get_if<std::vector<double>*>(&value)) {
      if (info.name == "mean") lists_[0] = *list;
      if (info.name == "std") lists_[1] = *list;
    }
    const auto* choice = std::get_if<Choice>(&value);
    if (!choice || info.name != "preset") return;
    const std::string_view preset = choice->names[static_cast<std::size_t>(*choice->position)];
    if (preset != "dataset" && preset != "dataset_mean") return;
    found_ = true;
    if (!new_[0]) return;
    // Normalize shows its two lists before its preset.
    for (std::size_t i = 0; i < 2; ++i) *lists_[i] = *new_[i];
    if (preset == "dataset_mean") *lists_[1] = {1};
    *choice->position = 0;
  }
  std::array<const std::vector<double>*, 2> new_;
  std::array<std::vector<double>*, 2> lists_{};
  bool found_ = false;
};

}  // namespace

Recipe Recipe::then(Transform next) const {
  Recipe longer = *this;
  longer.transforms_.push_back(std::move(next));
  return longer;
}

void Recipe::bind_labels(std::span<const std::string> classes) {
  for (Transform& transform : transforms_) transform.bind_labels(classes);
}

bool Recipe::has_schedule() const {
  return std::ranges::any_of(transforms_,
                             [](const Transform& transform) { return transform.has_schedule(); });
}

bool Recipe::wants_statistics() const {
  StatisticsBinder binder(nullptr, nullptr);
  for (Transform transform : transforms_) transform.fields(binder);
  return binder.found();
}

void Recipe::bind_statistics(const std::vector<double>& mean, const std::vector<double>& std) {
  StatisticsBinder binder(&mean, &std);
  for (Transform& transform : transforms_) transform.fields(binder);
}

Drawn Recipe::draft(const Sample& sample, const Stream& stream, const PartnerSource& partners,
                    const PixelSource& pixels) const {
  Draft draft(sample, partners, pixels);
  draft.name_colors(rules_.rgb);
  draw_all(transforms_, draft, stream, Level::Top);
  return std::move(draft).finish(rules_);
}

Explanation Recipe::explain(const Sample& sample, const Stream& stream, const PartnerSource& partners) const {
  const Drawn drawn = draft(sample, stream, partners);
  return augment::explain(drawn.plan, sample.image, drawn.partners);
}

Sample Recipe::apply(const Sample& sample, const Stream& stream, const PartnerSource& partners) const {
  return render_sample(draft(sample, stream, partners), sample);
}

}  // namespace doppel::augment
