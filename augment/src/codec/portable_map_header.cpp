#include "portable_map_header.h"

#include <fmt/format.h>

#include <charconv>

#include "doppel/codec/image.h"
#include "image_size.h"

namespace doppel {
namespace {

/// The header's words; '#' begins a comment, up to the end of its line.
class HeaderText {
 public:
  HeaderText(std::span<const unsigned char> bytes, std::string_view name) : bytes_(bytes), name_(name) {}
  long number() {
    pass_space();
    long value = 0;
    const std::size_t first = at_;
    for (; byte() >= '0' && byte() <= '9' && value < 100'000'000; ++at_) value = value * 10 + (byte() - '0');
    if (at_ == first) throw Error(fmt::format("not a {}: a number is missing in its header", name_));
    return value;
  }
  std::string_view word() {
    pass_space();
    const std::size_t first = at_;
    while (at_ < bytes_.size() && !is_space()) ++at_;
    return as_text(bytes_.subspan(first, at_ - first));
  }
  void pass_line() {
    while (at_ < bytes_.size() && byte() != '\n') ++at_;
  }
  /// Where the pixels begin: after one white space.
  std::size_t end() const {
    if (!is_space()) throw Error(fmt::format("not a {}: no space after its header", name_));
    return at_ + 1;
  }

 private:
  void pass_space() {
    while (is_space() || byte() == '#')
      if (bytes_[at_++] == '#') pass_line();
  }
  int byte() const { return at_ < bytes_.size() ? bytes_[at_] : -1; }
  bool is_space() const { return byte() == ' ' || (byte() >= 9 && byte() <= 13); }
  std::span<const unsigned char> bytes_;
  std::string_view name_;
  std::size_t at_ = 2;
};

struct MapSize {
  long width = 0, height = 0;
};

PortableMapHeader pam_header(HeaderText& text, MapSize& size) {
  PortableMapHeader map{.name = "PAM", .stored = 0, .most = 0};
  for (std::string_view word = text.word(); word != "ENDHDR"; word = text.word()) {
    if (word == "WIDTH")
      size.width = text.number();
    else if (word == "HEIGHT")
      size.height = text.number();
    else if (word == "DEPTH")
      map.stored = static_cast<int>(text.number());
    else if (word == "MAXVAL")
      map.most = text.number();
    else if (word == "TUPLTYPE")
      map.alpha = text.word().ends_with("_ALPHA");
    else if (word.empty())
      throw Error("not a PAM: its header has no end");
    else
      text.pass_line();
  }
  if (map.stored < 1 || map.stored > kMostChannels)
    throw Error(fmt::format("a PAM of {} channels, where 1 to {} are read", map.stored, kMostChannels));
  map.alpha = map.alpha && (map.stored == 2 || map.stored == 4);
  return map;
}

PortableMapHeader pfm_header(HeaderText& text, MapSize& size, bool grey) {
  size = {.width = text.number(), .height = text.number()};
  const std::string_view factor = text.word();
  double scale = 0;
  const auto [end, problem] = std::from_chars(factor.data(), factor.data() + factor.size(), scale);
  if (problem != std::errc() || end != factor.data() + factor.size() || !(scale < 0 || scale > 0))
    throw Error(fmt::format("a PFM whose factor, which says how bytes are ordered, is \"{}\"", factor));
  return {.name = "PFM",
          .stored = grey ? 1 : 3,
          .floats = true,
          .order = scale < 0 ? ByteOrder::Little : ByteOrder::Big};
}

}  // namespace

PortableMapHeader portable_map_header(std::span<const unsigned char> bytes, long max_pixels) {
  const ImageKind kind = image_kind(bytes);
  PortableMapHeader map{.name = kind == ImageKind::Pam   ? "PAM"
                                : kind == ImageKind::Pfm ? "PFM"
                                                         : "PGM or PPM"};
  HeaderText text(bytes, map.name);
  MapSize size;
  if (kind == ImageKind::Pam) {
    map = pam_header(text, size);
  } else if (kind == ImageKind::Pfm) {
    map = pfm_header(text, size, bytes[1] == 'f');
  } else {
    size = {.width = text.number(), .height = text.number()};
    map.most = text.number();
    map.stored = kind == ImageKind::Pgm ? 1 : 3;
  }
  check_size(size.width, size.height, max_pixels, CV_ELEM_SIZE(CV_MAKETYPE(map.depth(), map.channels())));
  map.size = {static_cast<int>(size.width), static_cast<int>(size.height)};
  if (map.most < 1 || map.most > 65535)
    throw Error(fmt::format("a {} whose largest number is {}", map.name, map.most));
  map.pixels = text.end();
  return map;
}

}  // namespace doppel
