#include <fmt/format.h>
#include <tbb/parallel_pipeline.h>
#include <zlib.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>
#include <unordered_map>

#include "doppel/augment/codec_jpeg.h"
#include "doppel/augment/error.h"
#include "doppel/dataset/decode.h"
#include "doppel/dataset/pack.h"
#include "notes.h"
#include "shard_reader.h"
#include "shard_writer.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// A sample made ready to be written.
struct Packed {
  std::size_t source = 0;
  std::string unreadable;
  std::vector<unsigned char> picture;
  std::string extension, note;
  pack::Record record;
  std::uint64_t content = 0;  ///< a hash of the bytes as they were read
};

std::string_view extension_of(pack::Codec codec) {
  constexpr std::array<std::string_view, 5> kExtensions{"jpg", "png", "webp", "ppm", "pgm"};
  return kExtensions[static_cast<std::size_t>(codec)];
}

pack::Codec codec_of(const std::vector<unsigned char>& bytes) {
  return bytes[0] == 0xff ? pack::Codec::Jpeg : bytes[0] == 0x89 ? pack::Codec::Png : pack::Codec::Webp;
}

/// FNV-1a over the bytes.
std::uint64_t content_hash(const unsigned char* bytes, std::size_t size) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (std::size_t i = 0; i < size; ++i) hash = (hash ^ bytes[i]) * 0x100000001b3ULL;
  return hash;
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

Packed pack_one(const Source& source, std::size_t index, const PackOptions& options) {
  Packed packed;
  packed.source = index;
  packed.record.source = static_cast<std::uint32_t>(index);
  try {
    Item item = source.read(index);
    if (!item.sample.masks.empty())
      throw UsageError(fmt::format("{}: packs don't hold masks", source.name(index)));
    const bool encoded = !item.encoded.empty();
    const cv::Mat image = encoded ? decode_image(item.encoded) : item.sample.image;
    packed.content = encoded ? content_hash(item.encoded.data(), item.encoded.size())
                             : content_hash(image.data, image.total() * image.elemSize());
    cv::Mat shown = image;
    if (options.images == PackOptions::Images::Keep && encoded) {
      packed.picture = std::move(item.encoded);
      packed.record.codec = codec_of(packed.picture);
    } else if (options.images == PackOptions::Images::Jpeg) {
      shown = smaller(with_channels(image, image.channels() == 1 ? 1 : 3), options.size);
      packed.picture = augment::encode_jpeg(shown, options.quality);
      packed.record.codec = pack::Codec::Jpeg;
    } else if (options.images == PackOptions::Images::Raw) {
      shown = smaller(with_channels(image, image.channels() == 1 ? 1 : 3), options.size);
      packed.picture = ppm_of(shown);
      packed.record.codec = shown.channels() == 1 ? pack::Codec::Pgm : pack::Codec::Ppm;
    } else {
      packed.picture = encode_png(image);
      packed.record.codec = pack::Codec::Png;
    }
    packed.extension = extension_of(packed.record.codec);
    packed.record.label = item.sample.label;
    packed.record.width = static_cast<std::uint32_t>(shown.cols);
    packed.record.height = static_cast<std::uint32_t>(shown.rows);
    packed.note =
        pack::note_of(item.sample, double(shown.cols) / image.cols, double(shown.rows) / image.rows);
  } catch (const UsageError&) { throw; } catch (const Error& error) {
    const std::string what = error.what(), name = source.name(index);
    packed.unreadable = what.find(name) == what.npos ? name + ": " + what : what;
  }
  return packed;
}

/// True where a whole shard of these samples is there: packing was interrupted after it.
bool shard_is_there(const fs::path& path, const Source& source, std::uint32_t shard, std::uint32_t shards,
                    std::size_t first, std::size_t last) {
  if (!fs::exists(path)) return false;
  const pack::ShardReader reader(path);
  const auto& records = reader.records();
  const bool ours =
      reader.header().shard == shard && reader.header().shards == shards && records.size() <= last - first &&
      std::ranges::all_of(records, [&](const pack::Record& r) {
        return r.source >= first && r.source < last && reader.string(r.name) == source.name(r.source);
      });
  if (!ours) throw Error(fmt::format("{} is of another data set; pack into an empty folder", path.string()));
  return true;
}

/// Finds the same bytes again.
class Twins {
 public:
  void see(const Source& source, const Packed& packed, PackReport& report) {
    const auto [first, fresh] = seen_.emplace(packed.content, packed.source);
    if (fresh) return;
    const PackReport::Pair pair{source.name(first->second), source.name(packed.source)};
    report.duplicates.push_back(pair);
    if (source.label(first->second) != source.label(packed.source)) report.conflicts.push_back(pair);
  }

 private:
  std::unordered_map<std::uint64_t, std::size_t> seen_;
};

}  // namespace

PackReport write_pack(const Source& source, const fs::path& out, const PackOptions& options,
                      const std::function<void(std::size_t)>& progress) {
  if (options.shard < 1) throw UsageError("a shard must hold at least 1 sample");
  if (options.quality < 1 || options.quality > 100) throw UsageError("quality must be 1 to 100");
  if (source.size() == 0) throw Error("the data set is empty: there is nothing to pack");
  fs::create_directories(out);
  const std::string classes = nlohmann::json(source.classes()).dump();
  const auto shards = static_cast<std::uint32_t>((source.size() + options.shard - 1) / options.shard);
  PackReport report;
  report.shards = shards;
  Twins twins;
  constexpr std::size_t kInFlight = 16;
  for (std::uint32_t k = 0; k < shards; ++k) {
    const std::size_t first = k * options.shard, last = std::min(source.size(), first + options.shard);
    const fs::path path = out / fmt::format("{:05}.tar", k);
    if (shard_is_there(path, source, k, shards, first, last)) {
      ++report.shards_kept;
      report.samples += last - first;
      report.bytes += fs::file_size(path);
      continue;
    }
    pack::ShardWriter writer(path, k, classes);
    std::size_t next = first;
    tbb::parallel_pipeline(
        kInFlight, tbb::make_filter<void, std::size_t>(tbb::filter_mode::serial_in_order,
                                                       [&](tbb::flow_control& flow) {
                                                         if (next == last) flow.stop();
                                                         return next == last ? next : next++;
                                                       }) &
                       tbb::make_filter<std::size_t, std::shared_ptr<Packed>>(
                           tbb::filter_mode::parallel,
                           [&](std::size_t index) {
                             return std::make_shared<Packed>(pack_one(source, index, options));
                           }) &
                       tbb::make_filter<std::shared_ptr<Packed>, void>(
                           tbb::filter_mode::serial_in_order, [&](const std::shared_ptr<Packed>& packed) {
                             if (!packed->unreadable.empty()) {
                               report.unreadable.push_back(packed->unreadable);
                               return;
                             }
                             twins.see(source, *packed, report);
                             const int label = packed->record.label;
                             writer.add(fmt::format("{:09}", packed->source), packed->extension,
                                        packed->picture, packed->record, source.name(packed->source),
                                        label < 0 ? "" : std::to_string(label), packed->note);
                             ++report.samples;
                             if (progress) progress(packed->source + 1);
                           }));
    report.bytes += writer.finish(shards);
  }
  return report;
}

}  // namespace doppel::dataset
