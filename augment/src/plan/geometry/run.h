// Which neighbouring geometric ops are one map. Both renderers, and Plan::fuse, ask here.
#pragma once

#include <span>

#include "doppel/augment/plan/op.h"

namespace doppel::augment {

/// A run of geometric ops: read as one map, an image is resampled once. A crop inside it is a window, not a
/// wall.
struct GeometryRun {
  std::size_t count = 0;  ///< ops in the run; 0 where the first isn't geometric
  Size size;              ///< of the output
  Fill fill{Fill::Kind::Replicate, {}};
  Filter filter = Filter::Bilinear;
  bool bends = false;  ///< holds displacement fields: not one matrix
};

/// The longest run that begins at ops[first] on an image of `size`: it ends where the border rule or the
/// filter would change, since composing would then change what the border shows.
GeometryRun geometry_run(std::span<const Op> ops, std::size_t first, Size size);

/// Whether `next` reads its pixels together with the ops of a run, which end where the border rule or the
/// filter changes.
bool continues_run(std::span<const Op> run, const Op& next);

/// The matrix of a run without bends, input to output.
Matrix3 matrix_of(std::span<const Op> ops, Size size);

}  // namespace doppel::augment
