#include "recipe_call.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>

#include "doppel/augment/render/render.h"
#include "doppel/base/error.h"
#include "doppel/base/hash.h"
#include "drawn_targets.h"
#include "images.h"
#include "targets.h"

namespace doppel::python {
namespace {

using augment::BoxFormat;
using augment::Drawn;
using augment::Sample;

constexpr std::array<std::pair<std::string_view, BoxFormat>, 4> kFormats{{{"pascal_voc", BoxFormat::Pascal},
                                                                          {"coco", BoxFormat::Coco},
                                                                          {"yolo", BoxFormat::Yolo},
                                                                          {"relative", BoxFormat::Relative}}};

/// What draws: the recipe, or a plan that is done again.
using Draw = std::function<Drawn(const Sample&)>;

void check_keywords(const py::dict& keywords, std::initializer_list<std::string> known) {
  for (const auto& [key, value] : keywords) {
    const auto name = py::cast<std::string>(key);
    if (std::ranges::find(known, name) == known.end())
      throw UsageError(
          fmt::format("a recipe takes no '{}'{}", name, did_you_mean(name, std::vector<std::string>(known))));
  }
}

py::array new_array(const std::vector<py::ssize_t>& shape, augment::PixelType type) {
  if (type == augment::PixelType::F32) return py::array_t<float>(shape);
  if (type == augment::PixelType::U16) return py::array_t<std::uint16_t>(shape);
  return py::array_t<unsigned char>(shape);
}

/// Renders into memory of Python's: [H, W, C], for tensors [C, H, W].
py::object rendered(const Drawn& drawn, const Image& image) {
  const Size size = drawn.plan.size();
  const int channels = image.mat.channels();
  const bool normalizes =
      !drawn.plan.ops.empty() && std::holds_alternative<augment::op::Normalize>(drawn.plan.ops.back());
  const bool floats = normalizes || image.mat.depth() == CV_32F, planes = image.form == Image::Form::Tensor;
  std::vector<py::ssize_t> shape{size.height, size.width};
  if (!image.flat) shape.insert(planes ? shape.begin() : shape.end(), channels);
  augment::Target target;
  target.type = floats                        ? augment::PixelType::F32
                : image.mat.depth() == CV_16U ? augment::PixelType::U16
                                              : augment::PixelType::U8;
  py::array array = new_array(shape, target.type);
  target.data = array.mutable_data();
  target.size = size;
  target.channels = channels;
  target.layout = planes ? augment::Layout::CHW : augment::Layout::HWC;
  {
    const py::gil_scoped_release released;
    augment::render(drawn.plan, image.mat, target, drawn.partners);
  }
  if (image.form == Image::Form::Tensor) return tensor_over(array);
  if (image.form == Image::Form::Array || floats) return array;
  return py::module_::import("PIL.Image").attr("fromarray")(array);
}

struct CallMasks {
  std::vector<Image> images;
  bool one = false;  ///< the first is `mask`

  CallMasks(const py::dict& keywords, Sample& sample) {
    const auto add = [&](const py::object& mask, const std::string& name) {
      images.push_back(mask_of(mask, name));
      if (augment::size_of(images.back().mat) != augment::size_of(sample.image))
        throw UsageError(fmt::format("{}: {}x{}, but the image is {}x{} (height x width)", name,
                                     images.back().mat.rows, images.back().mat.cols, sample.image.rows,
                                     sample.image.cols));
      sample.masks.push_back(images.back().mat);
      given.push_back(mask);
    };
    if (one = keywords.contains("mask") && !keywords["mask"].is_none(); one) add(keywords["mask"], "mask");
    if (!keywords.contains("masks") || keywords["masks"].is_none()) return;
    several = true;
    std::size_t i = 0;
    for (const py::handle mask : keywords["masks"])
      add(py::reinterpret_borrow<py::object>(mask), fmt::format("masks[{}]", i++));
  }
  void write(const std::vector<cv::Mat>& masks, py::dict& out) const {
    py::list list;
    for (std::size_t i = 0; i < masks.size(); ++i) {
      const py::object mask = like_mask(masks[i], given[i], images[i].form);
      if (one && i == 0)
        out["mask"] = mask;
      else
        list.append(mask);
    }
    if (several) out["masks"] = list;
  }

