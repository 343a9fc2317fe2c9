// Lattice moves: exact, no interpolation, bit-exact round trips.
#pragma once

#include "doppel/augment/op.h"
#include "doppel/augment/transform.h"

namespace doppel::augment {

/// x' = W - x for pixels, boxes and keypoints alike.
struct HorizontalFlip {
  static constexpr std::string_view name = "HorizontalFlip";
  static constexpr std::string_view help = "Mirrors left and right.";
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Mirrors every sample in every other epoch: half of them in the even ones, the others in the odd ones. Over
/// two epochs each is seen both ways, where chance would show a quarter twice the same (Jordan 2024).
struct AlternatingFlip {
  static constexpr std::string_view name = "AlternatingFlip";
  static constexpr std::string_view help = "Mirrors left and right in every other epoch.";
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// y' = H - y.
struct VerticalFlip {
  static constexpr std::string_view name = "VerticalFlip";
  static constexpr std::string_view help = "Mirrors top and bottom.";
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Swaps x and y: mirrors at the diagonal; height and width change places.
struct Transpose {
  static constexpr std::string_view name = "Transpose";
  static constexpr std::string_view help = "Mirrors at the diagonal.";
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Turns counter-clockwise by one of `times` quarter turns, exactly.
struct Rotate90 {
  static constexpr std::string_view name = "Rotate90";
  static constexpr std::string_view help = "Turns by quarter turns.";
  std::vector<double> times{0, 1, 2, 3};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// One of the eight symmetries of the square (D4), all alike: four quarter turns, each mirrored or not.
struct Dihedral {
  static constexpr std::string_view name = "Dihedral";
  static constexpr std::string_view help = "Turns and mirrors by one of the square's symmetries.";
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Cuts the picture into grid tiles and permutes those of equal size. A keypoint goes with its tile; a box
/// becomes one box per piece.
struct GridShuffle {
  static constexpr std::string_view name = "GridShuffle";
  static constexpr std::string_view help = "Permutes tiles.";
  Size grid{3, 3};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// Appends element 0 to 7 of D4: `element` mod 4 counter-clockwise quarter turns, mirrored first for 4 and
/// above.
void append_dihedral(Draft& draft, int element);

}  // namespace doppel::augment
