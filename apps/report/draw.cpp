#include "draw.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "doppel/codec/image.h"
#include "doppel/dataset/analysis/view.h"
#include "ticks.h"

namespace doppel::apps {
namespace {

const cv::Scalar kInk(40, 40, 40), kPale(225, 225, 225), kBlue(31, 119, 180), kOrange(255, 127, 14),
    kGreen(30, 150, 60), kWhite(255, 255, 255);
constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
constexpr int kLine = 14;
constexpr std::size_t kMostLines = 14;

// OpenCV's stroke font knows ASCII only: of the signs that captions have, the degree is drawn by us.
constexpr char kDegree = '\1';
constexpr int kDegreeWidth = 6;

/// The text with our own sign in place of what the font lacks.
std::string drawable(std::string text) {
  for (const auto& [from, to] : {std::pair<std::string, std::string>{" · ", ", "}, {"°", {kDegree}}})
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos;)
      text.replace(at, from.size(), to);
  return text;
}

/// Walks over a text's stretches of plain letters: each(letters, whether a degree sign follows).
void for_stretches(const std::string& text, const std::function<void(const std::string&, bool)>& each) {
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(kDegree, at), text.size());
    each(text.substr(at, end - at), end < text.size());
    at = end + 1;
  }
}

int width_of(const std::string& text, double scale = 0.38) {
  int width = 0, base = 0;
  for_stretches(text, [&](const std::string& letters, bool degree) {
    width += cv::getTextSize(letters, kFont, scale, 1, &base).width + (degree ? kDegreeWidth : 0);
  });
  return width;
}

void put(cv::Mat& canvas, const std::string& text, cv::Point at, double scale = 0.38,
         const cv::Scalar& color = kInk) {
  for_stretches(text, [&](const std::string& letters, bool degree) {
    cv::putText(canvas, letters, at, kFont, scale, color, 1, cv::LINE_AA);
    at.x += width_of(letters, scale);
    if (degree) cv::circle(canvas, at + cv::Point(2, -7), 2, color, 1, cv::LINE_AA);
    at.x += kDegreeWidth;
  });
}

/// How much of a word fits into `width`: all, or up to a sign that words may be parted at, or else some
/// letters.
std::size_t fitting_length(const std::string& word, int width) {
  std::size_t most = word.size();
  while (most > 1 && width_of(word.substr(0, most)) > width) --most;
  if (most == word.size()) return most;
  const std::size_t sign = word.find_last_of("-/_.,", most - 1);
  return sign == std::string::npos || sign < most / 3 ? most : sign + 1;
}

/// The word at `at`. A number keeps the word after it, as in "4 left", where both fit.
std::string next_word(const std::string& text, std::size_t at, int width) {
  const auto up_to = [&](std::size_t from) {
    return text.substr(at, std::min(text.find(' ', from), text.size()) - at);
  };
  const std::string word = up_to(at);
  if (word.find_first_not_of("0123456789.") != std::string::npos) return word;
  const std::string both = up_to(std::min(at + word.size() + 1, text.size()));
  return width_of(both) > width ? word : both;
}

/// Lines no wider than `width`, `most` at the most: where that isn't enough, the last ends in "...".
std::vector<std::string> wrap(const std::string& text, int width, std::size_t most = kMostLines) {
  std::vector<std::string> lines;
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    std::string word = next_word(text, at, width);
    at += word.size() + 1;
    if (!line.empty() && width_of(line + " " + word) > width) lines.push_back(std::exchange(line, {}));
    for (std::size_t length; (length = fitting_length(word, width)) < word.size(); word.erase(0, length))
      lines.push_back(word.substr(0, length));
    line += (line.empty() ? "" : " ") + word;
  }
  if (!line.empty()) lines.push_back(line);
  if (lines.size() <= most) return lines;
  lines.resize(most);
  std::string& last = lines.back();
  while (!last.empty() && width_of(last + " ...") > width)
    last.erase(last.find(' ') != std::string::npos ? last.rfind(' ') : last.size() - 1);
  last += " ...";
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
  const int channels = image.channels();
  if (image.depth() == CV_16U || is_banded(channels))
    return with_channels(dataset::seen(image, dataset::view_of(image)), 3);
  cv::Mat bytes = image;
  if (image.depth() == CV_32F) {
    // Normalised images are stretched to be seen.
    double low = 0, high = 0;
    cv::minMaxLoc(image.reshape(1), &low, &high);
    if (low < -1e-3 || high > 1 + 1e-3)
      image.convertTo(bytes, CV_8U, 255 / std::max(1e-9, high - low),
                      -low * 255 / std::max(1e-9, high - low));
    else
      image.convertTo(bytes, CV_8U, 255);
  }
  return bytes.channels() == 3 ? bytes.clone() : with_channels(bytes, 3);
}

