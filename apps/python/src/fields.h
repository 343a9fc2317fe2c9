// Fields from and to Python.
#pragma once

#include <string>

#include "bind.h"
#include "doppel/base/fields.h"

namespace doppel::python {

/// Sets the fields that keywords name. Throws UsageError with the field, what it needs and what was given;
/// check_all_used() then for keywords that no field has, with the near one.
class KeywordReader final : public FieldVisitor {
 public:
  /// `owner`: whose fields they are, for messages.
  KeywordReader(std::string owner, py::dict keywords)
      : owner_(std::move(owner)), keywords_(std::move(keywords)) {}
  /// `also`: keywords that something else reads.
  void check_all_used(std::initializer_list<std::string> also = {}) const;

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override;
  std::string owner_;
  py::dict keywords_;
  std::vector<std::string> names_;
};

/// Every field as what Python calls it: numbers, (low, high), (height, width), words, lists.
class KeywordWriter final : public FieldVisitor {
 public:
  py::dict fields;  ///< those visited so far

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override;
};

/// What is said of each field: dicts of name, type ("range" …), default, bounds, unit, help and words.
class FieldLister final : public FieldVisitor {
 public:
  py::list fields;  ///< those visited so far

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override;
};

}  // namespace doppel::python
