// What all kinds of YOLO have in common: where files lie, and data.yaml.
#pragma once

#include <filesystem>
#include <string>

#include "write/format.h"

namespace doppel::dataset::write {

/// images/PART/IMAGE.
std::string yolo_image(const Shown& shown);
/// The text of an image: labels/PART/NAME.txt.
std::string yolo_text(const std::string& image);
/// A share of an image's side, to a millionth of a pixel in images of a hundred.
std::string share_text(double share);
/// Writes data.yaml: names, parts, and `kpt_shape` where `keypoints` isn't 0.
void write_yolo_names(const std::filesystem::path& out, const SetFacts& facts, std::size_t keypoints);

/// A text beside each image, in a folder of its own: what YOLO's formats of outlines and turned boxes have in
/// common.
class YoloTexts : public Format {
 public:
  explicit YoloTexts(const SetFacts& facts) : facts_(facts) {}
  bool leaves_out(const augment::Sample&, Losses&) const final { return false; }
  Names names() const final { return Names::All; }
  std::string image_path(const Shown& shown) const final { return yolo_image(shown); }
  std::vector<SideFile> side_files(const Shown& shown, Losses& losses) const final {
    return {{yolo_text(yolo_image(shown)), bytes_of(text_of(shown, losses))}};
  }
  nlohmann::json record(const Shown&, Losses&) const final { return {}; }
  void finish(const std::filesystem::path& out, const EachImage&) const final {
    write_yolo_names(out, facts_, 0);
  }

 protected:
  /// A line for each object.
  virtual std::string text_of(const Shown& shown, Losses& losses) const = 0;
  const SetFacts& facts_;
};

}  // namespace doppel::dataset::write
