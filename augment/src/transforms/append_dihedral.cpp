#include "append_dihedral.h"

namespace doppel::augment {

void append_dihedral(Draft& draft, int element) {
  using Axis = op::Flip::Axis;
  if (element >= 4) draft.append(op::Flip{Axis::Horizontal});
  switch (element % 4) {
    case 1:  // (x, y) -> (y, W - x)
      draft.append(op::Flip{Axis::Diagonal});
      draft.append(op::Flip{Axis::Vertical});
      break;
    case 2:
      draft.append(op::Flip{Axis::Horizontal});
      draft.append(op::Flip{Axis::Vertical});
      break;
    case 3:
      draft.append(op::Flip{Axis::Diagonal});
      draft.append(op::Flip{Axis::Horizontal});
      break;
    default:
      break;
  }
}

}  // namespace doppel::augment
