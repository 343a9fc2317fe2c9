// A thing's fields between those of two.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "doppel/base/fields.h"

namespace doppel::augment {

/// Takes the numbers of all fields, in their order.
class FieldNumbers final : public FieldVisitor {
 public:
  std::vector<double> numbers;

 private:
  void visit(const FieldInfo&, const FieldValue& value) override {
    const auto add = [this](double v) { numbers.push_back(v); };
    if (const auto* number = std::get_if<double*>(&value)) add(**number);
    if (const auto* whole = std::get_if<int*>(&value)) add(**whole);
    if (const auto* range = std::get_if<Range*>(&value)) add((*range)->low), add((*range)->high);
    if (const auto* range = std::get_if<IntRange*>(&value)) add((*range)->low), add((*range)->high);
    if (const auto* size = std::get_if<Size*>(&value)) add((*size)->height), add((*size)->width);
  }
};

/// Moves each number from another's to its own: all the way at share 1.
class GrowFields final : public FieldVisitor {
 public:
  /// `start`: what FieldNumbers took of a thing of the same type.
  GrowFields(const std::vector<double>& start, double share) : start_(start), share_(share) {}

 private:
  void visit(const FieldInfo&, const FieldValue& value) override {
    if (const auto* number = std::get_if<double*>(&value)) grow(**number);
    if (const auto* whole = std::get_if<int*>(&value)) grow_whole(**whole);
    if (const auto* range = std::get_if<Range*>(&value)) grow((*range)->low), grow((*range)->high);
    if (const auto* range = std::get_if<IntRange*>(&value))
      grow_whole((*range)->low), grow_whole((*range)->high);
    if (const auto* size = std::get_if<Size*>(&value))
      grow_whole((*size)->height), grow_whole((*size)->width);
  }
  void grow(double& value) { value = start_.at(next_) + (value - start_.at(next_)) * share_, ++next_; }
  void grow_whole(int& value) {
    double v = value;
    grow(v);
    value = static_cast<int>(std::lround(v));
  }
  const std::vector<double>& start_;
  double share_;
  std::size_t next_ = 0;
};

}  // namespace doppel::augment
