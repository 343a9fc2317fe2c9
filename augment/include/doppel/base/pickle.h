// Python's pickles, read by a machine that executes nothing: what a pickle would call is recorded, and
// whoever reads it knows the few calls that its data is made of.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "doppel/base/error.h"

namespace doppel {

struct PickleList;
struct PickleDictionary;
struct PickleCall;

/// None, a value, text or bytes (of the pickle itself), or what holds others.
using PickleValue = std::variant<std::monostate, bool, std::int64_t, double, std::string_view, PickleList*,
                                 PickleDictionary*, PickleCall*>;

/// A list or a tuple.
struct PickleList {
  std::vector<PickleValue> items;  ///< in their order
};

/// In their order; a later one of the same key counts.
struct PickleDictionary {
  std::vector<std::pair<PickleValue, PickleValue>> pairs;  ///< keys and values, in the order of the pickle
  /// The value of that text; nullptr where there is none.
  const PickleValue* find(std::string_view key) const;
};

/// What the pickle would import, call, or ask its reader for, with what it would be given.
struct PickleCall {
  std::string name;             ///< "torch.FloatStorage"; "persistent id" for what its reader has
  PickleList* given = nullptr;  ///< nullptr: only named, not called
  PickleValue state = {};       ///< what the object that was made is set to
  PickleDictionary* items =
      nullptr;  ///< what was put into it by key, as into an OrderedDict; nullptr: nothing
};

/// Thrown for a pickle that makes objects of a class, which only that class's own code could fill in.
class PickledObject : public Error {
 public:
  explicit PickledObject(const std::string& name);   ///< of the class
  const std::string& name() const { return name_; }  ///< of the class, as "torchvision.models.resnet.ResNet"

 private:
  std::string name_;
};

/// Where a pickle must end.
enum class PickleEnd { OfBytes, Anywhere };

/// A pickle and all that it holds. May hold itself, so readers go down a known way, never everywhere.
class Pickle {
 public:
  /// `bytes` must live as long. Throws Error where they are damaged or hold more than `most_values` values,
  /// and for a call of what isn't among `allowed`; PickledObject for objects.
  Pickle(std::span<const unsigned char> bytes, std::span<const std::string_view> allowed,
         std::size_t most_values = std::size_t{1} << 20, PickleEnd end = PickleEnd::OfBytes);
  Pickle(const Pickle&) = delete;
  Pickle& operator=(const Pickle&) = delete;
  std::size_t size() const { return size_; }                      ///< of its bytes, where more follow
  const std::deque<PickleCall>& calls() const { return calls_; }  ///< all that are in it
  /// What the pickle stands for.
  const PickleValue& value() const { return value_; }

 private:
  friend class PickleMachine;
  std::deque<PickleList> lists_;
  std::deque<PickleDictionary> dictionaries_;
  std::deque<PickleCall> calls_;
  std::size_t size_ = 0;
  PickleValue value_;
};

/// The value as T, any of its kinds but None. Throws Error where it is of another.
template <class T>
const T& pickled(const PickleValue& value);
/// The dictionary, or what is in the OrderedDict; nullptr where it is neither.
const PickleDictionary* dictionary_in(const PickleValue& value);

}  // namespace doppel
