#include "doppel/dataset/sources/pascal_voc.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <pugixml.hpp>
#include <sstream>

#include "doppel/base/error.h"
#include "doppel/base/files.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> names_in_split(const fs::path& file) {
  const std::vector<unsigned char> bytes = read_file(file);
  std::istringstream lines(std::string(bytes.begin(), bytes.end()));
  std::vector<std::string> names;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    if (std::string name; words >> name) names.push_back(name);  // a second column says more about one class
  }
  return names;
}

std::vector<fs::path> annotations_in(const fs::path& root, const std::string& split) {
  const fs::path folder = fs::is_directory(root / "Annotations") ? root / "Annotations" : root;
  std::vector<fs::path> files;
  const fs::path list = root / "ImageSets/Main" / (split + ".txt");
  if (!split.empty() && fs::exists(list)) {
    for (const std::string& name : names_in_split(list)) files.push_back(path_below(folder, name + ".xml"));
    return files;
  }
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".xml") files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

double corner(const pugi::xml_node& box, const char* name) {
  const std::string_view text = box.child(name).text().get();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    throw Error(fmt::format("a box without a number for {}", name));
  return value;
}

/// The picture of an annotation: what it names, or else what has its own name.
std::string picture_of(const pugi::xml_node& root, const fs::path& folder, const fs::path& annotation) {
  const std::string named = root.child("filename").text().get();
  if (!named.empty() && fs::exists(path_below(folder, named))) return named;
  for (const char* extension : {".jpg", ".jpeg", ".png", ".JPG", ".webp"})
    if (fs::exists(folder / (annotation.stem().string() + extension)))
      return annotation.stem().string() + extension;
  throw Error(fmt::format("its picture '{}' isn't in {}", named, folder.string()));
}

}  // namespace

PascalVoc::PascalVoc(const fs::path& root, const std::string& split, const OnProgress& progress)
    : FileSource(fs::is_directory(root / "JPEGImages") ? root / "JPEGImages" : root) {
  const std::vector<fs::path> annotations = annotations_in(root, split);
  std::size_t done = 0;
  for (const fs::path& file : annotations) {
    if (progress) progress(done++, annotations.size());
    try {
      const std::vector<unsigned char> bytes = read_file(file);
      pugi::xml_document document;
      const pugi::xml_parse_result parsed = document.load_buffer(bytes.data(), bytes.size());
      if (!parsed) throw Error(fmt::format("at byte {}: {}", parsed.offset, parsed.description()));
      const pugi::xml_node note = document.child("annotation");
      if (!note) throw Error("no <annotation>");
      add(picture_of(note, root_, file));
      boxes_.emplace_back();
      for (const pugi::xml_node object : note.children("object")) {
        const pugi::xml_node box = object.child("bndbox");
        const std::string name = object.child("name").text().get();
        if (!box || name.empty()) throw Error("an <object> without <name> or <bndbox>");
        // Pixels 1 to width, both ends inside.
        boxes_.back().push_back({corner(box, "xmin") - 1, corner(box, "ymin") - 1, corner(box, "xmax"),
                                 corner(box, "ymax"), class_of(name)});
      }
    } catch (const Error& error) { throw Error(fmt::format("{}: {}", file.string(), error.what())); }
  }
  if (files_.empty()) throw Error(fmt::format("{} holds no annotations (.xml)", root.string()));
  const std::vector<int> rank = sort_classes();
  for (auto& boxes : boxes_)
    for (auto& box : boxes) box.label = rank[static_cast<std::size_t>(box.label)];
}

}  // namespace doppel::dataset
