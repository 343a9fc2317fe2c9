// Each layer in plain double-precision loops, forward and back.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "reference.h"

namespace doppel::nn::reference {

using Numbers = Reference::Numbers;

/// Visits every (output, input) pair of a sliding window, with the kernel's place.
template <class F>
void slide(const Node& node, int kernel_h, int kernel_w, int stride, F f, int dilation = 1) {
  for (int oy = 0; oy < node.out.height; ++oy)
    for (int ox = 0; ox < node.out.width; ++ox)
      for (int ky = 0; ky < kernel_h; ++ky)
        for (int kx = 0; kx < kernel_w; ++kx) {
          const int iy = oy * stride - node.pads.top + ky * dilation,
                    ix = ox * stride - node.pads.left + kx * dilation;
          if (iy >= 0 && iy < node.in.height && ix >= 0 && ix < node.in.width)
            f(oy * node.out.width + ox, iy * node.in.width + ix, ky * kernel_w + kx);
        }
}

/// One layer of a batch: visited by its kind it computes y, or with dy what that says of x and the
/// parameters.
struct LayerLoops {
  const Node& node;
  int rows;
  const Numbers& x;
  Numbers& y;
  std::map<std::string, Numbers>& p;
  const Numbers* dy = nullptr;  ///< null: forward
  Numbers* dx = nullptr;
  std::map<std::string, Numbers>* dp = nullptr;

  std::size_t in_at(int r, int c, int i) const {
    return (std::size_t(r) * node.in.channels + c) * node.in.height * node.in.width + i;
  }
  std::size_t out_at(int r, int c, int i) const {
    return (std::size_t(r) * node.out.channels + c) * node.out.height * node.out.width + i;
  }

