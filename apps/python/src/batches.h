// A batch as Python gets it.
#pragma once

#include "bind.h"
#include "doppel/dataset/batch/batch.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::python {

/// The same memory as an array; bfloat16 as uint16.
py::object numpy_of(const dataset::Tensor& tensor);
/// The same memory as a torch tensor.
py::object torch_of(const dataset::Tensor& tensor);

/// Where a batch's rows come from: enough to explain them.
struct BatchOrigin {
  dataset::Batch batch;  ///< without images and targets
};

/// What batches have, and as what.
struct BatchForm {
  /// Whose tensors.
  enum class Output { Doppel, Numpy, Torch, Jax };
  Output output = Output::Torch;
  int classes = 0;    ///< of soft labels
  bool soft = false;  ///< there are label shares
  bool boxes = false, keypoints = false, rotated = false;
  bool mask = false;                      ///< each sample has one mask, all of a size
  bool masks = false;                     ///< some have others
  bool numbers = false, weights = false;  ///< there are some to learn; some aren't 1
  bool outlines = false;                  ///< there are polygons or lines
  bool views = false;                     ///< all views are listed, the first, which is the image, too
  py::object type;                        ///< the class of dict to make

  /// Looks at a few samples, without their pixels.
  void look_at(const dataset::Source& source);
  /// "image", "label", "index", and of the above what there is.
  py::object dict_of(const dataset::Batch& batch) const;

 private:
  py::object out(const dataset::Tensor& tensor) const;
  void add_boxes(const dataset::Batch& batch, py::dict& all) const;
  void add_rotated(const dataset::Batch& batch, py::dict& all) const;
  void add_keypoints(const dataset::Batch& batch, py::dict& all) const;
  void add_fields(const dataset::Batch& batch, py::dict& all) const;
  void add_maps(const dataset::Batch& batch, py::dict& all) const;
  void add_outlines(const dataset::Batch& batch, py::dict& all) const;
  void add_masks(const dataset::Batch& batch, py::dict& all) const;
};

}  // namespace doppel::python
