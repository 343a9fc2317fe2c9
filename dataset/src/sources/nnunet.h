// What nnU-Net's and the Medical Segmentation Decathlon's dataset.json says.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doppel/dataset/sources/remark.h"

namespace doppel::dataset {

/// What numbers in masks mean.
struct NnUnetFacts {
  std::filesystem::path file;        ///< empty: there is none
  std::vector<std::string> classes;  ///< by number; empty where they aren't told one by one
  int uncounted = -1;                ///< the number of pixels that don't count; -1: none
};

/// Reads `labels` of the file dataset.json in a folder: {"background": 0, "liver": 1, "ignore": 2}, or
/// {"0": "background", "1": "liver"}. Where there is no such file, or it is of something else (it has
/// neither `channel_names` nor `modality`), nothing is said. Names of regions, which several numbers are,
/// aren't used, with a remark. Throws Error for labels that aren't numbers from 0 to 254.
NnUnetFacts nnunet_facts(const std::filesystem::path& folder, Remarks& remarks);

}  // namespace doppel::dataset
