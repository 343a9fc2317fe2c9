#include "doppel/augment/plan/ops/custom.h"

namespace doppel::augment::op {

void Custom::fields(FieldVisitor& visit) {
  visit({"function", {}, "", "the name that it was registered by"}, function);
  visit({"arguments", {}, "", "what it gets"}, arguments);
  visit({"seed", {}, "", ""}, seed);
}

}  // namespace doppel::augment::op
