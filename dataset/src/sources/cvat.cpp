#include "doppel/dataset/sources/cvat.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cvat_shapes.h"
#include "doppel/base/error.h"
#include "named_images.h"
#include "text.h"
#include "xml_file.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
using pugi::xml_node;

xml_node cvat_annotations(const pugi::xml_document& document) {
  const xml_node all = document.child("annotations");
  if (!all) throw Error(fmt::format("no <annotations> (its root is <{}>)", document.first_child().name()));
  if (all.child("track"))
    throw Error("tracks of a video (<track>), which aren't read; CVAT also exports 'CVAT for images 1.1'");
  if (!all.child("image")) throw Error("it holds no <image>");
  return all;
}

}  // namespace

/// Takes one image after another.
struct Cvat::Reader {
  Cvat& source;
  NamedImages& images;
  std::string file;

  void take(CvatImage said) {
    const auto image = images.find(said.name);
    if (!image) return source.remarks_.add("annotated images that aren't there, left out", said.name);
    images.take(*image, said.name);
    DrawnImage drawn{.place = fmt::format("{}: {}", file, said.name), .size = said.size};
    std::map<std::pair<std::string, std::string>, int> objects;
    for (CvatShape& shape : said.shapes) {
      if (!shape.group.empty() && !shape.is_point)
        shape.drawn.object =
            objects.try_emplace({shape.label, shape.group}, static_cast<int>(objects.size()) + 1)
                .first->second;
      if (shape.skeleton > 0) shape.drawn.object = -static_cast<int>(shape.skeleton);
      shape.drawn.label = shape.is_point ? source.point_of(shape.label) : source.class_of(shape.label);
      drawn.shapes.push_back(std::move(shape.drawn));
    }
    for (const std::string& label : said.labels) drawn.labels.push_back({source.class_of(label), 1});
    source.add_image(images.path(*image), std::move(drawn));
  }
};

Cvat::Cvat(const fs::path& xml, const std::string& subset, const OnProgress& progress)
    : AnnotatedImages(images_root(xml)) {
  try {
    pugi::xml_document document;
    load_xml(xml, document);
    const xml_node all = cvat_annotations(document);
    Remarks others;
    NamedImages images(root_, others);
    Reader reader{*this, images, xml.string()};
    const auto elements = all.children("image");
    const auto count = static_cast<std::size_t>(std::distance(elements.begin(), elements.end()));
    std::size_t done = 0;
    for (const xml_node element : elements) {
      if (progress) progress(done, count);
      ++done;
      if (!subset.empty() && lower(trimmed(element.attribute("subset").as_string())) != lower(subset))
        continue;
      reader.take(read_cvat_image(element, remarks_));
    }
    if (done > 0 && files_.empty())
      throw Error(fmt::format("not one of its images is there{}; they are looked for below {}",
                              subset.empty() ? "" : " of the subset " + subset, root_.string()));
    sort_names();
  } catch (const Error& error) {
    const std::string what = error.what();
    throw Error(what.starts_with(xml.string()) ? what : fmt::format("{}: {}", xml.string(), what));
  }
}

std::vector<std::string> Cvat::subsets(const fs::path& xml) {
  pugi::xml_document document;
  try {
    load_xml(xml, document);
  } catch (const Error& error) {
    const std::string what = error.what();
    throw Error(what.starts_with(xml.string()) ? what : fmt::format("{}: {}", xml.string(), what));
  }
  std::vector<std::string> names;
  for (const xml_node element : document.child("annotations").children("image"))
    if (std::string name(trimmed(element.attribute("subset").as_string()));
        !name.empty() && std::ranges::find(names, name) == names.end())
      names.push_back(std::move(name));
  std::ranges::sort(names);
  return names;
}

bool Cvat::is_cvat(const fs::path& xml) { return xml_begins_with(xml, "annotations"); }

}  // namespace doppel::dataset
