// The recipes that have a name. Written as users write theirs.
#pragma once

#include <array>
#include <string_view>

namespace doppel::augment {

struct Preset {
  std::string_view name;
  std::string_view yaml;
};

inline constexpr std::array<Preset, 11> kPresets{{
    {"none", "[]"},
    {"light", R"(
- HorizontalFlip: {p: 0.5}
- Affine: {p: 1, angle: [-5, 5], scale: [0.95, 1.05], translate: [-0.05, 0.05], fill: reflect}
- ColorJitter: {p: 0.5, brightness: [0.9, 1.1], contrast: [0.9, 1.1], saturation: [0.9, 1.1], hue: [0, 0]}
)"},
    {"standard", R"(
- RandomResizedCrop: {scale: [0.4, 1]}
- HorizontalFlip: {p: 0.5}
- ColorJitter: {p: 0.8, brightness: [0.7, 1.3], contrast: [0.7, 1.3], saturation: [0.7, 1.3], hue: [-0.03, 0.03]}
- CoarseDropout: {p: 0.25, holes: [1, 2], height: [0.1, 0.3], width: [0.1, 0.3], fill: mean}
)"},
    {"strong", R"(
- RandomResizedCrop: {scale: [0.15, 1]}
- HorizontalFlip: {p: 0.5}
- OneOf:
    p: 0.5
    of:
      - Affine: {p: 1, angle: [-25, 25], scale: [0.8, 1.2], shear_x: [-15, 15], fill: reflect}
      - Perspective: {p: 1}
- ColorJitter: {p: 0.8, brightness: [0.5, 1.5], contrast: [0.5, 1.5], saturation: [0.4, 1.6], hue: [-0.08, 0.08]}
- OneOf:
    p: 0.4
    of: [GaussianNoise, SpeckleNoise, GaussianBlur, MotionBlur, JpegCompression]
- CoarseDropout: {p: 0.5, fill: mean}
)"},
    // No flips: a mirrored digit is no digit. Small turns: 6 and 9 stay apart.
    {"digits", R"(
- Affine: {p: 1, angle: [-10, 10], scale: [0.9, 1.1], stretch: [0.9, 1.1], translate: [-0.08, 0.08], shear_x: [-10, 10], shear_y: [0, 0]}
)"},
    // No flips, and nothing turned so far that u is n; 6 and 9 not turned at all.
    {"letters", R"(
- Affine: {p: 1, angle: [-20, 20], scale: [0.9, 1.1], stretch: [0.9, 1.1], translate: [-0.08, 0.08], shear_x: [-10, 10], shear_y: [0, 0], except_labels: ["6?", "9?"]}
- Affine: {p: 1, angle: [0, 0], scale: [0.9, 1.1], stretch: [0.9, 1.1], translate: [-0.08, 0.08], shear_x: [-10, 10], shear_y: [0, 0], only_labels: ["6?", "9?"]}
- Elastic: {p: 0.3}
)"},
    // Organs have their side and colour its meaning: no vertical flip, no change of colour.
    {"medical", R"(
- Affine: {p: 1, angle: [-10, 10], scale: [0.9, 1.1], translate: [-0.05, 0.05], shear_x: [0, 0], shear_y: [0, 0]}
- Elastic: {p: 0.3}
- BrightnessContrast: {p: 0.5, brightness: [-0.1, 0.1], contrast: [-0.1, 0.1]}
- Gamma: {p: 0.3}
- GaussianNoise: {p: 0.2, std: [0.01, 0.03]}
)"},
    // From above there is no up: all eight symmetries.
    {"aerial", R"(
- Dihedral: {p: 1}
- RandomResizedCrop: {scale: [0.5, 1]}
- ColorJitter: {p: 0.8, brightness: [0.8, 1.2], contrast: [0.8, 1.2], saturation: [0.8, 1.2], hue: [0, 0]}
- Fog: {p: 0.1}
- CoarseDropout: {p: 0.25, holes: [1, 2], height: [0.1, 0.3], width: [0.1, 0.3], fill: mean}
)"},
    // What comes in from beyond the image doesn't count in masks. Nothing is covered that they still have.
    {"masks", R"(
mask_fill: 255
transforms:
  - HorizontalFlip: {p: 0.5}
  - Affine: {p: 0.8, angle: [-15, 15], scale: [0.75, 1.33], translate: [-0.1, 0.1], shear_x: [0, 0], shear_y: [0, 0], fill: reflect}
  - ColorJitter: {p: 0.8, brightness: [0.7, 1.3], contrast: [0.7, 1.3], saturation: [0.7, 1.3], hue: [-0.03, 0.03]}
)"},
    {"mix", R"(
- RandomResizedCrop: {scale: [0.4, 1]}
- HorizontalFlip: {p: 0.5}
- MixUpOrCutMix: {p: 0.8}
)"},
    {"weather", R"(
- OneOf:
    p: 0.8
    of: [Rain, Snow, Fog]
)"},
}};

}  // namespace doppel::augment
