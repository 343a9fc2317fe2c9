// Matrices made orthogonal, for Muon (Jordan et al. 2024).
#pragma once

#include "doppel/nn/model/model.h"

namespace doppel::nn {

/// True for what is a matrix between hidden values: filters and weights, but not those of the last layer or
/// of the first, which read images or give logits.
bool is_hidden_matrix(const Model& model, std::size_t parameter);

/// [rows, columns] becomes near the nearest matrix whose singular values are all 1: five steps of Newton and
/// Schulz' iteration with Jordan's coefficients, after which they lie between about 0.7 and 1.2.
void orthogonalize(float* matrix, int rows, int columns);

}  // namespace doppel::nn
