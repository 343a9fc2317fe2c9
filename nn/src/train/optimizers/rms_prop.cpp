#include "doppel/nn/train/optimizers/rms_prop.h"

#include "optimizer_fields.h"
#include "update.h"

namespace doppel::nn {

void RmsProp::fields(FieldVisitor& visit) {
  visit_momentum(visit, momentum);
  visit({"decay_of_squares", {0, 1, false, true}, "RATE", "decay of its mean of squares"}, decay_of_squares);
  visit_epsilon(visit, epsilon);
  visit_weight_decay(visit, weight_decay);
}

void RmsProp::update(const Update& u) const {
  engine::rms_prop_update(
      u.w(), u.g(), u.states[0], u.states[1], u.count,
      {static_cast<float>(u.rate), u.scale, static_cast<float>(u.decay_of(weight_decay)),
       static_cast<float>(momentum), static_cast<float>(decay_of_squares), static_cast<float>(epsilon)});
}

}  // namespace doppel::nn
