#include "doppel/dataset/sources/manifest.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "manifest_builder.h"
#include "manifest_parquet.h"
#include "manifest_unused.h"
#include "text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

bool is_parquet(const fs::path& file) { return lower(file.extension().string()) == ".parquet"; }

bool is_json(const fs::path& file, std::string_view text) {
  const std::string ending = lower(file.extension().string());
  if (ending == ".csv" || ending == ".tsv") return false;
  if (ending == ".json" || ending == ".jsonl" || ending == ".ndjson") return true;
  return trimmed(text.substr(0, 256)).starts_with('{') || trimmed(text.substr(0, 256)).starts_with('[');
}

}  // namespace

Manifest::~Manifest() = default;

std::vector<std::string> Manifest::number_names() const { return values_->names(); }

std::vector<double> Manifest::numbers(std::size_t index) const { return values_->numbers(index); }

Manifest::Manifest(const fs::path& file, const OnProgress& progress, const ManifestOptions& options)
    : FileSource(options.root.empty() ? file.parent_path() : options.root),
      values_(std::make_unique<ManifestValues>()) {
  try {
    const bool is_table = is_parquet(file);
    const std::string text = is_table ? parquet_json_lines(file) : read_text(file);
    const ManifestRoles roles(options.columns);
    values_->set_names(roles.targets());
    const auto rows = is_table || is_json(file, text) ? json_rows(text, roles, is_table ? "row" : "line")
                                                      : table_rows(text, roles);
    const ManifestPaths paths(
        root_, options.root.empty() ? ManifestPaths::Foreign::Refuse : ManifestPaths::Foreign::LookFor);
    Builder builder{.manifest = *this,
                    .paths = paths,
                    .unit = std::string(rows->unit()),
                    .minus_one_is_none = options.minus_one_is_none};
    for (ManifestRow row; rows->next(row);) {
      if (progress) progress(rows->bytes_read(), text.size());
      try {
        builder.take(row);
      } catch (const Error& error) {
        throw Error(fmt::format("{}: {}", builder.place(row.number), error.what()));
      }
    }
    if (files_.empty()) throw Error("names no files");
    values_->finish(
        {.what = rows->fields(), .kept = rows->kept(), .unused = rows->unused(), .kinds = rows->kinds()},
        remarks_);
    builder.number_classes();
    if (!options.ignore_labels)
      check_unused(*rows, builder.boxes > 0, !classes_.empty() || values_->has_numbers());
    builder.remark_on_labels();
    builder.find_parts();
    if (!options.part.empty()) {
      builder.keep_part(options.part);
      // Other parts find the same.
      Remarks said;
      said.add(said_once(remarks_.list()));
      remarks_ = std::move(said);
    }
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", file.string(), error.what()));
  } catch (const Error& error) {
    const std::string what = error.what();
    throw Error(what.starts_with(file.string()) ? what : fmt::format("{}: {}", file.string(), what));
  }
}

std::vector<int> Manifest::object_labels(std::size_t index) const {
  std::vector<int> labels;
  for (const augment::Box& box : facts_[index].boxes) labels.push_back(box.label);
  return labels;
}

void Manifest::annotate(std::size_t index, Item& item) const {
  if (const Size told = facts_[index].size; told != Size{})
    if (const Size size = image_size(item); size != told) throw Error(of_other_size(name(index), size, told));
  item.sample.boxes = facts_[index].boxes;
  item.sample.label_shares = facts_[index].shares;
  values_->annotate(index, item.sample);
  if (const auto& drawn = facts_[index].drawn) {
    item.sample.outlines = drawn->outlines;
    for (const MapFile& map : drawn->maps) item.sample.maps.push_back(read_map(root_, map, image_size(item)));
  }
}

std::vector<std::string> Manifest::map_files() const {
  std::vector<std::string> files;
  for (const Facts& facts : facts_)
    if (facts.drawn)
      for (const MapFile& map : facts.drawn->maps) files.push_back((root_ / map.path).string());
  return files;
}

bool Manifest::is_manifest(const fs::path& file) {
  const std::string ending = lower(file.extension().string());
  if (ending == ".csv" || ending == ".tsv" || ending == ".jsonl" || ending == ".ndjson") return true;
  if (ending != ".json") return false;
  const std::vector<unsigned char> head = read_head(file, 256);
  const std::string text(head.begin(), head.end());
  return trimmed(without_mark(text)).starts_with('[');
}

}  // namespace doppel::dataset
