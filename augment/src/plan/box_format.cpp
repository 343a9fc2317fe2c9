#include "doppel/augment/plan/box_format.h"

namespace doppel::augment {

Box box_from(BoxFormat format, const std::array<double, 4>& n, Size image, int label) {
  const double w = image.width, h = image.height;
  switch (format) {
    case BoxFormat::Pascal:
      return {n[0], n[1], n[2], n[3], label};
    case BoxFormat::Coco:
      return {n[0], n[1], n[0] + n[2], n[1] + n[3], label};
    case BoxFormat::Yolo:
      return {(n[0] - n[2] / 2) * w, (n[1] - n[3] / 2) * h, (n[0] + n[2] / 2) * w, (n[1] + n[3] / 2) * h,
              label};
    case BoxFormat::Relative:
      break;
  }
  return {n[0] * w, n[1] * h, n[2] * w, n[3] * h, label};
}

std::array<double, 4> numbers_of(BoxFormat format, const Box& b, Size image) {
  const double w = image.width, h = image.height;
  switch (format) {
    case BoxFormat::Pascal:
      return {b.x0, b.y0, b.x1, b.y1};
    case BoxFormat::Coco:
      return {b.x0, b.y0, b.x1 - b.x0, b.y1 - b.y0};
    case BoxFormat::Yolo:
      return {(b.x0 + b.x1) / 2 / w, (b.y0 + b.y1) / 2 / h, (b.x1 - b.x0) / w, (b.y1 - b.y0) / h};
    case BoxFormat::Relative:
      break;
  }
  return {b.x0 / w, b.y0 / h, b.x1 / w, b.y1 / h};
}

}  // namespace doppel::augment
