#include "doppel/augment/plan/ops/noise.h"

#include "doppel/base/error.h"
#include "field_lists.h"

namespace doppel::augment::op {
namespace {

constexpr std::array<std::string_view, 2> kLawNames{"additive", "multiplicative"};
constexpr std::array<std::string_view, 2> kChannelNames{"each", "shared"};
constexpr std::array<std::string_view, 3> kDistributionNames{"normal", "uniform", "laplace"};
constexpr std::array<std::string_view, 4> kPatternNames{"stripes", "square", "checker", "moire"};

}  // namespace

void Noise::fields(FieldVisitor& visit) {
  visit.choice({"law", {}, "", "added, or multiplied as 1 + n"}, law, kLawNames);
  visit.choice({"distribution", {}, "", "of the noise"}, distribution, kDistributionNames);
  visit.choice({"channels", {}, "", "drawn for each channel or shared"}, channels, kChannelNames);
  visit({"std", {0, 100}, "of the full range", "standard deviation"}, std);
  visit({"seed", {}, "", "names the noise"}, seed);
}
void SaltPepper::fields(FieldVisitor& visit) {
  visit({"amount", kShare, "", "share of the pixels"}, amount);
  visit({"salt", kShare, "", "share of them that turns white"}, salt);
  visit({"each_channel", {}, "", "channels are hit apart"}, each_channel);
  visit({"seed", {}, "", "names the noise"}, seed);
}
void Shot::fields(FieldVisitor& visit) {
  visit({"photons", {0.1, 1e7}, "", "that a white pixel catches"}, photons);
  visit({"seed", {}, "", "names the draw"}, seed);
}
void Rician::fields(FieldVisitor& visit) {
  visit({"std", {0, 10}, "of the full range", ""}, std);
  visit({"seed", {}, "", "names the draw"}, seed);
}
void Sensor::fields(FieldVisitor& visit) {
  visit({"exposure", {0, 10}, "", ""}, exposure);
  visit({"read", {0, 10}, "of the full range", "deviation in the dark"}, read);
  visit({"shot", {0, 10}, "", "variance per light"}, shot);
  visit({"chroma", {0, 100}, "", "times the usual chroma noise"}, chroma);
  visit({"gain", {0, 100}, "", ""}, gain);
  visit({"seed", {}, "", "names the draw"}, seed);
}
void Pattern::fields(FieldVisitor& visit) {
  visit.choice({"pattern", {}, "", "shape"}, pattern, kPatternNames);
  visit({"amplitude", {0, 1}, "of the full range", ""}, amplitude);
  visit({"period", {0.5, 1e5}, "pixels", ""}, period);
  visit({"angle", {}, "degrees", ""}, angle);
  visit({"phase", {}, "turns", ""}, phase);
}
void RowNoise::fields(FieldVisitor& visit) {
  visit({"std", {0, 10}, "of the full range", "rows"}, std);
  visit({"columns", {0, 10}, "of the full range", "columns"}, columns);
  visit({"height", {1, 4096}, "pixels", "rows that share an offset"}, height);
  visit({"seed", {}, "", "names the draw"}, seed);
}
void PinkNoise::fields(FieldVisitor& visit) {
  visit({"std", {0, 10}, "of the full range", ""}, std);
  visit({"exponent", {0, 4}, "", "of the fall with frequency"}, exponent);
  visit({"seed", {}, "", "names the draw"}, seed);
}
void FilmGrain::fields(FieldVisitor& visit) {
  visit({"size", {0.5, 256}, "pixels", ""}, size);
  visit({"std", {0, 10}, "of the full range", ""}, std);
  visit({"seed", {}, "", "names the draw"}, seed);
}
void PixelDropout::fields(FieldVisitor& visit) {
  visit({"share", kShare, "", ""}, share);
  visit_array(visit, {"color", kShare, "of the full range", "that they take"}, color);
  visit({"seed", {}, "", "names the draw"}, seed);
}

}  // namespace doppel::augment::op
