#include "array_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "class_order.h"
#include "doppel/base/error.h"
#include "text.h"

namespace doppel::dataset {
namespace {

constexpr std::uint64_t kMostLabels = std::uint64_t{1} << 28;

[[noreturn]] void refuse_labels(const Array& array, const std::string& why) {
  throw Error(fmt::format("{}: {}", array.name(), why));
}

/// Calls act(row, numbers) for each row, as doubles: exact for whole numbers up to 2^53.
void each_row(const Array& array, const auto& act) {
  const ArrayFacts& facts = array.facts();
  const std::uint64_t row_bytes = facts.bytes_of_row(), rows = facts.rows(),
                      at_once = std::max<std::uint64_t>(1, (std::uint64_t{1} << 20) / row_bytes);
  const auto size = static_cast<std::size_t>(facts.type.bytes);
  std::vector<unsigned char> stored;
  std::vector<double> numbers(facts.numbers_of_row());
  for (std::uint64_t first = 0; first < rows; first += at_once) {
    stored.resize(std::min(at_once, rows - first) * row_bytes);
    array.read(first, stored);
    for (std::uint64_t k = 0; k * row_bytes < stored.size(); ++k) {
      const unsigned char* row = stored.data() + k * row_bytes;
      for_type(facts.type, [&](auto zero) {
        for (std::size_t i = 0; i < numbers.size(); ++i)
          numbers[i] =
              static_cast<double>(stored_number<decltype(zero)>(row + i * size, facts.type.big_endian));
      });
      act(first + k, std::span<const double>(numbers));
    }
  }
}

/// Classes in the order in which they were met, by their texts or numbers.
template <class Key>
class ClassesMet {
 public:
  int of(const Key& key) {
    const auto [at, is_new] = numbers_.emplace(key, static_cast<int>(keys_.size()));
    if (is_new) keys_.push_back(key);
    return at->second;
  }
  const std::vector<Key>& keys() const { return keys_; }

