#include "doppel/dataset/open/open_data.h"

#include <fmt/format.h>

#include <cstdlib>

#include "annotated_folders.h"
#include "array_parts.h"
#include "beside.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/place.h"
#include "doppel/base/plug_in.h"
#include "doppel/base/remote.h"
#include "doppel/base/utf8.h"
#include "doppel/dataset/pack/pack.h"
#include "doppel/dataset/sources/coco.h"
#include "doppel/dataset/sources/cvat.h"
#include "doppel/dataset/sources/file_source.h"
#include "doppel/dataset/sources/image_files.h"
#include "doppel/dataset/sources/label_studio.h"
#include "doppel/dataset/sources/manifest.h"
#include "doppel/dataset/sources/open_images.h"
#include "doppel/dataset/sources/tar_shards.h"
#include "labelled_folders.h"
#include "layouts.h"
#include "lmdb_folder.h"
#include "record_folders.h"
#include "sources/array_file.h"
#include "sources/labelme_file.h"
#include "sources/text.h"
#include "unlisted_pack.h"
#include "yolo_folder.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// A folder or a file, as one data set.
OpenedData as_opened(const std::string& name, Found found) {
  return with_parts(name, std::move(found.layout), std::move(found.parts), std::move(found.remarks));
}

OpenedData one_part(const std::string& name, std::string layout, SourcePtr source) {
  return with_parts(name, std::move(layout), {{Part::Train, std::move(source)}}, {});
}

constexpr std::string_view kUnnamed = "images beside those that the file names, left out";

/// A file that names images.
OpenedData named_images(const std::string& file, std::string layout, SourcePtr source) {
  Found found{std::move(layout), {{Part::Train, std::move(source)}}, {}};
  remark_unnamed(file, found.parts, kUnnamed, found.remarks);
  return as_opened(file, std::move(found));
}

}  // namespace

fs::path sample_folder() {
  std::vector<fs::path> places;
  if (const char* set = std::getenv("DOPPEL_SAMPLE")) places.emplace_back(set);
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  if (!program.empty()) places.push_back(program.parent_path().parent_path() / "share/doppel/sample");
  places.push_back(own_folder() / "sample");
  places.emplace_back(DOPPEL_INSTALLED_SAMPLE);
  if (const auto built = build_folder()) places.push_back(built->sources / "dataset/sample");
  for (const fs::path& place : places)
    if (is_folder(place / "digits")) return place;
  throw Error(
      "the embedded sample isn't there; set DOPPEL_SAMPLE to the folder that holds digits/ and photos/");
}

