#include <fmt/format.h>
#include <pybind11/stl.h>

#include "bind.h"
#include "doppel/augment/import/imported.h"
#include "doppel/augment/plan/plan_json.h"
#include "doppel/base/error.h"
#include "doppel/base/hash.h"
#include "doppel/codec/png.h"
#include "fields.h"
#include "images.h"
#include "recipe_call.h"

namespace doppel::python {
namespace {

using augment::Plan;
using augment::Recipe;

/// What pickles and states are read by: later ones may have more.
constexpr int kPickleFormat = 1;

Recipe recipe_from(const py::object& parts, const py::dict& rules) {
  std::vector<augment::Transform> transforms;
  if (py::isinstance<augment::Transform>(parts)) {
    transforms.push_back(py::cast<const augment::Transform&>(parts));
  } else {
    for (const py::handle part : parts) {
      if (!py::isinstance<augment::Transform>(part))
        throw UsageError(fmt::format("a recipe is a list of transforms, as doppel.Rotate(); {} is none",
                                     py::cast<std::string>(py::repr(part)).substr(0, 100)));
      transforms.push_back(py::cast<const augment::Transform&>(part));
    }
  }
  augment::TargetRules targets;
  KeywordReader reader("Recipe", rules);
  targets.fields(reader);
  reader.check_all_used({"mirror_pairs", "rgb"});
  if (rules.contains("rgb")) {
    targets.rgb = py::cast<std::vector<int>>(rules["rgb"]);
    if (!augment::is_rgb(targets.rgb))
      throw UsageError("rgb needs three different channels, [red, green, blue], counted from 0");
  }
  if (rules.contains("mirror_pairs"))
    targets.mirror_pairs = py::cast<std::vector<std::pair<int, int>>>(rules["mirror_pairs"]);
  return Recipe(std::move(transforms), targets);
}

py::tuple state_of(const CalledRecipe& self) {
  return py::make_tuple(kPickleFormat, self.recipe().yaml(), name_of(self.format()), self.classes(),
                        self.seed(), self.calls());
}

void check_state(const py::tuple& state) {
  if (state.empty() || !PyLong_Check(state[0].ptr())) throw UsageError("this is no pickled recipe");
  if (const int format = py::cast<int>(state[0]); format != kPickleFormat)
    throw UsageError(fmt::format("the recipe was pickled by a newer doppel, in format {}; this one reads {}",
                                 format, kPickleFormat));
}

CalledRecipe recipe_of_state(const py::tuple& state) {
  check_state(state);
  CalledRecipe recipe(Recipe::from_yaml(py::cast<std::string>(state[1]), "pickled recipe"),
                      box_format_of(py::cast<std::string>(state[2])),
                      py::cast<std::vector<std::string>>(state[3]), py::cast<std::uint64_t>(state[4]));
  recipe.set_calls(py::cast<std::uint64_t>(state[5]));
  return recipe;
}

/// Equal recipes do the same when they're called with a seed: calls so far don't count.
std::string identity_of(const CalledRecipe& self) {
  std::string text = fmt::format("{}\n{}\n{}", self.recipe().yaml(), name_of(self.format()), self.seed());
  for (const std::string& name : self.classes()) text += "\n" + name;
  return text;
}

void bind_plan(py::module_& module) {
  py::class_<Plan>(module, "Plan", "What was done to one image, with no randomness left.")
      .def_static(
          "from_yaml", [](const std::string& text) { return Plan::from_yaml(text); }, py::arg("text"),
          "Reads what yaml() or json() wrote.")
      .def("yaml", &Plan::yaml, "Every op with every field, at full precision.")
      .def(
          "json", [](const Plan& self) { return augment::json_of(self); }, "The same in one line of JSON.")
      .def("words", &Plan::words, "One line for people.")
      .def("text", &Plan::text, "The same, and each warp's matrix.")
      .def("fuse", &Plan::fuse, "The same with neighbouring geometric ops multiplied into one each.")
      .def(
          "map",
          [](const Plan& self, double x, double y) {
            const Point to = self.map({x, y});
            return py::make_tuple(to.x, to.y);
          },
          py::arg("x"), py::arg("y"), "Where a point of the source ends up, in pixels.")
      .def_property_readonly(
          "source", [](const Plan& self) { return py::make_tuple(self.source.height, self.source.width); },
          "(height, width) of the image that it was drawn for.")
      .def_property_readonly(
          "size", [](const Plan& self) { return py::make_tuple(self.size().height, self.size().width); },
          "(height, width) of the result.")
      .def("__len__", [](const Plan& self) { return self.ops.size(); })
      .def("__repr__", [](const Plan& self) { return fmt::format("<Plan: {}>", self.words()); })
      .def("__eq__",
           [](const Plan& self, const py::object& other) {
             return py::isinstance<Plan>(other) && self == py::cast<const Plan&>(other);
           })
      .def("__hash__", [](const Plan& self) { return fnv1a(augment::json_of(self)) >> 1; })
      .def(py::pickle([](const Plan& self) { return py::make_tuple(kPickleFormat, self.yaml()); },
                      [](const py::tuple& state) {
                        check_state(state);
                        return Plan::from_yaml(py::cast<std::string>(state[1]), "pickled plan");
                      }));
}

}  // namespace

void bind_recipes(py::module_& module) {
  bind_plan(module);
  py::class_<CalledRecipe>(module, "Recipe")
      .def(py::init([](const py::object& parts, const py::dict& rules, const std::string& format,
                       std::vector<std::string> classes, std::uint64_t seed) {
             return CalledRecipe(recipe_from(parts, rules), box_format_of(format), std::move(classes), seed);
           }),
           py::arg("transforms"), py::arg("rules"), py::arg("bbox_format"), py::arg("classes"),
           py::arg("seed"))
      .def(
          "_read",
          [](CalledRecipe& self, const std::string& text, const std::string& name) {
            self = CalledRecipe(Recipe::from_yaml(text, name), self.format(), self.classes(), self.seed());
          },
          py::arg("text"), py::arg("name"))
      .def(
          "_load",
          [](CalledRecipe& self, const std::string& path) {
            self = CalledRecipe(Recipe::load(path), self.format(), self.classes(), self.seed());
          },
          py::arg("path"))
      .def("_transforms",
           [](const CalledRecipe& self) {
             py::list list;
             for (const augment::Transform& transform : self.recipe().transforms()) list.append(transform);
             return list;
           })
      .def(
          "yaml", [](const CalledRecipe& self) { return self.recipe().yaml(); },
          "Every transform with every field; Recipe.from_yaml() reads it back.")
      .def("__call__", [](CalledRecipe& self, const py::args& images,
                          const py::kwargs& keywords) { return self.call(images, keywords); })
      .def(
          "replay",
          [](const CalledRecipe& self, const Plan& plan, const py::kwargs& keywords) {
            return self.replay(plan, keywords);
          },
          py::arg("plan"), "Does what `plan` says to image=, and to what comes with it.")
      .def_property_readonly("seed", &CalledRecipe::seed)
      .def_property_readonly("calls", &CalledRecipe::calls)
      .def_property_readonly("classes", [](const CalledRecipe& self) { return self.classes(); })
      .def_property_readonly("bbox_format", [](const CalledRecipe& self) { return name_of(self.format()); })
      .def("__eq__",
           [](const CalledRecipe& self, const py::object& other) {
             return py::isinstance<CalledRecipe>(other) &&
                    identity_of(self) == identity_of(py::cast<const CalledRecipe&>(other));
           })
      .def("__hash__", [](const CalledRecipe& self) { return fnv1a(identity_of(self)) >> 1; })
      .def("__getstate__", &state_of)
      .def(
          "_restore", [](CalledRecipe& self, const py::tuple& state) { self = recipe_of_state(state); },
          py::arg("state"));
  module.def(
      "presets", [] { return std::vector<std::string>(Recipe::presets().begin(), Recipe::presets().end()); },
      "Names that Recipe.load() knows.");
  const auto told = [](augment::Imported made) {
    return std::pair(std::move(made.yaml), std::move(made.notes));
  };
  module.def(
      "import_keras", [=](const std::string& text) { return told(augment::import_keras(text)); },
      py::arg("arguments"));
  module.def(
      "import_albumentations",
      [=](const std::string& text) { return told(augment::import_albumentations(text)); }, py::arg("text"));
  module.def(
      "encode_png",
      [](const py::object& image) {
        const std::vector<unsigned char> bytes = encode_png(image_of(image, "image").mat);
        return py::bytes(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      },
      py::arg("image"));
}

}  // namespace doppel::python
