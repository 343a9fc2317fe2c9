#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/manifest.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// A data set as people name it: what to train on, and what to measure with where it comes along. All parts
/// have one list of class names.
struct OpenedData {
  std::string name;             ///< as it was asked for
  std::string layout;           ///< what it was recognised as: "COCO"
  SourcePtr train;              ///< the training part, or all there is
  SourcePtr test;               ///< the test part, else the validation part; null where there is neither
  SourcePtr valid;              ///< the validation part where there is a test part, too; else null
  bool test_is_valid = false;   ///< `test` is the validation part, for want of a test part
  std::vector<Remark> remarks;  ///< what was found and isn't used, in all parts
  /// That all parts' images are shares of, of their numbers: see Ranged; empty: their type's.
  std::vector<double> range = {};
};

/// How a data set is opened.
struct OpenOptions {
  OnProgress progress = {};    ///< told of images found while folders are listed (of nobody knows how many),
                               ///< and of shards and annotations read (of all)
  ManifestOptions table = {};  ///< the columns of a table, and where its files are
  bool ignore_labels = false;  ///< what looks like labels and can't be read is remarked on, and is no error
};

/// Recognises DATA by itself: see layout_help(). Parts are recognised by their usual names in any case
/// (train, training, val, valid, validation, dev, test, testing). Throws Error that says what was seen and
/// what was looked for.
OpenedData open_data(const std::string& data, const OpenOptions& options = {});

/// What open_data() recognises, a line each: "COCO" and "a .json file, or a folder with annotations/*.json".
std::vector<std::pair<std::string_view, std::string_view>> layout_help();

/// Where the embedded sample lies: $DOPPEL_SAMPLE, beside the installed program, in the source tree. Throws
/// Error.
std::filesystem::path sample_folder();

}  // namespace doppel::dataset
