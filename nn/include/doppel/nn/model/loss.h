// What training makes small.
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace doppel::nn {

/// The loss of one row, from the network's logits and the shares of its label (as many as classes, sum 1).
/// Writes what each logit does to it to `gradient`; a batch's loss and gradient are the means of its rows'.
/// It may be called for several rows at once. Yours may be any function.
using Loss = std::function<double(std::span<const float> logits, std::span<const float> shares,
                                  std::span<float> gradient)>;

/// -sum of target · log softmax(logits). `smoothing` moves that share of the target evenly to all classes
/// (Szegedy et al. 2016). `weights`, one per class or none, multiply a row's loss by their mean over its
/// shares.
Loss cross_entropy(double smoothing = 0, std::vector<double> weights = {});

/// -sum of share · (1 - p)^focus · log p, p = softmax(logits): rows that are right already count less (Lin et
/// al. 2017).
Loss focal(double focus = 2, std::vector<double> weights = {});

/// For classes that don't exclude each other: the sum of each logit's own binary cross-entropy, its share
/// as the target.
Loss binary_cross_entropy(double smoothing = 0, std::vector<double> weights = {});

/// Weights that give every class the same say: n / (classes · its count), 0 for one without samples.
std::vector<double> balanced_weights(std::span<const std::size_t> counts);

}  // namespace doppel::nn
