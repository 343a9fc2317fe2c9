#include "draw.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>
#include <optional>

namespace doppel::apps {
namespace {

const cv::Scalar kInk(40, 40, 40), kPale(225, 225, 225), kBlue(31, 119, 180), kOrange(255, 127, 14),
    kWhite(255, 255, 255);
constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
constexpr int kLine = 14;

void put(cv::Mat& canvas, const std::string& text, cv::Point at, double scale = 0.38,
         const cv::Scalar& color = kInk) {
  cv::putText(canvas, text, at, kFont, scale, color, 1, cv::LINE_AA);
}

int width_of(const std::string& text, double scale = 0.38) {
  int base = 0;
  return cv::getTextSize(text, kFont, scale, 1, &base).width;
}

/// OpenCV's stroke font knows ASCII only.
std::string ascii(std::string text) {
  for (const auto& [from, to] : {std::pair<std::string, std::string>{" · ", ", "}, {"°", " deg"}})
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos;)
      text.replace(at, from.size(), to);
  return text;
}

std::vector<std::string> wrap(const std::string& text, int width) {
  std::vector<std::string> lines;
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (!line.empty() && width_of(line + " " + word) > width) {
      lines.push_back(line);
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
    at = end + 1;
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

cv::Mat fit(const cv::Mat& image, int side) {
  const int longest = std::max(image.rows, image.cols);
  double scale = double(side) / longest;
  if (scale > 1) scale = std::max(1.0, std::floor(scale));
  cv::Mat out;
  const cv::Size size(std::max(1, int(std::lround(image.cols * scale))),
                      std::max(1, int(std::lround(image.rows * scale))));
  cv::resize(image, out, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_NEAREST);
  return out;
}

cv::Mat to_rgb8(const cv::Mat& image) {
  cv::Mat bytes = image, rgb;
  if (image.depth() == CV_32F) {
    // Normalised pictures are stretched to be seen.
    double low = 0, high = 0;
    cv::minMaxLoc(image.reshape(1), &low, &high);
    if (low < -1e-3 || high > 1 + 1e-3)
      image.convertTo(bytes, CV_8U, 255 / std::max(1e-9, high - low),
                      -low * 255 / std::max(1e-9, high - low));
    else
      image.convertTo(bytes, CV_8U, 255);
  }
  if (bytes.channels() == 3) return bytes.clone();
  cv::cvtColor(bytes, rgb, bytes.channels() == 1 ? cv::COLOR_GRAY2RGB : cv::COLOR_RGBA2RGB);
  return rgb;
}

/// A plot's frame: pixels of data coordinates.
struct Axes {
  cv::Rect area;
  double x1, y0, y1;
  cv::Point at(double x, double y) const {
    return {area.x + int(std::lround(area.width * (x1 > 0 ? x / x1 : 0))),
            area.y + area.height - int(std::lround(area.height * (std::clamp(y, y0, y1) - y0) / (y1 - y0)))};
  }
};

void draw_axes(cv::Mat& canvas, const Axes& axes, const std::string& title, int epochs) {
  for (int i = 0; i <= 4; ++i) {
    const double y = axes.y0 + (axes.y1 - axes.y0) * i / 4;
    cv::line(canvas, axes.at(0, y), axes.at(axes.x1, y), kPale, 1);
    const std::string label = fmt::format("{:.3g}", y);
    put(canvas, label, axes.at(0, y) + cv::Point(-8 - width_of(label), 4));
  }
  const int every = std::max(1, (epochs + 7) / 8);
  for (int e = 0; e < epochs; e += every) {
    const std::string label = std::to_string(e + 1);
    put(canvas, label, axes.at(e, axes.y0) + cv::Point(-width_of(label) / 2, 18));
  }
  put(canvas, title, {axes.area.x, axes.area.y - 14}, 0.5);
  put(canvas, "epoch", {axes.area.x + axes.area.width - 30, axes.area.y + axes.area.height + 34});
}

/// Values that are no number weren't measured.
void draw_line(cv::Mat& canvas, const Axes& axes, const std::vector<double>& values, const cv::Scalar& color,
               const std::string& name, int row) {
  std::optional<std::size_t> before;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) continue;
    cv::circle(canvas, axes.at(double(i), values[i]), 2, color, cv::FILLED, cv::LINE_AA);
    if (before)
      cv::line(canvas, axes.at(double(*before), values[*before]), axes.at(double(i), values[i]), color, 2,
               cv::LINE_AA);
    before = i;
  }
  const cv::Point at(axes.area.x + axes.area.width - 150, axes.area.y + 16 + 16 * row);
  cv::line(canvas, at + cv::Point(0, -4), at + cv::Point(18, -4), color, 2, cv::LINE_AA);
  put(canvas, fmt::format("{} {:.4g}", name, before ? values[*before] : 0.0), at + cv::Point(24, 0));
}

Axes axes_for(const cv::Rect& area, const std::vector<double>& a, const std::vector<double>& b,
              std::size_t epochs) {
  double low = 1e300, high = -1e300;
  for (const auto* list : {&a, &b})
    for (const double v : *list) low = std::min(low, v), high = std::max(high, v);
  const double margin = std::max(1e-3, (high - low) * 0.08);
  return {area, std::max(1.0, double(epochs) - 1), low - margin, high + margin};
}

}  // namespace

