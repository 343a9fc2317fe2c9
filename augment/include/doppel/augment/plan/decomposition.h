// A map of the plane as steps that one can see.
#pragma once

#include <optional>

#include "doppel/base/matrix.h"

namespace doppel::augment {

/// Flip, zoom, shear, rotate, move: in this order, and all but the last about one point.
struct Decomposition {
  /// Horizontal swaps left and right, Vertical top and bottom.
  enum class Flip { None, Horizontal, Vertical };
  Flip flip = Flip::None;  ///< which way the image is mirrored, before all else
  double zoom_x = 1;       ///< factor of the width, above 0
  double zoom_y = 1;       ///< factor of the height, above 0
  double shear = 0;        ///< degrees by which upright lines lean, their tops to the left
  double angle = 0;        ///< degrees, counter-clockwise as one sees it
  Point move;              ///< pixels; right and down are positive
};

/// Takes a map from input to output points (as op::Warp holds it) apart about `centre`, which is at home in
/// `target`: map(p) = target + move + rotation(angle) · [1 tan(shear); 0 1] · diag(zoom) · flip · (p -
/// centre). Affine maps are exactly that; of others it is the Jacobian at `centre`. Of a mirrored map's two
/// flips it takes the one that leaves the smaller angle. This is Gram and Schmidt's QR of the linear part: S.
/// W. Thomas, "Decomposing a matrix into simple transformations", Graphics Gems II (1991), VII.1. Nothing
/// where the image is squeezed to a line, or where `centre` has no finite place.
std::optional<Decomposition> decompose(const Matrix3& map, Point centre, Point target);

}  // namespace doppel::augment
