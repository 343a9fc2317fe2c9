// Ops with plans of their own: several branches of one image, or another sample's image.
#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "base/exact_math.h"
#include "base/image_pool.h"
#include "doppel/augment/render/render.h"
#include "doppel/base/error.h"
#include "kernels/fractal.h"
#include "kernels/noise.h"
#include "render/whole_op.h"

namespace doppel::augment {
namespace {

/// Where the branches show, in [0, 1].
cv::Mat mask_of(const op::Blend& o, Size size) {
  cv::Mat mask = pooled_zeros(size.height, size.width, CV_32F);
  const double s = std::min(size.width, size.height);
  switch (o.mask) {
    case op::Blend::Mask::All:
      std::fill_n(mask.ptr<float>(), mask.total(), 1.F);
      break;
    case op::Blend::Mask::Noise: {
      const FractalNoise noise(size, std::max(2.0, o.scale * s), 3, 0.5, o.seed);
      const double spread = noise.deviation();
      PooledVector<float> line(static_cast<std::size_t>(size.width + kFractalPadding));
      for (int y = 0; y < size.height; ++y) {
        noise.row(y, size.width, line.data());
        float* row = mask.ptr<float>(y);
        for (int x = 0; x < size.width; ++x)
          row[x] = std::clamp(0.5F + (line[static_cast<std::size_t>(x)] - 0.5F) / static_cast<float>(spread),
                              0.F, 1.F);
      }
      break;
    }
    case op::Blend::Mask::Gradient: {
      const double c = exact::cos(o.angle / 57.295779513082321),
                   t = -exact::sin(o.angle / 57.295779513082321);
      const double reach = std::abs(c) * size.width / 2 + std::abs(t) * size.height / 2;
      for (int y = 0; y < size.height; ++y)
        for (int x = 0; x < size.width; ++x)
          mask.at<float>(y, x) = static_cast<float>(
              0.5 + ((x + 0.5 - size.width / 2.0) * c + (y + 0.5 - size.height / 2.0) * t) / (2 * reach));
      break;
    }
    case op::Blend::Mask::Checker: {
      const double cell = std::max(1.0, o.scale * s);
      for (int y = 0; y < size.height; ++y)
        for (int x = 0; x < size.width; ++x)
          mask.at<float>(y, x) =
              (static_cast<int>((x + 0.5) / cell) + static_cast<int>((y + 0.5) / cell)) % 2 == 0 ? 1.F : 0.F;
      break;
    }
    case op::Blend::Mask::Boxes:
      for (std::size_t i = 0; i + 3 < o.boxes.size(); i += 4) {
        const cv::Rect box(cv::Point(static_cast<int>(std::lround(o.boxes[i])),
                                     static_cast<int>(std::lround(o.boxes[i + 1]))),
                           cv::Point(static_cast<int>(std::lround(o.boxes[i + 2])),
                                     static_cast<int>(std::lround(o.boxes[i + 3]))));
        mask(box & cv::Rect(0, 0, size.width, size.height)).setTo(1);
      }
      break;
  }
  return mask;
}

/// a + m · (b - a) with m per pixel; alpha too.
void lerp_into(cv::Mat& a, const cv::Mat& b, const cv::Mat& m) {
  const int n = a.channels();
  for (int y = 0; y < a.rows; ++y)
    for (int x = 0; x < a.cols; ++x) {
      const float share = m.at<float>(y, x);
      for (int c = 0; c < n; ++c) {
        if (a.depth() == CV_8U) {
          unsigned char& v = a.ptr(y)[x * n + c];
          v = cv::saturate_cast<unsigned char>(
              static_cast<float>(v) + share * (b.ptr<float>(y)[x * n + c] * 255 - static_cast<float>(v)));
        } else {
          float& v = a.ptr<float>(y)[x * n + c];
          v += share * (b.ptr<float>(y)[x * n + c] - v);
        }
      }
    }
}

cv::Mat rendered(const Plan& branch, const cv::Mat& image) {
  if (branch.size() != size_of(image)) throw Error("Blend: a branch changes the image's size");
  const bool floats = !branch.ops.empty() && std::holds_alternative<op::Normalize>(branch.ops.back());
  cv::Mat out = pooled_like(image, CV_MAKETYPE(floats ? CV_32F : image.depth(), image.channels()));
  render(branch, image,
         {.data = out.data,
          .size = size_of(out),
          .channels = out.channels(),
          .type = out.depth() == CV_8U ? PixelType::U8 : PixelType::F32,
          .layout = Layout::HWC});
  return out;
}

cv::Mat blended(const cv::Mat& image, const op::Blend& o) {
  cv::Mat sum = pooled_zeros(image.rows, image.cols, CV_MAKETYPE(CV_32F, image.channels()));
  for (std::size_t i = 0; i < o.branches.size(); ++i)
    cv::scaleAdd(pooled_floats(rendered(o.branches[i], image)), o.weights[i], sum, sum);
  cv::Mat out = pooled_copy(image), mask = mask_of(o, size_of(image));
  mask *= o.share;
  lerp_into(out, sum, mask);
  return out;
}

const Sample& partner_of(const op::Join& o, std::span<const Sample> partners) {
  if (static_cast<std::size_t>(o.partner) >= partners.size())
    throw Error(
        fmt::format("the plan needs {} more samples, but {} are given", o.partner + 1, partners.size()));
  return partners[static_cast<std::size_t>(o.partner)];
}

Plan partner_plan(const op::Join& o, const Sample& partner) {
  Plan plan = o.plan.empty() ? Plan{size_of(partner.image), {}} : o.plan[0];
  plan.bands = false;
  plan.rgb.clear();  // of an image with bands one group comes here, as grey or RGB
  return plan;
}

/// A mask of the partner as its plan leaves it; zeros where it has none of that place.
cv::Mat partner_mask(const op::Join& o, const Sample& partner, int place) {
  const Plan plan = partner_plan(o, partner);
  const auto i = static_cast<std::size_t>(place);
  if (i < partner.masks.size()) return render_mask(plan, partner.masks[i]);
  return cv::Mat::zeros(plan.size().height, plan.size().width, CV_8U);
}

/// The partner's image and mask as its plan leaves them, in the type of `image`.
std::pair<cv::Mat, cv::Mat> prepared(const op::Join& o, const Sample& partner, const cv::Mat& image) {
  cv::Mat source = partner.image, mask;
  if (source.channels() != image.channels()) {
    const int from = source.channels(), to = image.channels();
    cv::Mat same;
    if (to == 1)
      cv::cvtColor(source, same, from == 4 ? cv::COLOR_RGBA2GRAY : cv::COLOR_RGB2GRAY);
    else if (to == 3)
      cv::cvtColor(source, same, from == 4 ? cv::COLOR_RGBA2RGB : cv::COLOR_GRAY2RGB);
    else
      cv::cvtColor(source, same, from == 3 ? cv::COLOR_RGB2RGBA : cv::COLOR_GRAY2RGBA);
    source = same;
  }
  const Plan plan = partner_plan(o, partner);
  cv::Mat other = render(plan, source);
  if (o.mode == op::Join::Mode::Cut) mask = partner_mask(o, partner, std::max(0, partner.instance_mask));
  if (other.depth() != image.depth())
    other.convertTo(other, image.depth(), image.depth() == CV_8U ? 255 : 1 / 255.0);
  return {other, mask};
}

/// 1 inside, falling to 0 over `feather` pixels at the edges of the rectangle.
cv::Mat feathered(cv::Size size, double feather) {
  cv::Mat m(size, CV_32F);
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) {
      const double d = std::min({x + 0.5, y + 0.5, size.width - x - 0.5, size.height - y - 0.5});
      m.at<float>(y, x) = feather > 0 ? static_cast<float>(std::clamp(d / feather, 0.0, 1.0)) : 1.F;
    }
  return m;
}

cv::Mat joined(const cv::Mat& image, const op::Join& o, std::span<const Sample> partners) {
  const auto [other, mask] = prepared(o, partner_of(o, partners), image);
  cv::Mat out;
  if (o.mode == op::Join::Mode::Average) {
    if (other.size() != image.size()) throw Error("Join: averaged images must have the same size");
    cv::addWeighted(image, 1 - o.share, other, o.share, 0, out);
    return out;
  }
  out = image.clone();
  const cv::Rect where = cv::Rect({o.x, o.y}, other.size()) & cv::Rect(0, 0, image.cols, image.rows);
  if (where.empty()) return out;
  const cv::Rect from(where.x - o.x, where.y - o.y, where.width, where.height);
  cv::Mat share;
  if (o.mode == op::Join::Mode::Cut) {
    share = cv::Mat::zeros(other.size(), CV_32F);
    if (!mask.empty())
      for (const double value : o.values) share.setTo(1, mask == value);
    if (o.feather > 0) cv::GaussianBlur(share, share, {0, 0}, o.feather);
  } else if (o.feather > 0) {
    share = feathered(other.size(), o.feather);
  } else {
    other(from).copyTo(out(where));
    return out;
  }
  cv::Mat target = out(where);
  lerp_into(target, pooled_floats(other(from)), share(from));
  return out;
}

struct Mix {
  const cv::Mat& image;
  std::span<const Sample> partners;
  cv::Mat operator()(const op::Blend& o) const { return blended(image, o); }
  cv::Mat operator()(const op::Join& o) const { return joined(image, o, partners); }
  template <class O>
    requires(!MixOp<O>)
  cv::Mat operator()(const O&) const {
    return {};
  }
};

void fill_with(cv::Mat& values, float number) {
  for (int y = 0; y < values.rows; ++y)
    std::fill_n(values.ptr<float>(y), values.cols * values.channels(), number);
}

}  // namespace

