#include "doppel/augment/plan/ops/paste.h"

#include "doppel/base/error.h"
#include "field_lists.h"

namespace doppel::augment::op {
void Overlay::fields(FieldVisitor& visit) {
  visit({"file", {}, "", "PNG with alpha, or any image"}, file);
  visit({"x", {}, "pixels", ""}, x);
  visit({"y", {}, "pixels", ""}, y);
  visit({"size", kSize, "pixels", "height and width"}, size);
  visit({"opacity", kShare, "", ""}, opacity);
}
void Text::fields(FieldVisitor& visit) {
  visit({"words", {}, "", "what is written"}, words);
  visit({"x", {}, "pixels", ""}, x);
  visit({"y", {}, "pixels", ""}, y);
  visit({"height", {1, 1e5}, "pixels", ""}, height);
  visit_array(visit, {"color", kShare, "of the full range", "of the ink"}, color);
  visit({"opacity", kShare, "", ""}, opacity);
}

}  // namespace doppel::augment::op
