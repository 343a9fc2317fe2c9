#include "paired_texts.h"

#include <fmt/format.h>

#include <map>
#include <unordered_set>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "listed_images.h"
#include "named_images.h"
#include "text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// "label_2/7.txt".
std::string with_its_folder(const fs::path& folder, const fs::path& file) {
  return (folder.filename() / file).generic_string();
}

/// Texts by their paths below the folder, without endings.
std::map<std::string, fs::path> texts_by_stem(const fs::path& folder, Remarks& remarks) {
  std::map<std::string, fs::path> texts;
  for (const Entry& entry : listing_of(folder))
    if (entry.is_folder)
      remarks.add("folders beside the texts, which aren't read",
                  with_its_folder(folder, entry.path.filename()));
    else if (lower(entry.path.extension().string()) != ".txt")
      remark_unread(remarks, folder, entry.path);
    else if (const auto [other, is_new] = texts.emplace(entry.path.stem().string(), entry.path); !is_new)
      throw Error(fmt::format("both {} and {} are of '{}'", other->second.string(), entry.path.string(),
                              entry.path.stem().string()));
  return texts;
}

}  // namespace

std::vector<PairedText> paired_texts(const fs::path& images_folder, const fs::path& texts_folder,
                                     const fs::path& list, Remarks& remarks) {
  for (const fs::path& folder : {images_folder, texts_folder})
    if (!is_folder(folder)) throw Error(fmt::format("there is no folder {}", folder.string()));
  NamedImages images(images_folder, remarks);
  const std::map<std::string, fs::path> texts = texts_by_stem(texts_folder, remarks);
  std::vector<PairedText> paired;
  const auto take = [&](const std::string& stem, const fs::path& text) {
    const auto image = images.called(stem);
    if (!image) return false;
    images.take(*image, text.filename().string());
    paired.push_back({images.path(*image), text});
    return true;
  };
  if (list.empty()) {
    for (const auto& [stem, text] : texts)
      if (!take(stem, text))
        remarks.add("texts without an image, left out", with_its_folder(texts_folder, text.filename()));
    for (std::size_t i = 0; i < images.size(); ++i)
      if (!images.is_taken(i))
        remarks.add("images without a text, left out", with_its_folder(images_folder, images.path(i)));
  } else {
    const std::string names = read_text(list);
    std::size_t line = 0;
    std::unordered_set<std::string> seen;
    for (const std::string_view name : lines_of(names)) {
      ++line;
      const std::string stem(trimmed(name));
      if (stem.empty()) continue;
      const auto text = texts.find(stem);
      if (!seen.insert(stem).second)
        remarks.add("names that a list holds twice, taken once", stem);
      else if (text == texts.end() || !take(stem, text->second))
        throw Error(fmt::format("{}:{}: there is no {} '{}'", list.string(), line,
                                text == texts.end() ? "text" : "image", stem));
    }
  }
  if (paired.empty())
    throw Error(fmt::format("no image in {} has a text of its name in {}", images_folder.string(),
                            texts_folder.string()));
  return paired;
}

void read_paired_texts(const std::vector<PairedText>& pairs, const OnProgress& progress,
                       const std::function<void(std::string_view line, DrawnImage& drawn)>& take,
                       const std::function<void(const std::string& image, DrawnImage drawn)>& done) {
  std::size_t read = 0;
  for (const PairedText& pair : pairs) {
    if (progress) progress(read++, pairs.size());
    DrawnImage drawn{.place = pair.text.string()};
    const std::string text = read_text(pair.text);
    std::size_t number = 0;
    for (const std::string_view line : lines_of(text)) {
      ++number;
      try {
        take(line, drawn);
      } catch (const Error& error) {
        throw Error(fmt::format("{}:{}: {}", pair.text.string(), number, error.what()));
      }
    }
    done(pair.image, std::move(drawn));
  }
}

}  // namespace doppel::dataset
