#include "doppel/nn/study/image_writer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/json_fields.h"
#include "doppel/base/parallel.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/pack/pack.h"
#include "doppel/dataset/write/begun_folder.h"
#include "doppel/dataset/write/class_folders.h"
#include "doppel/nn/gan/generated_source.h"
#include "remade_images.h"

namespace doppel::nn {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProvenance = "provenance.jsonl";

/// Makes a folder, or clears it of what an earlier run was killed while it wrote.
void begin_class_folder(const fs::path& folder) {
  make_folder(folder);
  for (const FolderEntry& entry : list_folder(folder))
    if (std::error_code ignored; !entry.is_folder && entry.path.extension() == ".tmp")
      fs::remove(entry.path, ignored);
}

}  // namespace

ImageWriter::ImageWriter(fs::path out, const RunInfo& info, const std::vector<int>& classes, Options options)
    : out_(std::move(out)),
      info_(info),
      options_(std::move(options)),
      folders_(dataset::class_folders(info.classes)) {
  std::vector<SettingText> settings{{"gan", options_.gan},
                                    {"seed", std::to_string(options_.seed)},
                                    {"truncation", fmt::format("{}", options_.truncation)},
                                    {"pack", options_.pack ? "true" : "false"}};
  settings.insert(settings.end(), options_.settings.begin(), options_.settings.end());
  dataset::begin_folder(out_, "generate", settings);
  finished_ = fs::exists(out_ / kProvenance);
  if (finished_)
    fs::remove_all(hidden());
  else
    go_on(classes);
}

void ImageWriter::go_on(const std::vector<int>& classes) {
  make_folder(hidden() / "unfinished");
  if (!options_.pack)
    for (const int c : classes) begin_class_folder(out_ / folders_[static_cast<std::size_t>(c)]);
  journal_ = std::make_unique<dataset::LineJournal>(hidden() / kProvenance, out_,
                                                    [this](const std::string& line) { return holds(line); });
}

/// Of a line whose file is there, if it should have one, it is known what it says.
bool ImageWriter::holds(const std::string& text) {
  const auto line = nlohmann::json::parse(text, nullptr, false);
  if (!line.is_object()) return false;
  const auto number = [&](const char* name) {
    const auto found = line.find(name);
    return found != line.end() && found->is_number() ? found->get<double>() : 0;
  };
  const auto index = line.contains("index") ? json_whole<std::uint64_t>(line["index"]) : std::nullopt;
  if (!index) return false;
  Known image{*index, json_text_or_none(line, "class"), {}};
  if (line.contains("confidence"))
    image.decision = Decision{json_text_or_none(line, "dropped"), number("confidence"), number("score"),
                              number("distance")};
  std::error_code error;
  if (line.contains("file") && (!fs::is_regular_file(out_ / json_text_or_none(line, "file"), error) || error))
    return false;
  known_.push_back(std::move(image));
  return true;
}

std::string ImageWriter::name_of(int label, std::uint64_t index) const {
  const fs::path folder = folders_[static_cast<std::size_t>(label)];
  return (folder / fmt::format("{:08}{}", index, options_.pack ? "" : ".png")).string();
}

std::string ImageWriter::line_of(int label, const Known& image) const {
  nlohmann::json line{
      {"class", image.class_name}, {"seed", options_.seed}, {"index", image.index}, {"gan", options_.gan}};
  if (options_.truncation > 0) line["truncation"] = options_.truncation;
  if (image.decision) {
    line["confidence"] = image.decision->confidence;
    line["score"] = image.decision->score;
    line["distance"] = image.decision->distance;
  }
  if (image.is_kept())
    line[options_.pack ? "sample" : "file"] = name_of(label, image.index);
  else
    line["dropped"] = image.decision->dropped;
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

std::vector<Decision> ImageWriter::skip(const std::vector<int>& labels) {
  std::vector<Decision> decisions;
  for (const int label : labels) {
    const Known& image = known_.at(at_++);
    if (image.class_name != info_.classes[static_cast<std::size_t>(label)])
      throw Error(fmt::format("{} is damaged: image {} is one of '{}'; write into another folder",
                              (hidden() / kProvenance).string(), image.index, image.class_name));
    if (image.decision) decisions.push_back(*image.decision);
    if (options_.pack && image.is_kept()) labels_.push_back(label), numbers_.push_back(image.index);
  }
  return decisions;
}

void ImageWriter::write_files(const std::vector<int>& labels, std::span<const float> images,
                              std::uint64_t first, const std::vector<Decision>& decisions) const {
  const auto size = static_cast<std::size_t>(info_.input.count());
  for_all(labels.size(), [&](std::size_t i) {
    if (decisions.empty() || decisions[i].dropped.empty())
      write_png(out_ / name_of(labels[i], first + i), image_of(images.subspan(i * size, size), info_.input));
  });
}

void ImageWriter::write(const std::vector<int>& labels, std::span<const float> images, std::uint64_t first,
                        const std::vector<Decision>& decisions) {
  if (at_ < known_.size()) {
    known_.resize(at_);
    journal_->shorten(at_);
  }
  if (!options_.pack) write_files(labels, images, first, decisions);
  std::string lines;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    Known image{first + i, info_.classes[static_cast<std::size_t>(labels[i])], {}};
    if (!decisions.empty()) image.decision = decisions[i];
    lines += line_of(labels[i], image);
    if (options_.pack && image.is_kept()) labels_.push_back(labels[i]), numbers_.push_back(image.index);
  }
  journal_->append(lines, labels.size());
  at_ += labels.size();
  known_.resize(at_);  // which nobody asks for any more
}

void ImageWriter::finish(const OnPhase& on_phase) {
  if (finished_) return;
  if (options_.pack) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < labels_.size(); ++i) names.push_back(name_of(labels_[i], numbers_[i]));
    const RemadeImages images(*options_.pack, info_.classes, labels_, numbers_, std::move(names),
                              {options_.seed, options_.truncation});
    write_pack(images, out_, {.images = dataset::PackOptions::Images::Raw},
               begin_phase(on_phase, "packing", "images"));
  }
  std::error_code error;
  fs::rename(hidden() / kProvenance, out_ / kProvenance, error);
  if (error) throw Error(fmt::format("can't write {}: {}", (out_ / kProvenance).string(), error.message()));
  fs::remove_all(hidden(), error);
  finished_ = true;
}

}  // namespace doppel::nn
