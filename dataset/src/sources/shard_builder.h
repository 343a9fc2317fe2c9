// One WebDataset shard: its members, anywhere in it, become samples.
#pragma once

#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "shard_index.h"
#include "shard_member.h"
#include "shard_note.h"
#include "tar.h"

namespace doppel::dataset {

/// What was met in members' names and JSON, over all shards.
class ShardVocabulary {
 public:
  /// The extension, which stays where it is.
  const ShardExtension& extension(std::string_view text);
  void add_key(std::string_view key);
  /// Keys of JSON that aren't read.
  const std::set<std::string>& keys() const { return keys_; }
  ShardNoteReader notes;

 private:
  std::unordered_map<std::string, ShardExtension> extensions_;
  std::string text_;
  std::set<std::string> unread_kinds_;
  std::set<std::string> keys_;
};

/// For one shard, once.
class ShardBuilder {
 public:
  ShardBuilder(ShardIndex& index, ShardVocabulary& vocabulary, const std::filesystem::path& shard);
  /// Adds the shard's samples to the index, in the order in which their keys are met. Throws Error that names
  /// the shard and the member or the byte.
  void build();

 private:
  /// What is known of a key.
  struct Draft {
    std::uint32_t key = 0, key_size = 0;                                       ///< in names_
    const ShardExtension *image = nullptr, *label = nullptr, *json = nullptr;  ///< whose members are taken
    TarContent content;                                                        ///< the image's
    int word = -1, json_word = -1;
    std::uint32_t note = 0;  ///< the JSON's number in the shard
  };
  struct DraftBox {
    std::uint32_t draft, note;
    augment::Box box;
    bool has_label;  ///< its own, not the sample's
  };
  struct DraftShare {
    std::uint32_t draft, note;
    augment::LabelShare share;
  };
  struct DraftObjects {
    std::uint32_t draft = 0, note = 0;
    ShardObjects objects;
    /// They have the sample's class.
    std::vector<bool> unlabelled_boxes, unlabelled_outlines;
  };
  struct DraftFields {
    std::uint32_t draft, note;
    std::vector<augment::NamedValue> fields;
  };
  struct DraftMask {
    std::uint32_t draft;
    ShardMask mask;
  };
  /// A member that a map may be in.
  struct DraftMap {
    std::uint32_t draft;
    const ShardExtension* extension;
    TarContent content;
    bool is_named = false;  ///< by the JSON that is taken
  };
  /// A hard link to a member that may come later.
  struct Link {
    std::uint32_t draft;
    const ShardExtension* extension;
    std::string name, target;
  };
  /// Drafts by their keys.
  struct KeyHash {
    const ShardBuilder* builder;
    std::size_t operator()(std::uint32_t draft) const {
      return std::hash<std::string_view>()(builder->key(draft));
    }
  };
  struct KeyEqual {
    const ShardBuilder* builder;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return builder->key(a) == builder->key(b); }
  };

  std::string_view key(std::uint32_t draft) const {
    return std::string_view(names_).substr(drafts_[draft].key, drafts_[draft].key_size);
  }
  std::uint32_t draft_of(std::string_view key);
  void meet(const TarMember& member);
  void use(std::uint32_t draft, const ShardExtension& extension, const std::string& name,
           const TarContent& content);
  bool takes(std::uint32_t draft, const ShardExtension*& held, const ShardExtension& extension);
  void use_mask(std::uint32_t draft, const ShardExtension& extension, const std::string& name,
                const TarContent& content);
  void use_map(std::uint32_t draft, const ShardExtension& extension, const TarContent& content);
  void use_json(std::uint32_t draft, const TarContent& content);
  void use_objects(std::uint32_t draft, const ShardNote& note);
  DraftObjects* found_objects(std::uint32_t draft);
  const ShardObjects* objects_of(std::uint32_t draft, int label);
  std::span<DraftMap> maps_of(std::uint32_t draft);
  void take_array(std::uint32_t draft);
  void find_maps(std::uint32_t draft, ShardObjects& objects);
  std::vector<augment::NamedValue> fields_of(std::uint32_t draft);
  void follow_links();
  void remark_end();
  void sort_drafts();
  void hand_over();
  int label_of(const Draft& draft, std::string_view key);
  void remark(std::string_view what, std::string_view name);

  ShardIndex& index_;
  ShardVocabulary& vocabulary_;
  const RandomFile& file_;
  TarReader reader_;
  std::string shard_;  ///< its file's name
  std::string names_;  ///< keys
  std::vector<Draft> drafts_;
  std::unordered_set<std::uint32_t, KeyHash, KeyEqual> by_key_;
  std::vector<DraftBox> boxes_;
  std::vector<DraftShare> shares_;
  std::vector<DraftObjects> objects_;
  std::vector<DraftFields> fields_;
  std::vector<DraftMask> masks_;
  std::vector<DraftMap> maps_;
  std::vector<Link> links_;
  std::uint32_t notes_ = 0;
};

}  // namespace doppel::dataset
