// The parts of a data set by their usual names, with one list of classes for all.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "doppel/dataset/open/open_data.h"

namespace doppel::dataset {

enum class Part { Train, Valid, Test };

/// "train", "valid" or "test".
std::string_view text_of(Part part);
/// Of train, training, val, valid, validation, dev, test, testing, in any case, with a year or number at the
/// end ("train2017", "val_01").
std::optional<Part> part_named(std::string_view word);
/// Of a folder's name: as part_named(), with set, data, images or the like after it ("training_set",
/// "train_images"), or as its last word ("seg_train"). Folders of masks and labels are none ("masks_train").
std::optional<Part> part_of_folder(std::string_view name);
/// Of the first or the last word of a file's name: "train-000.tar", "instances_val2017.json".
std::optional<Part> part_in_name(std::string_view file_name);

using Parts = std::map<Part, SourcePtr>;

/// What to train on is the training part, or the only one; what to test with the test part, or else the
/// validation part. Classes are those of all, the training part's first; labels are matched by name. Throws
/// Error where there is no training part beside others.
OpenedData with_parts(std::string name, std::string layout, Parts parts, Remarks remarks);

}  // namespace doppel::dataset
