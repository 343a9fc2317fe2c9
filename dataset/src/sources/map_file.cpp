#include "map_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <string_view>

#include "decoded.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/decode_error.h"
#include "doppel/codec/image.h"
#include "npy.h"

namespace doppel::dataset {
namespace {

using MapBytes = std::vector<unsigned char>;

bool map_begins(const MapBytes& bytes, std::string_view with) {
  return bytes.size() >= with.size() &&
         std::equal(with.begin(), with.end(), bytes.begin(),
                    [](char a, unsigned char b) { return static_cast<unsigned char>(a) == b; });
}

[[noreturn]] void throw_other_size(const std::string& shape, Size image) {
  throw Error(
      fmt::format("a map of {} for an image of {} x {} (height x width)", shape, image.height, image.width));
}

/// Middlebury's: "PIEH", width, height, and two floats a pixel.
cv::Mat flo_map(const MapBytes& bytes, Size image) {
  constexpr std::size_t kHead = 12;
  if (bytes.size() < kHead) throw Error("a .flo file that ends in its header");
  const auto width = stored_number<std::int32_t>(&bytes[4], false),
             height = stored_number<std::int32_t>(&bytes[8], false);
  if (width != image.width || height != image.height)
    throw_other_size(fmt::format("{} x {}", height, width), image);
  cv::Mat flow(height, width, CV_32FC2);
  if (bytes.size() != kHead + 8 * flow.total())
    throw Error(fmt::format("a .flo file of {} x {} has {} bytes, not {}", height, width,
                            kHead + 8 * flow.total(), bytes.size()));
  for (std::size_t i = 0; i < 2 * flow.total(); ++i)
    flow.ptr<float>()[i] = stored_number<float>(&bytes[kHead + 4 * i], false);
  return flow;
}

/// How an array's axes are an image's.
struct MapAxes {
  int channels = 1;
  bool planes = false;
};

MapAxes axes_of(const ArrayFacts& facts, Size image) {
  const auto& s = facts.shape;
  const auto h = static_cast<std::uint64_t>(image.height), w = static_cast<std::uint64_t>(image.width);
  if (s.size() == 2 && s[0] == h && s[1] == w) return {};
  if (s.size() == 3 && s[0] == h && s[1] == w && s[2] > 0 && s[2] <= kMostChannels)
    return {static_cast<int>(s[2]), false};
  if (s.size() == 3 && s[1] == h && s[2] == w && s[0] > 0 && s[0] <= kMostChannels)
    return {static_cast<int>(s[0]), true};
  throw_other_size(facts.shape_text(), image);
}

cv::Mat npy_map(const std::string& name, MapBytes bytes, Size image, bool shares) {
  ArrayPtr array = npy_array(name, "", ByteRange(std::move(bytes)));
  if (ArrayPtr unpacked = array->unpacked()) array = unpacked;
  const ArrayFacts& facts = array->facts();
  if (facts.kind != ArrayFacts::Kind::Numbers)
    throw Error(facts.problem.empty() ? "a map holds numbers, not texts" : facts.problem);
  const MapAxes axes = axes_of(facts, image);
  MapBytes stored(facts.rows() * facts.bytes_of_row());
  array->read(0, stored);
  cv::Mat map(image.height, image.width, CV_32FC(axes.channels));
  const bool narrow = facts.type.kind == NumberType::Kind::Unsigned && facts.type.bytes <= 2;
  const double most = shares && narrow ? (facts.type.bytes == 1 ? 255 : 65535) : 1;
  const std::size_t pixels = map.total(), channels = static_cast<std::size_t>(axes.channels);
  const auto item = static_cast<std::size_t>(facts.type.bytes);
  for_type(facts.type, [&](auto zero) {
    using T = decltype(zero);
    for (std::size_t i = 0; i < pixels * channels; ++i) {
      const std::size_t at = axes.planes ? i % channels * pixels + i / channels : i;
      map.ptr<float>()[i] = static_cast<float>(
          static_cast<double>(stored_number<T>(&stored[at * item], facts.type.big_endian)) / most);
    }
  });
  return map;
}

/// As stored, or in shares of the full range.
cv::Mat image_map(const MapBytes& bytes, Size image, bool shares) {
  try {
    const cv::Mat stored = decode_image(bytes, {.depth = ImageDepth::AsStored, .any_floats = true});
    if (Size{stored.rows, stored.cols} != image)
      throw_other_size(fmt::format("{} x {}", stored.rows, stored.cols), image);
    cv::Mat map;
    stored.convertTo(map, CV_32F, shares ? 1 / full_range(stored) : 1);
    return map;
  } catch (...) { throw_decode_error(); }
}

}  // namespace

augment::FloatMap map_of_bytes(const std::string& place, std::vector<unsigned char> bytes,
                               const MapFile& file, Size image) {
  augment::FloatMap map{.name = file.name,
                        .values = {},
                        .kind = file.kind,
                        .filter = file.filter,
                        .fill = file.fill,
                        .colors = file.colors};
  try {
    map.values = map_begins(bytes, "PIEH") ? flo_map(bytes, image)
                 : map_begins(bytes, "\x93NUMPY")
                     ? npy_map(place, std::move(bytes), image, file.kind == augment::MapKind::Image)
                     : image_map(bytes, image, file.kind == augment::MapKind::Image);
    if (file.scale != 1 || file.offset != 0)
      map.values.convertTo(map.values, CV_32F, file.scale, file.offset);
    check_map(map, image);
  } catch (const Error& error) {
    const std::string what = error.what();
    throw Error(what.starts_with(place) ? what : fmt::format("{}: {}", place, what));
  }
  return map;
}

augment::FloatMap read_map(const std::filesystem::path& root, const MapFile& file, Size image) {
  const std::filesystem::path path = root / file.path;
  return map_of_bytes(path.string(), read_file(path), file, image);
}

}  // namespace doppel::dataset