cv::Mat join_mask(const op::Join& o, const cv::Mat& mask, std::span<const Sample> partners, int place) {
  if (o.mode == op::Join::Mode::Average) return mask;
  const Sample& partner = partner_of(o, partners);
  const cv::Mat theirs = partner_mask(o, partner, place);
  const cv::Rect where = cv::Rect({o.x, o.y}, theirs.size()) & cv::Rect(0, 0, mask.cols, mask.rows);
  cv::Mat out = mask.clone();
  if (where.empty()) return out;
  const cv::Rect from(where.x - o.x, where.y - o.y, where.width, where.height);
  cv::Mat values;
  theirs(from).convertTo(values, mask.depth());
  cv::Mat target = out(where);
  const int selecting = std::max(0, partner.instance_mask);
  if (o.mode == op::Join::Mode::Paste) {
    values.copyTo(target);
  } else {
    const cv::Mat selector =
        place == selecting ? cv::Mat(theirs(from)) : cv::Mat(partner_mask(o, partner, selecting)(from));
    for (const double value : o.values) values.copyTo(target, selector == value);
  }
  if (place != partner.instance_mask) return out;
  for (std::size_t i = 0; i < o.names.size(); ++i) target.setTo(o.names[i], theirs(from) == o.values[i]);
  return out;
}

