// What transforms that cut a window out share.
#pragma once

#include "doppel/augment/draft.h"

namespace doppel::augment {

/// `wanted`, and where it is 0 what the picture has now.
inline Size or_same(Size wanted, Size now) {
  return {wanted.height > 0 ? wanted.height : now.height, wanted.width > 0 ? wanted.width : now.width};
}

inline void cut(Draft& draft, const op::Crop& crop) {
  if (crop.size != draft.size()) draft.append(crop);
}

inline void resize_to(Draft& draft, Size size, Filter filter) {
  if (size != draft.size()) draft.append(op::Resize{size, filter});
}

}  // namespace doppel::augment
