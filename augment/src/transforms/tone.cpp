#include "doppel/augment/transforms/tone.h"

#include <algorithm>
#include <cmath>

#include "../exact_math.h"
#include "../picture_file.h"
#include "chance_field.h"
#include "doppel/augment/error.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 2> kShapes{"sigmoid", "log"};

/// Uniform in the logarithm: halving is as likely as doubling.
double draw_log(const Stream& stream, std::string_view purpose, const Range& range) {
  return exact::exp(stream.uniform(purpose, exact::log(range.low), exact::log(range.high)));
}

/// 17 quantiles of each channel.
std::vector<double> quantiles_of(const cv::Mat& image) {
  constexpr int kQuantiles = 17;
  std::vector<double> quantiles;
  for (int c = 0; c < 3; ++c) {
    std::array<double, 256> counts{};
    for (int y = 0; y < image.rows; ++y)
      for (int x = 0; x < image.cols; ++x) ++counts[image.ptr(y)[x * 3 + c]];
    double sum = 0;
    int level = 0;
    for (int q = 0; q < kQuantiles; ++q) {
      const double rank = double(q) / (kQuantiles - 1) * static_cast<double>(image.total());
      while (level < 255 && sum + counts[static_cast<std::size_t>(level)] < rank)
        sum += counts[static_cast<std::size_t>(level++)];
      quantiles.push_back(level / 255.0);
    }
  }
  return quantiles;
}

}  // namespace

void BrightnessContrast::draw(Draft& draft, const Stream& stream) const {
  const double c = stream.uniform("contrast", contrast.low, contrast.high),
               b = stream.uniform("brightness", brightness.low, brightness.high);
  if (c != 0)
    draft.append(op::Contrast{1 + c, false, b});
  else if (b != 0)
    draft.append(op::ColorMatrix{{1, 0, 0, b, 0, 1, 0, b, 0, 0, 1, b}});
}
void BrightnessContrast::fields(FieldVisitor& visit) {
  visit({"brightness", {-1, 1}, "of the full range", "added"}, brightness);
  visit({"contrast", {-1, 100}, "", "added to the factor 1"}, contrast);
  visit_chance(visit, p);
}

void Gamma::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Gamma{draw_log(stream, "gamma", gamma)});
}
void Gamma::fields(FieldVisitor& visit) {
  visit({"gamma", {0.01, 100}, "", "below 1 brightens"}, gamma);
  visit_chance(visit, p);
}

void ToneCurve::draw(Draft& draft, const Stream& stream) const {
  const double a = 1 / 3.0 + stream.uniform("dark", -limit, limit),
               b = 2 / 3.0 + stream.uniform("light", -limit, limit);
  // Points that crossed change places: the curve stays monotone.
  if (limit > 0) draft.append(op::Curve{{0, std::min(a, b), std::max(a, b), 1}});
}
void ToneCurve::fields(FieldVisitor& visit) {
  visit({"limit", {0, 0.3}, "of the full range", "most that a point moves"}, limit);
  visit_chance(visit, p);
}

void ContrastCurve::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Contour{shape, stream.uniform("gain", gain.low, gain.high),
                           stream.uniform("cutoff", cutoff.low, cutoff.high)});
}
void ContrastCurve::fields(FieldVisitor& visit) {
  visit.choice({"shape", {}, "", "which curve"}, shape, kShapes);
  visit({"gain", {0, 100}, "", "steepness (log: 0.8 to 1.2 is usual)"}, gain);
  visit({"cutoff", {0, 1}, "", "the sigmoid's middle"}, cutoff);
  visit_chance(visit, p);
}

void Solarize::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Solarize{.threshold = stream.uniform("threshold", threshold.low, threshold.high)});
}
void Solarize::fields(FieldVisitor& visit) {
  visit({"threshold", {0, 1.01}, "of the full range", ""}, threshold);
  visit_chance(visit, p);
}

void SolarizeAdd::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Solarize{op::Solarize::Mode::Add,
                            stream.uniform("threshold", threshold.low, threshold.high),
                            stream.uniform("amount", amount.low, amount.high)});
}
void SolarizeAdd::fields(FieldVisitor& visit) {
  visit({"amount", {-1, 1}, "of the full range", "added"}, amount);
  visit({"threshold", {0, 1}, "of the full range", ""}, threshold);
  visit_chance(visit, p);
}

void Posterize::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Posterize{stream.integer("bits", bits.low, bits.high)});
}
void Posterize::fields(FieldVisitor& visit) {
  visit({"bits", {1, 8}, "", "kept"}, bits);
  visit_chance(visit, p);
}

void AutoContrast::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::AutoContrast{stream.uniform("cutoff", cutoff.low, cutoff.high)});
}
void AutoContrast::fields(FieldVisitor& visit) {
  visit({"cutoff", {0, 0.49}, "", "share cut at each end"}, cutoff);
  visit_chance(visit, p);
}

void Equalize::draw(Draft& draft, const Stream&) const { draft.append(op::Equalize{}); }
void Equalize::fields(FieldVisitor& visit) { visit_chance(visit, p); }

void Clahe::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Clahe{stream.uniform("clip", clip.low, clip.high), tiles});
}
void Clahe::fields(FieldVisitor& visit) {
  visit({"clip", {0.01, 1000}, "", "limit"}, clip);
  visit({"tiles", {1, 256}, "", "a side"}, tiles);
  visit_chance(visit, p);
}

void HistogramMatch::draw(Draft& draft, const Stream& stream) const {
  if (references.empty()) return;
  const auto which =
      static_cast<std::size_t>(stream.integer("which", 0, static_cast<int>(references.size()) - 1));
  draft.append(op::MatchHistogram{quantiles_of(picture_from(references[which], 3)),
                                  stream.uniform("blend", blend.low, blend.high)});
}
void HistogramMatch::fields(FieldVisitor& visit) {
  visit({"references", {}, "", "picture files"}, references);
  visit({"blend", {0, 1}, "", "share of the result"}, blend);
  visit_chance(visit, p);
}

void ExposureMatch::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Exposure{stream.uniform("mean", mean.low, mean.high)});
}
void ExposureMatch::fields(FieldVisitor& visit) {
  visit({"mean", {0, 1}, "of the full range", "luma wanted"}, mean);
  visit_chance(visit, p);
}

void FourierAdapt::draw(Draft& draft, const Stream& stream) const {
  if (references.empty()) return;
  const auto which =
      static_cast<std::size_t>(stream.integer("which", 0, static_cast<int>(references.size()) - 1));
  draft.append(op::FourierAdapt{references[which], stream.uniform("beta", beta.low, beta.high)});
}
void FourierAdapt::fields(FieldVisitor& visit) {
  visit({"references", {}, "", "picture files"}, references);
  visit({"beta", {0, 0.5}, "", "share of the frequencies"}, beta);
  visit_chance(visit, p);
}

void Standardize::draw(Draft& draft, const Stream&) const { draft.append(op::Normalize{.per_image = true}); }
void Standardize::fields(FieldVisitor& visit) { visit_chance(visit, p); }

}  // namespace doppel::augment
