#include "doppel/dataset/sources/pascal_voc.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <unordered_set>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "listed_images.h"
#include "text.h"
#include "voc_annotation.h"
#include "voc_images.h"
#include "voc_layout.h"
#include "xml_file.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

enum class Xml { None, Others, Annotations };

/// What the .xml of a folder (and, `deep`, of those below it) are. One that is damaged, as the first may be,
/// makes the others nothing else.
Xml xml_in(const fs::path& folder, bool deep) {
  Xml found = Xml::None;
  for (const fs::path& path : entries_of(folder)) {
    if (is_folder(path)) {
      if (deep) found = std::max(found, xml_in(path, false));
    } else if (lower(path.extension().string()) == ".xml") {
      if (xml_begins_with(path, "annotations")) return found;  // CVAT's
      found = std::max(found, is_voc_annotation(path) ? Xml::Annotations : Xml::Others);
    }
    if (found == Xml::Annotations) return found;
  }
  return found;
}

bool holds_voc(const fs::path& root) {
  const fs::path annotations = entry_called(root, "Annotations");
  if (annotations.empty() || !is_folder(annotations)) return xml_in(root, false) == Xml::Annotations;
  // There nothing else is kept: where all are damaged, one of them is named.
  return xml_in(annotations, true) != Xml::None;
}

/// Folders of parts that hold annotations of their own.
std::vector<std::string> part_folders(const fs::path& root) {
  std::vector<std::string> parts;
  for (const char* name : {"train", "trainval", "val", "valid", "test"})
    if (const fs::path folder = entry_called(root, name);
        !folder.empty() && is_folder(folder) && holds_voc(folder))
      parts.emplace_back(name);
  return parts;
}

/// What is read, and which of it.
struct Choice {
  VocLayout layout;
  fs::path list;  ///< empty: all
};

Choice choose(const fs::path& root, const std::string& split) {
  Choice choice{voc_layout(root), {}};
  if (split.empty()) return choice;
  if (const auto found = choice.layout.lists.find(lower(split)); found != choice.layout.lists.end()) {
    choice.list = found->second;
    return choice;
  }
  const fs::path folder = entry_called(root, split);
  if (!folder.empty() && is_folder(folder) && holds_voc(folder)) return {voc_layout(folder), {}};
  const std::vector<std::string> parts = PascalVoc::parts(root);
  throw Error(
      fmt::format("{} has no list ImageSets/Main/{}.txt ({})", root.string(), split,
                  parts.empty() ? "and no other" : fmt::format("there are: {}", fmt::join(parts, ", "))));
}

/// The keys of a list's annotations, each once.
std::vector<std::string> members_of(const Choice& choice, const VocFiles& annotations, Remarks& remarks) {
  std::vector<std::string> members;
  std::unordered_set<std::string_view> seen;
  for (const VocListed& one : voc_listed(choice.list, choice.layout, annotations)) {
    if (!one.key)
      throw Error(fmt::format("{}:{}: there is no annotation '{}.xml' in {}", choice.list.string(), one.line,
                              one.name, choice.layout.annotations.string()));
    if (seen.insert(*one.key).second)
      members.push_back(*one.key);
    else
      remarks.add(fmt::format("names that {} holds twice, taken once", choice.list.filename().string()),
                  one.name);
  }
  if (members.empty()) throw Error(fmt::format("{} names no annotation", choice.list.string()));
  return members;
}

/// Annotations that no part's list names.
void remark_on_unlisted(const Choice& choice, const VocFiles& annotations, Remarks& remarks) {
  std::unordered_set<std::string_view> listed;
  const auto take = [&](const fs::path& list) {
    for (const VocListed& one : voc_listed(list, choice.layout, annotations))
      if (one.key) listed.insert(*one.key);
  };
  take(choice.list);
  for (const std::string& part : choice.layout.part_lists()) take(choice.layout.lists.at(part));
  for (const auto& [key, file] : annotations)
    if (!listed.contains(key))
      remarks.add("annotations that no list of a part names, left out",
                  choice.layout.below_root(choice.layout.annotations, file));
}

}  // namespace

std::vector<std::string> PascalVoc::parts(const fs::path& root) {
  const std::vector<std::string> lists = voc_layout(root).part_lists();
  return lists.empty() ? part_folders(root) : lists;
}

bool PascalVoc::is_voc(const fs::path& root) {
  return is_folder(root) && (holds_voc(root) || !part_folders(root).empty());
}