 private:
  std::vector<py::object> given;
  bool several = false;
};

py::object do_call(const CalledRecipe& recipe, const Draw& draw, const py::object& pixels,
                   const py::dict& keywords, bool image_alone) {
  const Image image = image_of(pixels, "image");
  Sample sample;
  sample.image = image.mat;
  CallTargets targets(recipe.format(), recipe.classes());
  const CallMasks masks(keywords, sample);
  targets.read(keywords, sample);
  take_drawn_targets(keywords, sample);
  Drawn drawn;
  std::vector<cv::Mat> moved;
  std::vector<augment::FloatMap> maps;
  {
    const py::gil_scoped_release released;
    drawn = draw(sample);
    if (!sample.masks.empty()) moved = augment::render_masks(drawn, sample);
    maps = augment::render_maps(drawn, sample);
  }
  const py::object result = rendered(drawn, image);
  if (image_alone) return result;
  py::dict out;
  out["image"] = result;
  masks.write(moved, out);
  targets.write(drawn, out);
  write_drawn_targets(maps, drawn.outlines, out);
  for (const char* key : {"polygons", "polylines"})  // of which none may be left
    if (keywords.contains(key) && !out.contains(key)) out[key] = py::list();
  if (keywords.contains("label"))
    out["label"] = sample.label < 0 ? py::object(keywords["label"]) : py::object(py::int_(drawn.label));
  out["plan"] = std::move(drawn.plan);
  return out;
}

std::uint64_t whole(const py::dict& keywords, const char* key) {
  const py::object value = keywords[key];
  try {
    if (PyIndex_Check(value.ptr()) == 0) throw py::cast_error();
    return py::cast<std::uint64_t>(py::reinterpret_steal<py::object>(PyNumber_Index(value.ptr())));
  } catch (const py::cast_error&) {
    throw UsageError(fmt::format("{} must be a whole number, not below 0; it is {}", key,
                                 py::cast<std::string>(py::repr(value))));
  }
}

}  // namespace

BoxFormat box_format_of(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& [known, format] : kFormats) {
    if (known == name) return format;
    names.emplace_back(known);
  }
  throw UsageError(fmt::format("'{}' is no form of boxes; there are pascal_voc, coco, yolo and relative{}",
                               name, did_you_mean(name, names)));
}

std::string name_of(BoxFormat format) {
  for (const auto& [name, known] : kFormats)
    if (known == format) return std::string(name);
  return {};
}

CalledRecipe::CalledRecipe(augment::Recipe recipe, BoxFormat format, std::vector<std::string> classes,
                           std::uint64_t seed)
    : recipe_(std::move(recipe)),
      format_(format),
      classes_(std::move(classes)),
      seed_(seed),
      process_seed_(seed),
      process_(::getpid()) {
  recipe_.bind_labels(classes_);
}

void CalledRecipe::set_calls(std::uint64_t calls) {
  calls_ = calls;
  process_ = 0;
}

/// Workers of a DataLoader have copies of one recipe: each gets a stream of its own, by the seed that torch
/// gives it, or by its number among processes.
void CalledRecipe::know_process() {
  if (process_ == ::getpid()) return;
  const bool unpickled = process_ == 0;
  process_ = ::getpid();
  const py::dict modules = py::module_::import("sys").attr("modules");
  if (modules.contains("torch.utils.data")) {
    const py::object info = py::module_::import("torch.utils.data").attr("get_worker_info")();
    if (!info.is_none()) {
      process_seed_ = fnv1a(py::cast<std::string>(py::str(info.attr("seed"))), kFnvBasis ^ seed_);
      return;
    }
  }
  if (!unpickled) process_seed_ = fnv1a(std::to_string(process_), kFnvBasis ^ seed_);
}

Stream CalledRecipe::stream_of(const py::dict& keywords) {
  const auto given = [&](const char* key) { return keywords.contains(key) && !keywords[key].is_none(); };
  Stream stream;
  know_process();
  stream.seed = given("seed") ? whole(keywords, "seed") : process_seed_;
  stream.epoch = given("epoch") ? whole(keywords, "epoch") : 0;
  stream.index = given("index") ? whole(keywords, "index") : given("seed") ? 0 : calls_++;
  return stream;
}

py::object CalledRecipe::call(const py::args& images, const py::dict& keywords) {
  check_keywords(keywords, {"image", "mask", "masks", "bboxes", "rotated_bboxes", "keypoints", "labels",
                            "label", "maps", "polygons", "polylines", "seed", "epoch", "index"});
  const bool alone = !images.empty();
  if (images.size() > 1 || (alone && keywords.contains("image")))
    throw UsageError("a recipe takes one image; others of it are keywords, as mask=");
  if (!alone && !keywords.contains("image"))
    throw UsageError("a recipe is called with image=, or with an image alone");
  const Stream stream = stream_of(keywords);
  const py::object image = alone ? py::object(images[0]) : py::object(keywords["image"]);
  return do_call(
      *this, [&](const Sample& sample) { return recipe_.draft(sample, stream); }, image, keywords, alone);
}

py::object CalledRecipe::replay(const augment::Plan& plan, const py::dict& keywords) const {
  check_keywords(keywords, {"image", "mask", "masks", "bboxes", "rotated_bboxes", "keypoints", "labels",
                            "label", "maps", "polygons", "polylines"});
  if (!keywords.contains("image")) throw UsageError("a plan is replayed on image=, with what belongs to it");
  const auto draw = [&](const Sample& sample) {
    if (augment::size_of(sample.image) != plan.source)
      throw UsageError(fmt::format("the plan was drawn for an image of {}x{} (height x width), not {}x{}",
                                   plan.source.height, plan.source.width, sample.image.rows,
                                   sample.image.cols));
    augment::Draft draft(sample);
    for (const augment::Op& op : plan.ops) draft.append(op);
    Drawn drawn = std::move(draft).finish(recipe_.rules());
    drawn.plan = plan;
    return drawn;
  };
  return do_call(*this, draw, keywords["image"], keywords, false);
}

}  // namespace doppel::python
