#pragma once

#include <filesystem>
#include <string>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// A data set as people name it: what to train on, and what to test with where it comes along.
struct OpenedData {
  std::string name;  ///< as it was asked for
  SourcePtr train;   ///< what to train on, never null
  SourcePtr test;    ///< null where there is none
};

/// Recognises DATA by itself:
///   sample:digits, sample:photos             the embedded samples
///   a folder of IDX or CIFAR files           MNIST and its like; CIFAR-10, CIFAR-100
///   a .csv or .jsonl file                    a manifest
///   a .json file                             COCO
///   a folder with Annotations/               Pascal VOC
///   a folder with images/, labels/ and data.yaml or classes.txt      YOLO
///   a folder with images/ and masks/         segmentation
///   a .tar file, a folder of them, or a pattern: shards-{000..031}.tar     WebDataset shards
///   a folder of class folders, with `train` and `test` (or `val`) folders of either kind, or of images
/// Throws Error that says what was looked for. `progress` gets the pictures found while folders are listed,
/// of nobody knows how many, and the shards and annotations read, of those that there are.
OpenedData open_data(const std::string& data, const OnProgress& progress = {});

/// Where the embedded sample lies: $DOPPEL_SAMPLE, beside the installed program, in the source tree. Throws
/// Error.
std::filesystem::path sample_folder();

}  // namespace doppel::dataset
