#include "yolo_files.h"

#include <fmt/format.h>

#include "write/text_file.h"

namespace doppel::dataset::write {

std::string yolo_image(const Shown& shown) {
  return fmt::format("images/{}/{}{}", shown.part, shown.stem, shown.ending);
}

std::string yolo_text(const std::string& image) {
  return "labels" + std::filesystem::path(image).replace_extension(".txt").string().substr(6);
}

std::string share_text(double share) { return fmt::format("{:.8f}", share); }

void write_yolo_names(const std::filesystem::path& out, const SetFacts& facts, std::size_t keypoints) {
  TextFile file(out / "data.yaml");
  for (const std::string& part : facts.parts) file.add(fmt::format("{}: images/{}\n", part, part));
  if (keypoints > 0) file.add(fmt::format("kpt_shape: [{}, 3]\n", keypoints));
  file.add("names:\n");
  for (std::size_t k = 0; k < facts.classes.size(); ++k)
    file.add(fmt::format("  {}: {}\n", k, quoted(facts.classes[k])));
  file.finish();
}

}  // namespace doppel::dataset::write
