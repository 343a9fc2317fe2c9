#include "orthogonalize.h"

#include <algorithm>
#include <cmath>
#include <oneapi/dnnl/dnnl.hpp>

namespace doppel::nn {
namespace {

/// c = a · b, or a · bᵀ where `turned`; rows one after the other.
void multiply(const std::vector<float>& a, const std::vector<float>& b, int rows, int inner, int columns,
              bool turned, std::vector<float>& c) {
  c.resize(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
  dnnl_sgemm('N', turned ? 'T' : 'N', rows, columns, inner, 1.F, a.data(), inner, b.data(),
             turned ? inner : columns, 0.F, c.data(), columns);
}

/// Of a matrix that is no taller than wide.
void orthogonalize_wide(std::vector<float>& x, int rows, int columns) {
  double square = 0;
  for (const float v : x) square += static_cast<double>(v) * static_cast<double>(v);
  const auto inverse = static_cast<float>(1 / (std::sqrt(square) + 1e-7));
  for (float& v : x) v *= inverse;
  constexpr float kA = 3.4445F, kB = -4.7750F, kC = 2.0315F;
  std::vector<float> gram, powers, moved;
  for (int step = 0; step < 5; ++step) {
    multiply(x, x, rows, columns, rows, true, gram);
    multiply(gram, gram, rows, rows, rows, false, powers);
    for (std::size_t i = 0; i < gram.size(); ++i) powers[i] = kB * gram[i] + kC * powers[i];
    multiply(powers, x, rows, rows, columns, false, moved);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = kA * x[i] + moved[i];
  }
}

std::vector<float> transposed(const float* matrix, int rows, int columns) {
  std::vector<float> turned(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c)
      turned[static_cast<std::size_t>(c) * static_cast<std::size_t>(rows) + static_cast<std::size_t>(r)] =
          matrix[static_cast<std::size_t>(r) * static_cast<std::size_t>(columns) +
                 static_cast<std::size_t>(c)];
  return turned;
}

}  // namespace

bool is_hidden_matrix(const Model& model, std::size_t parameter) {
  const auto weights = [&](std::size_t i) {
    return model.parameters()[i].kind == Parameter::Kind::Weight && model.parameters()[i].shape.size() >= 2;
  };
  if (!weights(parameter)) return false;
  std::size_t first = model.parameters().size(), last = 0;
  for (std::size_t i = 0; i < model.parameters().size(); ++i)
    if (weights(i)) {
      first = std::min(first, i);
      last = i;
    }
  return parameter != first && parameter != last;
}

void orthogonalize(float* matrix, int rows, int columns) {
  const std::size_t count = static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
  const bool tall = rows > columns;
  std::vector<float> x =
      tall ? transposed(matrix, rows, columns) : std::vector<float>(matrix, matrix + count);
  orthogonalize_wide(x, std::min(rows, columns), std::max(rows, columns));
  if (tall) x = transposed(x.data(), columns, rows);
  std::ranges::copy(x, matrix);
}

}  // namespace doppel::nn
