#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <mutex>
#include <nlohmann/json.hpp>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/hash.h"
#include "doppel/base/interrupted.h"
#include "doppel/base/parallel.h"
#include "doppel/codec/image.h"
#include "doppel/codec/jpeg.h"
#include "doppel/codec/jpeg_tiles.h"
#include "doppel/codec/png.h"
#include "doppel/codec/tiff.h"
#include "doppel/dataset/pack/pack.h"
#include "doppel/dataset/sources/load_alone.h"
#include "notes.h"
#include "shard_facts.h"
#include "shard_findings.h"
#include "shard_reader.h"
#include "shard_writer.h"
#include "shelf.h"
#include "sources/decoded.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// A sample made ready to be written.
struct Packed {
  std::size_t source = 0;
  std::string unreadable;
  std::uint64_t digest = pack::digest_of_unreadable();  ///< of what was read
  std::vector<unsigned char> image;
  std::optional<JpegTileTable> tiles;
  std::vector<pack::Companion> files;  ///< masks and maps
  std::string extension, note;
  pack::Record record;
  DuplicateFinder::Fingerprint print;
  std::array<double, 4> mean{}, square{};  ///< of its pixels, 0 to 255
  int channels = 0;
  double pixels = 0;
};

std::string_view extension_of(pack::Codec codec) {
  constexpr std::array<std::string_view, 6> kExtensions{"jpg", "png", "webp", "ppm", "pgm", "tif"};
  return kExtensions[static_cast<std::size_t>(codec)];
}

/// As what a pack keeps these bytes; nothing where it has no name for them.
std::optional<pack::Codec> codec_of(const std::vector<unsigned char>& bytes) {
  switch (image_kind(bytes)) {
    case ImageKind::Jpeg:
      return pack::Codec::Jpeg;
    case ImageKind::Png:
      return pack::Codec::Png;
    case ImageKind::Webp:
      return pack::Codec::Webp;
    case ImageKind::Ppm:
      return pack::Codec::Ppm;
    case ImageKind::Pgm:
      return pack::Codec::Pgm;
    case ImageKind::Bmp:
    case ImageKind::Tiff:
    case ImageKind::Gif:
    case ImageKind::Heif:
    case ImageKind::Avif:
    case ImageKind::Jxl:
    case ImageKind::Pam:
    case ImageKind::Pfm:
    case ImageKind::Exr:
    case ImageKind::Dicom:
    case ImageKind::Nifti:
    case ImageKind::Npy:
    case ImageKind::Unknown:
      break;
  }
  return {};
}

/// A binary PPM, or PGM where it's grey: a header that other programs read, then the pixels.
std::vector<unsigned char> ppm_of(const cv::Mat& image) {
  const std::string header =
      fmt::format("P{}\n{} {}\n255\n", image.channels() == 1 ? 5 : 6, image.cols, image.rows);
  const cv::Mat dense = image.isContinuous() ? image : image.clone();
  std::vector<unsigned char> bytes(header.begin(), header.end());
  bytes.insert(bytes.end(), dense.data, dense.data + dense.total() * dense.elemSize());
  return bytes;
}

cv::Mat smaller(const cv::Mat& image, int side) {
  const int shorter = std::min(image.cols, image.rows);
  if (side <= 0 || shorter <= side) return image;
  cv::Mat out;
  const double scale = double(side) / shorter;
  cv::resize(image, out,
             {std::max(1, static_cast<int>(std::lround(image.cols * scale))),
              std::max(1, static_cast<int>(std::lround(image.rows * scale)))},
             0, 0, cv::INTER_AREA);
  return out;
}

/// With restart markers, where that changes no pixel. What can be decoded, but not written anew, stays as it
/// is.
std::vector<unsigned char> tiled(std::vector<unsigned char>& jpeg, const cv::Mat& image) {
  try {
    std::vector<unsigned char> tiles = with_restarts(jpeg);
    const cv::Mat again = decode_image(tiles);
    const bool same = again.size() == image.size() && again.type() == image.type() &&
                      cv::norm(again, image, cv::NORM_INF) == 0;
    if (same) return tiles;
  } catch (const Error&) {}
  return std::move(jpeg);
}

