#include "fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "doppel/augment/transforms/transform.h"
#include "doppel/base/error.h"

namespace doppel::python {
namespace {

using augment::Transform;

bool is_list(const py::object& value) {
  return py::isinstance<py::sequence>(value) && !py::isinstance<py::str>(value) &&
         !py::isinstance<py::bytes>(value);
}

/// What has __float__ or __index__ and is no text: NumPy's numbers, too.
bool is_number(const py::object& value) {
  return !PyBool_Check(value.ptr()) && !is_list(value) && PyNumber_Check(value.ptr()) != 0;
}

/// Sets one field from a Python value; an error says what it needs.
struct KeywordField {
  const py::object& given;
  const FieldInfo& info;
  const std::string& owner;

  [[noreturn]] void fail(const char* needs) const {
    const std::string text = py::repr(given);
    throw UsageError(fmt::format("{}: {} needs {}, not {}", owner, info.name, needs, text.substr(0, 100)));
  }
  template <class T>
  T scalar(const py::object& value, const char* needs) const {
    if (!is_number(value)) fail(needs);
    try {
      if constexpr (std::is_integral_v<T>) {
        if (PyFloat_Check(value.ptr())) fail(needs);
        return py::cast<T>(py::reinterpret_steal<py::object>(PyNumber_Index(value.ptr())));
      } else {
        return py::cast<T>(py::float_(value));
      }
    } catch (const py::error_already_set&) { fail(needs); } catch (const py::cast_error&) {
      fail(needs);
    }
  }
  template <class T>
  std::vector<T> list(const char* needs, std::size_t least, std::size_t most) const {
    if (!is_list(given)) fail(needs);
    const auto sequence = py::reinterpret_borrow<py::sequence>(given);
    if (sequence.size() < least || sequence.size() > most) fail(needs);
    std::vector<T> values;
    for (const py::handle item : sequence)
      values.push_back(scalar<T>(py::reinterpret_borrow<py::object>(item), needs));
    return values;
  }
  /// (a, b), or one number that stands for both.
  template <class T>
  std::array<T, 2> pair(const char* needs) const {
    if (!is_list(given)) {
      const T both = scalar<T>(given, needs);
      return {both, both};
    }
    const std::vector<T> two = list<T>(needs, 2, 2);
    return {two[0], two[1]};
  }
  std::string text(const py::object& value, const char* needs) const {
    if (!py::isinstance<py::str>(value)) fail(needs);
    return py::cast<std::string>(value);
  }

