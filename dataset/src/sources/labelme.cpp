#include "doppel/dataset/sources/labelme.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "labelme_file.h"
#include "listed_images.h"
#include "named_images.h"
#include "text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// The .json of a folder and those below it, in order.
void collect_labelme(const fs::path& folder, int depth, std::vector<fs::path>& files) {
  constexpr int kDeepest = 16;  // links may run in circles
  for (const Entry& entry : listing_of(folder)) {
    if (entry.is_folder && depth < kDeepest)
      collect_labelme(entry.path, depth + 1, files);
    else if (!entry.is_folder && lower(entry.path.extension().string()) == ".json")
      files.push_back(entry.path);
  }
}

/// Numbers objects by label and group. Points are of the only object in their group.
class LabelMeObjects {
 public:
  void meet(const LabelMeShape& shape) {
    if (!shape.group || shape.is_points) return;
    numbers_.try_emplace({*shape.group, shape.label}, static_cast<int>(numbers_.size()) + 1);
  }
  int of(const LabelMeShape& shape) {
    if (!shape.group) return 0;
    if (!shape.is_points) return numbers_.at({*shape.group, shape.label});
    const auto first = numbers_.lower_bound({*shape.group, ""});
    if (first != numbers_.end() && first->first.first == *shape.group) {
      const auto next = std::next(first);
      if (next == numbers_.end() || next->first.first != *shape.group) return first->second;
    }
    return points_.try_emplace(*shape.group, -static_cast<int>(points_.size()) - 1).first->second;
  }

 private:
  std::map<std::pair<std::int64_t, std::string>, int> numbers_;
  std::map<std::int64_t, int> points_;  ///< groups of points alone
};

}  // namespace

/// Takes one file after another.
struct LabelMe::Reader {
  LabelMe& source;
  NamedImages& images;

  void take(const fs::path& file) {
    const std::string name = file.lexically_relative(source.root_).generic_string();
    LabelMeFile said = read_labelme(file, name, source.remarks_);
    DrawnImage drawn{.place = file.string(), .size = said.size};
    LabelMeObjects objects;
    for (const LabelMeShape& shape : said.shapes) objects.meet(shape);
    for (LabelMeShape& shape : said.shapes) {
      shape.drawn.object = objects.of(shape);
      shape.drawn.label = shape.is_points ? source.point_of(shape.label) : source.class_of(shape.label);
      drawn.shapes.push_back(std::move(shape.drawn));
    }
    for (const std::string& flag : said.flags) drawn.labels.push_back({source.class_of(flag), 1});
    const auto image = image_of(name, said);
    if (image) images.take(*image, name);
    source.embedded_.push_back(!image);
    source.add_image(image ? images.path(*image) : name, std::move(drawn));
  }
  std::optional<std::size_t> image_of(const std::string& name, const LabelMeFile& said) const {
    const fs::path path(name);
    if (!said.image.empty())
      if (const auto found = images.find(said.image, path.parent_path())) return found;
    const std::string stem = (path.parent_path() / path.stem()).generic_string();
    if (const auto found = images.with_stem(stem)) {
      if (!said.image.empty() && !said.holds_image)
        source.remarks_.add("files whose imagePath isn't there, taken for the image of their own name", name);
      return found;
    }
    if (!said.holds_image)
      throw Error(said.image.empty() ? "it names no image (imagePath)"
                                     : fmt::format("its image '{}' isn't there", said.image));
    return {};
  }
};

LabelMe::LabelMe(const fs::path& root, const fs::path& files, const OnProgress& progress)
    : AnnotatedImages(root) {
  if (!is_folder(root)) throw Error(fmt::format("there is no folder {}", root.string()));
  Remarks others;
  NamedImages images(root, others);
  std::vector<fs::path> all, read;
  collect_labelme(files.empty() ? root : files, 0, all);
  for (const fs::path& file : all)
    if (dataset::is_labelme(file) || !tells_json_kind(file))
      read.push_back(file);
    else
      remarks_.add("files that aren't LabelMe's, which aren't read",
                   file.lexically_relative(root).generic_string());
  if (read.empty()) throw Error(fmt::format("{} holds no .json of LabelMe", root.string()));
  Reader reader{*this, images};
  std::size_t done = 0;
  for (const fs::path& file : read) {
    if (progress) progress(done++, read.size());
    try {
      reader.take(file);
    } catch (const Error& error) {
      const std::string what = error.what();
      throw Error(what.starts_with(file.string()) ? what : fmt::format("{}: {}", file.string(), what));
    }
  }
  const bool whole = files.empty() || files == root;
  for (std::size_t i = 0; i < images.size() && whole; ++i)
    if (!images.is_taken(i)) remarks_.add("images without a .json, left out", images.path(i));
  for (const Remark& other : others.list())
    if (whole && other.what.find("(.json)") == std::string::npos) remarks_.add({other});
  sort_names();
}

Item LabelMe::read(std::size_t index) const {
  if (!embedded_[index]) return FileSource::read(index);
  Item item;
  try {
    item.encoded = labelme_image(root_ / files_[index].path);
  } catch (const Error& error) { throw Error(fmt::format("{}: imageData: {}", name(index), error.what())); }
  if (item.encoded.empty()) throw Error(fmt::format("{}: imageData is empty", name(index)));
  item.sample.label = files_[index].label;
  annotate(index, item);
  return item;
}

bool LabelMe::is_labelme(const fs::path& folder) {
  // One that is damaged, as the first may be, makes the others nothing else.
  for (const Entry& entry : listing_of(folder))
    if (!entry.is_folder && lower(entry.path.extension().string()) == ".json" && tells_json_kind(entry.path))
      return dataset::is_labelme(entry.path);
  return false;
}

}  // namespace doppel::dataset
