// What fog and haze share.
#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

inline op::Fog fog(double density, double patchiness, double horizon, const Stream& stream) {
  const double grey = stream.uniform("airlight", 0.75, 0.95);
  op::Fog op{density, patchiness, horizon, {}, stream.bits("seed")};
  for (std::size_t i = 0; i < 3; ++i)
    op.airlight[i] = grey + stream.split("tint", i).uniform("tint", -0.02, 0.02);
  return op;
}

}  // namespace doppel::augment
