#include "doppel/augment/transforms/policy/aug_mix.h"

#include <opencv2/core.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/exact_math.h"
#include "transforms/chance_field.h"
#include "transforms/mixing.h"
#include "transforms/policy_space.h"

namespace doppel::augment {
namespace {

/// AugMix leaves out what its test corruptions contain.
constexpr std::array<PolicyOp, 9> kMixOps{PolicyOp::AutoContrast, PolicyOp::Equalize,   PolicyOp::Posterize,
                                          PolicyOp::Rotate,       PolicyOp::Solarize,   PolicyOp::ShearX,
                                          PolicyOp::ShearY,       PolicyOp::TranslateX, PolicyOp::TranslateY};

}  // namespace

void AugMix::draw(Draft& draft, const Stream& stream) const {
  op::Blend blend;
  double total = 0;
  for (int i = 0; i < width; ++i) {
    const Stream chain = stream.split("chain", static_cast<std::uint64_t>(i));
    Sample empty;
    empty.image =
        cv::Mat(draft.size().height, draft.size().width, CV_MAKETYPE(CV_8U, draft.channels()), cv::Scalar());
    Draft branch(empty);
    const int n = depth > 0 ? depth : chain.integer("depth", 1, 3);
    for (int k = 0; k < n; ++k) {
      const Stream one = chain.split("step", static_cast<std::uint64_t>(k));
      const auto which =
          kMixOps[static_cast<std::size_t>(one.integer("op", 0, static_cast<int>(kMixOps.size()) - 1))];
      append_policy_op(branch, which,
                       space_value(which, one.uniform("magnitude", 0.1, severity) / 10, false, draft.size()),
                       one, fill, filter);
    }
    blend.branches.push_back(branch.plan());
    // Gammas make a Dirichlet; of 1 they are exponentials.
    blend.weights.push_back(alpha == 1 ? -exact::log(1 - chain.uniform("weight", 0, 0.999999))
                                       : std::max(1e-300, draw_gamma(chain.split("weight"), alpha)));
    total += blend.weights.back();
  }
  for (double& w : blend.weights) w /= total;
  blend.share = alpha == 1 ? stream.uniform("share") : draw_beta(stream.split("share"), alpha);
  draft.append(std::move(blend));
}
void AugMix::fields(FieldVisitor& visit) {
  visit({"severity", {1, 10}, "", "largest magnitude, of 10"}, severity);
  visit({"width", {1, 10}, "", "chains"}, width);
  visit({"depth", {-1, 10}, "", "operations of a chain; -1: 1 to 3"}, depth);
  visit({"alpha", {0.01, 100}, "", "of Dirichlet and Beta"}, alpha);
  visit({"fill", {}, "", "what shows beyond the image; in masks the recipe's mask_fill"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
