#include "doppel/dataset/sources/parquet.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>
#include <optional>
#include <set>

#include "class_words.h"
#include "doppel/base/error.h"
#include "doppel/codec/image_facts.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/sources/file_source.h"
#include "manifest_roles.h"
#include "parquet_column.h"
#include "parquet_columns.h"
#include "parquet_images.h"
#include "record_values.h"
#include "shard_index.h"
#include "text.h"

namespace doppel::dataset {
namespace {

/// Files that stay open: a process may often have 1,024 open.
constexpr std::size_t kHeldFiles = 256;

/// An empty list of classes.
constexpr augment::LabelShare kNoneOfThem{-1, 0};

/// A class as a column has it: text, or a whole number.
int class_in(const ParquetValue& value, ClassWords& words, Remarks& remarks) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return words.of(*number, remarks);
  if (const auto* text = std::get_if<std::string_view>(&value)) return words.of(trimmed(*text), remarks);
  const auto* real = std::get_if<double>(&value);
  constexpr double kMost = 1e15;
  if (!real || std::isnan(*real)) return -1;
  if (std::floor(*real) != *real || std::abs(*real) > kMost)
    throw Error(fmt::format("the label {}, and numbers with fractions are no classes", *real));
  return words.of(static_cast<std::int64_t>(*real), remarks);
}

/// Nothing for null and for what is too long.
std::optional<decltype(augment::NamedValue::value)> field_in(const ParquetValue& value, bool is_unsigned) {
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number && is_unsigned && *number < 0) return static_cast<double>(static_cast<std::uint64_t>(*number));
  if (number) return *number;
  if (const auto* real = std::get_if<double>(&value)) return *real;
  const auto* text = std::get_if<std::string_view>(&value);
  if (!text || !is_field_text(*text)) return {};
  return std::string(*text);
}

double real_in(const ParquetValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return static_cast<double>(*number);
  if (const auto* real = std::get_if<double>(&value); real && std::isfinite(*real)) return *real;
  throw Error("a box has a corner that is no number");
}

}  // namespace

struct ParquetFiles::Rows {
  struct Part {
    RandomFile file;
    ParquetFooter footer;
    ParquetColumns columns;
    std::uint64_t first_row = 0;
  };
  std::vector<std::unique_ptr<Part>> files;
  ParquetImages images;
  std::deque<ParquetImages> masks;
  std::vector<int> labels;
  PerSample<augment::Box> boxes;
  PerSample<augment::LabelShare> shares;
  ClassWords words;
  RecordValues values;
  Remarks remarks;

  explicit Rows(const std::map<std::string, std::string>& columns) : values(columns) {}
  const Part& part_of(std::size_t row) const {
    const auto after =
        std::ranges::upper_bound(files, row, {}, [](const auto& one) { return one->first_row; });
    return **(after - 1);
  }
};

/// Reads all but the images.
class ParquetFiles::Builder {
 public:
  Builder(Rows& rows, const ParquetOptions& options) : rows_(rows), options_(options) {}

  void open(const std::filesystem::path& path) {
    const auto hold = rows_.files.size() < kHeldFiles ? RandomFile::Hold::Open : RandomFile::Hold::PerRead;
    auto part = std::make_unique<Rows::Part>(Rows::Part{RandomFile(path, hold), {}, {}});
    part->footer = read_parquet_footer(part->file);
    part->columns = parquet_columns(part->footer, options_.columns,
                                    [this](std::string_view name) { return rows_.values.is_given(name); });
    groups_ += part->footer.groups.size();
    if (rows_.files.empty())
      take_names(*part);
    else
      expect_same(*part);
    rows_.files.push_back(std::move(part));
  }
  std::size_t groups() const { return groups_; }

  void read(Rows::Part& part, const std::function<void()>& group_done) {
    part.first_row = rows_.labels.size();
    for (const auto& group : part.footer.groups) {
      read_group(part, group);
      group_done();
    }
    part.footer.groups = {};  // pages are known now
  }

