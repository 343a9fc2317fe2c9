#include "doppel/augment/plan/ops/quality.h"

#include "doppel/base/error.h"
#include "field_lists.h"

namespace doppel::augment::op {
namespace {

constexpr std::array<std::string_view, 2> kMorphologyNames{"dilate", "erode"};

}  // namespace

void Jpeg::fields(FieldVisitor& visit) { visit({"quality", {1, 100}, "", ""}, quality); }
void Webp::fields(FieldVisitor& visit) { visit({"quality", {1, 100}, "", ""}, quality); }
void Downscale::fields(FieldVisitor& visit) {
  visit({"factor", {0.001, 1}, "", ""}, factor);
  visit.choice({"down", {}, "", "filter that shrinks"}, down, kFilterNames);
  visit.choice({"up", {}, "", "filter that grows"}, up, kFilterNames);
}
void BayerMosaic::fields(FieldVisitor&) {}
void Interlace::fields(FieldVisitor& visit) { visit({"shift", {}, "pixels", "of odd rows"}, shift); }
void Clahe::fields(FieldVisitor& visit) {
  visit({"clip", {0.01, 1000}, "", ""}, clip);
  visit({"tiles", {1, 256}, "", "a side"}, tiles);
}
void Morphology::fields(FieldVisitor& visit) {
  visit.choice({"mode", {}, "", "which"}, mode, kMorphologyNames);
  visit({"radius", {0, 200}, "pixels", ""}, radius);
}
void Superpixels::fields(FieldVisitor& visit) {
  visit({"count", {1, 100000}, "", ""}, count);
  visit({"share", kShare, "", "of patches replaced"}, share);
  visit({"seed", {}, "", "names the draw"}, seed);
}
void Halftone::fields(FieldVisitor& visit) {
  visit({"cell", {1, 1000}, "pixels", ""}, cell);
  visit({"angle", {}, "degrees", ""}, angle);
  visit({"share", kShare, "", "of the result"}, share);
}
void Chromatic::fields(FieldVisitor& visit) {
  visit({"red", {-0.5, 0.5}, "", ""}, red);
  visit({"blue", {-0.5, 0.5}, "", ""}, blue);
}
void Edges::fields(FieldVisitor& visit) { visit({"share", kShare, "", "of the result"}, share); }
void FourierAdapt::fields(FieldVisitor& visit) {
  visit({"file", {}, "", "the reference"}, file);
  visit({"beta", {0, 0.5}, "", ""}, beta);
}

}  // namespace doppel::augment::op