/// As a loader shows it: without its transparency, unless that is kept.
cv::Mat visible(const cv::Mat& image, bool bands, AlphaOver alpha) {
  return image.channels() == 4 && !bands && alpha != AlphaOver::Keep ? with_channels(image, 3, alpha) : image;
}

void measure(const cv::Mat& image, Packed& packed) {
  packed.channels = image.channels();
  packed.pixels = static_cast<double>(image.total());
  if (image.channels() > 4) return;
  cv::Scalar mean, std;
  cv::meanStdDev(image, mean, std);
  const double levels = 255 / full_range(image);
  mean *= levels;
  std *= levels;
  for (int c = 0; c < 4; ++c) {
    packed.mean[static_cast<std::size_t>(c)] = mean[c];
    packed.square[static_cast<std::size_t>(c)] = std[c] * std[c] + mean[c] * mean[c];
  }
}

/// Nothing is cut to 8 bits without being asked.
void expect_bytes(const cv::Mat& image, bool bands, std::string_view what) {
  if (image.depth() == CV_8U && !is_banded(image.channels()) && !bands) return;
  throw UsageError(
      fmt::format("{} holds 8 bits of grey or RGB; this image has {} channels of {}: pack it with --images "
                  "keep, which loses nothing",
                  what, image.channels(),
                  image.depth() == CV_8U    ? "8 bits"
                  : image.depth() == CV_16U ? "16 bits"
                                            : "floats"));
}

pack::NoteFacts facts_of_notes(const Source& source, const PackOptions& options) {
  return {source.number_names(), options.range};
}

/// Images of more than 16 MB, one at a time: who has `large` takes up no other work meanwhile.
Packed pack_one(const Source& source, std::size_t index, const PackOptions& options, std::mutex& large) {
  Packed packed;
  packed.source = index;
  packed.record.source = static_cast<std::uint32_t>(index);
  try {
    Item item = source.read(index);
    packed.digest = pack::digest_of(item, facts_of_notes(source, options));
    const bool encoded = !item.encoded.empty();
    const auto alone = alone_with(item.encoded, large);
    const cv::Mat image = decoded(item, 0, AlphaOver::Keep);
    const bool bands = item.sample.bands;
    const cv::Mat dense = image.isContinuous() ? image : image.clone();
    packed.print = DuplicateFinder::fingerprint(
        encoded ? std::span<const unsigned char>(item.encoded)
                : std::span<const unsigned char>(dense.data, dense.total() * dense.elemSize()),
        image);
    measure(visible(image, bands, options.alpha), packed);
    cv::Mat shown = image;
    const auto kept = encoded ? codec_of(item.encoded) : std::nullopt;
    if (options.images <= PackOptions::Images::Keep && kept) {
      packed.record.codec = *kept;
      const bool tiles =
          options.images == PackOptions::Images::Tiles && packed.record.codec == pack::Codec::Jpeg;
      packed.image = tiles ? tiled(item.encoded, image) : std::move(item.encoded);
    } else if (options.images == PackOptions::Images::Jpeg) {
      expect_bytes(image, bands, "a JPEG");
      shown = smaller(with_channels(image, image.channels() == 1 ? 1 : 3, options.alpha), options.size);
      packed.image = encode_jpeg(shown, options.quality);
      packed.record.codec = pack::Codec::Jpeg;
    } else if (options.images == PackOptions::Images::Raw) {
      expect_bytes(image, bands, "a PPM (raw pixels)");
      shown = smaller(with_channels(image, image.channels() == 1 ? 1 : 3, options.alpha), options.size);
      packed.image = ppm_of(shown);
      packed.record.codec = shown.channels() == 1 ? pack::Codec::Pgm : pack::Codec::Ppm;
    } else if (image.depth() == CV_32F || is_banded(image.channels()) || bands) {
      packed.image = encode_tiff(image, bands ? FourChannels::Bands : FourChannels::Rgba);
      packed.record.codec = pack::Codec::Tiff;
    } else {
      packed.image = encode_png(image);
      packed.record.codec = pack::Codec::Png;
    }
    if (packed.record.codec == pack::Codec::Jpeg) packed.tiles = JpegTileTable::find(packed.image);
    packed.extension = extension_of(packed.record.codec);
    packed.record.label = item.sample.label;
    packed.record.width = static_cast<std::uint32_t>(shown.cols);
    packed.record.height = static_cast<std::uint32_t>(shown.rows);
    packed.files = pack::companions_of(item.sample, augment::size_of(image), augment::size_of(shown));
    packed.note = pack::note_of(item.sample, packed.files, double(shown.cols) / image.cols,
                                double(shown.rows) / image.rows, facts_of_notes(source, options));
  } catch (const UsageError& error) {
    throw UsageError(named(source, index, error.what()));
  } catch (const Interrupted&) { throw; } catch (const std::exception& error) {
    packed.unreadable = named(source, index, error.what());
  }
  return packed;
}

