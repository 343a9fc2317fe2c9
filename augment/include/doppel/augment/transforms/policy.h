// Policies as published, from the transforms of this catalogue.
#pragma once

#include "doppel/augment/op.h"
#include "doppel/augment/transform.h"

namespace doppel::augment {

/// One of 25 learned pairs of operations (Cubuk 2019), as torchvision lists them.
struct AutoAugment {
  static constexpr std::string_view name = "AutoAugment";
  static constexpr std::string_view help = "Learned pairs of operations.";
  enum class Policy { ImageNet, Cifar10, Svhn };
  Policy policy = Policy::ImageNet;
  Fill fill{};
  Filter filter = Filter::Nearest;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// `ops` operations of 14, all alike, at one magnitude (Cubuk 2020).
struct RandAugment {
  static constexpr std::string_view name = "RandAugment";
  static constexpr std::string_view help = "Random operations at one magnitude.";
  int ops = 2;
  int magnitude = 9;
  int bins = 31;
  Fill fill{};
  Filter filter = Filter::Nearest;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// One operation of 14 at a random magnitude of the wide space (Müller and Hutter 2021).
struct TrivialAugment {
  static constexpr std::string_view name = "TrivialAugment";
  static constexpr std::string_view help = "One random operation.";
  Fill fill{};
  Filter filter = Filter::Nearest;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Chains of operations, mixed with each other by Dirichlet weights and with the picture by a Beta share
/// (Hendrycks 2020). Boxes and keypoints stay: what moves is only blended in.
struct AugMix {
  static constexpr std::string_view name = "AugMix";
  static constexpr std::string_view help = "Blends chains of operations.";
  int severity = 3;
  int width = 3;
  int depth = -1;
  double alpha = 1;
  Fill fill{};
  Filter filter = Filter::Nearest;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// DeiT III's (Touvron 2022): grey, solarise, or blur, all alike, then a colour jitter.
struct ThreeAugment {
  static constexpr std::string_view name = "ThreeAugment";
  static constexpr std::string_view help = "Grey, solarise or blur, then jitter.";
  double jitter = 0.3;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// The augmentations of ADA (Karras 2020) for a discriminator, each with chance `strength`: flips, quarter
/// turns, whole translations, scale, rotation, stretch, brightness, contrast, luma flip, hue, saturation.
struct AdaptiveGan {
  static constexpr std::string_view name = "AdaptiveGan";
  static constexpr std::string_view help = "ADA's set, for GANs.";
  double strength = 0.5;
  bool flips = true;
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
