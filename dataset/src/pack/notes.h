// What is said about a packed sample beside its class, as JSON.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "doppel/augment/plan/sample.h"

namespace doppel::dataset::pack {

/// What all of a pack's samples have in common, and their notes say.
struct NoteFacts {
  std::vector<std::string> number_names;
  std::vector<double> range;  ///< PackOptions::range
};

/// Boxes [x0, y0, x1, y1, label, instance], rotated boxes [x, y, width, height, angle, label, instance],
/// keypoints [x, y, label, visibility, instance] and label shares [label, share]; empty where there is
/// nothing to say; masks [bytes of the PNG, their CRC-32], and which
/// of these has instance numbers; numbers and fields as [name, value], and the weight. All coordinates times
/// `scale`.
std::string note_of(const augment::Sample& sample, std::span<const std::vector<unsigned char>> masks,
                    double scale_x, double scale_y, const NoteFacts& facts = {});

/// Adds to the sample what note_of() wrote. Throws Error where it's damaged.
void read_note(const std::string& note, augment::Sample& sample);

/// A mask's file.
struct MaskFile {
  std::uint64_t size = 0;
  std::uint32_t crc = 0;
};
/// The label_shares alone. Throws Error where the note is damaged.
std::vector<augment::LabelShare> shares_in(const std::string& note);

/// The names and values of numbers alone. Throws Error where the note is damaged.
std::vector<std::pair<std::string, double>> numbers_in(const std::string& note);

/// The range alone; empty where there is none. Throws Error where the note is damaged.
std::vector<double> range_in(const std::string& note);

/// The masks that a note promises, in their order.
std::vector<MaskFile> masks_in(const std::string& note);

}  // namespace doppel::dataset::pack
