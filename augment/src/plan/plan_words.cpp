#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cctype>
#include <cmath>

#include "doppel/augment/plan/decomposition.h"
#include "doppel/augment/plan/plan.h"

namespace doppel::augment {
namespace {

enum class Matrices { LeftOut, Shown };

std::string matrix_text(const Matrix3& map) {
  const auto& m = map.m;
  std::string text =
      fmt::format("[{:.3g} {:.3g} {:.3g}; {:.3g} {:.3g} {:.3g}", m[0], m[1], m[2], m[3], m[4], m[5]);
  if (!map.is_affine()) text += fmt::format("; {:.2g} {:.2g} 1", m[6], m[7]);
  return text + "]";
}

/// A factor to the hundredth.
std::string factor_text(double factor) { return fmt::format("{:.{}g}", factor, factor < 1 ? 2 : 3); }

/// An amount to the tenth, from ten on to the whole, and where it goes: "3.4 left"; nothing below a tenth.
std::string amount_text(double amount, const char* unit, const char* positive, const char* negative) {
  const double size = std::abs(amount), rounded = size < 10 ? std::round(size * 10) / 10 : std::round(size);
  if (rounded == 0) return {};
  return fmt::format("{:g}{} {}", rounded, unit, amount > 0 ? positive : negative);
}

std::string zoom_text(double x, double y) {
  const std::string across = factor_text(x), down = factor_text(y);
  if (across == down) return across == "1" ? "" : "zoom " + across;
  std::vector<std::string> parts;
  if (across != "1") parts.push_back("width x" + across);
  if (down != "1") parts.push_back("height x" + down);
  return fmt::format("{}", fmt::join(parts, ", "));
}

/// What one sees a map do to an image, about its centre.
std::string warp_text(const Matrix3& map, Size from, Size to) {
  const auto seen = decompose(map, {from.width / 2.0, from.height / 2.0}, {to.width / 2.0, to.height / 2.0});
  if (!seen) return "warp";
  constexpr std::array<const char*, 3> kFlips{"", "flip horizontal", "flip vertical"};
  std::vector<std::string> parts{kFlips[static_cast<std::size_t>(seen->flip)],
                                 zoom_text(seen->zoom_x, seen->zoom_y)};
  const auto add = [&](const std::string& verb, const std::string& what) {
    if (!what.empty()) parts.push_back(verb + what);
  };
  add("shear ", amount_text(seen->shear, "°", "left", "right"));
  add("rotate ", amount_text(seen->angle, "°", "left", "right"));
  if (!map.is_affine()) parts.push_back("perspective");
  const std::string across = amount_text(seen->move.x, "", "right", "left"),
                    down = amount_text(seen->move.y, "", "down", "up");
  add("move ", across.empty() || down.empty() ? across + down : across + " " + down);
  if (to != from) parts.push_back(fmt::format("onto {}x{}", to.width, to.height));
  std::erase(parts, "");
  return parts.empty() ? "hardly moved" : fmt::format("{}", fmt::join(parts, ", "));
}

/// The numbers of three channels, or the one that they share.
std::string channels_text(const char* all, const char* format, double r, double g, double b) {
  const auto number = [&](double v) { return fmt::format(fmt::runtime(format), v); };
  if (r == g && g == b) return fmt::format("{} {}", all, number(r));
  return fmt::format("red {}, green {}, blue {}", number(r), number(g), number(b));
}

std::string words_of(const Plan& plan, Matrices matrices);

/// An op in a few words.
struct Words {
  Size size;  ///< of what it is done to
  Matrices matrices;