/// The shard of these samples that is there already; nothing where there is none. Throws Error where it's of
/// other samples.
std::optional<pack::ShardReader> shard_there(const fs::path& path, const Source& source, std::uint32_t shard,
                                             std::uint32_t shards, std::size_t first, std::size_t last) {
  if (!is_file(path)) return {};
  std::optional<pack::ShardReader> reader(std::in_place, path);
  const auto& records = reader->records();
  const bool ours =
      reader->header().shard == shard && reader->header().shards == shards &&
      records.size() <= last - first && std::ranges::all_of(records, [&](const pack::Record& r) {
        return r.source >= first && r.source < last && reader->string(r.name) == source.name(r.source);
      });
  if (!ours) throw Error(fmt::format("{} is of another data set; pack into an empty folder", path.string()));
  return reader;
}

/// What makes another shard of the same samples.
std::uint64_t digest_of_options(const Source& source, const PackOptions& options) {
  const nlohmann::json all{static_cast<int>(options.images),
                           options.quality,
                           options.size,
                           static_cast<int>(options.alpha),
                           options.range,
                           source.classes(),
                           source.number_names()};
  return fnv1a(all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::uint64_t with_sample(std::uint64_t digest, std::uint64_t sample) {
  return fnv1a(std::string_view(reinterpret_cast<const char*>(&sample), sizeof sample), digest);
}

/// Of samples as they are now: all are read, and none is decoded.
std::uint64_t digest_of_samples(const Source& source, const PackOptions& options, std::size_t first,
                                std::size_t last) {
  std::vector<std::uint64_t> digests(last - first, pack::digest_of_unreadable());
  for_all(digests.size(), [&](std::size_t i) {
    try {
      digests[i] = pack::digest_of(source.read(first + i), facts_of_notes(source, options));
    } catch (const UsageError&) { throw; } catch (const Interrupted&) {
      throw;
    } catch (const std::exception&) {  // as when it was packed
    }
  });
  return std::accumulate(digests.begin(), digests.end(), digest_of_options(source, options), with_sample);
}

/// What a shard that is there found when it was packed; nothing where it must be packed anew, since its
/// samples or the options have changed, or it doesn't say of which it is.
std::optional<pack::ShardFindings> findings_there(const fs::path& path, const Source& source,
                                                  const PackOptions& options, std::uint32_t shard,
                                                  std::uint32_t shards, std::size_t first, std::size_t last) {
  const auto there = shard_there(path, source, shard, shards, first, last);
  if (!there) return {};
  auto facts = pack::facts_of(path, there->header().index_at);
  if (!facts || facts->digest != digest_of_samples(source, options, first, last)) return {};
  facts->findings.shard = shard;
  facts->findings.kept = true;
  facts->findings.bytes = size_of_file(path);
  return std::move(facts->findings);
}

std::vector<double> class_weights(const Source& source) {
  std::vector<double> counts(source.classes().size());
  double labelled = 0;
  for (std::size_t i = 0; i < source.size(); ++i)
    if (const int label = source.label(i); label >= 0 && label < static_cast<int>(counts.size())) {
      ++counts[static_cast<std::size_t>(label)];
      ++labelled;
    }
  for (double& count : counts)
    count = count > 0 ? labelled / (static_cast<double>(counts.size()) * count) : 0;
  return counts;
}

/// Which shards a pack has, of which samples.
struct Shards {
  Shards(const Source& source, const PackOptions& options)
      : samples(source.size()),
        each(options.shard ? options.shard : std::max<std::size_t>(2048, samples / 256 + 1)),
        count(static_cast<std::uint32_t>((samples + each - 1) / each)) {}
  std::size_t first(std::uint32_t shard) const { return std::min(samples, shard * each); }
  std::size_t samples, each;
  std::uint32_t count;
};

/// Writes one, or sees that it's there.
pack::ShardFindings pack_shard(const Source& source, const fs::path& out, pack::Shelf& shelf,
                               const PackOptions& options, const Shards& shards, std::uint32_t k,
                               const std::function<void(std::size_t done)>& tell) {
  const std::size_t first = shards.first(k), last = shards.first(k + 1);
  const fs::path path = out / fmt::format("{:05}.tar", k);
  if (auto there = findings_there(path, source, options, k, shards.count, first, last)) {
    tell(last);
    return std::move(*there);
  }
  pack::ShardFindings found{.shard = k, .unreadable = {}, .sums = {}, .shown = {}};
  std::uint64_t digest = digest_of_options(source, options);
  pack::ShardWriter writer(shelf.place_of(path), k, nlohmann::json(source.classes()).dump());
  std::mutex large;
  constexpr std::size_t kInFlight = 16;
  for_all_in_order(
      first, last, kInFlight,
      [&](std::size_t index) { return isolated([&] { return pack_one(source, index, options, large); }); },
      [&](const Packed& packed) {
        tell(packed.source + 1);
        digest = with_sample(digest, packed.digest);
        if (!packed.unreadable.empty()) {
          found.unreadable.push_back(packed.unreadable);
          return;
        }
        const std::string name = source.name(packed.source);
        const int label = packed.record.label;
        found.sums.add(packed.mean, packed.square, packed.channels, packed.pixels);
        found.shown.push_back({packed.print, name, label});
        writer.add(fmt::format("{:09}", packed.source), packed.extension, packed.image, packed.record, name,
                   label < 0 ? "" : std::to_string(label), packed.note, packed.files, packed.tiles);
        ++found.samples;
      });
  found.bytes = writer.finish(shards.count, pack::bytes_of({digest, found}));
  shelf.put(path);
  return found;
}

/// Of all processes, in the order of the shards; of others than the first this one's.
std::vector<pack::ShardFindings> of_all(std::vector<pack::ShardFindings> own, const PackShare& share) {
  if (share.world == 1) return own;
  const std::vector<std::string> texts = share.collect(pack::text_of(own));
  for (std::size_t rank = 1; rank < texts.size(); ++rank)
    std::ranges::move(pack::findings_of(texts[rank]), std::back_inserter(own));
  std::ranges::sort(own, {}, &pack::ShardFindings::shard);
  return own;
}

}  // namespace

PackReport write_pack(const Source& source, const fs::path& out, const PackOptions& options,
                      const OnProgress& progress, DuplicateFinder* duplicates, int part) {
  if (options.quality < 1 || options.quality > 100) throw UsageError("quality must be 1 to 100");
  if (options.alpha == AlphaOver::Keep && options.images > PackOptions::Images::Keep)
    throw UsageError("alpha can't be kept in images that are packed as JPEG or raw pixels");
  if (source.size() == 0) throw Error("the data set is empty: there is nothing to pack");
  pack::Shelf shelf(out);
  const Shards shards(source, options);
  const auto tell = [&](std::size_t done) {
    if (progress) progress(done, source.size());
  };
  tell(0);
  PackReport report;
  report.shards = shards.count;
  report.class_weights = class_weights(source);
  pack::PixelSums sums;
  const auto add = [&](const pack::ShardFindings& found) {
    report.samples += found.samples;
    report.shards_kept += found.kept ? 1 : 0;
    report.bytes += found.bytes;
    report.unreadable.insert(report.unreadable.end(), found.unreadable.begin(), found.unreadable.end());
    sums.add(found.sums);
    if (duplicates)
      for (const auto& [print, name, label] : found.shown) duplicates->add(print, name, label, part);
  };
  std::vector<pack::ShardFindings> kept;  // until the others' are there
  const auto world = static_cast<std::uint32_t>(options.share.world);
  for (auto k = static_cast<std::uint32_t>(options.share.rank); k < shards.count; k += world) {
    pack::ShardFindings found = pack_shard(source, out, shelf, options, shards, k, tell);
    world == 1 ? add(found) : kept.push_back(std::move(found));
  }
  shelf.wait();
  for (const pack::ShardFindings& found : of_all(std::move(kept), options.share)) add(found);
  sums.write(report);
  return report;
}

}  // namespace doppel::dataset
