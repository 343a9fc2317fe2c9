#include <fmt/format.h>

#include <array>

#include "all.h"
#include "pack/companions.h"
#include "pack/notes.h"
#include "pack/shard_writer.h"
#include "shard_format.h"
#include "write/folder.h"

namespace doppel::dataset::write {
namespace {

/// As which an image's side files have its note; the others are what lies behind it.
constexpr std::string_view kNote = "json";

/// As a pack numbers them.
pack::Codec codec_for(const std::string& ending) {
  constexpr std::array<std::string_view, 6> kEndings{".jpg", ".png", ".webp", ".ppm", ".pgm", ".tif"};
  for (std::size_t k = 0; k < kEndings.size(); ++k)
    if (ending == kEndings[k]) return static_cast<pack::Codec>(k);
  return pack::Codec::Png;
}

class PackArchive final : public Archive {
 public:
  /// Written where what is unfinished lies, since its name there has the process's number.
  PackArchive(const std::filesystem::path& file, const ShardPlace& place, const SetFacts& facts)
      : file_(file),
        unfinished_(hidden_folder(file.parent_path().parent_path()) / "unfinished" / (place.part + "-shard")),
        shards_(place.count),
        writer_(unfinished_, place.number, text_of_classes(facts.classes)) {}

  void add(const Member& member) override {
    const Shown& shown = member.shown;
    const int label = shown.sample->label;
    std::string note;
    std::vector<pack::Companion> files;
    for (const SideFile& file : member.side_files)
      if (file.path == kNote)
        note.assign(file.bytes.begin(), file.bytes.end());
      else
        files.push_back({file.path, file.bytes});
    pack::Record record;
    record.source = count_++;
    record.label = label;
    record.width = static_cast<std::uint32_t>(shown.size.width);
    record.height = static_cast<std::uint32_t>(shown.size.height);
    record.codec = codec_for(shown.ending);
    writer_.add(shown.stem, shown.ending.substr(1), member.bytes, record, shown.stem,
                label < 0 ? "" : std::to_string(label), note, files);
  }
  std::uint64_t finish() override {
    const std::uint64_t size = writer_.finish(shards_);
    std::filesystem::rename(unfinished_, file_);
    return size;
  }

 private:
  std::filesystem::path file_, unfinished_;
  std::uint32_t shards_, count_ = 0;
  pack::ShardWriter writer_;
};

class PackFormat final : public ShardFormat {
 public:
  using ShardFormat::ShardFormat;
  std::vector<SideFile> side_files(const Shown& shown, Losses&) const override {
    std::vector<pack::Companion> companions = pack::companions_of(*shown.sample, shown.size, shown.size);
    const std::string note =
        pack::note_of(*shown.sample, companions, 1, 1, {facts_.number_names, facts_.range});
    std::vector<SideFile> files{{std::string(kNote), bytes_of(note)}};
    for (pack::Companion& one : companions) files.push_back({std::move(one.suffix), std::move(one.bytes)});
    return files;
  }
  void finish(const std::filesystem::path&, const EachImage&) const override {}
  std::string shard_path(const ShardPlace& place) const override {
    return fmt::format("{}/{:05}.tar", place.part, place.number);
  }
  std::unique_ptr<Archive> open_shard(const std::filesystem::path& file,
                                      const ShardPlace& place) const override {
    return std::make_unique<PackArchive>(file, place, facts_);
  }
};

}  // namespace

std::unique_ptr<Format> pack_format(const SetFacts& facts) { return std::make_unique<PackFormat>(facts); }

}  // namespace doppel::dataset::write