  void finish() {
    std::vector<bool> used(rows_.words.size());
    const auto use = [&](int label) {
      if (label >= 0) used[static_cast<std::size_t>(label)] = true;
    };
    for (const int label : rows_.labels) use(label);
    for (const auto& box : rows_.boxes.all()) use(box.label);
    for (const auto& share : rows_.shares.all()) use(share.label);
    const std::vector<int> number_of = rows_.words.finish(used, rows_.remarks);
    const auto renumber = [&](int& label) {
      if (label >= 0) label = number_of[static_cast<std::size_t>(label)];
    };
    for (int& label : rows_.labels) renumber(label);
    for (auto& box : rows_.boxes.all()) renumber(box.label);
    for (auto& share : rows_.shares.all()) renumber(share.label);
    for (std::size_t i = 0; i < rows_.labels.size(); ++i)
      if (const auto shares = rows_.shares.of(i); rows_.labels[i] < 0 && !shares.empty())
        rows_.labels[i] = shares.front().label;
    rows_.boxes.shrink(), rows_.shares.shrink();
    std::set<std::string> all;
    for (const ParquetLeaf& leaf : rows_.files.front()->footer.leaves) all.insert(leaf.path[0]);
    rows_.values.finish("column", unused_, rows_.remarks, all);
    remark();
  }

 private:
  void take_names(Rows::Part& part) {
    ParquetColumns& columns = part.columns;
    if (columns.box_labels && (columns.label || columns.labels) && columns.label_names != columns.box_names) {
      auto& label = columns.label ? columns.label : columns.labels;
      rows_.remarks.say(
          fmt::format("the column {} isn't used: its classes are others than those of objects, and a data "
                      "set has one list of them",
                      part.footer.leaves[*label].name()));
      label.reset();
    }
    const auto& names = columns.box_labels ? columns.box_names : columns.label_names;
    if (!names.empty()) rows_.words = ClassWords(names);
    if (!columns.label && !columns.labels && !columns.boxes && columns.masks.empty())
      if (const auto like = names_like_labels(columns.unused);
          !like.empty() && !options_.ignore_labels && !rows_.values.has_targets())
        throw Error(
            fmt::format("no column of labels is read, but {} {} like labels: --columns label=NAME names the "
                        "one that is; --ignore reads the images alone",
                        fmt::join(like, ", "), like.size() == 1 ? "looks" : "look"));
    unused_.insert(columns.unused.begin(), columns.unused.end());
  }

  void expect_same(Rows::Part& part) const {
    const Rows::Part& first = *rows_.files.front();
    if (!first.columns.label) part.columns.label.reset();
    if (!first.columns.labels) part.columns.labels.reset();
    const std::string own = part.columns.text(part.footer), known = first.columns.text(first.footer);
    if (own != known)
      throw Error(fmt::format("its columns are others than those of {}: {}, not {}",
                              first.file.path().string(), own, known));
    if (part.columns.label_names != first.columns.label_names ||
        part.columns.box_names != first.columns.box_names)
      throw Error(fmt::format("its class names are others than those of {}", first.file.path().string()));
  }

  /// Shows the values of a leaf with their rows.
  void each_value(const Rows::Part& part, const ParquetFooter::RowGroup& group, std::size_t leaf,
                  const auto& show) {
    std::size_t row = rows_.labels.size() - static_cast<std::size_t>(group.rows), next = row;
    const std::size_t end = rows_.labels.size();
    each_parquet_value(part.file, part.footer.leaves[leaf], group.chunks[leaf],
                       [&](const ParquetEntry& entry) {
                         if (entry.repetition == 0) row = next++;
                         if (row >= end || next == row) throw Error("more values than rows");
                         try {
                           show(row, entry);
                         } catch (const Error& error) {
                           throw Error(fmt::format("row {}: {}", row - part.first_row, error.what()));
                         }
                       });
    if (next != end)
      throw Error(fmt::format("column {}: fewer values than rows", part.footer.leaves[leaf].name()));
  }

  void read_group(const Rows::Part& part, const ParquetFooter::RowGroup& group) {
    const ParquetColumns& columns = part.columns;
    const auto add = [&](ParquetImages& to, std::size_t leaf) {
      to.add(part.file, part.footer.leaves[leaf], group.chunks[leaf], group.rows);
    };
    add(rows_.images, columns.image);
    rows_.masks.resize(columns.masks.size());
    for (std::size_t i = 0; i < columns.masks.size(); ++i) add(rows_.masks[i], columns.masks[i]);
    rows_.labels.resize(rows_.labels.size() + static_cast<std::size_t>(group.rows), -1);
    if (columns.label)
      each_value(part, group, *columns.label, [&](std::size_t row, const ParquetEntry& entry) {
        rows_.labels[row] = class_in(entry.value, rows_.words, rows_.remarks);
      });
    if (columns.labels)
      each_value(part, group, *columns.labels, [&](std::size_t row, const ParquetEntry& entry) {
        // Of an optional list of optional values: 0 is no list, 1 an empty one.
        const bool is_value = !std::holds_alternative<std::monostate>(entry.value),
                   is_null = entry.definition == 0 && part.footer.leaves[*columns.labels].most_definition > 2;
        if (!is_value && !is_null && entry.repetition == 0)
          rows_.shares.add(row, kNoneOfThem);
        else if (const int label = class_in(entry.value, rows_.words, rows_.remarks); label >= 0)
          rows_.shares.add(row, {label, 1});
      });
    if (columns.boxes) read_boxes(part, group);
    read_values(part, group);
  }

