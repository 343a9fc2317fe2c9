#include <fmt/format.h>

#include "all.h"
#include "doppel/base/utf8.h"
#include "doppel/codec/png.h"
#include "pack/named_values.h"
#include "pack/tar_header.h"
#include "shard_format.h"
#include "write/drawn_json.h"
#include "write/npy_file.h"
#include "write/text_file.h"

namespace doppel::dataset::write {
namespace {

using nlohmann::ordered_json;

class TarArchive final : public Archive {
 public:
  explicit TarArchive(const std::filesystem::path& file) : file_(file) {}
  void add(const Member& member) override {
    const std::string& stem = member.shown.stem;
    put(stem + member.shown.ending, text_of(member.bytes));
    for (const SideFile& file : member.side_files) put(file.path, text_of(file.bytes));
  }
  std::uint64_t finish() override {
    write(std::string(2 * pack::kTarBlock, '\0'));
    file_.finish();
    return size_;
  }

 private:
  static std::string_view text_of(const std::vector<unsigned char>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  void put(const std::string& name, std::string_view content) {
    const auto header = pack::tar_header(name, content.size());
    write({header.data(), header.size()});
    write(content);
    if (const std::size_t rest = content.size() % pack::kTarBlock; rest != 0)
      write(std::string(pack::kTarBlock - rest, '\0'));
  }
  void write(std::string_view bytes) {
    file_.add(bytes);
    size_ += bytes.size();
  }
  TextFile file_;
  std::uint64_t size_ = 0;
};

std::string map_ending(std::size_t number) { return fmt::format("map{}.npy", number); }

/// All that has no member of its own. A box is [x0, y0, x1, y1, class, instance]; a rotated one [x, y, width,
/// height, angle, class]; a keypoint [x, y, number, visibility, instance]; maps, polygons and lines are as in
/// manifests, a map's file being the rest of its member's name. Where a mask has instances' numbers, it says
/// which.
ordered_json said_of(const augment::Sample& sample, const std::vector<std::string>& number_names,
                     Losses& losses) {
  ordered_json said = ordered_json::object();
  for (const auto& b : sample.boxes) said["boxes"].push_back({b.x0, b.y0, b.x1, b.y1, b.label, b.instance});
  if (sample.instance_mask >= 0) said["instance_mask"] = sample.instance_mask;
  for (const auto& b : sample.rotated_boxes)
    said["rotated_boxes"].push_back({b.x, b.y, b.width, b.height, b.angle, b.label});
  for (const auto& p : sample.keypoints)
    said["keypoints"].push_back({p.x, p.y, p.label, p.visibility, p.instance});
  for (const auto& s : sample.label_shares) said["label_shares"].push_back({s.label, s.share});
  for (std::size_t k = 0; k < sample.maps.size(); ++k)
    said["maps"][sample.maps[k].name] = map_said(sample.maps[k], map_ending(k));
  for (const augment::Outline& outline : sample.outlines)
    if (const char* list = outline_list(outline))
      said[list].push_back(ordered_json(outline_said(outline, outline.label)));
    else
      ++losses[kUndrawn];
  for (const auto& [name, value] : named_values(sample, number_names))
    if (!said.contains(name)) said[name] = value;
  return said;
}

/// A class's name as a line of classes.txt, where one with line ends would be several classes.
std::string line_of(const std::string& name) {
  return name.find_first_of("\n\r") == name.npos ? name : printable(name);
}

class WebDatasetFormat final : public ShardFormat {
 public:
  using ShardFormat::ShardFormat;
  std::vector<SideFile> side_files(const Shown& shown, Losses& losses) const override {
    const augment::Sample& sample = *shown.sample;
    std::vector<SideFile> files;
    if (sample.label >= 0) files.push_back({shown.stem + ".cls", bytes_of(std::to_string(sample.label))});
    if (const ordered_json said = said_of(sample, facts_.number_names, losses); !said.empty())
      files.push_back({shown.stem + ".json", bytes_of(said.dump())});
    if (const std::string name = class_name(facts_, sample.label); line_of(name) != name)
      ++losses[fmt::format("classes that classes.txt names '{}' for '{}'", line_of(name), name)];
    for (std::size_t i = 0; i < sample.masks.size(); ++i)
      files.push_back({fmt::format("{}.mask{}.png", shown.stem, i), encode_mask(sample.masks[i])});
    for (std::size_t k = 0; k < sample.maps.size(); ++k)
      files.push_back({shown.stem + "." + map_ending(k), npy_of(sample.maps[k].values)});
    return files;
  }
  void finish(const std::filesystem::path& out, const EachImage&) const override {
    if (facts_.classes.empty()) return;
    TextFile file(out / "classes.txt");
    for (const std::string& name : facts_.classes) file.add(line_of(name) + "\n");
    file.finish();
  }
  std::string shard_path(const ShardPlace& place) const override {
    return fmt::format("{}-{:06}.tar", place.part, place.number);
  }
  std::unique_ptr<Archive> open_shard(const std::filesystem::path& file, const ShardPlace&) const override {
    return std::make_unique<TarArchive>(file);
  }
};

}  // namespace

std::unique_ptr<Format> webdataset_format(const SetFacts& facts) {
  return std::make_unique<WebDatasetFormat>(facts);
}

}  // namespace doppel::dataset::write