namespace {

/// Any DATA but one with slashes at its end.
OpenedData open_named(const std::string& data, const OpenOptions& options) {
  if (data == "sample:digits" || data == "sample:photos")
    return as_opened(data, open_folder(sample_folder() / data.substr(7), options));
  if (data.starts_with("sample:"))
    throw UsageError(fmt::format("there is no '{}'; the samples are sample:digits and sample:photos", data));
  const fs::path path(data);
  const bool exists = is_there(path);
  const std::string ending = lower(path.extension().string());
  if (ending == ".tar" && exists && PackSource::is_pack(path))
    return one_part(data, "pack", std::make_shared<PackSource>(path));
  if (ending == ".tar")
    return one_part(data, "WebDataset",
                    std::make_shared<TarShards>(expand_braces(data), options.progress,
                                                std::vector<std::string>{}, options.table.columns));
  if (!exists)
    if (Parts parts = open_unlisted_pack(path); !parts.empty())
      return with_parts(data, "pack", std::move(parts), {});
  if (!exists) throw Error(fmt::format("there is no file or folder '{}'", data));
  if (is_folder(path)) {
    Found found = open_folder(path, options);
    check_labels_beside(Folder(path), found, options);
    return as_opened(data, std::move(found));
  }
  if (is_image_file(path) || is_image_array(path))
    return one_part(data, "images", std::make_shared<ImageFiles>(std::vector{path}));
  if (ending == ".xml" && Cvat::is_cvat(path)) {
    Found found{"CVAT", {}, {}};
    found.parts = open_cvat_file(path, options, found.remarks);
    remark_unnamed(path, found.parts, kUnnamed, found.remarks);
    return as_opened(data, std::move(found));
  }
  if (ending == ".json" && LabelStudio::is_label_studio(path))
    return named_images(data, "Label Studio", std::make_shared<LabelStudio>(path, options.progress));
  if (ending == ".csv" && OpenImages::kind_of(path) != OpenImages::Table::None)
    throw Error(fmt::format("'{}' is one of Open Images' tables; give the folder that holds it", data));
  if (Manifest::is_manifest(path) || is_metadata(path)) {
    Found found{"manifest", open_table(path, options), {}};
    remark_unnamed(path, found.parts, kUnnamed, found.remarks);
    return as_opened(data, std::move(found));
  }
  if (ending == ".json" && is_labelme(path))
    throw Error(fmt::format("'{}' is LabelMe's file of one image; give the folder that holds it", data));
  if (ending == ".json")
    return named_images(data, "COCO", std::make_shared<Coco>(path, fs::path(), options.progress));
  if (ending == ".parquet") return one_part(data, "Parquet", open_parquet_file(path, options));
  if (is_tfrecord(path)) return one_part(data, "TFRecord", open_tfrecord_file(path, options));
  if (ending == ".mdb" || ending == ".lmdb") return one_part(data, "LMDB", open_lmdb_file(path, options));
  if (ending == ".yaml" || ending == ".yml") {
    Found found{"YOLO", {}, {}};
    found.parts = open_yolo_yaml(path, options, found.remarks);
    return as_opened(data, std::move(found));
  }
  if (is_array_file(path) || ending == ".mat") {
    Found found{"arrays", {}, {}};
    found.parts = open_array_file(path, options, found.remarks);
    return as_opened(data, std::move(found));
  }
  throw Error(fmt::format(
      "'{}' is no data set that doppel knows: a folder or a .zip of one, a manifest (.csv, .jsonl), COCO's "
      ".json, "
      "Label Studio's .json, CVAT's .xml, YOLO's .yaml, arrays (.npy, .npz, .h5), a .tar, a .parquet, "
      "a .tfrecord, an .lmdb, or an image",
      data));
}

/// Files of ours and reports are UTF-8.
void check_names(const std::vector<std::string>& classes, const std::string& data) {
  for (const std::string& name : classes)
    if (!is_utf8(name))
      throw Error(fmt::format("{}: the class '{}' ({} as ISO 8859-1) isn't UTF-8: save the labels as UTF-8",
                              data, name, utf8_of_latin1(name)));
}

}  // namespace

OpenedData open_data(const std::string& address, const OpenOptions& options) {
  const std::string data = without_query(address);  // nobody is to see what an address is signed with
  const std::size_t last = data.find_last_not_of('/');
  if (last != data.npos && last + 1 < data.size() && data[last] != ':')
    return open_data(data.substr(0, last + 1), options);  // as completion types a folder
  const PlacedPath in = placed(data);                     // and stays open meanwhile
  OpenedData opened = open_named(data, options);
  check_names(opened.train->classes(), data);
  if (const auto* pack = dynamic_cast<const PackSource*>(opened.train.get())) opened.range = pack->range();
  if (!in.place) return opened;
  Remarks remarks;
  for (const auto& [what, name] : in.place->unread()) remarks.add(what, name);
  opened.remarks.insert(opened.remarks.end(), remarks.list().begin(), remarks.list().end());
  return opened;
}

std::vector<std::pair<std::string_view, std::string_view>> layout_help() {
  std::vector<std::pair<std::string_view, std::string_view>> help;
  for (const Layout& layout : layouts()) help.emplace_back(layout.name, layout.looks);
  return help;
}

}  // namespace doppel::dataset
