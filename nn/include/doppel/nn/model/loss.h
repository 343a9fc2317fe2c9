// What training makes small.
//
// The loss of one row comes from the network's logits and the shares of its label, as many as classes. Each
// kind is called as (logits, shares, gradient), writes what each logit does to the loss to `gradient`, and
// may be called for several rows at once. A batch's loss and gradient are the means of its rows'.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "doppel/base/fields.h"
#include "doppel/dataset/batch/batch.h"

namespace doppel::nn {

/// What a network gives for a row, a number per class, before a softmax.
using Logits = std::span<const float>;
/// How much of each class a row is; their sum is 1 for losses whose classes exclude each other, see
/// labels_of().
using Shares = std::span<const float>;

/// -sum of target · log softmax(logits).
struct CrossEntropy {
  static constexpr std::string_view kName = "cross-entropy";
  static constexpr std::string_view kHelp = "";  ///< a remark on it: none
  double smoothing = 0.1;  ///< the share of the target that goes evenly to all classes (Szegedy et al. 2016)
  std::vector<double> weights = {};  ///< one per class or none: multiply a row's loss by their mean over its
                                     ///< shares, 1 where it has none
  /// A row's loss, see row_loss().
  double operator()(Logits logits, Shares shares, std::span<float> gradient) const;
  void fields(FieldVisitor& visit);
};

/// -sum of share · (1 - p)^focus · log p, p = softmax(logits): rows that are right already count less (Lin et
/// al. 2017).
struct Focal {
  static constexpr std::string_view kName = "focal";
  static constexpr std::string_view kHelp = "";  ///< a remark on it: none
  double focus = 2;                              ///< the paper's gamma, 0 to 100; 0: cross-entropy
  std::vector<double> weights = {};              ///< as CrossEntropy's
  /// A row's loss, see row_loss().
  double operator()(Logits logits, Shares shares, std::span<float> gradient) const;
  void fields(FieldVisitor& visit);
};

/// For classes that don't exclude each other: the sum of each logit's own binary cross-entropy, its share
/// as the target.
struct BinaryCrossEntropy {
  static constexpr std::string_view kName = "binary";
  static constexpr std::string_view kHelp = "labels that don't exclude each other";  ///< a remark on it
  double smoothing = 0.1;            ///< the share of the target that becomes one half
  std::vector<double> weights = {};  ///< one per class or none: multiply the class's own part
  /// A row's loss, see row_loss().
  double operator()(Logits logits, Shares shares, std::span<float> gradient) const;
  void fields(FieldVisitor& visit);
};

/// The mean over outputs of (output - target)², for numbers rather than classes, which are standardised;
/// labels of two classes become 0 and 1.
struct MeanSquaredError {
  static constexpr std::string_view kName = "mse";
  static constexpr std::string_view kHelp = "numbers: squared errors";  ///< a remark on it
  std::vector<double> weights = {};                                     ///< as CrossEntropy's
  /// A row's loss, see row_loss().
  double operator()(Logits logits, Shares shares, std::span<float> gradient) const;
  void fields(FieldVisitor& visit);
};

/// The mean over outputs of |output - target|: what is far off counts no more than it is far.
struct MeanAbsoluteError {
  static constexpr std::string_view kName = "mae";
  static constexpr std::string_view kHelp = "numbers: absolute errors";  ///< a remark on it
  std::vector<double> weights = {};                                      ///< as CrossEntropy's
  /// A row's loss, see row_loss().
  double operator()(Logits logits, Shares shares, std::span<float> gradient) const;
  void fields(FieldVisitor& visit);
};

/// The mean over outputs of d² / 2 for errors d up to `delta`, delta · (|d| - delta / 2) beyond (Huber 1964).
struct Huber {
  static constexpr std::string_view kName = "huber";
  static constexpr std::string_view kHelp = "numbers: squared errors, from a size on absolute";  ///< a remark
  double delta = 1;                  ///< in standard deviations of the number, above 0
  std::vector<double> weights = {};  ///< as CrossEntropy's
  /// A row's loss, see row_loss().
  double operator()(Logits logits, Shares shares, std::span<float> gradient) const;
  void fields(FieldVisitor& visit);
};

/// For masks: (1 - dice) times the mean of the pixels' cross-entropies, plus `dice` times 1 - the mean Dice
/// coefficient 2 · sum of p · t / (sum of p + sum of t) of the classes that the mask has (Milletari et al.
/// 2016, of probabilities that aren't squared), p = softmax of each pixel's logits. Logits are [classes, H,
/// W], and in the shares' place is the mask [H, W]: the class of each pixel, negative where it doesn't count.
/// A mask of which nothing counts has the loss 0.
struct Segmentation {
  static constexpr std::string_view kName = "segmentation";
  static constexpr std::string_view kHelp = "masks: pixels' cross-entropy, and Dice";  ///< a remark on it
  double dice = 0.5;                 ///< 0 to 1; 0: cross-entropy alone
  std::vector<double> weights = {};  ///< one per class or none: multiply a pixel's cross-entropy, and what
                                     ///< lacks its class's coefficient
  /// An image's loss, see row_loss().
  double operator()(Logits logits, Shares mask, std::span<float> gradient) const;
  void fields(FieldVisitor& visit);
};

/// Any function of yours; what it is called stands for it where settings are compared.
struct OwnLoss {
  static constexpr std::string_view kHelp = "";  ///< a remark on it: none
  std::string name;                              ///< as records call it; it can't be chosen by name
  /// Gives a row's loss and sets its gradient, see row_loss(). Called for several rows at once.
  std::function<double(Logits, Shares, std::span<float> gradient)> function;
  /// Calls the function.
  double operator()(Logits logits, Shares shares, std::span<float> gradient) const {
    return function(logits, shares, gradient);
  }
  void fields(FieldVisitor&) {}  ///< it has none
};

/// Any of them.
using Loss = std::variant<CrossEntropy, Focal, BinaryCrossEntropy, MeanSquaredError, MeanAbsoluteError, Huber,
                          Segmentation, OwnLoss>;

/// A row's loss. `gradient` gets what each logit does to it; all three have one number per class, but for
/// Segmentation.
inline double row_loss(const Loss& loss, Logits logits, Shares shares, std::span<float> gradient) {
  return std::visit([&](const auto& kind) { return kind(logits, shares, gradient); }, loss);
}

/// What a loss takes labels for. Cross-entropy and focal need rows that sum to 1; binary, those of
/// numbers and OwnLoss
/// take the shares as they are.
dataset::Labels labels_of(const Loss& loss);
/// What a network that learned by it gives: Independent for binary, a probability for each class by itself
/// (sigmoid); else Exclusive, probabilities that sum to 1 (softmax).
dataset::Labels outputs_of(const Loss& loss);

/// Whether a loss learns the class of each pixel: segmentation.
bool learns_masks(const Loss& loss);

/// The part of a label's target that isn't the label's own; 0 for kinds that have none.
double smoothing_of(const Loss& loss);
/// Gives classes their weights; OwnLoss has its own.
void set_class_weights(Loss& loss, const std::vector<double>& weights);

/// Weights that give every class the same say: n / (classes · its count), 0 for one without samples.
std::vector<double> balanced_weights(std::span<const std::size_t> counts);

}  // namespace doppel::nn
