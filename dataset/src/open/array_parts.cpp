#include "array_parts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "array_names.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/npy_header.h"
#include "doppel/dataset/sources/arrays.h"
#include "doppel/dataset/sources/file_source.h"
#include "sources/array_file.h"
#include "sources/class_words.h"
#include "sources/listed_images.h"
#include "sources/text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
using ArrayRole = ArrayName::Role;

/// An array and what it's for.
struct CastArray {
  ArrayPtr array;
  ArrayName name;
};

/// More rows than texts have: it may be images.
bool may_be_images(const ArrayFacts& facts) {
  return facts.kind == ArrayFacts::Kind::Files ||
         (facts.kind == ArrayFacts::Kind::Numbers && facts.shape.size() > 2);
}

std::vector<CastArray> cast_of_file(const fs::path& file) {
  std::vector<CastArray> cast;
  const ArrayName of_file = ArrayName::of(file.stem().string());
  const std::vector<ArrayPtr> arrays = arrays_in(file);
  for (const ArrayPtr& array : arrays) {
    ArrayName name = ArrayName::of(array->facts().inner);
    if (!name.role && arrays.size() == 1) name.role = of_file.role;
    if (!name.part) name.part = of_file.part;
    // Classes by name are their names; one of each image has as many as there are images.
    cast.push_back({array, name});
  }
  return cast;
}

/// np.savez(file, x, y) calls them arr_0 and arr_1.
void cast_unnamed(std::vector<CastArray>& cast, Remarks& remarks) {
  const auto unnamed = [&](std::string_view called) {
    const auto found =
        std::ranges::find_if(cast, [&](const CastArray& one) { return one.array->facts().inner == called; });
    return found == cast.end() ? nullptr : &*found;
  };
  CastArray *first = unnamed("arr_0"), *second = unnamed("arr_1");
  if (cast.size() != 2 || !first || !second || !may_be_images(first->array->facts()) ||
      may_be_images(second->array->facts()))
    return;
  first->name.role = ArrayRole::Images;
  second->name.role = ArrayRole::Labels;
  remarks.say("arrays without names: arr_0 is taken for the images, and arr_1 for their labels");
}

/// The only array that can be images, where none is called so.
void cast_only_images(std::vector<CastArray>& cast) {
  CastArray* only = nullptr;
  for (CastArray& one : cast) {
    if (one.name.role == ArrayRole::Images) return;
    if (one.name.role || !may_be_images(one.array->facts())) continue;
    if (only) return;
    only = &one;
  }
  if (only) only->name.role = ArrayRole::Images;
}

/// Those of one part in one role: of several the one whose name says nothing else.
ArrayPtr one_of(const std::vector<CastArray>& cast, ArrayRole role, Part part) {
  std::vector<const CastArray*> found;
  for (const CastArray& one : cast)
    if (one.name.role == role && one.name.part.value_or(Part::Train) == part) found.push_back(&one);
  if (std::ranges::any_of(found, [](const CastArray* one) { return one->name.is_plain; }))
    std::erase_if(found, [](const CastArray* one) { return !one->name.is_plain; });
  if (found.size() > 1)
    throw Error(fmt::format(
        "{} and {} both look like the {} of its {} part; give DATA in which one of them is, or name "
        "the arrays in C++ (ArrayImages)",
        found[0]->array->name(), found[1]->array->name(), role == ArrayRole::Images ? "images" : "labels",
        text_of(part)));
  return found.empty() ? nullptr : found[0]->array;
}

/// Names without blanks around them, each but once.
std::vector<std::string> checked_names(std::vector<std::string> names, const std::string& where) {
  std::set<std::string_view> met;
  for (std::string& name : names) name = std::string(trimmed(name));
  for (const std::string& name : names)
    if (!met.insert(name).second)
      throw Error(fmt::format("{}: '{}' is there twice, as no name of a class is", where, name));
  return names;
}

/// What classes are called: as an array says, a text beside the file, or an attribute of the labels.
std::vector<std::string> class_names_for(std::vector<CastArray>& cast, const Folder& beside) {
  for (CastArray& one : cast)
    if (one.name.role == ArrayRole::ClassNames) {
      const ArrayFacts& facts = one.array->facts();
      if (facts.kind == ArrayFacts::Kind::Unread)
        throw Error(fmt::format("{}: {}", facts.name, facts.problem));
      return checked_names(one.array->texts(), facts.name);
    }
  const fs::path text =
      beside.file({"classes.txt", "class_names.txt", "label_names.txt", "labels.txt", "names.txt"});
  if (!text.empty()) return checked_names(filled_lines(read_text(text)), text.string());
  for (const CastArray& one : cast)
    if (one.name.role == ArrayRole::Labels)
      if (auto names = one.array->class_names(); !names.empty())
        return checked_names(std::move(names), one.array->name());
  return {};
}

bool is_class_text(const fs::path& file) {
  const std::string name = lower(file.filename().string());
  return name == "classes.txt" || name == "class_names.txt" || name == "label_names.txt" ||
         name == "labels.txt" || name == "names.txt";
}

/// "classes" of texts are names where there are other labels.
void cast_classes(std::vector<CastArray>& cast) {
  const auto labels =
      std::ranges::count_if(cast, [](const CastArray& one) { return one.name.role == ArrayRole::Labels; });
  for (CastArray& one : cast) {
    const std::string& inner = one.array->facts().inner;
    const std::string last = lower(inner.substr(inner.rfind('/') + 1));
    if (labels > 1 && one.array->facts().kind == ArrayFacts::Kind::Texts &&
        (last == "classes" || last == "categories" || last == "list_classes"))
      one.name.role = ArrayRole::ClassNames;
  }
}

