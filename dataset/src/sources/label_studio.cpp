#include "doppel/dataset/sources/label_studio.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "json_fault.h"
#include "json_value.h"
#include "label_studio_task.h"
#include "moved_path.h"
#include "named_images.h"
#include "text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// "0a1b2c3d-photo.jpg" is "photo.jpg": an upload puts eight letters before each name.
std::string without_upload(const std::string& text) {
  constexpr std::size_t kLetters = 8;
  const std::string name = text.substr(text.rfind('/') + 1);
  const bool has = name.size() > kLetters + 1 && name[kLetters] == '-' &&
                   name.find_first_not_of("0123456789abcdef") == kLetters;
  return has ? name.substr(kLetters + 1) : "";
}

}  // namespace

/// Takes one task after another.
struct LabelStudio::Reader {
  LabelStudio& source;
  NamedImages& images;
  std::string file;

  void take(LabelStudioTask said, std::size_t number) {
    const std::string name = fmt::format("task {}", number);
    if (!said.is_annotated) return source.remarks_.add("tasks without an annotation, left out", name);
    const auto image = image_of(said);
    if (!image) {
      if (said.texts.empty()) throw Error("its `data` names no image");
      return source.remarks_.add("annotated images that aren't there, left out", said.texts.front());
    }
    images.take(*image, name);
    DrawnImage drawn{.place = fmt::format("{}: task {}", file, number), .size = said.size, .in_shares = true};
    for (LabelStudioShape& shape : said.shapes) {
      shape.drawn.label = shape.is_point ? source.point_of(shape.label) : source.class_of(shape.label);
      drawn.shapes.push_back(std::move(shape.drawn));
    }
    for (const std::string& choice : said.choices) drawn.labels.push_back({source.class_of(choice), 1});
    source.add_image(images.path(*image), std::move(drawn));
  }
  std::optional<std::size_t> image_of(const LabelStudioTask& said) const {
    for (const std::string& text : said.texts)
      if (!text.empty())
        if (const auto found = images.find(text)) return found;
    for (const std::string& text : said.texts)
      if (const std::string plain = without_upload(end_of_path(text)); !plain.empty())
        if (const auto found = images.find(plain)) {
          source.remarks_.add("uploaded images that are there by their own names", text);
          return found;
        }
    return {};
  }
};

LabelStudio::LabelStudio(const fs::path& json, const OnProgress& progress)
    : AnnotatedImages(images_root(json)) {
  try {
    Remarks others;
    NamedImages images(root_, others);
    Reader reader{*this, images, json.string()};
    const simdjson::padded_string text(read_text(json));
    simdjson::ondemand::parser parser;
    simdjson::ondemand::document document = parser.iterate(text);
    std::size_t number = 0;
    for (JsonValue task : document.get_array()) {
      if (progress) progress(0, 0);
      const std::string name = fmt::format("task {}", ++number);
      try {
        reader.take(read_label_studio_task(task.get_object(), name, remarks_), number);
      } catch (const Error& error) {
        throw Error(fmt::format("{}: {}", name, error.what()));
      } catch (const simdjson::simdjson_error& error) {
        throw Error(fmt::format("{}: not right JSON: {}", name, json_fault(error.error())));
      }
    }
    json_check_end(document);
    if (number == 0) throw Error("an empty list");
    if (files_.empty())
      throw Error(fmt::format("not one of its {} tasks has an annotation and an image below {}", number,
                              root_.string()));
    sort_names();
  } catch (const simdjson::simdjson_error& error) {
    throw Error(fmt::format("{}: not right JSON: {}", json.string(), json_fault(error.error())));
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", json.string(), error.what())); }
}

bool LabelStudio::is_label_studio(const fs::path& json) {
  constexpr std::size_t kHead = 1 << 14;
  const std::vector<unsigned char> head = read_head(json, kHead);
  const std::string text = text_in(head);
  if (!trimmed(text).starts_with('[')) return false;
  const auto has = [&](std::string_view key) { return text.find(key) != text.npos; };
  return (has("\"annotations\"") || has("\"completions\"")) && (has("\"result\"") || has("\"completed_by\""));
}

}  // namespace doppel::dataset
