// What images of a data set tell when each is read once.
#pragma once

#include <array>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "doppel/dataset/analysis/duplicates.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::apps {

/// What one image tells.
struct Look {
  std::string broken;  ///< why it can't be read
  int label = -1, height = 0, width = 0;
  std::string channels;     ///< "grey", "RGB", "RGBA" or "5 bands"
  std::vector<int> labels;  ///< all that are there, `label` among them
  std::vector<int> box_labels;
  int keypoints = 0, masks = 0, empty_boxes = 0, outside_boxes = 0;
  int outlines = 0;                    ///< polygons and lines
  std::vector<std::string> maps;       ///< their names
  std::map<int, double> mask_classes;  ///< numbers in its masks of classes, with their shares of the pixels
  /// Means of the values and their squares, in shares of the full range: of grey as of three equal channels,
  /// of bands one by one.
  std::vector<double> sum, square;
  bool is_flat = false;         ///< one colour alone
  bool is_transparent = false;  ///< in part
  bool few_levels = false;      ///< see dataset::uses_few_levels()
  bool is_beyond = false;       ///< see dataset::lies_beyond()
  int frames = 1;               ///< or pages; the first is read
  dataset::DuplicateFinder::Fingerprint print;
};
/// `large`: who holds it has a large image in memory, of which there is one at a time.
Look look_at(const dataset::Source& source, std::size_t index, std::mutex& large);

/// True where there are samples, of which none can be read.
bool is_all_broken(const std::vector<Look>& looks);

/// Mean and deviation over all images that can be read, by channel: three, or as many as the bands.
struct Moments {
  std::vector<double> mean, std;
};
Moments moments_of(const std::vector<Look>& looks);

/// A number in the masks of many images.
struct MaskClass {
  std::size_t images = 0;  ///< that have a pixel of it
  double share = 0;        ///< of the pixels of all masks, each as much as any other
};
std::map<int, MaskClass> mask_classes_of(const std::vector<Look>& looks);

/// By class in how many images it is: by their labels, or where none has one by boxes and by pixels of masks
/// of classes.
std::vector<std::size_t> images_of_classes(const std::vector<Look>& looks, std::size_t classes);

/// Samples that somebody should look at, and why.
struct Concern {
  std::string what;
  std::vector<std::size_t> samples;
};
std::vector<Concern> concerns_of(const std::vector<Look>& looks);

/// A part of a data set, looked at.
struct InspectedPart {
  std::string name;  ///< "train"
  dataset::SourcePtr source;
  std::vector<Look> looks;  ///< one a sample
};

}  // namespace doppel::apps
