// A recipe that stands for what another library was told.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {

/// What became of it.
struct Imported {
  /// A recipe that Recipe::from_yaml() reads, with each note as a comment above what it is of.
  std::string yaml;
  /// What has no counterpart, or one that differs, in the order of `yaml`; one sentence each.
  std::vector<std::string> notes;
};

/// The recipe that means the same as Keras' `ImageDataGenerator(…)`: its keyword arguments as Python writes
/// them ("rotation_range=40, zoom_range=0.2, rescale=1./255"), or the whole call. Throws UsageError with the
/// line and column for text that isn't Python's, an argument that there isn't (with the near name), a value
/// of another type, and one that can't be drawn from.
Imported import_keras(std::string_view arguments);

/// The recipe that means the same as an Albumentations pipeline, serialised by `A.save` or `A.to_dict` as
/// JSON or YAML; `name` is what errors call it. Argument names of versions 1.3 to 2.x and of AlbumentationsX.
/// What has no counterpart is left out with a note. Throws UsageError with the line for text that is no such
/// pipeline.
Imported import_albumentations(const std::string& text, const std::string& name = "pipeline");

}  // namespace doppel::augment