cv::Mat join_map(const op::Join& o, const FloatMap& map, const cv::Mat& values,
                 std::span<const Sample> partners) {
  if (o.mode == op::Join::Mode::Average) return values;
  const Sample& partner = partner_of(o, partners);
  const Plan plan = partner_plan(o, partner);
  cv::Mat theirs(plan.size().height, plan.size().width, values.type());
  const auto same = std::ranges::find(partner.maps, map.name, &FloatMap::name);
  if (same != partner.maps.end())
    theirs = render_map(plan, *same);
  else
    fill_with(theirs, map.fill);
  if (theirs.type() != values.type())
    throw Error(fmt::format("the map '{}' has {} channels, but that of the image mixed with it has {}",
                            map.name, values.channels(), theirs.channels()));
  const cv::Rect where = cv::Rect({o.x, o.y}, theirs.size()) & cv::Rect(0, 0, values.cols, values.rows);
  cv::Mat out = values.clone();
  if (where.empty()) return out;
  const cv::Rect from(where.x - o.x, where.y - o.y, where.width, where.height);
  cv::Mat target = out(where);
  if (o.mode == op::Join::Mode::Paste) {
    theirs(from).copyTo(target);
    return out;
  }
  const cv::Mat selector = partner_mask(o, partner, std::max(0, partner.instance_mask))(from);
  for (const double value : o.values) theirs(from).copyTo(target, selector == value);
  return out;
}

cv::Mat apply_mix(const Op& op, const cv::Mat& image, std::span<const Sample> partners) {
  return std::visit(Mix{image, partners}, op);
}

}  // namespace doppel::augment
