// A recipe as Python calls it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bind.h"
#include "doppel/augment/plan/box_format.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::python {

/// A recipe, how its boxes are written, and a stream of its own for calls that name none.
class CalledRecipe {
 public:
  CalledRecipe(augment::Recipe recipe, augment::BoxFormat format, std::vector<std::string> classes,
               std::uint64_t seed);

  const augment::Recipe& recipe() const { return recipe_; }
  augment::BoxFormat format() const { return format_; }
  const std::vector<std::string>& classes() const { return classes_; }
  std::uint64_t seed() const { return seed_; }
  /// Calls so far that named no index.
  std::uint64_t calls() const { return calls_; }
  /// Goes on with that many; where it was unpickled, a worker of torch still has a seed of its own.
  void set_calls(std::uint64_t calls);

  /// recipe(image) gives the image, as it was given; recipe(image=…, mask=…, …) a dict. Throws UsageError
  /// for a keyword that isn't known, with the near one.
  py::object call(const py::args& images, const py::dict& keywords);
  /// Does what `plan` says to other targets of an image of the same size.
  py::object replay(const augment::Plan& plan, const py::dict& keywords) const;

 private:
  Stream stream_of(const py::dict& keywords);
  void know_process();

  augment::Recipe recipe_;
  augment::BoxFormat format_;
  std::vector<std::string> classes_;
  std::uint64_t seed_ = 0, calls_ = 0;
  std::uint64_t process_seed_ = 0;  ///< of calls that name none; another in each worker
  long process_ = 0;
};

/// Reads "pascal_voc", "coco", "yolo" or "relative". Throws UsageError.
augment::BoxFormat box_format_of(const std::string& name);
/// The reverse.
std::string name_of(augment::BoxFormat format);

}  // namespace doppel::python