  std::string operator()(const op::Crop& o) const {
    return fmt::format("crop {}x{} at {},{}", o.size.width, o.size.height, o.x, o.y);
  }
  std::string operator()(const op::Flip& o) const {
    constexpr std::array<const char*, 3> kWords{"flip horizontal", "flip vertical", "transpose"};
    return kWords[static_cast<std::size_t>(o.axis)];
  }
  std::string operator()(const op::Warp& o) const {
    const std::string text = warp_text(o.map, size, o.size);
    return matrices == Matrices::Shown ? text + " " + matrix_text(o.map) : text;
  }
  std::string operator()(const op::Resize& o) const {
    return fmt::format("resize {}x{}", o.size.width, o.size.height);
  }
  std::string operator()(const op::Pad& o) const {
    std::vector<std::string> parts;
    for (const auto& [pixels, side] :
         {std::pair{o.left, "left"}, {o.right, "right"}, {o.top, "above"}, {o.bottom, "below"}})
      if (pixels != 0) parts.push_back(fmt::format("{} {}", pixels, side));
    return fmt::format("pad {}", fmt::join(parts, " "));
  }
  std::string operator()(const op::ColorMatrix& o) const {
    const auto& m = o.matrix;
    const bool diagonal = m[1] == 0 && m[2] == 0 && m[4] == 0 && m[6] == 0 && m[8] == 0 && m[9] == 0;
    const bool scales = m[3] == 0 && m[7] == 0 && m[11] == 0;
    if (diagonal && m[0] == -1) return "negative";
    if (diagonal && scales) return channels_text("brightness", "x{:.2f}", m[0], m[5], m[10]);
    if (diagonal && m[0] == 1 && m[5] == 1 && m[10] == 1)
      return channels_text("brightness", "{:+.2f}", m[3], m[7], m[11]);
    // Towards the grey that all rows share, by as much for each channel.
    const double kept = m[0] - m[4];
    if (scales && std::abs(m[5] - m[1] - kept) + std::abs(m[10] - m[2] - kept) < 1e-9)
      return kept == 0 ? "grey" : fmt::format("saturation x{:.2f}", kept);
    return "colours mixed";
  }
  std::string operator()(const op::Contrast& o) const { return fmt::format("contrast x{:.2f}", o.factor); }
  std::string operator()(const op::Hsv& o) const {
    std::string text;
    if (o.turn != 0) text += fmt::format(" hue {:+.0f}°", 360 * o.turn);
    if (o.gain != 1) text += fmt::format(" saturation x{:.2f}", o.gain);
    if (o.saturation != 0) text += fmt::format(" saturation {:+.2f}", o.saturation);
    if (o.value != 0) text += fmt::format(" brightness {:+.2f}", o.value);
    return text.empty() ? "hsv" : text.substr(1);
  }
  std::string operator()(const op::Noise& o) const {
    return fmt::format("{} {:.3f}", o.law == op::Noise::Law::Additive ? "noise" : "speckle noise", o.std);
  }
  std::string operator()(const op::SaltPepper& o) const {
    return fmt::format("salt and pepper {:.3f}", o.amount);
  }
  std::string operator()(const op::Cover& o) const {
    const std::size_t holes = o.holes.size() / 4;
    return fmt::format("cover {} hole{}", holes, holes == 1 ? "" : "s");
  }
  std::string operator()(const op::Rain& o) const {
    return fmt::format("rain {:.2f} at {:+.0f}°", o.amount, o.angle);
  }
  std::string operator()(const op::SnowFall& o) const { return fmt::format("snow {:.2f}", o.amount); }
  std::string operator()(const op::SnowSettle& o) const {
    return fmt::format("settled snow {:.2f}", o.amount);
  }
  std::string operator()(const op::Fog& o) const { return fmt::format("fog {:.2f}", o.density); }
  std::string operator()(const op::GaussianBlur& o) const { return fmt::format("blur {:.2f}", o.sigma); }
  std::string operator()(const op::LineBlur& o) const {
    return fmt::format("motion blur {:.1f} at {:.0f}°", o.length, o.angle);
  }
  std::string operator()(const op::Jpeg& o) const { return fmt::format("jpeg quality {}", o.quality); }
  std::string operator()(const op::Normalize&) const { return "normalize"; }
  std::string operator()(const op::Blend& o) const {
    std::string text = fmt::format("blend {:.0f} %", 100 * o.share);
    for (const Plan& branch : o.branches) text += " (" + words_of(branch, matrices) + ")";
    return text;
  }
  std::string operator()(const op::Join& o) const {
    using Mode = op::Join::Mode;
    if (o.mode == Mode::Average) return fmt::format("mix in {:.0f} % of another image", 100 * o.share);
    return fmt::format("paste {}another image at {},{}", o.mode == Mode::Cut ? "objects of " : "", o.x, o.y);
  }
  std::string operator()(const op::Custom& o) const {
    return o.arguments.empty() ? o.function
                               : fmt::format("{} {:.3g}", o.function, fmt::join(o.arguments, " "));
  }
  /// All others: their name, and the fields that aren't as they would be by default.
  template <class T>
  std::string operator()(T o) const {
    T plain;
    FieldDescriber now, usual;
    o.fields(now);
    plain.fields(usual);
    std::string text;
    for (const char c : T::name)
      text += std::isupper(c) && !text.empty() ? std::string(" ") + static_cast<char>(std::tolower(c))
                                               : std::string(1, static_cast<char>(std::tolower(c)));
    for (std::size_t i = 0; i < now.fields.size(); ++i) {
      const FieldText& field = now.fields[i];
      if (field.name == "seed" || field.name == "fill" || field.value == usual.fields[i].value) continue;
      if (field.kind == "numbers") continue;
      if (text != field.name) text += " " + field.name;
      text += " " + (field.kind == "number" ? fmt::format("{:.3g}", std::stod(field.value)) : field.value);
      if (field.unit == "degrees") text += "°";
    }
    return text;
  }
};

std::string words_of(const Plan& plan, Matrices matrices) {
  std::string text;
  Size size = plan.source;
  for (const Op& op : plan.ops) {
    text += (text.empty() ? "" : " · ") + std::visit(Words{size, matrices}, op);
    size = size_after(op, size);
  }
  return text.empty() ? "unchanged" : text;
}

}  // namespace

std::string text_of(const Op& op, Size size) { return std::visit(Words{size, Matrices::Shown}, op); }

std::string Plan::words() const { return words_of(*this, Matrices::LeftOut); }
std::string Plan::text() const { return words_of(*this, Matrices::Shown); }

}  // namespace doppel::augment
