#include "targets.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <opencv2/core.hpp>
#include <optional>

#include "dataset/temporary_folder.h"
#include "doppel/augment/plan/plan.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/zip_file.h"
#include "doppel/codec/image.h"
#include "doppel/codec/image_facts.h"
#include "doppel/codec/jpeg.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/dataset/pack/pack.h"
#include "doppel/dataset/sources/arrays.h"
#include "doppel/dataset/sources/cifar.h"
#include "doppel/dataset/sources/cifar_python.h"
#include "doppel/dataset/sources/coco.h"
#include "doppel/dataset/sources/cvat.h"
#include "doppel/dataset/sources/dota.h"
#include "doppel/dataset/sources/idx.h"
#include "doppel/dataset/sources/kitti.h"
#include "doppel/dataset/sources/label_studio.h"
#include "doppel/dataset/sources/labelme.h"
#include "doppel/dataset/sources/lmdb.h"
#include "doppel/dataset/sources/manifest.h"
#include "doppel/dataset/sources/mds.h"
#include "doppel/dataset/sources/open_images.h"
#include "doppel/dataset/sources/parquet.h"
#include "doppel/dataset/sources/pascal_voc.h"
#include "doppel/dataset/sources/tar_shards.h"
#include "doppel/dataset/sources/tfrecord.h"
#include "doppel/dataset/sources/yolo.h"
#include "pack/notes.h"
#include "pack/tile_tables.h"
#include "sources/hdf5_chunks.h"

