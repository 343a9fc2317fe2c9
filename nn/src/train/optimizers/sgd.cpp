#include "doppel/nn/train/optimizers/sgd.h"

#include "engine/kernels.h"
#include "optimizer_fields.h"
#include "update.h"

namespace doppel::nn {
namespace {

void sgd(double momentum, double weight_decay, bool nesterov, const Update& u) {
  engine::sgd_update(u.w(), u.g(), u.states[0], u.count,
                     {static_cast<float>(u.rate), u.scale, static_cast<float>(u.decay_of(weight_decay)),
                      static_cast<float>(momentum), nesterov});
}

}  // namespace

void Sgd::fields(FieldVisitor& visit) {
  visit_momentum(visit, momentum);
  visit_weight_decay(visit, weight_decay);
}

void Nesterov::fields(FieldVisitor& visit) {
  visit_momentum(visit, momentum);
  visit_weight_decay(visit, weight_decay);
}

void Sgd::update(const Update& u) const { sgd(momentum, weight_decay, false, u); }
void Nesterov::update(const Update& u) const { sgd(momentum, weight_decay, true, u); }

}  // namespace doppel::nn
