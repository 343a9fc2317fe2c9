#include <fmt/format.h>
#include <pybind11/stl.h>

#include "bind.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/base/error.h"
#include "fields.h"

namespace doppel::python {
namespace {

using augment::CatalogueEntry;
using augment::LabelRules;
using augment::Transform;

std::vector<std::string> label_list(const py::handle& value, const char* key) {
  if (!py::isinstance<py::sequence>(value) || py::isinstance<py::str>(value))
    throw UsageError(fmt::format("{} needs a list of labels, as ['left', 'right']", key));
  std::vector<std::string> labels;
  for (const py::handle item : value) labels.push_back(py::cast<std::string>(py::str(item)));
  return labels;
}

LabelRules rules_of(const py::dict& keywords) {
  LabelRules rules;
  if (keywords.contains("only_labels")) rules.only = label_list(keywords["only_labels"], "only_labels");
  if (keywords.contains("except_labels"))
    rules.except = label_list(keywords["except_labels"], "except_labels");
  if (!keywords.contains("relabel")) return rules;
  if (!py::isinstance<py::dict>(keywords["relabel"]))
    throw UsageError("relabel needs a dict, as {'left': 'right', 'right': 'left'}");
  for (const auto& [from, to] : py::dict(keywords["relabel"]))
    rules.relabel[py::cast<std::string>(py::str(from))] = py::cast<std::string>(py::str(to));
  return rules;
}

/// `from` is a word of Python's: there it's `from_`.
augment::Schedule schedule_of(const Transform& transform, const py::dict& keywords) {
  augment::Schedule schedule;
  const auto share = [&](const char* key, double& value) {
    if (keywords.contains(key)) value = py::cast<double>(keywords[key]);
  };
  share("from_", schedule.from);
  share("until", schedule.until);
  if (!keywords.contains("start")) return schedule;
  if (!py::isinstance<py::dict>(keywords["start"]))
    throw UsageError("start needs a dict of the fields that are others at first, as {'p': 0.1}");
  Transform start = transform;
  const py::dict fields = keywords["start"];
  KeywordReader reader(std::string(transform.name()), fields);
  start.fields(reader);
  reader.check_all_used({});
  start.validate();
  schedule.start = std::make_shared<const Transform>(std::move(start));
  return schedule;
}

Transform transform_of(const std::string& name, const py::dict& keywords) {
  Transform transform = augment::find_transform(name).make();
  KeywordReader reader(name, keywords);
  transform.fields(reader);
  reader.check_all_used({"only_labels", "except_labels", "relabel", "from_", "until", "start"});
  transform.set_rules(rules_of(keywords));
  transform.set_schedule(schedule_of(transform, keywords));
  transform.validate();
  return transform;
}

/// Keywords that make the same transform.
py::dict fields_of(Transform transform) {
  KeywordWriter writer;
  transform.fields(writer);
  const LabelRules& rules = transform.rules();
  if (!rules.only.empty()) writer.fields["only_labels"] = py::cast(rules.only);
  if (!rules.except.empty()) writer.fields["except_labels"] = py::cast(rules.except);
  if (!rules.relabel.empty()) writer.fields["relabel"] = py::cast(rules.relabel);
  const augment::Schedule& schedule = transform.schedule();
  if (schedule.from > 0) writer.fields["from_"] = schedule.from;
  if (schedule.until < 1) writer.fields["until"] = schedule.until;
  if (schedule.start) {
    Transform start = *schedule.start;
    KeywordWriter first;
    start.fields(first);
    writer.fields["start"] = first.fields;
  }
  return writer.fields;
}

py::dict entry_of(const CatalogueEntry& entry) {
  FieldLister lister;
  Transform transform = entry.make();
  transform.fields(lister);
  py::dict all;
  all["name"] = std::string(entry.name);
  all["family"] = std::string(entry.family);
  all["help"] = std::string(entry.help);
  all["fields"] = lister.fields;
  return all;
}

}  // namespace

void bind_transforms(py::module_& module) {
  py::class_<Transform>(module, "Transform",
                        "A random transform; use one of doppel's classes, as doppel.Rotate.")
      .def(py::init(&transform_of), py::arg("name"), py::arg("fields"))
      .def("_yaml", [](const Transform& self) { return augment::Recipe({self}).yaml(); })
      .def_property_readonly(
          "name", [](const Transform& self) { return std::string(self.name()); }, "As recipes call it.")
      .def("fields", &fields_of, "Every field with its value, as keywords.");
  module.def("transform_names", [] {
    py::list names;
    for (const CatalogueEntry& entry : augment::catalogue()) names.append(std::string(entry.name));
    return names;
  });
  module.def(
      "transform_entry", [](const std::string& name) { return entry_of(augment::find_transform(name)); },
      py::arg("name"));
}

}  // namespace doppel::python
