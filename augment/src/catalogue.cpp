#include "doppel/augment/catalogue.h"

#include <fmt/format.h>

#include "doppel/augment/error.h"
#include "doppel/augment/recipe.h"
#include "doppel/augment/transforms/blur.h"
#include "doppel/augment/transforms/color.h"
#include "doppel/augment/transforms/crop.h"
#include "doppel/augment/transforms/flip.h"
#include "doppel/augment/transforms/geometry.h"
#include "doppel/augment/transforms/noise.h"
#include "doppel/augment/transforms/occlusion.h"
#include "doppel/augment/transforms/quality.h"
#include "doppel/augment/transforms/weather.h"

namespace doppel::augment {
namespace {

template <class T>
Transform make() {
  return T{};
}

Transform make_one_of() { return OneOf{HorizontalFlip{}}; }
Transform make_sequence() { return Sequence{.of = {HorizontalFlip{}}}; }
Transform make_some_of() { return SomeOf{.of = {HorizontalFlip{}}}; }
Transform make_maybe() { return Maybe{.what = {HorizontalFlip{}}}; }

template <class T>
constexpr CatalogueEntry entry(std::string_view family, Transform (*maker)() = make<T>) {
  return {T::name, family, T::help, maker};
}

constexpr CatalogueEntry kCatalogue[] = {
    entry<HorizontalFlip>("flip"),
    entry<VerticalFlip>("flip"),
    entry<RandomCrop>("crop"),
    entry<RandomResizedCrop>("crop"),
    entry<ObjectSafeCrop>("crop"),
    entry<Resize>("crop"),
    entry<Pad>("crop"),
    entry<Rotate>("geometry"),
    entry<Affine>("geometry"),
    entry<Perspective>("geometry"),
    entry<ColorShift>("color"),
    entry<Brightness>("color"),
    entry<Contrast>("color"),
    entry<Saturation>("color"),
    entry<ColorJitter>("color"),
    entry<Negative>("color"),
    entry<Normalize>("color"),
    entry<GaussianNoise>("noise"),
    entry<SpeckleNoise>("noise"),
    entry<SaltPepper>("noise"),
    entry<GaussianBlur>("blur"),
    entry<MotionBlur>("blur"),
    entry<JpegCompression>("quality"),
    entry<CoarseDropout>("occlusion"),
    entry<Rain>("weather"),
    entry<Snow>("weather"),
    entry<Fog>("weather"),
    entry<Sequence>("structure", make_sequence),
    entry<OneOf>("structure", make_one_of),
    entry<SomeOf>("structure", make_some_of),
    entry<Maybe>("structure", make_maybe),
};

}  // namespace

std::span<const CatalogueEntry> catalogue() { return kCatalogue; }

const CatalogueEntry& find_transform(std::string_view name) {
  std::vector<std::string> names;
  for (const CatalogueEntry& e : kCatalogue) {
    if (e.name == name) return e;
    names.emplace_back(e.name);
  }
  const std::string near = nearest_name(name, names);
  throw UsageError(fmt::format(
      "there is no transform '{}'{}", name,
      near.empty() ? "; `doppel transforms` lists them" : fmt::format("; did you mean '{}'?", near)));
}

}  // namespace doppel::augment
