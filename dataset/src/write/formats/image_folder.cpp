#include <fmt/format.h>

#include "all.h"
#include "doppel/dataset/write/class_folders.h"

namespace doppel::dataset::write {
namespace {

class ImageFolderFormat final : public Format {
 public:
  explicit ImageFolderFormat(const SetFacts& facts) : facts_(facts), folders_(class_folders(facts.classes)) {}
  Holds holds() const override { return {.label = true}; }
  std::string refusal(const augment::Sample&) const override {
    return facts_.has_labels
               ? ""
               : "its images go into a folder for each class, but these have no class; coco, yolo, "
                 "voc, csv and jsonl hold boxes, masks holds masks, pack everything";
  }
  bool leaves_out(const augment::Sample& sample, Losses& losses) const override {
    if (sample.label >= 0 && sample.label < static_cast<int>(folders_.size())) return false;
    ++losses["images without a class, which are left out"];
    return true;
  }
  std::string image_path(const Shown& shown) const override {
    return fmt::format("{}/{}/{}{}", shown.part, folders_[static_cast<std::size_t>(shown.sample->label)],
                       shown.stem, shown.ending);
  }
  std::vector<SideFile> side_files(const Shown&, Losses&) const override { return {}; }
  nlohmann::json record(const Shown& shown, Losses& losses) const override {
    const auto label = static_cast<std::size_t>(shown.sample->label);
    if (folders_[label] != facts_.classes[label])
      ++losses[fmt::format("classes whose folder has another name: '{}' for '{}'", folders_[label],
                           facts_.classes[label])];
    return {};
  }
  void finish(const std::filesystem::path&, const EachImage&) const override {}

 private:
  const SetFacts& facts_;
  std::vector<std::string> folders_;  ///< of each class
};

}  // namespace

std::unique_ptr<Format> image_folder_format(const SetFacts& facts) {
  return std::make_unique<ImageFolderFormat>(facts);
}

}  // namespace doppel::dataset::write