  void operator()(const Conv2d& l) {
    const Numbers& w = p[node.name + ".weight"];
    const int taps = l.kernel_h * l.kernel_w, pixels = node.out.height * node.out.width;
    for (int r = 0; r < rows; ++r)
      for (int o = 0; o < l.filters; ++o) {
        for (int i = 0; i < pixels; ++i) {
          if (!dy)
            y[out_at(r, o, i)] = node.bias ? p[node.name + ".bias"][std::size_t(o)] : 0;
          else if (node.bias)
            (*dp)[node.name + ".bias"][std::size_t(o)] += (*dy)[out_at(r, o, i)];
        }
        const int share = node.in.channels / l.groups, first = o / (l.filters / l.groups) * share;
        for (int c = first; c < first + share; ++c)
          slide(
              node, l.kernel_h, l.kernel_w, l.stride,
              [&](int out, int in, int k) {
                const std::size_t at = (std::size_t(o) * share + (c - first)) * taps + k;
                if (!dy) {
                  y[out_at(r, o, out)] += w[at] * x[in_at(r, c, in)];
                } else {
                  (*dp)[node.name + ".weight"][at] += (*dy)[out_at(r, o, out)] * x[in_at(r, c, in)];
                  (*dx)[in_at(r, c, in)] += (*dy)[out_at(r, o, out)] * w[at];
                }
              },
              l.dilation);
      }
  }
  void operator()(const ConvTranspose2d& l) {
    const Numbers& w = p[node.name + ".weight"];
    const int taps = l.kernel_h * l.kernel_w, pixels = node.out.height * node.out.width;
    for (int r = 0; r < rows; ++r) {
      for (int o = 0; node.bias && o < l.filters; ++o)
        for (int i = 0; i < pixels; ++i) {
          if (!dy)
            y[out_at(r, o, i)] = p[node.name + ".bias"][std::size_t(o)];
          else
            (*dp)[node.name + ".bias"][std::size_t(o)] += (*dy)[out_at(r, o, i)];
        }
      for (int c = 0; c < node.in.channels; ++c)
        for (int iy = 0; iy < node.in.height; ++iy)
          for (int ix = 0; ix < node.in.width; ++ix)
            for (int k = 0; k < taps; ++k) {
              const int oy = iy * l.stride - l.pad + k / l.kernel_w,
                        ox = ix * l.stride - l.pad + k % l.kernel_w;
              if (oy < 0 || oy >= node.out.height || ox < 0 || ox >= node.out.width) continue;
              for (int o = 0; o < l.filters; ++o) {
                const std::size_t at = (std::size_t(c) * l.filters + o) * taps + k,
                                  in = in_at(r, c, iy * node.in.width + ix),
                                  out = out_at(r, o, oy * node.out.width + ox);
                if (!dy) {
                  y[out] += w[at] * x[in];
                } else {
                  (*dp)[node.name + ".weight"][at] += (*dy)[out] * x[in];
                  (*dx)[in] += (*dy)[out] * w[at];
                }
              }
            }
    }
  }
  void operator()(const Upsample& l) {
    if (l.bilinear) return interpolate(l.factor);
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < node.in.channels; ++c)
        for (int oy = 0; oy < node.out.height; ++oy)
          for (int ox = 0; ox < node.out.width; ++ox) {
            const std::size_t in = in_at(r, c, oy / l.factor * node.in.width + ox / l.factor),
                              out = out_at(r, c, oy * node.out.width + ox);
            if (!dy)
              y[out] = x[in];
            else
              (*dx)[in] += (*dy)[out];
          }
  }
  void interpolate(int factor) {
    const auto taps = [factor](int o, int size) {
      const double at = std::clamp((o + 0.5) / factor - 0.5, 0.0, size - 1.0);
      const int low = int(at);
      return std::array{std::pair{low, 1 - (at - low)}, std::pair{std::min(low + 1, size - 1), at - low}};
    };
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < node.in.channels; ++c)
        for (int oy = 0; oy < node.out.height; ++oy)
          for (int ox = 0; ox < node.out.width; ++ox)
            for (const auto& [iy, wy] : taps(oy, node.in.height))
              for (const auto& [ix, wx] : taps(ox, node.in.width)) {
                const std::size_t in = in_at(r, c, iy * node.in.width + ix),
                                  out = out_at(r, c, oy * node.out.width + ox);
                if (!dy)
                  y[out] += wy * wx * x[in];
                else
                  (*dx)[in] += wy * wx * (*dy)[out];
              }
  }
  void operator()(const AdaptiveAvgPool2d& l) {
    const auto span = [](int i, int in, int out) {
      return std::pair{int(std::floor(double(i) * in / out)), int(std::ceil(double(i + 1) * in / out))};
    };
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < node.in.channels; ++c)
        for (int oy = 0; oy < l.height; ++oy)
          for (int ox = 0; ox < l.width; ++ox) {
            const auto [y0, y1] = span(oy, node.in.height, l.height);
            const auto [x0, x1] = span(ox, node.in.width, l.width);
            const std::size_t out = out_at(r, c, oy * l.width + ox);
            for (int iy = y0; iy < y1; ++iy)
              for (int ix = x0; ix < x1; ++ix) {
                const std::size_t in = in_at(r, c, iy * node.in.width + ix);
                if (!dy)
                  y[out] += x[in] / ((y1 - y0) * (x1 - x0));
                else
                  (*dx)[in] += (*dy)[out] / ((y1 - y0) * (x1 - x0));
              }
          }
  }
  void operator()(const PReLU&) {
    const int pixels = node.in.height * node.in.width;
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < node.in.channels; ++c)
        for (int i = 0; i < pixels; ++i) {
          const std::size_t at = in_at(r, c, i);
          const double slope = p[node.name + ".weight"][std::size_t(c)];
          if (!dy) {
            y[at] = x[at] > 0 ? x[at] : slope * x[at];
          } else {
            (*dx)[at] += (x[at] > 0 ? 1 : slope) * (*dy)[at];
            if (x[at] <= 0) (*dp)[node.name + ".weight"][std::size_t(c)] += x[at] * (*dy)[at];
          }
        }
  }
  void operator()(const MaxPool2d& l) {
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < node.in.channels; ++c) {
        std::vector<int> best(std::size_t(node.out.height) * node.out.width, -1);
        slide(node, l.kernel_h, l.kernel_w, l.stride, [&](int out, int in, int) {
          int& b = best[std::size_t(out)];
          if (b < 0 || x[in_at(r, c, in)] > x[in_at(r, c, b)]) b = in;
        });
        for (std::size_t i = 0; i < best.size(); ++i) {
          if (!dy)
            y[out_at(r, c, int(i))] = x[in_at(r, c, best[i])];
          else
            (*dx)[in_at(r, c, best[i])] += (*dy)[out_at(r, c, int(i))];
        }
      }
  }
  void average(int kernel_h, int kernel_w, int stride, bool padded = false) {
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < node.in.channels; ++c) {
        std::vector<int> count(std::size_t(node.out.height) * node.out.width);
        slide(node, kernel_h, kernel_w, stride, [&](int out, int, int) { ++count[std::size_t(out)]; });
        if (padded) std::ranges::fill(count, kernel_h * kernel_w);
        slide(node, kernel_h, kernel_w, stride, [&](int out, int in, int) {
          if (!dy)
            y[out_at(r, c, out)] += x[in_at(r, c, in)] / count[std::size_t(out)];
          else
            (*dx)[in_at(r, c, in)] += (*dy)[out_at(r, c, out)] / count[std::size_t(out)];
        });
      }
  }
  void operator()(const AvgPool2d& l) { average(l.kernel_h, l.kernel_w, l.stride, l.padded); }
  void operator()(const GlobalAvgPool2d&) { average(node.in.height, node.in.width, 1); }
  void operator()(const BatchNorm2d& l) {
    const int pixels = node.in.height * node.in.width;
    const double n = double(rows) * pixels;
    for (int c = 0; c < node.in.channels; ++c) {
      const auto k = std::size_t(c);
      double mean = 0, variance = 0, sum = 0, dot = 0;
      for (int r = 0; r < rows; ++r)
        for (int i = 0; i < pixels; ++i) mean += x[in_at(r, c, i)] / n;
      for (int r = 0; r < rows; ++r)
        for (int i = 0; i < pixels; ++i) variance += std::pow(x[in_at(r, c, i)] - mean, 2) / n;
      const double inverse = 1 / std::sqrt(variance + l.epsilon), gamma = p[node.name + ".weight"][k];
      for (int r = 0; r < rows; ++r)
        for (int i = 0; i < pixels; ++i) {
          const std::size_t at = in_at(r, c, i);
          const double xhat = (x[at] - mean) * inverse;
          if (!dy)
            y[at] = gamma * xhat + p[node.name + ".bias"][k];
          else
            sum += (*dy)[at], dot += (*dy)[at] * xhat;
        }
      if (!dy) continue;
      (*dp)[node.name + ".bias"][k] += sum;
      (*dp)[node.name + ".weight"][k] += dot;
      for (int r = 0; r < rows; ++r)
        for (int i = 0; i < pixels; ++i) {
          const std::size_t at = in_at(r, c, i);
          (*dx)[at] += gamma * inverse * ((*dy)[at] - sum / n - (x[at] - mean) * inverse * dot / n);
        }
    }
  }
  /// Sets of (place, channel), each normalised by itself.
  template <class Sets>
  void normalize(double epsilon, const Sets& sets) {
    Numbers &gamma = p[node.name + ".weight"], &beta = p[node.name + ".bias"];
    sets([&](const std::vector<std::pair<std::size_t, std::size_t>>& places) {
      const auto n = double(places.size());
      double mean = 0, variance = 0, sum = 0, dot = 0;
      for (const auto& [at, c] : places) mean += x[at] / n;
      for (const auto& [at, c] : places) variance += std::pow(x[at] - mean, 2) / n;
      const double inverse = 1 / std::sqrt(variance + epsilon);
      for (const auto& [at, c] : places) {
        const double xhat = (x[at] - mean) * inverse;
        if (!dy) {
          y[at] = gamma[c] * xhat + beta[c];
          continue;
        }
        (*dp)[node.name + ".weight"][c] += (*dy)[at] * xhat;
        (*dp)[node.name + ".bias"][c] += (*dy)[at];
        sum += gamma[c] * (*dy)[at] / n;
        dot += gamma[c] * (*dy)[at] * xhat / n;
      }
      for (const auto& [at, c] : places)
        if (dy) (*dx)[at] += inverse * (gamma[c] * (*dy)[at] - sum - (x[at] - mean) * inverse * dot);
    });
  }
  void operator()(const GroupNorm& l) {
    const int each = node.in.channels / l.groups, pixels = node.in.height * node.in.width;
    normalize(l.epsilon, [&](auto call) {
      for (int r = 0; r < rows; ++r)
        for (int g = 0; g < l.groups; ++g) {
          std::vector<std::pair<std::size_t, std::size_t>> places;
          for (int c = g * each; c < (g + 1) * each; ++c)
            for (int i = 0; i < pixels; ++i) places.emplace_back(in_at(r, c, i), std::size_t(c));
          call(places);
        }
    });
  }
  void operator()(const LayerNorm& l) {
    normalize(l.epsilon, [&](auto call) {
      for (int r = 0; r < rows; ++r)
        for (int i = 0; i < node.in.height * node.in.width; ++i) {
          std::vector<std::pair<std::size_t, std::size_t>> places;
          for (int c = 0; c < node.in.channels; ++c) places.emplace_back(in_at(r, c, i), std::size_t(c));
          call(places);
        }
    });
  }
  void operator()(const LayerScale&) {
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < node.in.channels; ++c)
        for (int i = 0; i < node.in.height * node.in.width; ++i) {
          const std::size_t at = in_at(r, c, i);
          const double factor = p[node.name + ".weight"][std::size_t(c)];
          if (!dy) {
            y[at] = factor * x[at];
          } else {
            (*dx)[at] += factor * (*dy)[at];
            (*dp)[node.name + ".weight"][std::size_t(c)] += x[at] * (*dy)[at];
          }
        }
  }
  void move_channels(auto source_of) {
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < node.out.channels; ++c)
        for (int i = 0; i < node.in.height * node.in.width; ++i) {
          const std::size_t from = in_at(r, source_of(c), i), to = out_at(r, c, i);
          (dy ? (*dx)[from] : y[to]) += dy ? (*dy)[to] : x[from];
        }
  }
  void operator()(const ChannelShuffle& l) {
    move_channels([&](int c) { return c % l.groups * (node.in.channels / l.groups) + c / l.groups; });
  }
  void operator()(const ChannelChunk& l) {
    move_channels([&](int c) { return (l.which - 1) * node.out.channels + c; });
  }
  /// Groups are of rows, whatever the shards: these must end with a group.
  void operator()(const BatchDeviation& l) {
    const int pixels = node.in.height * node.in.width, channels = node.in.channels;
    for (int first = 0; first < rows; first += l.group) {
      const int end = std::min(rows, first + l.group), n = end - first;
      double of_group = 0;
      for (int r = first; dy && r < end; ++r)
        for (int i = 0; i < pixels; ++i) of_group += (*dy)[out_at(r, channels, i)];
      double sum = 0;
      for (int c = 0; c < channels; ++c)
        for (int i = 0; i < pixels; ++i) {
          double mean = 0, variance = 1e-8;
          for (int r = first; r < end; ++r) mean += x[in_at(r, c, i)] / n;
          for (int r = first; r < end; ++r) variance += std::pow(x[in_at(r, c, i)] - mean, 2) / n;
          sum += std::sqrt(variance) / (channels * pixels);
          for (int r = first; r < end; ++r)
            if (!dy)
              y[out_at(r, c, i)] = x[in_at(r, c, i)];
            else
              (*dx)[in_at(r, c, i)] +=
                  (*dy)[out_at(r, c, i)] +
                  of_group * (x[in_at(r, c, i)] - mean) / (n * std::sqrt(variance) * channels * pixels);
        }
      for (int r = first; !dy && r < end; ++r)
        for (int i = 0; i < pixels; ++i) y[out_at(r, channels, i)] = sum;
    }
  }
  void operator()(const ChannelSlice& l) {
    move_channels([&](int c) { return l.first - 1 + c; });
  }
  void operator()(const Linear& l) {
    const Numbers& w = p[node.name + ".weight"];
    const auto features = std::size_t(node.in.count());
    for (std::size_t r = 0; r < std::size_t(rows); ++r)
      for (std::size_t o = 0; o < std::size_t(l.units); ++o) {
        if (!dy)
          y[r * l.units + o] = p[node.name + ".bias"][o];
        else
          (*dp)[node.name + ".bias"][o] += (*dy)[r * l.units + o];
        for (std::size_t i = 0; i < features; ++i) {
          if (!dy) {
            y[r * l.units + o] += w[o * features + i] * x[r * features + i];
          } else {
            (*dp)[node.name + ".weight"][o * features + i] += (*dy)[r * l.units + o] * x[r * features + i];
            (*dx)[r * features + i] += (*dy)[r * l.units + o] * w[o * features + i];
          }
        }
      }
  }
  void operator()(const Softmax&) {
    const auto n = std::size_t(node.in.channels);
    for (std::size_t r = 0; r < std::size_t(rows); ++r) {
      double sum = 0, dot = 0;
      for (std::size_t i = 0; i < n; ++i) sum += std::exp(x[r * n + i]);
      for (std::size_t i = 0; i < n; ++i) {
        if (!dy)
          y[r * n + i] = std::exp(x[r * n + i]) / sum;
        else
          dot += y[r * n + i] * (*dy)[r * n + i];
      }
      for (std::size_t i = 0; dy && i < n; ++i) (*dx)[r * n + i] += y[r * n + i] * ((*dy)[r * n + i] - dot);
    }
  }
  void elementwise(auto f, auto slope) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (!dy)
        y[i] = f(x[i]);
      else
        (*dx)[i] += (*dy)[i] * slope(x[i], y[i]);
    }
  }
  void operator()(const ReLU&) {
    elementwise([](double v) { return std::max(v, 0.0); }, [](double v, double) { return double(v > 0); });
  }
  void operator()(const LeakyReLU& l) {
    elementwise([&](double v) { return v > 0 ? v : l.slope * v; },
                [&](double v, double) { return v > 0 ? 1 : l.slope; });
  }
  void operator()(const ReLU6&) {
    elementwise([](double v) { return std::clamp(v, 0.0, 6.0); },
                [](double v, double) { return double(v > 0 && v < 6); });
  }
  void operator()(const HardSwish&) {
    elementwise([](double v) { return v * std::clamp(v / 6 + 0.5, 0.0, 1.0); },
                [](double v, double) { return v <= -3  ? 0
                                              : v >= 3 ? 1
                                                       : v / 3 + 0.5; });
  }
  void operator()(const HardSigmoid&) {
    elementwise([](double v) { return std::clamp(v / 6 + 0.5, 0.0, 1.0); },
                [](double v, double) { return v > -3 && v < 3 ? 1.0 / 6 : 0; });
  }
  void operator()(const Sigmoid&) {
    elementwise([](double v) { return 1 / (1 + std::exp(-v)); },
                [](double, double s) { return s * (1 - s); });
  }
  void operator()(const Tanh&) {
    elementwise([](double v) { return std::tanh(v); }, [](double, double t) { return 1 - t * t; });
  }
  void operator()(const SiLU&) {
    const auto gate = [](double v) { return 1 / (1 + std::exp(-v)); };
    elementwise([&](double v) { return v * gate(v); },
                [&](double v, double) { return gate(v) * (1 + v * (1 - gate(v))); });
  }
  void operator()(const GELU&) {
    const auto share = [](double v) { return 0.5 * std::erfc(-v / std::sqrt(2.0)); };
    elementwise([&](double v) { return v * share(v); },
                [&](double v, double) {
                  return share(v) + v * std::exp(-v * v / 2) / std::sqrt(2 * 3.14159265358979323846);
                });
  }
  void operator()(const AnyOf<Flatten, Unflatten, Dropout, Dropout2d, DropPath> auto&) {
    elementwise([](double v) { return v; }, [](double, double) { return 1.0; });
  }
  void operator()(const AnyOf<Add, Concat, Multiply, ChannelShift, Input, Custom> auto& l) {
    throw std::logic_error(std::string(l.name) + " isn't computed value by value here");
  }
};

}  // namespace doppel::nn::reference