cv::Mat tile_sheet(const std::vector<Tile>& tiles, int columns, int side) {
  columns = std::max(1, std::min(columns, static_cast<int>(tiles.size())));
  const int gap = 12, rows = (static_cast<int>(tiles.size()) + columns - 1) / columns;
  std::vector<int> row_heights(static_cast<std::size_t>(rows), 0);
  std::vector<cv::Mat> images;
  std::vector<std::vector<std::string>> captions;
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    images.push_back(fit(to_rgb8(tiles[i].image), side));
    captions.push_back(wrap(ascii(tiles[i].caption), side));
    int& height = row_heights[i / static_cast<std::size_t>(columns)];
    height = std::max(height, images.back().rows + 6 + kLine * static_cast<int>(captions.back().size()));
  }
  int total = gap;
  for (const int h : row_heights) total += h + gap;
  cv::Mat sheet(total, gap + columns * (side + gap), CV_8UC3, kWhite);
  int y = gap;
  for (int r = 0; r < rows; y += row_heights[static_cast<std::size_t>(r)] + gap, ++r)
    for (int c = 0; c < columns; ++c) {
      const auto i = static_cast<std::size_t>(r * columns + c);
      if (i >= tiles.size()) break;
      const int x = gap + c * (side + gap);
      images[i].copyTo(sheet(cv::Rect(x + (side - images[i].cols) / 2, y, images[i].cols, images[i].rows)));
      for (std::size_t l = 0; l < captions[i].size(); ++l)
        put(sheet, captions[i][l], {x, y + images[i].rows + 14 + kLine * static_cast<int>(l)});
    }
  return sheet;
}

cv::Mat with_targets(const augment::Sample& sample) {
  cv::Mat image = to_rgb8(sample.image);
  for (const cv::Mat& mask : sample.masks) {
    cv::Mat green(image.size(), CV_8UC3, cv::Scalar(40, 200, 80)), blended;
    cv::addWeighted(image, 0.75, green, 0.25, 0, blended);
    blended.copyTo(image, mask != 0);
  }
  const int thick = std::max(1, std::min(image.rows, image.cols) / 200);
  for (const auto& b : sample.boxes)
    cv::rectangle(image, cv::Point(int(b.x0), int(b.y0)), cv::Point(int(b.x1) - 1, int(b.y1) - 1), kOrange,
                  thick);
  for (const auto& b : sample.rotated_boxes) {
    cv::Point2f corners[4];
    cv::RotatedRect({float(b.x), float(b.y)}, {float(b.width), float(b.height)}, float(-b.angle))
        .points(corners);
    for (int i = 0; i < 4; ++i) cv::line(image, corners[i], corners[(i + 1) % 4], kBlue, thick, cv::LINE_AA);
  }
  for (const auto& k : sample.keypoints)
    if (k.visibility > 0)
      cv::circle(image, cv::Point(int(k.x), int(k.y)), 2 * thick, cv::Scalar(230, 30, 60), cv::FILLED,
                 cv::LINE_AA);
  return image;
}