/// Takes one annotation after another.
struct PascalVoc::Reader {
  PascalVoc& voc;
  const PascalVocOptions& options;
  const VocLayout& layout;
  VocImages images;
  std::vector<std::string> taken_by = std::vector<std::string>(images.size());  ///< each image's annotation

  void take(const std::string& key, const std::string& file) {
    const std::string shown = layout.below_root(voc.annotations_, file);
    const VocAnnotation annotation = read_voc_annotation(voc.annotations_ / file, shown, voc.remarks_);
    const std::size_t image = images.of(key, annotation.filename, voc.remarks_);
    if (!taken_by[image].empty())
      throw Error(fmt::format("it is of {}, as is {}; an image has one annotation", images.path(image),
                              taken_by[image]));
    taken_by[image] = file;
    voc.add(images.path(image));
    Note note{{}, annotation.size, file};
    for (const VocObject& object : annotation.objects) {
      const bool drop = object.difficult && options.difficult == PascalVocOptions::Difficult::Drop;
      if (object.difficult)
        voc.remarks_.add(
            drop ? "objects marked difficult, left out" : "objects marked difficult, kept as all others",
            shown);
      if (drop) continue;
      note.boxes.push_back(object.box);
      note.boxes.back().label = voc.class_of(object.name);
    }
    voc.notes_.push_back(std::move(note));
  }
  void remark_on_images_alone(const VocFiles& annotations, Remarks& remarks) const {
    std::unordered_set<std::string> names;
    for (const auto& [key, file] : annotations) names.insert(fs::path(key).filename().string());
    for (std::size_t i = 0; i < images.size(); ++i)
      if (taken_by[i].empty() && !names.contains(fs::path(images.path(i)).stem().string()))
        remarks.add("images without an annotation, left out",
                    layout.below_root(layout.images, images.path(i)));
  }
};

PascalVoc::PascalVoc(const fs::path& root, const std::string& split, const OnProgress& progress,
                     const PascalVocOptions& options)
    : FileSource(root) {
  if (!is_folder(root)) throw Error(fmt::format("there is no folder {}", root.string()));
  const Choice choice = choose(root, split);
  root_ = choice.layout.images;
  annotations_ = choice.layout.annotations;
  Remarks of_all;  // parts have these in common
  VocEntries entries = voc_entries(choice.layout, of_all);
  std::vector<std::string> members;
  if (!choice.list.empty()) {
    members = members_of(choice, entries.annotations, remarks_);
    remark_on_unlisted(choice, entries.annotations, of_all);
  } else {
    for (const auto& [key, file] : entries.annotations) members.push_back(key);
  }
  if (members.empty()) throw Error(fmt::format("{} holds no annotations (.xml)", root.string()));
  Reader reader{*this, options, choice.layout, VocImages(std::move(entries.images))};
  std::size_t done = 0;
  for (const std::string& key : members) {
    if (progress) progress(done++, members.size());
    const std::string& file = entries.annotations.at(key);
    try {
      reader.take(key, file);
    } catch (const Error& error) {
      const std::string path = (annotations_ / file).string(), what = error.what();
      throw Error(what.find(path) != what.npos ? what : fmt::format("{}: {}", path, what));
    }
  }
  reader.remark_on_images_alone(entries.annotations, of_all);
  remarks_.add(split.empty() ? of_all.list() : said_once(of_all.list()));
  const std::vector<int> rank = sort_classes();
  for (Note& note : notes_)
    for (auto& box : note.boxes) box.label = rank[static_cast<std::size_t>(box.label)];
}

std::vector<int> PascalVoc::object_labels(std::size_t index) const {
  std::vector<int> labels;
  for (const augment::Box& box : notes_[index].boxes) labels.push_back(box.label);
  return labels;
}

void PascalVoc::annotate(std::size_t index, Item& item) const {
  const Note& note = notes_[index];
  item.sample.boxes = note.boxes;
  if (note.size == Size{}) return;
  const Size size = image_size(item);
  if (size == note.size) return;
  const bool turned = size.width == note.size.height && size.height == note.size.width;
  throw Error(
      fmt::format("{}: <size> says {} x {} (width x height), but its image {} is {} x {}, so that its "
                  "boxes lie elsewhere{}",
                  (annotations_ / note.file).string(), note.size.width, note.size.height, name(index),
                  size.width, size.height, turned ? "; does the image's EXIF turn it?" : ""));
}

}  // namespace doppel::dataset
