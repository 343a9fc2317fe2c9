#include "html.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ticks.h"

namespace doppel::apps {
namespace {

constexpr const char* kStyle = R"(
:root{--ink:#1c2330;--soft:#5c6675;--line:#d9dee6;--back:#fff;--card:#f6f8fa;--blue:#1f6fb4;--orange:#d9730d;--heat:31,111,180}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#9aa4b2;--line:#333b47;--back:#14181e;--card:#1c222b;--blue:#62aee8;--orange:#f0a35a;--heat:98,174,232}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back);max-width:1060px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.1rem;margin:2rem 0 .6rem}p{color:var(--soft);margin:.2rem 0 .8rem}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:.6rem}
.facts div{background:var(--card);border-radius:8px;padding:.5rem .8rem;overflow-wrap:anywhere}.facts b{display:block;font-weight:600}.facts span{color:var(--soft);font-size:.85rem}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(430px,1fr));gap:1.2rem}
table{border-collapse:collapse;font-size:.88rem}td,th{padding:.2rem .55rem;text-align:right;border-bottom:1px solid var(--line);font-variant-numeric:tabular-nums}
th:first-child,td:first-child{text-align:left}.scroll{overflow-x:auto}.heat td{min-width:2.2rem;border:1px solid var(--back)}
.tiles{display:flex;flex-wrap:wrap;gap:.7rem}.tiles figure{margin:0;width:116px;font-size:.8rem}.tiles img{width:116px;height:116px;object-fit:contain;background:var(--card);border-radius:6px;image-rendering:pixelated}
.tiles figcaption{color:var(--soft);line-height:1.3;overflow-wrap:anywhere}.tiles b{color:var(--ink)}
svg{width:100%;height:auto;font:11px system-ui,sans-serif}svg text{fill:var(--soft)}
)";

constexpr double kPlotWidth = 480, kPlotHeight = 250, kPlotLeft = 52, kPlotRight = 14, kPlotTop = 34,
                 kPlotBottom = 30;

}  // namespace

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string png_uri(std::span<const unsigned char> png) {
  constexpr const char* kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out = "data:image/png;base64,";
  for (std::size_t i = 0; i < png.size(); i += 3) {
    unsigned bits = 0;
    for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | (i + k < png.size() ? png[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k) out += i + k > png.size() ? '=' : kDigits[bits >> (18 - 6 * k) & 63];
  }
  return out;
}

std::string svg(const Chart& chart) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  std::size_t epochs = 1;
  for (const Chart::Line& line : chart.lines)
    for (const double v : line.values)
      if (std::isfinite(v)) {
        low = std::min(low, v);
        high = std::max(high, v);
        epochs = std::max(epochs, line.values.size());
      }
  if (low > high) return {};
  const std::vector<double> rows = round_ticks(low, high);
  low = rows.front();
  high = rows.back();
  const auto x = [&](std::size_t epoch) {
    return kPlotLeft + (kPlotWidth - kPlotLeft - kPlotRight) * static_cast<double>(epoch) /
                           static_cast<double>(std::max<std::size_t>(1, epochs - 1));
  };
  const auto y = [&](double v) {
    return kPlotTop + (kPlotHeight - kPlotTop - kPlotBottom) * (high - v) / (high - low);
  };
  std::string text = fmt::format("<svg viewBox=\"0 0 {} {}\" role=img aria-label=\"{}\">", kPlotWidth,
                                 kPlotHeight, escaped(chart.title));
  text += fmt::format("<text x={} y=14 style=\"font-size:13px;fill:var(--ink)\">{}</text>", kPlotLeft,
                      escaped(chart.title));
  for (const double t : rows)
    text += fmt::format(
        "<line x1={0} x2={1} y1={2:.1f} y2={2:.1f} stroke=\"var(--line)\"/><text x={3} y={4:.1f} "
        "text-anchor=end>{5}</text>",
        kPlotLeft, kPlotWidth - kPlotRight, y(t), kPlotLeft - 6, y(t) + 4, tick_text(t));
  const std::size_t every = std::max<std::size_t>(1, (epochs + 7) / 8);
  for (std::size_t e = 0; e < epochs; e += every)
    text += fmt::format("<text x={:.1f} y={} text-anchor=middle>{}</text>", x(e), kPlotHeight - 12, e + 1);
  double legend = kPlotWidth - kPlotRight;
  for (auto line = chart.lines.rbegin(); line != chart.lines.rend(); ++line) {
    if (line->values.empty()) continue;
    std::string points;
    for (std::size_t e = 0; e < line->values.size(); ++e)
      if (std::isfinite(line->values[e])) points += fmt::format("{:.1f},{:.1f} ", x(e), y(line->values[e]));
    text += fmt::format("<polyline points=\"{}\" fill=none stroke=\"var({})\" stroke-width=2 />", points,
                        line->color);
    if (line->values.size() == 1)
      text += fmt::format("<circle cx={:.1f} cy={:.1f} r=3 fill=\"var({})\"/>", x(0), y(line->values[0]),
                          line->color);
    text += fmt::format("<text x={} y=14 text-anchor=end style=\"fill:var({})\">{}</text>", legend,
                        line->color, escaped(line->name));
    legend -= 14 + 6.2 * static_cast<double>(line->name.size());
  }
  return text + "</svg>";
}

std::string facts(const std::vector<std::pair<std::string, std::string>>& all) {
  std::string text = "<div class=facts>";
  for (const auto& [name, value] : all)
    text += fmt::format("<div><span>{}</span><b>{}</b></div>", escaped(name), escaped(value));
  return text + "</div>";
}

std::string page(const std::string& title, const std::string& body) {
  return fmt::format(
             "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport "
             "content=\"width=device-width\"><title>{0}</title><style>{1}</style><h1>{0}</h1>",
             escaped(title), kStyle) +
         body + "</html>\n";
}

}  // namespace doppel::apps