/// Without labels where these can't be read and may be ignored.
SourcePtr images_of(const ArrayPtr& images, const ArrayPtr& labels, const std::vector<std::string>& names,
                    const OpenOptions& options, Remarks& remarks) {
  try {
    return std::make_shared<ArrayImages>(images, labels, names, options.progress);
  } catch (const Error& error) {
    if (!options.ignore_labels || !labels) throw;
    auto alone = std::make_shared<ArrayImages>(images, nullptr, std::vector<std::string>{}, options.progress);
    remarks.say(fmt::format("labels that aren't read: {}", error.what()));
    return alone;
  }
}

Parts parts_of(std::vector<CastArray> cast, const Folder& beside, const OpenOptions& options,
               Remarks& remarks) {
  cast_unnamed(cast, remarks);
  cast_only_images(cast);
  cast_classes(cast);
  const std::vector<std::string> names = class_names_for(cast, beside);
  Parts parts;
  std::set<const Array*> used;
  for (const Part part : {Part::Train, Part::Valid, Part::Test}) {
    const ArrayPtr images = one_of(cast, ArrayRole::Images, part),
                   labels = one_of(cast, ArrayRole::Labels, part);
    if (!images && !labels) continue;
    if (!images)
      throw Error(fmt::format("{} holds the labels of its {} part, but there are no images for them",
                              labels->name(), text_of(part)));
    parts[part] = images_of(images, labels, names, options, remarks);
    used.insert({images.get(), labels.get()});
  }
  std::vector<std::string> unused;
  for (const CastArray& one : cast)
    if (!used.contains(one.array.get()) && one.name.role != ArrayRole::ClassNames) {
      remarks.add("arrays that aren't used", one.array->name());
      unused.push_back(one.array->facts().inner);
    }
  const bool labelled =
      std::ranges::any_of(parts, [](const auto& part) { return !part.second->classes().empty(); });
  if (const auto like = names_like_labels(unused); !labelled && !like.empty() && !options.ignore_labels)
    throw Error(
        fmt::format("{}: no labels are read, but {} {} like some: call the array of labels y_train or "
                    "labels; --ignore reads the images alone",
                    beside.path().string(), fmt::join(like, ", "), like.size() == 1 ? "looks" : "look"));
  return parts;
}

std::string all_shapes(const std::vector<CastArray>& cast) {
  std::vector<std::string> shapes;
  constexpr std::size_t kShown = 8;
  for (const CastArray& one : cast)
    if (shapes.size() < kShown)
      shapes.push_back(fmt::format("{} ({})", one.array->facts().inner, one.array->facts().shape_text()));
  return fmt::format("{}{}", fmt::join(shapes, ", "), cast.size() > kShown ? ", …" : "");
}

}  // namespace

std::optional<Parts> open_arrays(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  constexpr std::size_t kMostFiles = 64;  // more are an array for each image
  std::vector<fs::path> files;
  std::ranges::copy_if(folder.files(), std::back_inserter(files), is_array_file);
  if (files.empty() || files.size() > kMostFiles || !folder.beside_images(".npy").empty()) return {};
  std::vector<CastArray> cast;
  for (const fs::path& file : files)
    for (CastArray& one : cast_of_file(file)) cast.push_back(std::move(one));
  if (std::ranges::none_of(cast, [](const CastArray& one) {
        return one.name.role == ArrayRole::Images || may_be_images(one.array->facts());
      }))
    return {};
  // Beside images they are what it's about only where they say so.
  if (!folder.images().empty() &&
      std::ranges::none_of(cast, [](const CastArray& one) { return one.name.role == ArrayRole::Labels; }))
    return {};
  for (const fs::path& path : folder.folders())
    remarks.add("folders that aren't read", path.filename().string());
  for (const fs::path& file : folder.files())
    if (!is_array_file(file) && !is_class_text(file)) remark_unread(remarks, folder.path(), file);
  Parts parts = parts_of(std::move(cast), folder, options, remarks);
  if (parts.empty()) return {};
  return parts;
}

bool is_image_array(const fs::path& file, std::size_t most_axes) {
  if (!is_npy_file(file.native())) return false;
  try {
    const NpyHeader header = NpyHeader::read(read_head(file, NpyHeader::kMost));
    return header.kind == NpyHeader::Kind::Numbers && header.shape.size() >= 2 &&
           header.shape.size() <= most_axes;
  } catch (const Error&) { return false; }  // told by who reads it
}

Parts open_array_file(const fs::path& file, const OpenOptions& options, Remarks& remarks) {
  const Folder beside(file.has_parent_path() ? file.parent_path() : fs::path("."));
  std::vector<CastArray> cast = cast_of_file(file);
  if (lower(file.extension().string()) == ".npy") {
    ArrayName& own = cast[0].name;
    own.role = ArrayRole::Images;
    for (const fs::path& other : beside.ending({".npy"})) {
      const ArrayName name = ArrayName::of(other.stem().string());
      if (other.filename() != file.filename() && name.role && name.role != ArrayRole::Images &&
          (name.role == ArrayRole::ClassNames || name.part == own.part))
        for (CastArray& one : cast_of_file(other)) cast.push_back(std::move(one));
    }
  }
  const std::string seen = all_shapes(cast);
  Parts parts = parts_of(std::move(cast), beside, options, remarks);
  if (parts.empty())
    throw Error(fmt::format(
        "{} holds no array that is called as images are (x_train, train_images, images …); it holds "
        "{}",
        file.string(), seen.empty() ? "none" : seen));
  return parts;
}

}  // namespace doppel::dataset