  void read_values(const Rows::Part& part, const ParquetFooter::RowGroup& group) {
    std::vector<std::vector<augment::NamedValue>> said(static_cast<std::size_t>(group.rows));
    const std::size_t first = rows_.labels.size() - said.size();
    for (const std::size_t leaf : part.columns.values)
      each_value(part, group, leaf, [&](std::size_t row, const ParquetEntry& entry) {
        if (auto value = field_in(entry.value, part.footer.leaves[leaf].is_unsigned))
          said[row - first].push_back({part.footer.leaves[leaf].name(), std::move(*value)});
      });
    for (const std::size_t leaf : part.columns.lists) read_lists(part, group, leaf, said);
    for (std::size_t i = 0; i < said.size(); ++i) try {
        rows_.values.take(std::move(said[i]));
      } catch (const Error& error) {
        throw Error(fmt::format("row {}: {}", first + i - part.first_row, error.what()));
      }
  }

  /// Of numbers, no more of them than a field has, and none that is null.
  void read_lists(const Rows::Part& part, const ParquetFooter::RowGroup& group, std::size_t leaf,
                  std::vector<std::vector<augment::NamedValue>>& said) {
    std::vector<std::vector<double>> lists(said.size());
    std::vector<bool> is_field(said.size(), true);
    const std::size_t first = rows_.labels.size() - said.size();
    each_value(part, group, leaf, [&](std::size_t row, const ParquetEntry& entry) {
      const std::size_t i = row - first;
      const auto number = field_in(entry.value, part.footer.leaves[leaf].is_unsigned);
      if (!number && entry.definition + 1 < part.footer.leaves[leaf].most_definition) return;  // no list
      is_field[i] = is_field[i] && number && lists[i].size() < kMostInField;
      if (!is_field[i]) return;
      const auto* whole = std::get_if<std::int64_t>(&*number);
      lists[i].push_back(whole ? static_cast<double>(*whole) : std::get<double>(*number));
    });
    for (std::size_t i = 0; i < said.size(); ++i)
      if (is_field[i] && !lists[i].empty())
        said[i].push_back({part.footer.leaves[leaf].path[0], std::move(lists[i])});
  }

  void read_boxes(const Rows::Part& part, const ParquetFooter::RowGroup& group) {
    std::vector<std::pair<std::size_t, std::vector<double>>> found;  // row, corners
    each_value(part, group, *part.columns.boxes, [&](std::size_t row, const ParquetEntry& entry) {
      if (std::holds_alternative<std::monostate>(entry.value)) return;
      if (entry.repetition < 2) {
        found.emplace_back(row, std::vector<double>());
      } else if (found.empty() || found.back().second.size() >= 4) {
        throw Error("a box of more than four numbers");
      }
      found.back().second.push_back(real_in(entry.value));
    });
    std::vector<std::pair<std::size_t, int>> classes;
    if (part.columns.box_labels)
      each_value(part, group, *part.columns.box_labels, [&](std::size_t row, const ParquetEntry& entry) {
        const bool is_none = std::holds_alternative<std::monostate>(entry.value);
        const ParquetLeaf& leaf = part.footer.leaves[*part.columns.box_labels];
        if (is_none && entry.definition + 1 < leaf.most_definition) return;  // an empty list
        classes.emplace_back(row, class_in(entry.value, rows_.words, rows_.remarks));
      });
    for (std::size_t i = 0; i < found.size(); ++i) {
      const std::size_t row = found[i].first;
      const auto& at = found[i].second;
      const auto fail = [&](const char* what) {
        throw Error(fmt::format("row {}: {}", row - part.first_row, what));
      };
      if (at.size() != 4) fail("a box of fewer than four numbers");
      if (part.columns.box_labels && (i >= classes.size() || classes[i].first != row))
        fail("other numbers of boxes and of their classes");
      rows_.boxes.add(row,
                      {at[0], at[1], at[0] + at[2], at[1] + at[3], classes.empty() ? -1 : classes[i].second});
    }
  }