/// A plot's frame: pixels of data coordinates.
struct Axes {
  cv::Rect area;
  double x1;
  std::vector<double> rows;  ///< ticks, from the lowest value on
  cv::Point at(double x, double y) const {
    const double low = rows.front(), high = rows.back();
    return {area.x + int(std::lround(area.width * (x1 > 0 ? x / x1 : 0))),
            area.y + int(std::lround(area.height * (high - y) / (high - low)))};
  }
};

void draw_axes(cv::Mat& canvas, const Axes& axes, const std::string& title, int epochs) {
  for (const double y : axes.rows) {
    cv::line(canvas, axes.at(0, y), axes.at(axes.x1, y), kPale, 1);
    const std::string label = tick_text(y);
    put(canvas, label, axes.at(0, y) + cv::Point(-8 - width_of(label), 4));
  }
  const int every = std::max(1, (epochs + 7) / 8);
  for (int e = 0; e < epochs; e += every) {
    const std::string label = std::to_string(e + 1);
    put(canvas, label, axes.at(e, axes.rows.front()) + cv::Point(-width_of(label) / 2, 18));
  }
  put(canvas, title, {axes.area.x, axes.area.y - 14}, 0.5);
  put(canvas, "epoch", {axes.area.x + axes.area.width - 30, axes.area.y + axes.area.height + 34});
}

/// One curve of a plot. NaN values weren't measured.
struct Curve {
  std::string name;
  cv::Scalar color;
  std::vector<double> values{};
};

void draw_curve(cv::Mat& canvas, const Axes& axes, const Curve& curve) {
  std::optional<std::size_t> before;
  for (std::size_t i = 0; i < curve.values.size(); ++i) {
    if (std::isnan(curve.values[i])) continue;
    const cv::Point here = axes.at(double(i), curve.values[i]);
    cv::circle(canvas, here, 2, curve.color, cv::FILLED, cv::LINE_AA);
    if (before)
      cv::line(canvas, axes.at(double(*before), curve.values[*before]), here, curve.color, 2, cv::LINE_AA);
    before = i;
  }
}

/// Names and last values of curves, right above the plot.
void draw_legend(cv::Mat& canvas, const Axes& axes, const std::vector<Curve>& curves) {
  int x = axes.area.x + axes.area.width;
  for (auto curve = curves.rbegin(); curve != curves.rend(); ++curve) {
    const auto last = std::find_if_not(curve->values.rbegin(), curve->values.rend(),
                                       [](double v) { return std::isnan(v); });
    if (last == curve->values.rend()) continue;
    const std::string text = fmt::format("{} {:.4g}", curve->name, *last);
    x -= width_of(text);
    put(canvas, text, {x, axes.area.y - 14});
    cv::line(canvas, {x - 24, axes.area.y - 18}, {x - 6, axes.area.y - 18}, curve->color, 2, cv::LINE_AA);
    x -= 40;
  }
}

void draw_plot(cv::Mat& canvas, const cv::Rect& area, const std::string& title,
               const std::vector<Curve>& curves) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const Curve& curve : curves)
    for (const double v : curve.values)
      if (!std::isnan(v)) low = std::min(low, v), high = std::max(high, v);
  if (low > high) return;
  const std::size_t epochs = curves[0].values.size();
  const Axes axes{area, std::max(1.0, double(epochs) - 1), round_ticks(low, high)};
  draw_axes(canvas, axes, title, static_cast<int>(epochs));
  for (const Curve& curve : curves) draw_curve(canvas, axes, curve);
  draw_legend(canvas, axes, curves);
}

}  // namespace

