// Weather. Everything scales with the picture, so that 32x32 and 1024x1024 look alike.
#pragma once

#include "doppel/augment/op.h"
#include "doppel/augment/transform.h"

namespace doppel::augment {

/// Streaks in three depth layers, slightly dimmed. Lengths scale with the short side. 0.2 is drizzle, 0.6
/// heavy, 1 a torrent.
struct Rain {
  static constexpr std::string_view name = "Rain";
  static constexpr std::string_view help = "Rain streaks.";
  Range amount{0.1, 0.7};
  Range slant{-20, 20};
  Range length{1, 1};
  Range width{1, 1};
  Range dim{1, 1};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Fall: flakes in three depth layers, blurred along the wind. Settle: surfaces that are light and face up
/// turn white in HLS; mid-dark surfaces are lifted a little, too.
struct Snow {
  static constexpr std::string_view name = "Snow";
  static constexpr std::string_view help = "Snow in the air, on the ground, or both.";
  enum class Mode { Fall, Settle, Both };
  Range amount{0.2, 0.8};
  Mode mode = Mode::Fall;
  Range wind{-30, 30};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Blends towards the airlight by Koschmieder's law with a synthetic depth: thickest at the horizon, patchy
/// by smooth noise.
struct Fog {
  static constexpr std::string_view name = "Fog";
  static constexpr std::string_view help = "Patchy fog.";
  Range density{0.2, 0.8};
  Range patchiness{0.3, 0.8};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// An even veil: fog whose depth is the same everywhere.
struct Haze {
  static constexpr std::string_view name = "Haze";
  static constexpr std::string_view help = "An even veil.";
  Range density{0.2, 0.8};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// A yellowish veil with dark specks.
struct Dust {
  static constexpr std::string_view name = "Dust";
  static constexpr std::string_view help = "Dust in the air.";
  Range amount{0.2, 0.8};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Drops on the lens: water with bright rims, or mud.
struct Spatter {
  static constexpr std::string_view name = "Spatter";
  static constexpr std::string_view help = "Drops or mud on the lens.";
  enum class Mode { Rain, Mud, Any };
  Mode mode = Mode::Any;
  Range amount{0.05, 0.25};
  Range size{0.02, 0.05};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Ice crystals grown from the edges, by ImageNet-C's shares of picture and frost.
struct Frost {
  static constexpr std::string_view name = "Frost";
  static constexpr std::string_view help = "Ice on the lens.";
  Range amount{0.3, 0.8};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Patches of small stones, each with a light and a dark side.
struct Gravel {
  static constexpr std::string_view name = "Gravel";
  static constexpr std::string_view help = "Patches of gravel.";
  IntRange patches{1, 3};
  Range radius{0.08, 0.2};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// White clouds of smooth fractal noise.
struct Clouds {
  static constexpr std::string_view name = "Clouds";
  static constexpr std::string_view help = "Clouds.";
  Range amount{0.2, 0.6};
  Range scale{0.3, 0.6};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