namespace doppel::fuzz {
namespace {

namespace fs = std::filesystem;
using Bytes = std::span<const unsigned char>;

constexpr long kPixels = 1 << 20;

/// A folder of this process, in which each input takes the place of the last.
const fs::path& folder() {
  static const dataset::TemporaryFolder temporary;
  return temporary.path();
}

/// The first samples of what was opened, read whole.
template <class Open>
void read_source(const Open& open) {
  try {
    const auto source = open();
    for (std::size_t i = 0; i < std::min<std::size_t>(source.size(), 4); ++i) try {
        (void)source.name(i);
        (void)source.label(i);
        (void)load(source, i);
      } catch (const Error&) {}
  } catch (const Error&) {}
}

/// Each part of a file that open_data() knows by its ending.
void read_parts(const fs::path& file) {
  try {
    const dataset::OpenedData data = dataset::open_data(file.string());
    for (const dataset::SourcePtr& part : {data.train, data.valid, data.test})
      for (std::size_t i = 0; part && i < std::min<std::size_t>(part->size(), 4); ++i) try {
          (void)load(*part, i);
        } catch (const Error&) {}
  } catch (const Error&) {}
}

/// Not by write_file(), which waits for the disk.
fs::path written(const fs::path& name, Bytes bytes) {
  const fs::path path = folder() / name;
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return path;
}

/// An image of 32 x 24 that annotations are of.
void put_labelled(const fs::path& file) {
  if (fs::exists(folder() / file)) return;
  written(file, encode_png(cv::Mat(24, 32, CV_8UC1, cv::Scalar(7))));
}

/// The bytes up to the first `mark`, and those after it.
std::pair<Bytes, Bytes> cut(Bytes bytes, unsigned char mark) {
  const auto at = std::ranges::find(bytes, mark) - bytes.begin();
  const auto n = static_cast<std::size_t>(at);
  return {bytes.first(n), n < bytes.size() ? bytes.subspan(n + 1) : Bytes()};
}

std::string text_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

void jpeg(Bytes bytes) {
  try {
    JpegReader reader(bytes, 0, kPixels);
    cv::Mat image(reader.size(), CV_8UC(reader.channels()));
    const cv::Rect all({}, reader.size());
    reader.read(
        cv::Rect(all.width / 3, all.height / 3, std::max(1, all.width / 3), std::max(1, all.height / 3)) &
            all,
        image);
    for (const int times : {1, 2, 3}) {
      const int n = 1 << times;
      cv::Mat halved((all.height + n - 1) / n, (all.width + n - 1) / n, image.type());
      reader.read_halved(times, {0, 0, all.width, std::max(1, all.height / 2)}, halved);
    }
    (void)with_restarts(bytes);
  } catch (const Error&) {}
}

void image(Bytes bytes) {
  std::optional<ImageFacts> facts;
  try {
    facts = facts_of(bytes, {.max_pixels = kPixels});
  } catch (const Error&) {}
  try {
    const cv::Mat image = decode_image(bytes, {.max_pixels = kPixels});
    if (!facts || facts->size != image.size() || facts->channels != image.channels()) std::abort();
    for (const int channels : {1, 3}) (void)with_channels(image, channels);
  } catch (const Error&) {}
}

void deep_image(Bytes bytes) {
  const DecodeOptions options{
      .depth = ImageDepth::AsStored, .frame = bytes.empty() ? 0 : bytes.back() % 3, .max_pixels = kPixels};
  std::optional<ImageFacts> facts;
  try {
    facts = facts_of(bytes, options);
  } catch (const Error&) {}
  try {
    const EncodedImage reader(bytes, 0, AlphaOver::Keep, options);
    const cv::Mat* image = reader.pixels();
    if (!facts || facts->size != reader.size() || facts->channels != reader.channels() ||
        facts->depth != reader.depth() || (image && facts->has_alpha != reader.has_alpha()))
      std::abort();
    for (const int channels : {1, 3})
      if (image) (void)with_channels(*image, channels);
  } catch (const Error&) {}
}

void mask(Bytes bytes) {
  try {
    (void)decode_mask(bytes, kPixels);
  } catch (const Error&) {}
}

void idx(Bytes bytes) {
  // Labels are few, so they come first.
  const std::size_t labels = std::min<std::size_t>(bytes.size(), 20);
  const fs::path l = written("l-idx1-ubyte", bytes.first(labels)),
                 i = written("i-idx3-ubyte", bytes.subspan(labels));
  read_source([&] { return dataset::IdxFiles(i, l); });
}

void gzip(Bytes bytes) {
  const fs::path file = written("i-idx3-ubyte.gz", bytes);
  read_source([&] { return dataset::IdxFiles(file, file); });
}

void cifar(Bytes bytes) {
  const auto [names, rows] = cut(bytes, 0xff);
  for (const char* file : {"train.bin", "test.bin"}) written(fs::path("cifar") / file, rows);
  written("cifar/fine_label_names.txt", names);
  read_source([] {
    return dataset::Cifar(folder() / "cifar", dataset::Cifar::Kind::Hundred, dataset::Cifar::Split::Train);
  });
}

void cifar_python(Bytes bytes) {
  for (const char* file : {"train", "test"}) written(fs::path("cifar_python") / file, bytes);
  using Cifar = dataset::CifarPython;
  read_source([] { return Cifar(folder() / "cifar_python", Cifar::Kind::Hundred, Cifar::Split::Train); });
}

void npy(Bytes bytes) {
  // As images and as labels.
  const fs::path file = written("x.npy", bytes);
  read_source([&] { return dataset::ArrayImages({file}); });
  read_source([&] { return dataset::ArrayImages({file}, dataset::ArrayPlace{file}); });
}

/// An archive of arrays, opened as people open it.
void npz(Bytes bytes) {
  const fs::path file = written("x.npz", bytes);
  read_parts(file);
}

/// What is unpacked beside HDF5's library, which itself doesn't hold: how it's packed, then the bytes.
void hdf5_chunk(Bytes bytes) {
  if (bytes.empty()) return;
  static const std::vector<std::vector<int>> packings{{}, {1}, {2}, {32'000}, {2, 1}, {2, 32'000}};
  try {
    (void)dataset::unpacked_hdf5_chunk({bytes.begin() + 1, bytes.end()}, packings[bytes[0] % packings.size()],
                                       0, 4, 420);
  } catch (const Error&) {}
}

void csv(Bytes bytes) {
  const fs::path file = written("m/manifest.csv", bytes);
  read_source([&] { return dataset::Manifest(file); });
}
void jsonl(Bytes bytes) {
  const fs::path file = written("m/manifest.jsonl", bytes);
  read_source([&] { return dataset::Manifest(file); });
}
void coco(Bytes bytes) {
  const fs::path file = written("coco/instances.json", bytes);
  put_labelled("coco/1.png");
  read_source([&] { return dataset::Coco(file); });
}

void voc(Bytes bytes) {
  written("voc/Annotations/1.xml", bytes);
  put_labelled("voc/JPEGImages/1.png");
  read_source([] { return dataset::PascalVoc(folder() / "voc"); });
}

void yolo(Bytes bytes) {
  const auto [names, boxes] = cut(bytes, 0xff);
  written("yolo/data.yaml", names);
  written("yolo/labels/1.txt", boxes);
  put_labelled("yolo/images/1.png");
  read_source([] {
    const auto config = dataset::YoloConfig::from_yaml(folder() / "yolo/data.yaml");
    return dataset::Yolo(config, {folder() / "yolo/images"});
  });
}

void labelme(Bytes bytes) {
  written("labelme/1.json", bytes);
  put_labelled("labelme/1.png");
  read_source([] { return dataset::LabelMe(folder() / "labelme"); });
}
void cvat(Bytes bytes) {
  const fs::path file = written("cvat/annotations.xml", bytes);
  put_labelled("cvat/1.png");
  read_source([&] { return dataset::Cvat(file); });
}
void label_studio(Bytes bytes) {
  const fs::path file = written("studio/project.json", bytes);
  put_labelled("studio/1.png");
  read_source([&] { return dataset::LabelStudio(file); });
}
void kitti(Bytes bytes) {
  written("kitti/label_2/1.txt", bytes);
  put_labelled("kitti/image_2/1.png");
  read_source([] { return dataset::Kitti(folder() / "kitti/image_2", folder() / "kitti/label_2"); });
}
void dota(Bytes bytes) {
  written("dota/labelTxt/1.txt", bytes);
  put_labelled("dota/images/1.png");
  read_source([] { return dataset::Dota(folder() / "dota/images", folder() / "dota/labelTxt"); });
}
void open_images(Bytes bytes) {
  const auto [names, rows] = cut(bytes, 0xff);
  const fs::path n = written("oi/class-descriptions.csv", names), r = written("oi/b.csv", rows);
  put_labelled("oi/images/1.png");
  for (const bool boxes : {true, false})
    read_source([&] {
      return dataset::OpenImages({.boxes = boxes ? r : fs::path(),
                                  .labels = boxes ? fs::path() : r,
                                  .names = n,
                                  .images = folder() / "oi/images"});
    });
}

/// Names and bytes of an archive, and its folders.
void zip(Bytes bytes) {
  const fs::path file = written("archive.zip", bytes);
  try {
    const ZipFile archive(file);
    for (std::size_t i = 0; i < std::min<std::size_t>(archive.size(), 16); ++i) try {
        (void)archive.read(i, kPixels);
      } catch (const Error&) {}
  } catch (const Error&) {}
  try {
    for (const FolderEntry& entry : list_folder(file))
      if (entry.is_folder)
        (void)list_folder(entry.path);
      else
        (void)read_head(entry.path, 64);
  } catch (const Error&) {}
}

void tar(Bytes bytes) {
  const fs::path file = written("shard.tar", bytes);
  read_source([&] { return dataset::TarShards({file}); });
}

void parquet(Bytes bytes) {
  const fs::path file = written("a.parquet", bytes);
  read_source([&] { return dataset::ParquetFiles({file}, {}, {.columns = {}, .ignore_labels = true}); });
}

/// CRC-32C as TFRecord stores it, bit by bit.
std::uint32_t record_checksum(Bytes bytes) {
  std::uint32_t sum = 0xffffffff;
  for (const unsigned char byte : bytes) {
    sum ^= byte;
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ ((sum & 1) != 0 ? 0x82f63b78U : 0U);
  }
  sum = ~sum;
  return (sum >> 15 | sum << 17) + 0xa282ead8U;
}

/// A record with its checksums: few inputs would get beyond them.
void tfrecord(Bytes bytes) {
  std::vector<unsigned char> file;
  const auto add = [&](std::uint64_t number, int size) {
    for (int i = 0; i < size; ++i) file.push_back(static_cast<unsigned char>(number >> 8 * i));
  };
  add(bytes.size(), 8);
  add(record_checksum(file), 4);
  file.insert(file.end(), bytes.begin(), bytes.end());
  add(record_checksum(bytes), 4);
  for (const Bytes of_file : {Bytes(file), bytes}) {
    const fs::path path = written("a.tfrecord", of_file);
    read_source([&] { return dataset::TfRecords({path}, {}, {.names = {}, .ignore_labels = true}); });
  }
}

void label_map(Bytes bytes) {
  const fs::path map = written("map.pbtxt", bytes), file = written("empty.tfrecord", {});
  read_source([&] { return dataset::TfRecords({file}, {}, {.names = map, .ignore_labels = true}); });
}

void mds(Bytes bytes) {
  std::size_t samples = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(bytes.size(), 4); ++i)
    samples |= std::size_t{bytes[i]} << 8 * i;
  const std::string sizes = std::to_string(bytes.size());
  const std::string index =
      R"({"shards": [{"column_names": ["image", "label", "note"], "column_encodings": ["png", "int", "str"],
          "column_sizes": [null, 8, null], "compression": null, "format": "mds", "raw_data": {"basename": "a.mds",
          "bytes": )" +
      sizes + R"(}, "samples": )" + std::to_string(samples) + "}]}";
  written("mds/index.json", Bytes(reinterpret_cast<const unsigned char*>(index.data()), index.size()));
  written("mds/a.mds", bytes);
  read_source([] { return dataset::MdsShards(folder() / "mds"); });
}

void lmdb(Bytes bytes) {
  const fs::path file = written("lmdb/data.mdb", bytes);
  read_source(
      [&] { return dataset::LmdbImages(file, {}, {.names = {}, .only_class = {}, .ignore_labels = true}); });
}

void pack(Bytes bytes) {
  const fs::path file = written("pack.tar", bytes);
  read_source([&] { return dataset::PackSource(file); });
}

/// What a pack's checksums let pass: a note, and the map that it speaks of.
void pack_note(Bytes bytes) {
  const auto [note, map] = cut(bytes, 0);
  try {
    augment::Sample sample;
    for (const auto& promised : dataset::pack::read_note(text_of(note), sample).maps)
      (void)dataset::pack::read_map_file(map, promised.unit, kPixels);
  } catch (const Error&) {}
}

/// What checksums let pass: a table of tiles, and the JPEG that it says to be of. First the image's sides and
/// the table's bytes, each in two bytes.
void pack_tiles(Bytes bytes) {
  constexpr std::size_t kHead = 6;
  if (bytes.size() < kHead) return;
  const auto number = [&](std::size_t at) {
    return static_cast<std::uint32_t>(bytes[at] | bytes[at + 1] << 8);
  };
  const Bytes rest = bytes.subspan(kHead);
  const Bytes jpeg = rest.subspan(std::min<std::size_t>(number(4), rest.size()));
  try {
    const JpegTileTable table = dataset::pack::read_tile_table(rest, number(0), number(2), jpeg.size());
    if (long{table.size.width} * table.size.height > kPixels) return;
    const cv::Rect region(table.size.width / 3, table.size.height / 3, table.size.width / 3 + 1,
                          table.size.height / 3 + 1);
    for (const int halved : {0, 2}) {
      std::vector<unsigned char> some(jpeg.size());
      for (const FilePart& part : table.parts(region, halved))
        std::copy_n(jpeg.data() + part.at, part.size, some.data() + part.at);
      EncodedImage image(some, 0, AlphaOver::White, {.max_pixels = kPixels}, &table);
      const auto side = [&](int n) { return (n + (1 << halved) - 1) >> halved; };
      cv::Mat pixels(side(table.size.height), side(table.size.width), CV_8UC(table.channels));
      halved == 0 ? image.decode(region, pixels) : image.decode_halved(halved, region, pixels);
    }
  } catch (const Error&) {}
}

void recipe(Bytes bytes) {
  try {
    const augment::Recipe read = augment::Recipe::from_yaml(text_of(bytes));
    augment::Sample sample;
    sample.image = cv::Mat(5, 7, CV_8UC3, cv::Scalar(1, 2, 3));
    sample.boxes = {{1, 1, 4, 3, 0}};
    (void)read.draw(sample, {.seed = 1});
  } catch (const Error&) {}
}

void plan(Bytes bytes) {
  try {
    const augment::Plan read = augment::Plan::from_yaml(text_of(bytes));
    if (augment::Plan::from_yaml(read.yaml()) != read) std::abort();
  } catch (const Error&) {}
}

}  // namespace

