#include "voc_annotation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <pugixml.hpp>
#include <utility>

#include "doppel/base/error.h"
#include "text.h"
#include "xml_file.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
using pugi::xml_node;

std::string_view child_text(const xml_node& node, const char* child) {
  return trimmed(node.child(child).text().get());
}

double voc_corner(const xml_node& box, const char* name) {
  const std::string_view text = child_text(box, name);
  if (const auto value = real_number(text)) return *value;
  if (text.empty()) throw Error(fmt::format("a box without a number for {}", name));
  throw Error(fmt::format("a box without a number for {}: '{}'", name, text));
}

/// 1, or a word for it.
bool is_marked(const xml_node& object, const char* mark) {
  const std::string_view text = child_text(object, mark);
  if (const auto number = real_number(text)) return *number != 0;
  return lower(text) == "true" || lower(text) == "yes";
}

/// Names the children that nobody reads.
void remark_on_children(const xml_node& node, std::span<const std::string_view> read, std::string_view name,
                        Remarks& remarks) {
  for (const xml_node child : node.children())
    if (child.type() == pugi::node_element &&
        std::ranges::find(read, std::string_view(child.name())) == read.end())
      remarks.add(fmt::format("<{}> in <{}>, which isn't read", child.name(), node.name()), name);
}

/// Pixels 1 to width, both ends inside, become a box from 0.
augment::Box voc_box(const xml_node& node, const Size& size, std::string_view name, Remarks& remarks) {
  double x0 = voc_corner(node, "xmin"), y0 = voc_corner(node, "ymin"), x1 = voc_corner(node, "xmax"),
         y1 = voc_corner(node, "ymax");
  if (x0 > x1 || y0 > y1) {
    remarks.add("boxes whose corners were exchanged, put in order", name);
    if (x0 > x1) std::swap(x0, x1);
    if (y0 > y1) std::swap(y0, y1);
  }
  if (x0 < 1 || y0 < 1) remarks.add("boxes that begin before 1, from which this format counts", name);
  if (size.width > 0 && (x1 > size.width || y1 > size.height))
    remarks.add("boxes that reach beyond the <size> of their image", name);
  return {x0 - 1, y0 - 1, x1, y1};
}

VocObject voc_object(const xml_node& node, const Size& size, std::string_view name, Remarks& remarks) {
  static constexpr std::array<std::string_view, 6> kRead{"name",      "bndbox",   "difficult",
                                                         "truncated", "occluded", "pose"};
  for (const char* one : {"name", "bndbox"})
    if (node.child(one).next_sibling(one)) throw Error(fmt::format("an <object> with two <{}>", one));
  VocObject object{.name = std::string(child_text(node, "name")), .box = {}};
  const xml_node box = node.child("bndbox");
  if (!box || object.name.empty()) {
    const char* other = node.child("robndbox") ? "robndbox" : node.child("polygon") ? "polygon" : "";
    throw Error(fmt::format("an <object> without <name> or <bndbox>{}",
                            *other != 0 ? fmt::format("; its <{}> isn't read", other) : ""));
  }
  object.box = voc_box(box, size, name, remarks);
  object.difficult = is_marked(node, "difficult");
  for (const char* mark : {"truncated", "occluded"})
    if (is_marked(node, mark))
      remarks.add(fmt::format("objects marked {}, a mark that isn't kept", mark), name);
  if (const std::string pose = lower(child_text(node, "pose")); !pose.empty() && pose != "unspecified")
    remarks.add("<pose> in <object>, which isn't read", name);
  remark_on_children(node, kRead, name, remarks);
  return object;
}

Size voc_size(const xml_node& note, std::string_view name, Remarks& remarks) {
  const xml_node node = note.child("size");
  if (!node) return {};
  const auto width = whole_number(child_text(node, "width")),
             height = whole_number(child_text(node, "height"));
  if (!width || !height || *width < 0 || *height < 0 || *width > 1 << 30 || *height > 1 << 30)
    throw Error(fmt::format("<size> needs whole numbers, not '{}' x '{}'", child_text(node, "width"),
                            child_text(node, "height")));
  if (*width == 0 || *height == 0) {
    remarks.add("annotations whose <size> is 0, so that it can't be compared", name);
    return {};
  }
  return {static_cast<int>(*height), static_cast<int>(*width)};
}

}  // namespace

VocAnnotation read_voc_annotation(const fs::path& file, std::string_view name, Remarks& remarks) {
  static constexpr std::array<std::string_view, 8> kRead{"folder", "filename", "path",      "source",
                                                         "owner",  "size",     "segmented", "object"};
  pugi::xml_document document;
  load_xml(file, document);
  const xml_node note = document.child("annotation");
  if (!note) throw Error(fmt::format("no <annotation> (its root is <{}>)", document.first_child().name()));
  VocAnnotation annotation{.filename = std::string(child_text(note, "filename")),
                           .size = voc_size(note, name, remarks),
                           .objects = {}};
  std::size_t number = 0;
  for (const xml_node object : note.children("object")) try {
      ++number;
      annotation.objects.push_back(voc_object(object, annotation.size, name, remarks));
    } catch (const Error& error) { throw Error(fmt::format("object {}: {}", number, error.what())); }
  remark_on_children(note, kRead, name, remarks);
  return annotation;
}

bool is_voc_annotation(const fs::path& file) { return xml_begins_with(file, "annotation"); }

}  // namespace doppel::dataset
