#include "shard_builder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <span>

#include "doppel/base/error.h"
#include "text.h"

namespace doppel::dataset {
namespace {

constexpr std::uint64_t kLargestNote = 1 << 24;
constexpr std::size_t kMostKinds = 20, kMostKeys = 30;

/// As links name it.
std::string link_name(std::string_view name) {
  while (name.starts_with("./")) name.remove_prefix(2);
  return std::string(name);
}

/// A PNG of colours, by its header: such a mask has no numbers.
bool is_colour_png(std::span<const unsigned char> bytes) {
  constexpr std::size_t kColourType = 25;
  return bytes.size() > kColourType && bytes[1] == 'P' && bytes[2] == 'N' && bytes[3] == 'G' &&
         bytes[kColourType] != 0 && bytes[kColourType] != 3;
}

}  // namespace

const ShardExtension& ShardVocabulary::extension(std::string_view text) {
  text_ = text;
  if (const auto found = extensions_.find(text_); found != extensions_.end()) return found->second;
  ShardExtension& extension = extensions_.emplace(text_, ShardExtension(text)).first->second;
  if (extension.kind == ShardExtension::Kind::Unread) {
    if (unread_kinds_.size() < kMostKinds) unread_kinds_.insert(extension.remark);
    if (!unread_kinds_.contains(extension.remark))
      extension.remark = "members of further kinds, which aren't read";
  }
  return extension;
}

void ShardVocabulary::add_key(std::string_view key) {
  if (keys_.size() < kMostKeys) keys_.emplace(key);
}

ShardBuilder::ShardBuilder(ShardIndex& index, ShardVocabulary& vocabulary, const std::filesystem::path& shard)
    : index_(index),
      vocabulary_(vocabulary),
      file_(index.open(shard)),
      reader_(file_),
      shard_(shard.filename().string()),
      by_key_(0, KeyHash{this}, KeyEqual{this}) {}

void ShardBuilder::build() {
  while (const TarMember* member = reader_.next()) meet(*member);
  remark_end();
  follow_links();
  hand_over();
}

void ShardBuilder::remark(std::string_view what, std::string_view name) {
  index_.remarks().add(what, fmt::format("{}:{}", shard_, name));
}

std::uint32_t ShardBuilder::draft_of(std::string_view key) {
  const auto next = static_cast<std::uint32_t>(drafts_.size());
  if (next > 0 && this->key(next - 1) == key) return next - 1;
  if (names_.size() > std::numeric_limits<std::uint32_t>::max() - key.size())
    throw Error(fmt::format("{}: more than 4 GiB of names", file_.path().string()));
  drafts_.emplace_back();
  drafts_.back().key = static_cast<std::uint32_t>(names_.size());
  drafts_.back().key_size = static_cast<std::uint32_t>(key.size());
  names_ += key;
  const auto [found, is_new] = by_key_.insert(next);
  if (is_new) return next;
  names_.resize(drafts_.back().key);
  drafts_.pop_back();
  return *found;
}

void ShardBuilder::meet(const TarMember& member) {
  if (member.type == '5' || member.type == 'V' || is_passed_by(member.name)) return;
  if (member.type == '2')
    return remark("symbolic links, which aren't followed", fmt::format("{} -> {}", member.name, member.link));
  if (member.type == '3' || member.type == '4' || member.type == '6')
    return remark("devices and pipes, which aren't read", member.name);
  if (member.type != '0' && member.type != '1')
    return remark(fmt::format("members of the type '{}', which aren't read", member.type), member.name);
  const auto [key, text] = key_and_extension(member.name);
  const ShardExtension& extension = vocabulary_.extension(text);
  if (extension.kind == ShardExtension::Kind::Unread) return remark(extension.remark, member.name);
  const std::uint32_t draft = draft_of(key);
  if (member.type == '1')
    links_.push_back({draft, &extension, member.name, member.link});
  else
    use(draft, extension, member.name, member.content);
}

void ShardBuilder::use(std::uint32_t number, const ShardExtension& extension, const std::string& name,
                       const TarContent& content) {
  Draft& draft = drafts_[number];
  try {
    switch (extension.kind) {
      case ShardExtension::Kind::Image:
        if (!takes(number, draft.image, extension)) break;
        if (const std::uint64_t most =
                content.sparse ? kLargestSparse : std::numeric_limits<std::uint32_t>::max();
            content.size > most)
          throw Error(fmt::format("an image of {} bytes; at most {} can be read", content.size, most));
        draft.content = content;
        break;
      case ShardExtension::Kind::Mask:
        use_mask(number, extension, name, content);
        break;
      case ShardExtension::Kind::Map:
        use_map(number, extension, content);
        break;
      case ShardExtension::Kind::Class:
        if (!takes(number, draft.label, extension)) break;
        if (content.size > kLargestNote) throw Error(fmt::format("{} bytes for a class", content.size));
        draft.word = index_.word(class_in(reader_.bytes_of(content)));
        break;
      case ShardExtension::Kind::Json:
        if (takes(number, draft.json, extension)) use_json(number, content);
        break;
      case ShardExtension::Kind::Unread:
        break;
    }
  } catch (const Error& error) {
    throw Error(fmt::format("{}:{}: {}", file_.path().string(), name, error.what()));
  }
}

/// Of two members of a kind the better one is taken, whichever comes first.
bool ShardBuilder::takes(std::uint32_t draft, const ShardExtension*& held, const ShardExtension& extension) {
  if (held && held->text == extension.text)
    throw Error("two members have this name; the keys of two samples must differ");
  if (held) {
    const ShardExtension& other = extension < *held ? *held : extension;
    remark(other.remark, fmt::format("{}.{}", key(draft), other.text));
    if (&other == &extension) return false;
  }
  held = &extension;
  return true;
}

void ShardBuilder::use_mask(std::uint32_t draft, const ShardExtension& extension, const std::string& name,
                            const TarContent& content) {
  constexpr std::uint64_t kHeader = 26;
  TarContent begin = content;
  if (!content.sparse) begin.size = std::min(content.size, kHeader);
  if (is_colour_png(reader_.bytes_of(begin))) return remark(extension.remark, name);
  masks_.push_back({draft, {extension.text, content}});
}

void ShardBuilder::use_map(std::uint32_t draft, const ShardExtension& extension, const TarContent& content) {
  if (content.sparse && content.size > kLargestSparse)
    throw Error(fmt::format("a map of {} bytes; at most {} can be read", content.size, kLargestSparse));
  maps_.push_back({draft, &extension, content});
}

void ShardBuilder::use_json(std::uint32_t number, const TarContent& content) {
  if (content.size > kLargestNote)
    throw Error(fmt::format("{} bytes of JSON; at most {} can be read", content.size, kLargestNote));
  ShardNote note = vocabulary_.notes.read(
      reader_.bytes_of(content), [this](std::string_view key) { return index_.values().is_given(key); });
  Draft& draft = drafts_[number];
  if (!note.is_object)
    remark("JSON that isn't an object, which isn't read",
           fmt::format("{}.{}", key(number), draft.json->text));
  draft.json_word = index_.word(note.label);
  draft.note = ++notes_;
  for (auto& [box, label] : note.boxes) {
    box.label = index_.word(label);
    boxes_.push_back({number, draft.note, box, !label.empty()});
  }
  for (const auto& [label, share] : note.shares)
    shares_.push_back({number, draft.note, {index_.word(label), share}});
  use_objects(number, note);
  for (const std::string& key : note.unread) vocabulary_.add_key(key);
  if (!note.fields.empty()) fields_.push_back({number, draft.note, std::move(note.fields)});
}

void ShardBuilder::use_objects(std::uint32_t number, const ShardNote& note) {
  if (note.rotated_boxes.empty() && note.keypoints.empty() && note.instance_mask < 0 && note.maps.empty() &&
      note.outlines.empty())
    return;
  DraftObjects& draft = objects_.emplace_back();
  draft.draft = number;
  draft.note = drafts_[number].note;
  draft.objects.keypoints = note.keypoints;
  draft.objects.instance_mask = note.instance_mask;
  for (const auto& [box, label] : note.rotated_boxes) {
    draft.objects.rotated_boxes.push_back(box);
    draft.objects.rotated_boxes.back().label = index_.word(label);
    draft.unlabelled_boxes.push_back(label.empty());
  }
  for (const auto& [outline, label] : note.outlines) {
    draft.objects.outlines.push_back(outline);
    draft.objects.outlines.back().label = index_.word(label);
    draft.unlabelled_outlines.push_back(label.empty());
  }
  for (const MapFile& map : note.maps) draft.objects.maps.push_back({map, {}});
}

/// Null where the JSON that is taken has none.
ShardBuilder::DraftObjects* ShardBuilder::found_objects(std::uint32_t number) {
  auto found = std::ranges::lower_bound(objects_, number, {}, &DraftObjects::draft);
  while (found != objects_.end() && found->draft == number && found->note != drafts_[number].note) ++found;
  return found == objects_.end() || found->draft != number ? nullptr : &*found;
}

std::span<ShardBuilder::DraftMap> ShardBuilder::maps_of(std::uint32_t number) {
  return {std::ranges::lower_bound(maps_, number, {}, &DraftMap::draft),
          std::ranges::upper_bound(maps_, number, {}, &DraftMap::draft)};
}

/// Where there is no other image, an array that isn't a map is one.
void ShardBuilder::take_array(std::uint32_t number) {
  const DraftObjects* const objects = found_objects(number);
  const auto is_map = [&](const ShardExtension& extension) {
    return objects && std::ranges::any_of(objects->objects.maps, [&](const ShardMap& map) {
             return lower(map.file.path) == extension.text;
           });
  };
  DraftMap* best = nullptr;
  for (DraftMap& one : maps_of(number))
    if (one.extension->may_be_image && !is_map(*one.extension) &&
        (!best || one.extension->standing < best->extension->standing))
      best = &one;
  if (!best) return;
  best->is_named = true;
  drafts_[number].image = best->extension;
  drafts_[number].content = best->content;
}

const ShardObjects* ShardBuilder::objects_of(std::uint32_t number, int label) {
  DraftObjects* const found = found_objects(number);
  if (!found) return nullptr;
  for (std::size_t i = 0; i < found->unlabelled_boxes.size(); ++i)
    if (found->unlabelled_boxes[i]) found->objects.rotated_boxes[i].label = label;
  for (std::size_t i = 0; i < found->unlabelled_outlines.size(); ++i)
    if (found->unlabelled_outlines[i]) found->objects.outlines[i].label = label;
  find_maps(number, found->objects);
  return &found->objects;
}

/// Where the maps that JSON names lie.
void ShardBuilder::find_maps(std::uint32_t number, ShardObjects& objects) {
  const std::span<DraftMap> own = maps_of(number);
  for (ShardMap& map : objects.maps) {
    map.file.path = lower(map.file.path);
    const auto is_it = [&](const DraftMap& one) { return one.extension->text == map.file.path; };
    const auto found = std::ranges::find_if(own, is_it);
    if (found == own.end())
      throw Error(fmt::format("`maps`: '{}' is {}.{}, which isn't a .npy or .flo member of this shard",
                              map.file.name, key(number), map.file.path));
    if (std::ranges::count_if(own, is_it) > 1)
      throw Error(fmt::format("`maps`: '{}' is {}.{}, which two members are called", map.file.name,
                              key(number), map.file.path));
    map.content = found->content;
    found->is_named = true;
  }
}

/// Of the JSON that is taken.
std::vector<augment::NamedValue> ShardBuilder::fields_of(std::uint32_t number) {
  auto found = std::ranges::lower_bound(fields_, number, {}, &DraftFields::draft);
  while (found != fields_.end() && found->draft == number && found->note != drafts_[number].note) ++found;
  if (found == fields_.end() || found->draft != number) return {};
  return std::move(found->fields);
}

/// Links' data are looked for in a second walk, which most shards don't need.
void ShardBuilder::follow_links() {
  if (links_.empty()) return;
  struct Target {
    std::optional<TarContent> content;
    std::string link;  ///< where it is a link itself
  };
  std::unordered_map<std::string, Target> targets;
  for (const Link& link : links_) targets.try_emplace(link_name(link.target));
  TarReader reader(file_);
  while (const TarMember* member = reader.next()) {
    const auto found = targets.find(link_name(member->name));
    if (found == targets.end()) continue;
    if (member->type == '0') found->second.content = member->content;
    if (member->type == '1') found->second.link = link_name(member->link);
  }
  for (const Link& link : links_) {
    auto found = targets.find(link_name(link.target));
    // Links to links are short, or run in circles.
    for (int hops = 0; hops < 16 && found != targets.end() && !found->second.content; ++hops)
      found = targets.find(found->second.link);
    if (found == targets.end() || !found->second.content)
      throw Error(fmt::format("{}:{}: a hard link to '{}', which isn't in this shard", file_.path().string(),
                              link.name, link.target));
    use(link.draft, *link.extension, link.name, *found->second.content);
  }
}

void ShardBuilder::remark_end() {
  Remarks& remarks = index_.remarks();
  if (!reader_.has_end_mark())
    remarks.add("shards without the mark of a tar's end, which may have been cut", shard_);
  if (reader_.is_joined())
    remarks.add("shards that go on after the mark of a tar's end, and are read on", shard_);
  if (reader_.has_more()) remarks.add("shards with other bytes after the end, which aren't read", shard_);
}

/// The class; what JSON says counts where there is no .cls.
int ShardBuilder::label_of(const Draft& draft, std::string_view key) {
  if (draft.word < 0 || draft.json_word < 0 || draft.word == draft.json_word)
    return draft.word < 0 ? draft.json_word : draft.word;
  const auto number = whole_number(index_.word(draft.word));
  if (!number || number != whole_number(index_.word(draft.json_word)))
    remark(fmt::format("labels in JSON that aren't what .{} says, which counts", draft.label->text), key);
  return draft.word;
}

void ShardBuilder::sort_drafts() {
  if (!std::ranges::is_sorted(boxes_, {}, &DraftBox::draft))
    std::ranges::stable_sort(boxes_, {}, &DraftBox::draft);
  std::ranges::sort(masks_, {}, [](const DraftMask& one) {
    return std::tuple(one.draft, one.mask.extension.size(), std::string_view(one.mask.extension));
  });
  if (!std::ranges::is_sorted(shares_, {}, &DraftShare::draft))
    std::ranges::stable_sort(shares_, {}, &DraftShare::draft);
  std::ranges::stable_sort(objects_, {}, &DraftObjects::draft);
  std::ranges::stable_sort(maps_, {}, &DraftMap::draft);
  std::ranges::stable_sort(fields_, {}, &DraftFields::draft);
}

void ShardBuilder::hand_over() {
  sort_drafts();
  std::vector<augment::Box> boxes;
  std::vector<augment::LabelShare> shares;
  std::vector<ShardMask> masks;
  std::size_t box = 0, share = 0, mask = 0, images = 0;
  for (std::uint32_t i = 0; i < drafts_.size(); ++i) {
    Draft& draft = drafts_[i];
    const int label = label_of(draft, key(i));
    boxes.clear(), shares.clear(), masks.clear();
    for (; box < boxes_.size() && boxes_[box].draft == i; ++box) {
      if (boxes_[box].note != draft.note) continue;  // of a JSON that isn't taken
      boxes.push_back(boxes_[box].box);
      if (!boxes_[box].has_label) boxes.back().label = label;
    }
    for (; share < shares_.size() && shares_[share].draft == i; ++share)
      if (shares_[share].note == draft.note) shares.push_back(shares_[share].share);
    for (; mask < masks_.size() && masks_[mask].draft == i; ++mask) {
      if (!masks.empty() && masks.back().extension == masks_[mask].mask.extension)
        throw Error(fmt::format("{}:{}.{}: two members have this name; the keys of two samples must differ",
                                file_.path().string(), key(i), masks.back().extension));
      masks.push_back(std::move(masks_[mask].mask));
    }
    if (!draft.image) take_array(i);
    if (!draft.image) {
      remark("samples without an image, which aren't read", key(i));
      continue;
    }
    ++images;
    try {
      index_.add(
          {key(i), draft.image->text, draft.content, label, boxes, shares, masks, objects_of(i, label)},
          fields_of(i));
    } catch (const Error& error) {
      throw Error(fmt::format("{}:{}.{}: {}", file_.path().string(), key(i),
                              draft.json ? draft.json->text : draft.image->text, error.what()));
    }
  }
  for (const DraftMap& map : maps_)
    if (!map.is_named)
      remark(map.extension->remark, fmt::format("{}.{}", key(map.draft), map.extension->text));
  if (images == 0) index_.remarks().add("shards without images", shard_);
}

}  // namespace doppel::dataset
