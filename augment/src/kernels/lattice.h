// Rows of displacement fields.
#pragma once

namespace doppel::augment {

/// The node rows above and below an output row, and where it lies between them.
struct LatticeRow {
  const float *x0, *x1, *y0, *y1;  ///< displacements of `cols` nodes, across and down
  int cols;
  float down;          ///< share of the lower row
  float inverse_step;  ///< nodes per pixel
};

/// Source places of output pixels (first + i + 0.5, y), linear between nodes; beyond the outer ones the
/// displacement holds.
void lattice_row(const LatticeRow& row, int first, float y, int n, float* u, float* v);

}  // namespace doppel::augment
