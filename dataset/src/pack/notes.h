// What is said about a packed sample beside its class, as JSON.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "companions.h"
#include "doppel/augment/plan/sample.h"

namespace doppel::dataset::pack {

/// What all of a pack's samples have in common, and their notes say.
struct NoteFacts {
  std::vector<std::string> number_names;
  std::vector<double> range;  ///< PackOptions::range
};

/// Boxes [x0, y0, x1, y1, label, instance], rotated boxes [x, y, width, height, angle, label, instance],
/// keypoints [x, y, label, visibility, instance], outlines [label, instance, closed, [x, y, x, y …]] and
/// label shares [label, share]; empty where there is nothing to say; masks [bytes of the PNG, their CRC-32],
/// and which of these has instance numbers; maps with their bytes and CRC-32; numbers and fields as [name,
/// value], and the weight. All coordinates times `scale`. `files`: as companions_of() gives them for the
/// sample.
std::string note_of(const augment::Sample& sample, std::span<const Companion> files, double scale_x,
                    double scale_y, const NoteFacts& facts = {});

/// A file that a note promises.
struct PromisedFile {
  std::string what;  ///< "a mask", "the map 'depth'"
  std::uint64_t size = 0;
  std::uint32_t crc = 0;
};

/// A map that a note promises: all of it but its numbers.
struct PromisedMap {
  augment::FloatMap map;
  MapUnit unit;
};

/// What lies behind an image, in the order of companions_of().
struct Promised {
  std::vector<PromisedFile> files;
  std::vector<PromisedMap> maps;  ///< of the last files
};

/// Adds to the sample what note_of() wrote, but for masks and maps. Throws Error where it's damaged.
Promised read_note(const std::string& note, augment::Sample& sample);

/// The version of the format that a note is of: 2 where it speaks of maps or outlines, which version 1 would
/// pass over in silence.
std::uint32_t version_of(const std::string& note);

/// The label_shares alone. Throws Error where the note is damaged.
std::vector<augment::LabelShare> shares_in(const std::string& note);

/// The labels of boxes and rotated boxes alone. Throws Error where the note is damaged.
std::vector<int> object_labels_in(const std::string& note);

/// The names and values of numbers alone. Throws Error where the note is damaged.
std::vector<std::pair<std::string, double>> numbers_in(const std::string& note);

/// The range alone; empty where there is none. Throws Error where the note is damaged.
std::vector<double> range_in(const std::string& note);

}  // namespace doppel::dataset::pack