  void remark() {
    const auto labelled = [](int label) { return label >= 0; };
    const bool some = std::ranges::any_of(rows_.labels, labelled);
    for (std::size_t i = 0; i < rows_.labels.size(); ++i) {
      if (!some || rows_.labels[i] >= 0) continue;
      rows_.remarks.add(rows_.shares.of(i).empty() ? "rows without a label, where others have one"
                                                   : "rows with none of the classes",
                        short_name(i));
    }
    constexpr std::uint64_t kSlow = 1 << 18;
    if (const std::uint64_t bytes = rows_.images.unpacked_per_row(); bytes > kSlow)
      rows_.remarks.say(fmt::format(
          "an image can't be read without the {} kB around it, which are unpacked once and kept in "
          "TMPDIR (or else /var/tmp) while there is room: doppel pack makes it quick",
          bytes / 1000));
  }
  std::string short_name(std::size_t row) const {
    const Rows::Part& part = rows_.part_of(row);
    return fmt::format("{}:{}", part.file.path().filename().string(), row - part.first_row);
  }

  Rows& rows_;
  const ParquetOptions& options_;
  std::size_t groups_ = 0;
  std::set<std::string> unused_;
};

ParquetFiles::ParquetFiles(const std::vector<std::filesystem::path>& files, const OnProgress& progress,
                           const ParquetOptions& options)
    : rows_(std::make_unique<Rows>(options.columns)) {
  Builder builder(*rows_, options);
  const auto named = [](const std::filesystem::path& path, const auto& act) {
    try {
      act();
    } catch (const Error& error) {
      const std::string what = error.what();
      throw Error(what.starts_with(path.string()) ? what : fmt::format("{}: {}", path.string(), what));
    }
  };
  for (const std::filesystem::path& path : files) named(path, [&] { builder.open(path); });
  std::size_t done = 0;
  for (const auto& part : rows_->files)
    named(part->file.path(), [&] {
      builder.read(*part, [&] {
        if (progress) progress(++done, builder.groups());
      });
    });
  if (rows_->labels.empty())
    throw Error(fmt::format("{}: no rows", files.empty() ? "no files" : files.front().string()));
  builder.finish();
}

ParquetFiles::~ParquetFiles() = default;

std::size_t ParquetFiles::size() const { return rows_->labels.size(); }
int ParquetFiles::label(std::size_t index) const { return rows_->labels[index]; }
const std::vector<std::string>& ParquetFiles::classes() const { return rows_->words.names(); }
std::vector<std::string> ParquetFiles::number_names() const { return rows_->values.number_names(); }
std::vector<double> ParquetFiles::numbers(std::size_t index) const { return rows_->values.numbers(index); }
std::vector<Remark> ParquetFiles::remarks() const { return rows_->remarks.list(); }
void ParquetFiles::prepare(std::size_t index) const { rows_->images.prepare(index); }

bool ParquetFiles::is_far() const { return size() > 0 && rows_->part_of(0).file.is_far(); }

std::optional<UnreadItem> ParquetFiles::unread(std::size_t index) const {
  return unread_bytes(is_far(), rows_->images.packed_bytes(index));
}

std::string ParquetFiles::name(std::size_t index) const {
  const Rows::Part& part = rows_->part_of(index);
  return fmt::format("{}:{}", part.file.path().string(), index - part.first_row);
}

std::vector<augment::LabelShare> ParquetFiles::label_shares(std::size_t index) const {
  const auto shares = rows_->shares.of(index);
  if (shares.size() == 1 && shares[0] == kNoneOfThem && !classes().empty()) return {{0, 0}};
  if (shares.size() < 2) return {};
  return {shares.begin(), shares.end()};
}

std::vector<int> ParquetFiles::object_labels(std::size_t index) const {
  std::vector<int> labels;
  for (const augment::Box& box : rows_->boxes.of(index)) labels.push_back(box.label);
  return labels;
}

Item ParquetFiles::read(std::size_t index) const {
  Item item{rows_->images.bytes(index), {}};
  if (item.encoded.empty())
    throw Error(
        "no bytes of an image: where a row has its path alone, `datasets` embeds it by "
        "embed_external_files");
  item.sample.label = rows_->labels[index];
  rows_->values.annotate(index, item.sample);
  const auto boxes = rows_->boxes.of(index);
  item.sample.boxes.assign(boxes.begin(), boxes.end());
  item.sample.label_shares = label_shares(index);
  for (const ParquetImages& column : rows_->masks) {
    const std::vector<unsigned char> bytes = column.bytes(index);
    if (bytes.empty()) throw Error("no mask, where other rows have one");
    item.sample.masks.push_back(decode_mask(bytes));
    const Size own = augment::size_of(item.sample.masks.back()), size = image_size(item);
    if (own != size)
      throw Error(fmt::format("a mask of {}x{} for an image of {}x{} (width x height)", own.width, own.height,
                              size.width, size.height));
  }
  return item;
}

}  // namespace doppel::dataset
