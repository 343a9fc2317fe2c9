// A regulariser for few images: what the discriminator says of either kind stays near what it said of the
// other.
#pragma once

#include "doppel/nn/gan/gan.h"

namespace doppel::nn {

/// Tseng et al. 2021, "Regularizing Generative Adversarial Networks under Limited Data": weight times
/// max(0, real - a)² + max(0, b - fake)², a and b running means, with decay 0.99, of what the discriminator
/// said of generated and of real images.
class LeCam {
 public:
  explicit LeCam(double weight) : weight_(weight) {}
  /// The means over a batch, of which the penalty that follows is one; the first are the running ones.
  void follow(double real, double fake);
  /// What is added to the loss of a pair; nothing before there are means.
  PairLoss of_pair(double real, double fake) const;
  double real() const { return real_; }  ///< running mean of what was said of real images
  double fake() const { return fake_; }  ///< the same of generated ones
  /// Goes on from running means.
  void resume(double real, double fake);

 private:
  double weight_;
  bool begun_ = false;  ///< there are means
  double real_ = 0, fake_ = 0;
};

}  // namespace doppel::nn
