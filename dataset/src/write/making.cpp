#include "making.h"

#include <fmt/format.h>

#include <opencv2/core.hpp>

#include "doppel/augment/plan/plan_json.h"
#include "doppel/augment/render/render.h"
#include "doppel/base/error.h"
#include "doppel/base/hash.h"
#include "doppel/codec/image.h"
#include "doppel/codec/image_facts.h"
#include "doppel/codec/jpeg.h"
#include "doppel/codec/png.h"
#include "doppel/codec/tiff.h"
#include "doppel/codec/webp.h"
#include "loader/lazy_sample.h"
#include "pack/named_values.h"

namespace doppel::dataset::write {
namespace {

using Images = WriteOptions::Images;

std::string_view ending_of(ImageKind kind) {
  switch (kind) {
    case ImageKind::Jpeg:
      return ".jpg";
    case ImageKind::Webp:
      return ".webp";
    case ImageKind::Pgm:
      return ".pgm";
    case ImageKind::Ppm:
      return ".ppm";
    case ImageKind::Bmp:
      return ".bmp";
    case ImageKind::Tiff:
      return ".tif";
    case ImageKind::Gif:
      return ".gif";
    case ImageKind::Heif:
      return ".heic";
    case ImageKind::Avif:
      return ".avif";
    case ImageKind::Jxl:
      return ".jxl";
    case ImageKind::Pam:
      return ".pam";
    case ImageKind::Pfm:
      return ".pfm";
    case ImageKind::Exr:
      return ".exr";
    case ImageKind::Dicom:
      return ".dcm";
    case ImageKind::Nifti:
      return ".nii";
    case ImageKind::Npy:  // never written
    case ImageKind::Png:
    case ImageKind::Unknown:
      break;
  }
  return ".png";
}

/// What no format but TIFF holds; PNG holds 16 bits, too. `bands`: see augment::Sample.
bool needs_tiff(const cv::Mat& image, bool bands) {
  return image.depth() == CV_32F || is_banded(image.channels()) || bands;
}

/// What an image is encoded as whose file was of `kind`. Nothing is cut to 8 bits without being asked.
ImageKind kind_for(Images images, ImageKind kind, const cv::Mat& image, bool bands) {
  const bool deep = image.depth() != CV_8U;
  if ((needs_tiff(image, bands) && images != Images::Keep) ||
      (deep && (images == Images::Jpeg || images == Images::Webp)))
    throw Error(fmt::format("images with {} channels of {} can't be written so; without --images they are {}",
                            image.channels(),
                            image.depth() == CV_8U    ? "8 bits"
                            : image.depth() == CV_16U ? "16 bits"
                                                      : "floats",
                            needs_tiff(image, bands) ? "TIFF" : "PNG"));
  if (needs_tiff(image, bands)) return ImageKind::Tiff;
  if (deep) return ImageKind::Png;
  switch (images) {
    case Images::Jpeg:
      return ImageKind::Jpeg;
    case Images::Png:
      return ImageKind::Png;
    case Images::Webp:
      return ImageKind::Webp;
    case Images::Keep:
      break;
  }
  return kind == ImageKind::Jpeg || kind == ImageKind::Webp ? kind : ImageKind::Png;
}

std::vector<unsigned char> encode(const cv::Mat& image, bool bands, ImageKind kind, int quality) {
  if (kind == ImageKind::Jpeg)
    return encode_jpeg(with_channels(image, image.channels() == 1 ? 1 : 3), quality);
  if (kind == ImageKind::Webp) return encode_webp(image, quality);
  if (kind == ImageKind::Tiff) return encode_tiff(image, bands ? FourChannels::Bands : FourChannels::Rgba);
  return encode_png(image);
}

bool has_alpha(const Item& item) {
  return item.encoded.empty() ? item.sample.image.channels() == 4 && !item.sample.bands
                              : facts_of(item.encoded).has_alpha;
}

cv::Mat rendered(const augment::Drawn& drawn, const cv::Mat& image, int halved) {
  const Size size = drawn.plan.size();
  cv::Mat out(size.height, size.width, image.type());
  augment::Target target;
  target.data = out.data;
  target.size = size;
  target.channels = out.channels();
  target.type = image.depth() == CV_8U    ? augment::PixelType::U8
                : image.depth() == CV_16U ? augment::PixelType::U16
                                          : augment::PixelType::F32;
  target.layout = augment::Layout::HWC;
  augment::render(drawn.plan, image, target, drawn.partners, halved);
  return out;
}

}  // namespace

std::uint64_t fingerprint_of(const Item& item) {
  std::uint64_t hash = fnv1a(item.encoded);
  const auto add = [&](const auto&... numbers) {
    ((hash = fnv1a(std::span(reinterpret_cast<const unsigned char*>(&numbers), sizeof numbers), hash)), ...);
  };
  const augment::Sample& sample = item.sample;
  const auto add_pixels = [&](const cv::Mat& image) {
    add(image.rows, image.cols, image.type());
    for (int y = 0; y < image.rows; ++y)
      hash = fnv1a(std::span(image.ptr(y), static_cast<std::size_t>(image.cols) * image.elemSize()), hash);
  };
  if (item.encoded.empty()) add_pixels(sample.image);
  add(sample.label, sample.instance_mask, sample.boxes.size(), sample.rotated_boxes.size(),
      sample.keypoints.size());
  for (const auto& share : sample.label_shares) add(share.label, share.share);
  for (const auto& b : sample.boxes) add(b.x0, b.y0, b.x1, b.y1, b.label, b.visibility, b.instance);
  for (const auto& b : sample.rotated_boxes)
    add(b.x, b.y, b.width, b.height, b.angle, b.label, b.visibility, b.instance);
  for (const auto& p : sample.keypoints) add(p.x, p.y, p.label, p.visibility, p.instance);
  for (const cv::Mat& mask : sample.masks) add_pixels(mask);
  for (const augment::FloatMap& map : sample.maps) {
    hash = fnv1a(map.name, hash);
    add(map.kind, map.filter, map.fill, map.colors);
    add_pixels(map.values);
  }
  for (const augment::Outline& outline : sample.outlines) {
    add(outline.closed, outline.label, outline.instance);
    for (const Point& p : outline.points) add(p.x, p.y);
  }
  for (const double number : sample.numbers) add(number);
  if (sample.weight != 1) add(sample.weight);
  for (const augment::NamedValue& field : sample.fields)
    hash = fnv1a(field.name + json_of(field).dump(), hash);
  return hash;
}

/// One sample's images.
class Maker::Job {
 public:
  Job(const Maker& maker, const Source& source, std::size_t index, const Wanted& wanted)
      : maker_(maker), source_(source), index_(index), wanted_(wanted), item_(source.read(index)) {
    kind_ = item_.encoded.empty() ? ImageKind::Unknown : image_kind(item_.encoded);
    if (maker.options_.alpha != AlphaOver::Keep && has_alpha(item_)) channels_ = 3;
  }

