#include "doppel/augment/plan/ops/bend.h"

#include "doppel/base/error.h"
#include "field_lists.h"

namespace doppel::augment::op {
namespace {

constexpr std::array<std::string_view, 3> kBetweenNames{"bilinear", "triangles", "spline"};
constexpr std::array<std::string_view, 2> kLensNames{"radial", "fisheye"};

}  // namespace

void Elastic::fields(FieldVisitor& visit) {
  visit({"alpha", {0, 1e6}, "pixels", "strength"}, alpha);
  visit({"sigma", {0.5, 1e4}, "pixels", "smoothness"}, sigma);
  visit({"seed", {}, "", "names the draw"}, seed);
  visit({"fill", {}, "", "what shows beyond the source"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
}
void Mesh::fields(FieldVisitor& visit) {
  visit({"rows", {2, 256}, "", "of nodes"}, rows);
  visit({"cols", {2, 256}, "", "of nodes"}, cols);
  visit({"dx", {}, "pixels", "row by row"}, dx);
  visit({"dy", {}, "pixels", "row by row"}, dy);
  visit.choice({"between", {}, "", "how nodes are joined"}, between, kBetweenNames);
  visit({"fill", {}, "", "what shows beyond the source"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  if (rows < 2 || cols < 2 || rows > 256 || cols > 256 ||
      dx.size() != static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols) || dy.size() != dx.size())
    if (!(dx.empty() && dy.empty())) throw UsageError("Mesh: dx and dy need rows x cols numbers each");
}
void Lens::fields(FieldVisitor& visit) {
  visit({"k", {-0.9, 10}, "", "positive pulls the edges in"}, k);
  visit.choice({"model", {}, "", "how the source radius grows"}, model, kLensNames);
  visit({"fill", {}, "", "what shows beyond the source"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
}
void Swirl::fields(FieldVisitor& visit) {
  visit({"x", {}, "pixels", "centre"}, x);
  visit({"y", {}, "pixels", "centre"}, y);
  visit({"angle", {-3600, 3600}, "degrees", "at the centre"}, angle);
  visit({"radius", {1e-3, 1e6}, "pixels", "where it ends"}, radius);
  visit({"fill", {}, "", "what shows beyond the source"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
}
void Wave::fields(FieldVisitor& visit) {
  visit({"amplitude", {0, 1e5}, "pixels", "of the shift"}, amplitude);
  visit({"wavelength", {1, 1e6}, "pixels", "crest to crest"}, wavelength);
  visit({"direction", {}, "degrees", "of travel"}, direction);
  visit({"phase", {}, "degrees", "at the centre"}, phase);
  visit({"fill", {}, "", "what shows beyond the source"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
}
void Bulge::fields(FieldVisitor& visit) {
  visit({"x", {}, "pixels", "centre"}, x);
  visit({"y", {}, "pixels", "centre"}, y);
  visit({"radius", {1e-3, 1e6}, "pixels", "where it ends"}, radius);
  visit({"strength", {-0.9, 0.9}, "", "at the centre"}, strength);
  visit({"fill", {}, "", "what shows beyond the source"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
}

}  // namespace doppel::augment::op
