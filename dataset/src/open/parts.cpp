#include "parts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "doppel/base/error.h"
#include "doppel/dataset/combine/matched_classes.h"
#include "doppel/dataset/sources/file_source.h"
#include "sources/text.h"

namespace doppel::dataset {
namespace {

struct PartName {
  std::string_view name;
  Part part;
};
constexpr std::array<PartName, 9> kNamesOfParts{{{"train", Part::Train},
                                                 {"training", Part::Train},
                                                 {"val", Part::Valid},
                                                 {"valid", Part::Valid},
                                                 {"validation", Part::Valid},
                                                 {"dev", Part::Valid},
                                                 {"test", Part::Test},
                                                 {"testing", Part::Test},
                                                 {"t10k", Part::Test}}};

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

/// Letters and digits between anything else.
std::vector<std::string> words_in(std::string_view small) {
  std::vector<std::string> words{""};
  for (const char c : small)
    if (is_letter(c) || (c >= '0' && c <= '9'))
      words.back() += c;
    else
      words.emplace_back();
  return words;
}

/// Texts in images are a class each, of which there may be hundreds of thousands.
using NameSet = std::unordered_set<std::string_view>;

/// Those of the training part, then what only others have.
std::vector<std::string> classes_of_all(const Parts& parts) {
  std::vector<std::string> names;
  NameSet met;
  for (const auto& [part, source] : parts)
    for (const std::string& name : source->classes())
      if (met.insert(name).second) names.push_back(name);
  return names;
}

/// Names what a part lacks, and what it alone has.
void remark_classes(const Parts& parts, Remarks& remarks) {
  const auto train = parts.find(Part::Train);
  if (train == parts.end()) return;
  const auto& known = train->second->classes();
  const NameSet in_known(known.begin(), known.end());
  for (const auto& [part, source] : parts) {
    if (part == Part::Train || source->classes().empty()) continue;
    const NameSet own(source->classes().begin(), source->classes().end());
    for (const std::string& name : known)
      if (!own.contains(name))
        remarks.add(fmt::format("classes that the {} part doesn't have", text_of(part)), name);
    for (const std::string& name : source->classes())
      if (!in_known.contains(name))
        remarks.add(fmt::format("classes that only the {} part has, which can't be learned", text_of(part)),
                    name);
  }
}

constexpr std::size_t kPartExamples = 3;

/// Names images that lists put into two parts: what is measured with them says nothing of others. Parts that
/// are folders of their own can't share any.
void remark_shared(const Parts& parts, Remarks& remarks) {
  if (parts.size() < 2) return;
  std::unordered_map<std::string, Part> owners;
  for (const auto& [part, source] : parts)
    for (std::size_t i = 0; i < source->size() && dynamic_cast<const FileSource*>(source.get()); ++i)
      if (const auto [owner, is_new] = owners.try_emplace(source->name(i), part);
          !is_new && owner->second != part)
        remarks.add(fmt::format("images of the {} part that are in the {} part as well", text_of(part),
                                text_of(owner->second)),
                    owner->first);
}

/// True where anything is said of its images.
bool has_labels(const Source& source) { return !source.classes().empty(); }

}  // namespace

std::string_view text_of(Part part) {
  return part == Part::Train ? "train" : part == Part::Valid ? "valid" : "test";
}

std::optional<Part> part_named(std::string_view word) {
  std::string small = lower(word);
  while (!small.empty() && !is_letter(small.back()) && !small.starts_with("t10k")) small.pop_back();
  const auto found = std::ranges::find(kNamesOfParts, std::string_view(small), &PartName::name);
  if (found == kNamesOfParts.end()) return {};
  return found->part;
}

std::optional<Part> part_of_folder(std::string_view name) {
  if (const auto part = part_named(name)) return part;
  const std::string small = lower(name);
  for (const std::string_view other : {"mask", "label", "annot", "truth", "gt"})
    if (small.find(other) != small.npos) return {};
  // "train_images_v2" isn't one: what stands after the part may be these alone.
  std::vector<std::string> words = words_in(small);
  for (const std::string_view end : {"set", "data", "dataset", "images", "image", "imgs", "img", "pictures",
                                     "photos", "split", "folder"}) {
    if (words.back() == end && words.size() > 1) words.pop_back();
    if (const std::string& last = words.back(); last.size() > end.size() && last.ends_with(end))
      if (const auto part = part_named(last.substr(0, last.size() - end.size()))) return part;
  }
  const auto first = part_named(words.front()), last = part_named(words.back());
  return first && last && first != last ? std::nullopt : last;
}

std::optional<Part> part_in_name(std::string_view file_name) {
  const std::string stem = lower(file_name.substr(0, file_name.find('.')));
  const std::vector<std::string> words = words_in(stem);
  if (const auto first = part_named(words.front())) return first;
  for (auto word = words.rbegin(); word != words.rend(); ++word)
    if (std::ranges::any_of(*word, is_letter)) return part_named(*word);
  return {};
}

OpenedData with_parts(std::string name, std::string layout, Parts parts, Remarks remarks) {
  OpenedData data;
  data.name = std::move(name);
  data.layout = layout;
  if (parts.empty()) throw Error(fmt::format("{} has no part that could be opened", data.name));
  if (parts.size() > 1 && !parts.contains(Part::Train))
    throw Error(
        fmt::format("{} has parts for measuring, but none to train on; open one of them itself", data.name));
  if (parts.contains(Part::Train) && has_labels(*parts[Part::Train]))
    std::erase_if(parts, [&](const auto& one) {
      if (has_labels(*one.second)) return false;
      const std::string what =
          fmt::format("images without labels in the {} part, which isn't used", text_of(one.first));
      for (std::size_t i = 0; i < one.second->size(); ++i)
        remarks.add(what, i < kPartExamples ? one.second->name(i) : "");
      return true;
    });
  remark_classes(parts, remarks);
  if (layout != "parts" && layout != "image folder") remark_shared(parts, remarks);
  const std::vector<std::string> classes = classes_of_all(parts);
  for (auto& [part, source] : parts) source = matched(source, classes);
  data.train = parts.contains(Part::Train) ? parts[Part::Train] : parts.begin()->second;
  if (parts.contains(Part::Train)) {
    if (parts.contains(Part::Valid)) data.valid = parts[Part::Valid];
    if (parts.contains(Part::Test)) data.test = parts[Part::Test];
    if (!data.test) std::swap(data.valid, data.test);
    data.test_is_valid = data.test && !parts.contains(Part::Test);
  }
  data.remarks = remarks.list();
  for (const SourcePtr& source : {data.train, data.valid, data.test})
    if (source) {
      Remarks all;
      all.add(data.remarks);
      all.add(source->remarks());
      data.remarks = all.list();
    }
  return data;
}

}  // namespace doppel::dataset