  void operator()(bool* value) const {
    if (!PyBool_Check(given.ptr())) fail("True or False");
    *value = given.ptr() == Py_True;
  }
  void operator()(double* value) const { *value = scalar<double>(given, "a number"); }
  void operator()(int* value) const { *value = scalar<int>(given, "a whole number"); }
  void operator()(std::uint64_t* value) const { *value = scalar<std::uint64_t>(given, "a whole number"); }
  void operator()(std::string* value) const { *value = text(given, "a text"); }
  void operator()(std::vector<double>* value) const {
    constexpr const char* kNeeds = "a list of numbers";
    *value = is_list(given) ? list<double>(kNeeds, 0, std::size_t(-1))
                            : std::vector{scalar<double>(given, kNeeds)};
  }
  void operator()(std::vector<std::string>* value) const {
    constexpr const char* kNeeds = "a list of texts";
    if (py::isinstance<py::str>(given)) {
      *value = {text(given, kNeeds)};
      return;
    }
    if (!is_list(given)) fail(kNeeds);
    value->clear();
    for (const py::handle item : given)
      value->push_back(text(py::reinterpret_borrow<py::object>(item), kNeeds));
  }
  void operator()(Range* value) const {
    if (py::isinstance<py::str>(given)) {
      const auto word = py::cast<std::string>(given);
      const auto named = std::ranges::find(info.named, word, &NamedRange::name);
      if (named == info.named.end()) fail("a range (low, high), or one number");
      *value = named->value;
      return;
    }
    const auto [low, high] = pair<double>("a range (low, high), or one number");
    *value = {low, high};
  }
  void operator()(IntRange* value) const {
    const auto [low, high] = pair<int>("a range of whole numbers (low, high), or one");
    *value = {low, high};
  }
  void operator()(Size* value) const {
    const auto [height, width] = pair<int>("a size (height, width), or one number for both");
    *value = {height, width};
  }
  void operator()(Fill* value) const {
    constexpr const char* kNeeds =
        "a grey, a colour (r, g, b) or (r, g, b, alpha) in shares, or 'reflect', 'replicate', 'wrap' or "
        "'symmetric'";
    if (py::isinstance<py::str>(given)) {
      const auto rule = std::ranges::find(kFillNames, py::cast<std::string>(given));
      if (rule == kFillNames.end() || rule == kFillNames.begin()) fail(kNeeds);
      *value = {static_cast<Fill::Kind>(rule - kFillNames.begin()), {}};
    } else if (is_list(given)) {
      const auto c = list<double>(kNeeds, 3, 4);
      *value = {Fill::Kind::Color, {c[0], c[1], c[2], c.size() > 3 ? c[3] : 1}};
    } else {
      const auto grey = scalar<double>(given, kNeeds);
      *value = {Fill::Kind::Color, {grey, grey, grey, 1}};
    }
  }
  std::size_t position_among(std::span<const std::string_view> names) const {
    const std::string word = text(given, "a word");
    const auto found = std::ranges::find(names, std::string_view(word));
    if (found == names.end())
      throw UsageError(fmt::format("{}: {} is '{}', but must be one of {}{}", owner, info.name, word,
                                   fmt::join(names, ", "),
                                   did_you_mean(word, std::vector<std::string>(names.begin(), names.end()))));
    return static_cast<std::size_t>(found - names.begin());
  }
  void operator()(const Choice& choice) const {
    *choice.position = static_cast<int>(position_among(choice.names));
  }
  void operator()(Kinds* kinds) const { kinds->choose(kinds->names()[position_among(kinds->names())]); }
  void operator()(Children* children) const {
    auto& list = items_of<Transform>(*children);
    list.clear();
    const auto add = [&](const py::handle& item) {
      if (!py::isinstance<Transform>(item)) fail("transforms, as [doppel.HorizontalFlip()]");
      list.push_back(py::cast<const Transform&>(item));
    };
    if (is_list(given))
      for (const py::handle item : given) add(item);
    else
      add(given);
  }
};

/// A field's value for Python.
struct WrittenField {
  py::object operator()(const bool* v) const { return py::bool_(*v); }
  py::object operator()(const double* v) const { return py::float_(*v); }
  py::object operator()(const int* v) const { return py::int_(*v); }
  py::object operator()(const std::uint64_t* v) const { return py::int_(*v); }
  py::object operator()(const std::string* v) const { return py::str(*v); }
  py::object operator()(const Range* v) const { return py::make_tuple(v->low, v->high); }
  py::object operator()(const IntRange* v) const { return py::make_tuple(v->low, v->high); }
  py::object operator()(const Size* v) const { return py::make_tuple(v->height, v->width); }
  py::object operator()(const Fill* v) const {
    if (v->kind != Fill::Kind::Color)
      return py::str(std::string(kFillNames[static_cast<std::size_t>(v->kind)]));
    const auto& c = v->color;
    if (c[3] != 1) return py::make_tuple(c[0], c[1], c[2], c[3]);
    return py::make_tuple(c[0], c[1], c[2]);
  }
  py::object operator()(const std::vector<double>* v) const {
    py::list list;
    for (const double x : *v) list.append(x);
    return list;
  }
  py::object operator()(const std::vector<std::string>* v) const {
    py::list list;
    for (const std::string& x : *v) list.append(x);
    return list;
  }
  py::object operator()(const Choice& v) const {
    return py::str(std::string(v.names[static_cast<std::size_t>(*v.position)]));
  }
  py::object operator()(Kinds* v) const { return py::str(std::string(v->name())); }
  py::object operator()(Children* v) const {
    py::list list;
    for (const Transform& child : items_of<Transform>(*v)) list.append(child);
    return list;
  }
};

/// What a field's type is called, for signatures.
struct TypeName {
  const char* operator()(const bool*) const { return "bool"; }
  const char* operator()(const double*) const { return "number"; }
  const char* operator()(const int*) const { return "whole"; }
  const char* operator()(const std::uint64_t*) const { return "whole"; }
  const char* operator()(const std::string*) const { return "text"; }
  const char* operator()(const Range*) const { return "range"; }
  const char* operator()(const IntRange*) const { return "whole range"; }
  const char* operator()(const Size*) const { return "size"; }
  const char* operator()(const Fill*) const { return "fill"; }
  const char* operator()(const std::vector<double>*) const { return "numbers"; }
  const char* operator()(const std::vector<std::string>*) const { return "texts"; }
  const char* operator()(const Choice&) const { return "choice"; }
  const char* operator()(Kinds*) const { return "choice"; }
  const char* operator()(Children*) const { return "transforms"; }
};

}  // namespace

void KeywordReader::visit(const FieldInfo& info, const FieldValue& value) {
  names_.emplace_back(info.name);
  const py::str key{std::string(info.name)};
  if (keywords_.contains(key)) {
    const py::object given = keywords_[key];
    std::visit(KeywordField{given, info, owner_}, value);
    if (!std::holds_alternative<Kinds*>(value)) check_bounds(owner_, info, value);
  }
  if (auto* const* kinds = std::get_if<Kinds*>(&value)) (*kinds)->fields(*this);
}

void KeywordReader::check_all_used(std::initializer_list<std::string> also) const {
  std::vector<std::string> known = names_;
  known.insert(known.end(), also);
  for (const auto& [key, value] : keywords_) {
    const auto name = py::cast<std::string>(key);
    if (std::ranges::find(known, name) != known.end()) continue;
    throw UsageError(
        fmt::format("{} has no field '{}'{}", owner_, name,
                    did_you_mean(name, known, fmt::format("; it has {}", fmt::join(names_, ", ")))));
  }
}

void KeywordWriter::visit(const FieldInfo& info, const FieldValue& value) {
  fields[py::str(std::string(info.name))] = std::visit(WrittenField(), value);
  if (auto* const* kinds = std::get_if<Kinds*>(&value)) (*kinds)->fields(*this);
}

void FieldLister::visit(const FieldInfo& info, const FieldValue& value) {
  py::dict field;
  field["name"] = std::string(info.name);
  field["type"] = std::visit(TypeName(), value);
  field["default"] = std::visit(WrittenField(), value);
  field["values"] = values_text(info, value);
  field["unit"] = std::string(info.unit);
  field["help"] = std::string(info.help);
  py::list words;
  if (const auto* choice = std::get_if<Choice>(&value))
    for (const std::string_view name : choice->names) words.append(std::string(name));
  for (const NamedRange& named : info.named) words.append(std::string(named.name));
  field["words"] = words;
  fields.append(field);
}

}  // namespace doppel::python
