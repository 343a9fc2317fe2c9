// What is said of each image of a manifest, put together from its rows.
#pragma once

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "doppel/dataset/sources/manifest.h"
#include "manifest_classes.h"
#include "manifest_paths.h"
#include "manifest_rows.h"
#include "manifest_values.h"

namespace doppel::dataset {

/// Maps and outlines of an image.
struct ManifestDrawn {
  std::vector<MapFile> maps;
  std::vector<augment::Outline> outlines;
};

/// Puts together what is said of each image.
struct Manifest::Builder {
  /// Of an image that no row says a part of, and of one whose part is none of ours.
  static constexpr int kNoPart = -1, kUnknownPart = -2;
  /// Whose the label of an image is.
  enum class LabelOf : unsigned char { Nobody, Boxes, SeveralBoxes, Image };
  struct Image {
    std::size_t first = 0, label_at = 0, part_at = 0;  ///< rows
    int part = kNoPart;                                ///< of kPartNames
    std::size_t word = 0;                              ///< of kUnknownPart, among `unknown_parts`
    LabelOf label_of = LabelOf::Nobody;
    bool shows_none = false;  ///< where no row says anything else
  };
  /// Files and their frames are found by their paths, which are stored once.
  struct PathHash {
    using is_transparent = void;
    const std::vector<File>* files;
    std::size_t operator()(const File& file) const {
      return std::hash<std::string_view>()(file.path) + static_cast<std::size_t>(file.frame);
    }
    std::size_t operator()(std::size_t i) const { return (*this)((*files)[i]); }
  };
  struct SamePath {
    using is_transparent = void;
    const std::vector<File>* files;
    static bool same(const File& a, const File& b) { return a.frame == b.frame && a.path == b.path; }
    bool operator()(std::size_t a, std::size_t b) const { return a == b; }
    bool operator()(const File& file, std::size_t i) const { return same((*files)[i], file); }
    bool operator()(std::size_t i, const File& file) const { return same((*files)[i], file); }
  };

  Manifest& manifest;
  const ManifestPaths& paths;
  std::string unit;
  bool minus_one_is_none = false;
  ManifestClasses classes = {};
  std::vector<Image> images = {};
  std::unordered_set<std::size_t, PathHash, SamePath> by_path{16, PathHash{&manifest.files_},
                                                              SamePath{&manifest.files_}};
  std::vector<std::string> unknown_parts = {};
  std::size_t boxes = 0, boxes_without_label = 0, small_box_at = 0;
  bool all_boxes_small = true;

  std::string place(std::size_t number) const { return fmt::format("{} {}", unit, number); }
  std::string place_of(std::size_t i, std::size_t number) const {
    return fmt::format("{}: {}", place(number), manifest.files_[i].path);
  }
  std::size_t image_of(const ManifestRow& row);
  void take(const ManifestRow& row);
  bool take_label(const ManifestRow& row, std::size_t i);
  bool take_shares(const ManifestRow& row, std::size_t i);
  void take_part(const ManifestRow& row, std::size_t i);
  void take_size(const ManifestRow& row, std::size_t i);
  void take_boxes(const ManifestRow& row, std::size_t i);
  void take_drawn(const ManifestRow& row, std::size_t i);
  [[noreturn]] void throw_two_labels(std::size_t i, const std::string& what) const;
  void number_classes();
  void remark_on_labels();
  void parts_by_folders();
  void find_parts();
  void keep_part(const std::string& wanted);
};

}  // namespace doppel::dataset