cv::Mat draw_curves(const std::vector<nn::EpochRecord>& history, const std::string& held_out) {
  cv::Mat canvas(420, 1000, CV_8UC3, kWhite);
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> loss, accuracy, valid_loss, valid_accuracy;
  for (const nn::EpochRecord& r : history) {
    loss.push_back(r.loss);
    accuracy.push_back(100 * r.accuracy);
    valid_loss.push_back(r.valid_loss.value_or(kNone));
    valid_accuracy.push_back(100 * r.valid_accuracy.value_or(kNone));
  }
  const auto measured = [](const std::vector<double>& values) {
    return !std::ranges::all_of(values, [](double v) { return std::isnan(v); });
  };
  const int epochs = static_cast<int>(history.size());
  const Axes left = axes_for({70, 50, 400, 310}, loss, valid_loss, history.size());
  draw_axes(canvas, left, "loss", epochs);
  draw_line(canvas, left, loss, kBlue, "training", 0);
  if (measured(valid_loss)) draw_line(canvas, left, valid_loss, kOrange, held_out, 1);
  Axes right = axes_for({560, 50, 400, 310}, accuracy, valid_accuracy, history.size());
  right.y1 = std::min(100.0, right.y1);
  right.y0 = std::max(0.0, right.y0);
  draw_axes(canvas, right, "accuracy, %", epochs);
  draw_line(canvas, right, accuracy, kBlue, "training", 14);
  if (measured(valid_accuracy)) draw_line(canvas, right, valid_accuracy, kOrange, held_out, 15);
  return canvas;
}

cv::Mat draw_confusion(const nn::Confusion& confusion, const std::vector<std::string>& classes) {
  const int n = confusion.classes(), cell = std::clamp(560 / n, 6, 48), left = 110, top = 70;
  cv::Mat canvas(top + n * cell + 30, left + n * cell + 30, CV_8UC3, kWhite);
  for (int t = 0; t < n; ++t) {
    double row = 0;
    for (int p = 0; p < n; ++p) row += static_cast<double>(confusion.at(t, p));
    for (int p = 0; p < n; ++p) {
      const double share = row > 0 ? static_cast<double>(confusion.at(t, p)) / row : 0,
                   shade = std::sqrt(share);
      const cv::Scalar color = t == p ? cv::Scalar(255 - 224 * shade, 255 - 136 * shade, 255 - 75 * shade)
                                      : cv::Scalar(255, 255 - 128 * std::min(1.0, 3 * shade),
                                                   255 - 241 * std::min(1.0, 3 * shade));
      const cv::Rect box(left + p * cell, top + t * cell, cell - 1, cell - 1);
      cv::rectangle(canvas, box, color, cv::FILLED);
      if (cell < 26 || confusion.at(t, p) == 0) continue;
      const std::string count = std::to_string(confusion.at(t, p));
      put(canvas, count, {box.x + (cell - width_of(count)) / 2, box.y + cell / 2 + 4}, 0.38,
          t == p && share > 0.5 ? kWhite : kInk);
    }
    if (cell < 12) continue;
    const std::string name = ascii(classes[static_cast<std::size_t>(t)]).substr(0, 12);
    put(canvas, name, {left - 8 - width_of(name), top + t * cell + cell / 2 + 4});
    const std::string narrow = name.substr(0, static_cast<std::size_t>(std::max(1, cell / 8)));
    put(canvas, narrow, {left + t * cell + (cell - width_of(narrow)) / 2, top - 8});
  }
  put(canvas, fmt::format("truth (rows) against prediction; accuracy {:.2f} %", 100 * confusion.accuracy()),
      {10, 24}, 0.45);
  return canvas;
}

}  // namespace doppel::apps