  std::uint64_t fingerprint() const { return fingerprint_of(item_); }
  std::vector<Made> run() {
    made_.resize(static_cast<std::size_t>(wanted_.copies));
    std::vector<Draw> halved = render_unhalved();
    for (Draw& draw : halved) {
      LazySample lazy(item_, channels_, maker_.options_.alpha, maker_.large_);
      lazy.need(draw.drawn.plan);
      keep(draw, lazy.sample(), lazy.halved());
    }
    if (wanted_.original) made_.insert(made_.begin(), std::move(original_));
    return std::move(made_);
  }

 private:
  struct Draw {
    augment::Drawn drawn;
    int copy = 1;
    bool looked = false;  ///< at pixels, so that all of them have been decoded
  };

  Stream stream_of(int copy) const {
    return {.seed = maker_.options_.seed, .epoch = static_cast<std::uint64_t>(copy - 1), .index = index_};
  }

  augment::PartnerSource partners_of(int copy, int channels) const {
    return [this, copy, channels](std::uint64_t bits) {
      const std::size_t other = bits % source_.size();
      Stream stream = stream_of(copy);
      stream.index = other;
      // What has no alpha can't keep another's.
      const AlphaOver told = maker_.options_.alpha, over = told == AlphaOver::Keep ? AlphaOver::White : told;
      return augment::PartnerPick{load(source_, other, channels, channels == 4 ? AlphaOver::Keep : over),
                                  stream.split("partner", bits)};
    };
  }

