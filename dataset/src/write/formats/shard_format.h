// What formats that hold everything, in shards, have in common.
#pragma once

#include "write/format.h"

namespace doppel::dataset::write {

/// Refuses and leaves out nothing; images are members of shards, in the order of their part.
class ShardFormat : public Format {
 public:
  explicit ShardFormat(const SetFacts& facts) : facts_(facts) {}
  Holds holds() const override {
    return {.label = true,
            .shares = true,
            .boxes = true,
            .rotated_boxes = true,
            .keypoints = true,
            .instance_masks = true,
            .class_masks = true,
            .objects_without_class = true,
            .values = true,
            .maps = true,
            .outlines = true};
  }
  std::string refusal(const augment::Sample&) const final { return ""; }
  bool leaves_out(const augment::Sample&, Losses&) const final { return false; }
  Names names() const final { return Names::All; }
  std::string image_path(const Shown& shown) const final {
    return shown.part + "/" + shown.stem + shown.ending;
  }
  nlohmann::json record(const Shown&, Losses&) const final { return {}; }

 protected:
  const SetFacts& facts_;
};

}  // namespace doppel::dataset::write