const std::vector<Target>& targets() {
  static const std::vector<Target> all{{"jpeg", jpeg},
                                       {"image", image},
                                       {"deep_image", deep_image},
                                       {"mask", mask},
                                       {"idx", idx},
                                       {"gzip", gzip},
                                       {"cifar", cifar},
                                       {"cifar_python", cifar_python},
                                       {"npy", npy},
                                       {"npz", npz},
                                       {"hdf5_chunk", hdf5_chunk},
                                       {"csv", csv},
                                       {"jsonl", jsonl},
                                       {"coco", coco},
                                       {"voc", voc},
                                       {"yolo", yolo},
                                       {"labelme", labelme},
                                       {"cvat", cvat},
                                       {"label_studio", label_studio},
                                       {"kitti", kitti},
                                       {"dota", dota},
                                       {"open_images", open_images},
                                       {"tar", tar},
                                       {"zip", zip},
                                       {"parquet", parquet},
                                       {"tfrecord", tfrecord},
                                       {"mds", mds},
                                       {"label_map", label_map},
                                       {"lmdb", lmdb},
                                       {"pack", pack},
                                       {"pack_note", pack_note},
                                       {"pack_tiles", pack_tiles},
                                       {"recipe", recipe},
                                       {"plan", plan}};
  return all;
}

}  // namespace doppel::fuzz