cv::Mat tile_sheet(const std::vector<Tile>& tiles, int columns, int side) {
  columns = std::max(1, std::min(columns, static_cast<int>(tiles.size())));
  const int gap = 12, rows = (static_cast<int>(tiles.size()) + columns - 1) / columns;
  std::vector<int> row_heights(static_cast<std::size_t>(rows), 0);
  std::vector<cv::Mat> images;
  std::vector<std::vector<std::string>> captions;
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    images.push_back(tiles[i].image.empty() ? cv::Mat() : tile_image(tiles[i].image, side));
    captions.push_back(wrap(drawable(tiles[i].caption), side));
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
      if (images[i].empty()) continue;
      const int x = gap + c * (side + gap);
      images[i].copyTo(sheet(cv::Rect(x + (side - images[i].cols) / 2, y, images[i].cols, images[i].rows)));
      for (std::size_t l = 0; l < captions[i].size(); ++l)
        put(sheet, captions[i][l], {x, y + images[i].rows + 14 + kLine * static_cast<int>(l)});
    }
  return sheet;
}

augment::Sample on_screen(const augment::Sample& sample, const cv::Mat& original,
                          const std::vector<int>& rgb) {
  const cv::Mat& image = sample.image;
  const bool shown = image.depth() == CV_8U && rgb.empty() && !is_banded(image.channels()) && !sample.bands;
  if (shown || image.empty()) return sample;
  augment::Sample out = sample;
  out.image =
      dataset::seen(image, dataset::view_of(image.depth() == original.depth() ? original : image, rgb));
  return out;
}

cv::Mat tile_image(const cv::Mat& image, int side) { return fit(to_rgb8(image), side); }

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
  for (const auto& outline : sample.outlines) {
    std::vector<cv::Point> corners;
    for (const Point& p : outline.points) corners.emplace_back(int(p.x), int(p.y));
    cv::polylines(image, corners, outline.closed, kGreen, thick, cv::LINE_AA);
  }
  for (const auto& k : sample.keypoints)
    if (k.visibility > 0)
      cv::circle(image, cv::Point(int(k.x), int(k.y)), 2 * thick, cv::Scalar(230, 30, 60), cv::FILLED,
                 cv::LINE_AA);
  return image;
}

cv::Mat draw_curves(const std::vector<nn::EpochRecord>& history, const std::string& held_out,
                    const std::string& note, bool has_accuracy) {
  constexpr int kWidth = 1000, kHeight = 410;
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  // The colours of report.html.
  std::vector<Curve> loss{{"training", kOrange}, {held_out, kBlue}}, accuracy = loss;
  for (const nn::EpochRecord& r : history) {
    loss[0].values.push_back(r.loss);
    loss[1].values.push_back(r.valid_loss.value_or(kNone));
    const double unit = has_accuracy ? 100 : 1;
    accuracy[0].values.push_back(unit * r.accuracy);
    accuracy[1].values.push_back(unit * r.held_out().value_or(kNone));
  }
  if (!has_accuracy) accuracy.erase(accuracy.begin());
  const bool independent =
      std::ranges::any_of(history, [](const auto& r) { return r.valid_map.has_value(); });
  const bool masks = std::ranges::any_of(history, [](const auto& r) { return r.valid_iou.has_value(); });
  if (independent) accuracy[1].name = held_out + ", mAP";
  const std::vector<std::string> words = wrap(drawable(note), kWidth - 100);
  cv::Mat canvas(kHeight + kLine * static_cast<int>(words.size()), kWidth, CV_8UC3, kWhite);
  draw_plot(canvas, {70, 50, 400, 310}, "loss", loss);
  draw_plot(canvas, {560, 50, 400, 310},
            masks           ? "mean IoU"
            : !has_accuracy ? "R2"
            : independent   ? "accuracy and mean average precision, %"
                            : "accuracy, %",
            accuracy);
  for (std::size_t i = 0; i < words.size(); ++i)
    put(canvas, words[i], {70, kHeight + 4 + kLine * static_cast<int>(i)});
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
    const std::string name = drawable(classes[static_cast<std::size_t>(t)]).substr(0, 12);
    put(canvas, name, {left - 8 - width_of(name), top + t * cell + cell / 2 + 4});
    const std::string narrow = name.substr(0, static_cast<std::size_t>(std::max(1, cell / 8)));
    put(canvas, narrow, {left + t * cell + (cell - width_of(narrow)) / 2, top - 8});
  }
  put(canvas, fmt::format("truth (rows) against prediction; accuracy {:.2f} %", 100 * confusion.accuracy()),
      {10, 24}, 0.45);
  return canvas;
}

}  // namespace doppel::apps