 private:
  std::unordered_map<Key, int> numbers_;
  std::vector<Key> keys_;
};

void sort_classes(ArrayLabels& labels) {
  std::vector<std::string> sorted = labels.classes;
  std::ranges::sort(sorted, {}, class_order);
  std::unordered_map<std::string_view, int> place;
  for (std::size_t k = 0; k < sorted.size(); ++k) place.emplace(sorted[k], static_cast<int>(k));
  for (int& label : labels.labels)
    if (label >= 0) label = place.at(labels.classes[static_cast<std::size_t>(label)]);
  labels.classes = std::move(sorted);
}

void remark_on_ids(ArrayLabels& labels) {
  const auto labelled =
      static_cast<std::size_t>(std::ranges::count_if(labels.labels, [](int label) { return label >= 0; }));
  if (labelled > 100 && labels.classes.size() * 10 >= labelled * 9)
    labels.remarks.say(fmt::format("the label looks like an id: {} different ones for {} images",
                                   labels.classes.size(), labelled));
}

void without_class(const Array& array, ArrayLabels& labels, std::uint64_t row) {
  labels.remarks.add("images without a class, while others have one",
                     fmt::format("{} {}", array.name(), row));
}

ArrayLabels of_numbers(const Array& array, const std::vector<std::string>& names) {
  ArrayLabels all;
  ClassesMet<std::int64_t> met;
  each_row(array, [&](std::uint64_t row, std::span<const double> numbers) {
    const double value = numbers[0];
    const auto place = [&] { return fmt::format("label {} is {:g}", row, value); };
    if (std::isnan(value) || value == -1) {
      without_class(array, all, row);
      return all.labels.push_back(-1);
    }
    if (value != std::floor(value) || std::abs(value) > 9e15)
      refuse_labels(array, place() +
                               ", and numbers with fractions are no classes; make classes of them "
                               "(ranges, say)");
    if (value < 0) refuse_labels(array, place() + "; classes count from 0, and -1 is none");
    if (!names.empty() && value >= static_cast<double>(names.size()))
      refuse_labels(array, fmt::format("{}, but there are names of {} classes", place(), names.size()));
    all.labels.push_back(names.empty() ? met.of(static_cast<std::int64_t>(value)) : static_cast<int>(value));
  });
  all.classes = names;
  if (names.empty()) {
    for (const std::int64_t number : met.keys()) all.classes.push_back(std::to_string(number));
    sort_classes(all);
  }
  return all;
}

ArrayLabels of_texts(const Array& array, const std::vector<std::string>& names) {
  ArrayLabels all;
  ClassesMet<std::string> met;
  for (const std::string& name : names) met.of(name);
  const std::vector<std::string> texts = array.texts();
  for (std::size_t row = 0; row < texts.size(); ++row) {
    const std::string text(trimmed(texts[row]));
    if (text.empty()) without_class(array, all, row);
    all.labels.push_back(text.empty() ? -1 : met.of(text));
    if (!names.empty() && met.keys().size() > names.size())
      refuse_labels(array, fmt::format("label {} is '{}', which isn't among the {} names of classes", row,
                                       text, names.size()));
  }
  all.classes = met.keys();
  if (names.empty()) sort_classes(all);
  return all;
}

/// Classes of a row: of ones each that has one, in full; else shares, which sum to 1. None where all are 0.
std::vector<augment::LabelShare> shares_in(const Array& array, std::uint64_t row,
                                           std::span<const double> numbers) {
  std::vector<augment::LabelShare> shares;
  double sum = 0;
  bool ones = true;
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    if (!(numbers[k] >= 0 && numbers[k] <= 1))
      refuse_labels(array, fmt::format("row {} has {:g}: of {} numbers for each image, one for each class, "
                                       "each is 0 or 1, or a share of 1; where they are labels of several "
                                       "kinds, save the one that is to be learned",
                                       row, numbers[k], numbers.size()));
    if (numbers[k] == 0) continue;
    ones = ones && numbers[k] == 1;
    sum += numbers[k];
    shares.push_back({static_cast<int>(k), numbers[k]});
  }
  if (!ones && std::abs(sum - 1) > 1e-2)
    refuse_labels(array, fmt::format("the shares of row {} sum to {:g}, not to 1", row, sum));
  for (auto& share : shares)
    if (!ones) share.share /= sum;
  return shares;
}

ArrayLabels of_rows(const Array& array, const std::vector<std::string>& names) {
  ArrayLabels all;
  const std::uint64_t count = array.facts().numbers_of_row();
  if (count > 1'000'000) refuse_labels(array, fmt::format("{} numbers for each image are too many", count));
  if (!names.empty() && names.size() != count)
    refuse_labels(array, fmt::format("has {} classes, but there are names of {}", count, names.size()));
  all.classes = names;
  for (std::uint64_t k = 0; all.classes.size() < count; ++k) all.classes.push_back(std::to_string(k));
  bool several = false;
  std::vector<std::uint64_t> none;
  each_row(array, [&](std::uint64_t row, std::span<const double> numbers) {
    auto shares = shares_in(array, row, numbers);
    if (shares.empty()) none.push_back(row);
    several = several || shares.size() > 1;
    all.labels.push_back(
        shares.empty() ? -1 : std::ranges::max_element(shares, {}, &augment::LabelShare::share)->label);
    if (shares.size() < 2) shares.clear();
    all.shares.push_back(std::move(shares));
  });
  // Where classes don't exclude each other, an image may show none of them.
  for (const std::uint64_t row : none)
    if (several)
      all.shares[row] = {{0, 0}};
    else
      without_class(array, all, row);
  if (!several) all.shares.clear();
  return all;
}

}  // namespace

ArrayLabels ArrayLabels::of(const Array& array, const std::vector<std::string>& names) {
  using Kind = ArrayFacts::Kind;
  const ArrayFacts& facts = array.facts();
  if (facts.kind == Kind::Unread) refuse_labels(array, facts.problem);
  if (facts.kind == Kind::Files) refuse_labels(array, "holds files, not labels");
  if (facts.shape.empty()) refuse_labels(array, "is one number, not an array of labels");
  if (facts.rows() == 0) refuse_labels(array, "holds no labels");
  if (facts.rows() > kMostLabels) refuse_labels(array, fmt::format("{} labels are too many", facts.rows()));
  const auto wide = std::ranges::count_if(facts.shape.begin() + 1, facts.shape.end(),
                                          [](std::uint64_t size) { return size != 1; });
  if (wide > 1 || facts.numbers_of_row() == 0 || (wide == 1 && facts.kind == Kind::Texts))
    refuse_labels(array,
                  fmt::format("its shape is {}; labels are N, N x 1 or, a number for each class, N x K",
                              facts.shape_text()));
  ArrayLabels all = facts.kind == Kind::Texts ? of_texts(array, names)
                    : wide == 1               ? of_rows(array, names)
                                              : of_numbers(array, names);
  if (names.empty()) remark_on_ids(all);
  return all;
}

}  // namespace doppel::dataset
