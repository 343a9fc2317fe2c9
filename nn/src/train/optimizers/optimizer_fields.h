// Fields that several optimizers have.
#pragma once

#include "doppel/base/fields.h"

namespace doppel::nn {

inline void visit_momentum(FieldVisitor& visit, double& momentum) {
  visit({"momentum", {0, 1, false, true}, "SHARE", "that a step keeps of the last one"}, momentum);
}

inline void visit_betas(FieldVisitor& visit, double& beta1, double& beta2) {
  visit({"beta1", {0, 1, false, true}, "RATE", "decay of the mean of gradients"}, beta1);
  visit({"beta2", {0, 1, false, true}, "RATE", "decay of the mean of their squares"}, beta2);
}

inline void visit_epsilon(FieldVisitor& visit, double& epsilon) {
  visit({"epsilon", {0, 1, true}, "NUMBER", "added to the root of that"}, epsilon);
}

inline void visit_weight_decay(FieldVisitor& visit, double& decay) {
  visit({"weight_decay", {0}, "RATE", "of weights"}, decay);
}

}  // namespace doppel::nn