  /// Draws all copies and renders those that read pixels as they are, as the loader would. Returns those for
  /// which the image is halved while it's decoded.
  std::vector<Draw> render_unhalved() {
    LazySample lazy(item_, channels_, maker_.options_.alpha, maker_.large_);
    const int channels = lazy.sample().image.channels();
    std::vector<Draw> plain, halved;
    for (int copy = 1; copy <= wanted_.copies; ++copy) {
      Draw draw{.drawn = {}, .copy = copy};
      draw.drawn = maker_.recipe_.draft(lazy.sample(), stream_of(copy), partners_of(copy, channels), [&] {
        lazy.need_all();
        draw.looked = true;
      });
      const bool is_plain = draw.looked || item_.encoded.empty() || source_halvings(draw.drawn.plan) == 0;
      (is_plain ? plain : halved).push_back(std::move(draw));
    }
    if (wanted_.original || plain.size() > 1)
      lazy.need_all();
    else if (plain.size() == 1 && !plain[0].looked)
      lazy.need(plain[0].drawn.plan);
    for (Draw& draw : plain) keep(draw, lazy.sample(), 0);
    if (wanted_.original) keep_original(lazy.sample());
    return halved;
  }

  void keep(Draw& draw, const augment::Sample& sample, int halved) {
    Made& made = made_[static_cast<std::size_t>(draw.copy - 1)];
    const cv::Mat image = rendered(draw.drawn, sample.image, halved);
    const ImageKind kind = kind_for(maker_.options_.images, kind_, image, item_.sample.bands);
    made.copy = draw.copy;
    made.size = augment::size_of(image);
    made.channels = image.channels();
    made.ending = ending_of(kind);
    made.bytes = encode(image, item_.sample.bands, kind, maker_.options_.quality);
    made.plan = augment::json_of(draw.drawn.plan);
    made.stream = stream_of(draw.copy);
    made.sample = augment::render_targets(draw.drawn, sample);
  }

  void keep_original(const augment::Sample& sample) {
    const bool rare = kind_ >= ImageKind::Bmp;      // those that are never written
    const bool is_array = kind_ == ImageKind::Npy;  // which beside other images is none
    const bool kept =
        !item_.encoded.empty() && channels_ == 0 && !is_array && !(rare && maker_.rare_ == Rare::ToPng);
    const ImageKind kind = kept && maker_.options_.images == Images::Keep
                               ? kind_
                               : kind_for(maker_.options_.images, kind_, sample.image, sample.bands);
    const bool stays = kept && kind == kind_;
    original_.size = augment::size_of(sample.image);
    original_.channels = sample.image.channels();
    original_.ending = ending_of(stays ? kind_ : kind);
    original_.bytes =
        stays ? item_.encoded : encode(sample.image, sample.bands, kind, maker_.options_.quality);
    original_.sample = sample;
    original_.sample.image.release();
  }

  const Maker& maker_;
  const Source& source_;
  std::size_t index_;
  Wanted wanted_;
  Item item_;
  ImageKind kind_ = ImageKind::Unknown;
  int channels_ = 0;  ///< 3 where transparency is put over something
  Made original_;
  std::vector<Made> made_;
};

std::vector<Made> Maker::make(const Source& source, std::size_t index, const Wanted& wanted,
                              std::uint64_t& fingerprint) const {
  try {
    Job job(*this, source, index, wanted);
    fingerprint = job.fingerprint();
    return job.run();
  } catch (const UsageError&) { throw; } catch (const std::exception& error) {
    throw Error(named(source, index, error.what()));
  }
}

}  // namespace doppel::dataset::write
