#include "doppel/nn/study/image_writer.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "doppel/base/error.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/pack/pack.h"
#include "doppel/dataset/write/class_folders.h"
#include "doppel/nn/gan/generated_source.h"

namespace doppel::nn {
namespace {

namespace fs = std::filesystem;

/// Images that lie one after the other.
class Pixels final : public dataset::Source {
 public:
  Pixels(std::span<unsigned char> pixels, const std::vector<int>& labels,
         const std::vector<std::string>& names, const RunInfo& info)
      : pixels_(pixels), labels_(labels), names_(names), info_(info) {}
  std::size_t size() const override { return labels_.size(); }
  std::string name(std::size_t index) const override { return names_[index]; }
  int label(std::size_t index) const override { return labels_[index]; }
  const std::vector<std::string>& classes() const override { return info_.classes; }
  dataset::Item read(std::size_t index) const override {
    const Shape& shape = info_.input;
    dataset::Item item;
    item.sample.image = cv::Mat(shape.height, shape.width, CV_8UC(shape.channels),
                                pixels_.data() + index * static_cast<std::size_t>(shape.count()));
    item.sample.label = labels_[index];
    return item;
  }

 private:
  std::span<unsigned char> pixels_;
  const std::vector<int>& labels_;
  const std::vector<std::string>& names_;
  const RunInfo& info_;
};

}  // namespace

ImageWriter::ImageWriter(fs::path out, const RunInfo& info, const std::vector<int>& classes, Options options)
    : out_(std::move(out)),
      info_(info),
      options_(std::move(options)),
      folders_(dataset::class_folders(info.classes)) {
  if (fs::exists(out_) && !fs::is_empty(out_)) throw Error(fmt::format("{} isn't empty", out_.string()));
  fs::create_directories(out_);
  if (!options_.pack)
    for (const int c : classes) fs::create_directories(out_ / folders_[static_cast<std::size_t>(c)]);
  provenance_.open(out_ / "provenance.jsonl");
}

std::string ImageWriter::name_of(int label, std::uint64_t index) const {
  const fs::path folder = folders_[static_cast<std::size_t>(label)];
  return (folder / fmt::format("{:08}{}", index, options_.pack ? "" : ".png")).string();
}

void ImageWriter::write(const std::vector<int>& labels, std::span<const float> images, std::uint64_t first,
                        const std::vector<Decision>& decisions) {
  const auto size = static_cast<std::size_t>(info_.input.count());
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (decisions.empty() || decisions[i].dropped.empty()) kept.push_back(i);
  const std::size_t before = pixels_.size();
  if (options_.pack) pixels_.resize(before + kept.size() * size);
  tbb::parallel_for(std::size_t{0}, kept.size(), [&](std::size_t k) {
    const std::size_t i = kept[k];
    const cv::Mat image = image_of(images.subspan(i * size, size), info_.input);
    if (options_.pack)
      std::copy_n(image.data, size, pixels_.data() + before + k * size);
    else
      write_png(out_ / name_of(labels[i], first + i), image);
  });
  auto next = kept.begin();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::string name = name_of(labels[i], first + i);
    nlohmann::json line{{"class", info_.classes[static_cast<std::size_t>(labels[i])]},
                        {"seed", options_.seed},
                        {"index", first + i},
                        {"gan", options_.gan}};
    if (options_.truncation > 0) line["truncation"] = options_.truncation;
    if (!decisions.empty()) {
      line["confidence"] = decisions[i].confidence;
      line["score"] = decisions[i].score;
      line["distance"] = decisions[i].distance;
    }
    if (next != kept.end() && *next == i) {
      ++next;
      line[options_.pack ? "sample" : "file"] = name;
      if (options_.pack) labels_.push_back(labels[i]), names_.push_back(name);
    } else {
      line["dropped"] = decisions[i].dropped;
    }
    provenance_ << line.dump() << '\n';
  }
  if (!provenance_.flush())
    throw Error(fmt::format("{} can't be written", (out_ / "provenance.jsonl").string()));
}

void ImageWriter::finish(const OnPhase& on_phase) {
  if (!options_.pack) return;
  write_pack(Pixels(pixels_, labels_, names_, info_), out_, {.images = dataset::PackOptions::Images::Raw},
             begin_phase(on_phase, "packing", "images"));
}

}  // namespace doppel::nn
