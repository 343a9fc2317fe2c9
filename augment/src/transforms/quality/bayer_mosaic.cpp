#include "doppel/augment/transforms/quality/bayer_mosaic.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void BayerMosaic::draw(Draft& draft, const Stream&) const {
  if (draft.channels() >= 3) draft.append(op::BayerMosaic{});
}
void BayerMosaic::fields(FieldVisitor& visit) { visit_chance(visit, p); }

}  // namespace doppel::augment
