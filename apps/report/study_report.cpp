#include "study_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "doppel/base/files.h"
#include "doppel/nn/study/imbalance.h"
#include "html.h"

namespace doppel::apps {
namespace {

constexpr double kPoints = 100;

std::string signed_points(double v) { return fmt::format("{:+.1f}", v == 0 ? 0.0 : v); }

std::string range(const nn::Interval& i) {
  if (!std::isfinite(i.low)) return "one seed: no interval";
  return fmt::format("{} to {}", signed_points(i.low), signed_points(i.high));
}

/// What the numbers carry, and no more.
std::string verdict_of(const nn::Interval& difference, double mcnemar) {
  if (!std::isfinite(difference.low)) {
    if (mcnemar >= 0.05) return "no evidence";
    return difference.mean > 0 ? "better, in this one seed" : "worse, in this one seed";
  }
  return difference.above(0) ? "helps" : difference.below(0) ? "hurts" : "no evidence";
}

/// What a study asks about: of rare classes the mean of their recall.
double measure_of(const nn::StudyResult& r, int imbalance) {
  if (imbalance == 1) return r.accuracy;
  double sum = 0;
  const std::vector<int> rare = nn::rare_classes(static_cast<int>(r.recall.size()), r.seed);
  for (const int c : rare) sum += r.recall[static_cast<std::size_t>(c)];
  return sum / static_cast<double>(rare.size());
}

std::string amount_of(const Finding& f) {
  return f.imbalance == 1 ? fmt::format("{} real images", f.images)
                          : fmt::format("{} real images before half of the classes became rare, 1 in {}",
                                        f.images, f.imbalance);
}

Comparison compare(const std::vector<const nn::StudyResult*>& base,
                   const std::vector<const nn::StudyResult*>& other, int imbalance,
                   const std::vector<std::string>& labels) {
  Comparison c;
  c.arm = other[0]->arm;
  std::vector<double> accuracies, differences, of_all;
  std::size_t only_base = 0, only_other = 0;
  for (std::size_t s = 0; s < base.size(); ++s) {
    accuracies.push_back(kPoints * measure_of(*other[s], imbalance));
    differences.push_back(accuracies.back() - kPoints * measure_of(*base[s], imbalance));
    of_all.push_back(kPoints * (other[s]->accuracy - base[s]->accuracy));
    for (std::size_t i = 0; i < std::min(base[s]->right.size(), other[s]->right.size()); ++i) {
      only_base += base[s]->right[i] == '1' && other[s]->right[i] == '0';
      only_other += base[s]->right[i] == '0' && other[s]->right[i] == '1';
    }
  }
  c.accuracy = nn::mean_interval(accuracies);
  c.difference = nn::mean_interval(differences);
  c.of_all = nn::mean_interval(of_all);
  if (imbalance == 1) c.mcnemar = nn::mcnemar(only_base, only_other);
  c.verdict = verdict_of(c.difference, c.mcnemar);
  for (std::size_t k = 0; k < labels.size(); ++k) {
    std::vector<double> of_class;
    for (std::size_t s = 0; s < base.size(); ++s)
      of_class.push_back(kPoints * (other[s]->recall[k] - base[s]->recall[k]));
    const nn::Interval interval = nn::mean_interval(of_class);
    c.by_class.push_back(interval);
    if (interval.below(0) && interval.mean <= -1)
      c.classes_lost += fmt::format(", class {} lost {:.1f}", labels[k], -interval.mean);
  }
  return c;
}

}  // namespace

Finding find_out(const nn::Study& run, std::size_t images, const std::vector<std::uint64_t>& seeds,
                 const std::vector<nn::Arm>& arms, const std::vector<std::string>& labels) {
  Finding finding;
  finding.images = images;
  finding.imbalance = arms.empty() ? 1 : arms[0].imbalance;
  for (const std::uint64_t seed : seeds)
    if (std::ranges::all_of(arms, [&](const nn::Arm& arm) { return run.find(images, seed, arm.name); }))
      finding.seeds.push_back(seed);
  if (finding.seeds.empty()) return finding;
  const auto results = [&](const nn::Arm& arm) {
    std::vector<const nn::StudyResult*> all;
    for (const std::uint64_t seed : finding.seeds) all.push_back(run.find(images, seed, arm.name));
    return all;
  };
  for (const nn::Arm& arm : arms)
    finding.arms.push_back(compare(results(arms[0]), results(arm), finding.imbalance, labels));
  for (const Comparison& c : finding.arms) {
    if (&c == &finding.arms[0] || c.arm.ends_with("twice as long")) continue;
    finding.sentence += fmt::format(
        "{}{}: {} points{} ({}), {}{}{}", finding.sentence.empty() ? "" : "; ", c.arm,
        signed_points(c.difference.mean), finding.imbalance > 1 ? " of rare classes" : "",
        range(c.difference), c.verdict,
        finding.imbalance > 1 ? fmt::format(", {} of all ({})", signed_points(c.of_all.mean), range(c.of_all))
                              : "",
        c.classes_lost);
  }
  return finding;
}

std::string difference_svg(const std::vector<Finding>& findings) {
  constexpr double kWidth = 760, kLeft = 200, kRight = 640, kRow = 22, kHead = 46, kFoot = 26;
  double least = -0.5, most = 0.5, height = 0;
  for (const Finding& f : findings) {
    height += kHead + kFoot + kRow * static_cast<double>(f.arms.size());
    for (const Comparison& c : f.arms) {
      least = std::min({least, c.difference.mean, std::isfinite(c.difference.low) ? c.difference.low : 0});
      most = std::max({most, c.difference.mean, std::isfinite(c.difference.high) ? c.difference.high : 0});
    }
  }
  // Beyond this a whisker says nothing more.
  least = std::max(least, -40.0);
  most = std::min(most, 40.0);
  const auto x = [&](double v) {
    return kLeft + (kRight - kLeft) * (std::clamp(v, least, most) - least) / (most - least);
  };
  const double step = std::pow(10, std::floor(std::log10(most - least))) / ((most - least) > 20 ? 1 : 2);
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"system-ui,sans-serif\" "
      "font-size=\"12\"><style>.t{{fill:#5c6675}}.l{{stroke:#d9dee6}}.z{{stroke:#5c6675}}.w{{stroke:#1f6fb4;"
      "stroke-width:2}}.d{{fill:#1f6fb4}}@media(prefers-color-scheme:dark){{.t{{fill:#9aa4b2}}.l{{stroke:"
      "#333b47}}}}</style>",
      kWidth, height);
  double top = 0;
  for (const Finding& f : findings) {
    const double first = top + kHead, bottom = first + kRow * static_cast<double>(f.arms.size());
    text += fmt::format(
        "<text class=\"t\" x=\"8\" y=\"{:.0f}\" font-weight=\"600\">{}, {} seeds: points "
        "beside "
        "{}</text>",
        top + 22, amount_of(f), f.seeds.size(), f.arms.empty() ? "" : escaped(f.arms[0].arm));
    for (double v = std::ceil(least / step) * step; v <= most + 1e-9; v += step)
      text += fmt::format(
          "<line class=\"{}\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/><text class=\"t\" "
          "x=\"{:.1f}\" "
          "y=\"{:.1f}\" text-anchor=\"middle\">{}</text>",
          std::abs(v) < 1e-9 ? "z" : "l", x(v), x(v), first - 6, bottom, x(v), bottom + 14,
          std::abs(v) < 1e-9 ? "0" : fmt::format("{:+g}", v));
    for (std::size_t i = 0; i < f.arms.size(); ++i) {
      const Comparison& c = f.arms[i];
      const double y = first + kRow * (static_cast<double>(i) + 0.5);
      text += fmt::format("<text class=\"t\" x=\"8\" y=\"{:.1f}\">{}</text>", y + 4, escaped(c.arm));
      if (std::isfinite(c.difference.low))
        text += fmt::format("<line class=\"w\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>",
                            x(c.difference.low), x(c.difference.high), y, y);
      text += fmt::format(
          "<circle class=\"d\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4.5\"/><text class=\"t\" x=\"{}\" "
          "y=\"{:.1f}\">{:.2f} "
          "%</text>",
          x(c.difference.mean), y, kRight + 24, y + 4, c.accuracy.mean);
    }
    top = bottom + kFoot;
  }
  return text + "</svg>\n";
}

void write_study_report(const std::filesystem::path& path, const std::string& title,
                        const std::vector<std::pair<std::string, std::string>>& of,
                        const std::vector<Finding>& findings, const std::vector<std::string>& labels) {
  std::string body = facts(of) + "<h2>Findings</h2><ul>";
  for (const Finding& f : findings)
    body += fmt::format("<li><b>{}</b>: {}.", amount_of(f), escaped(f.sentence));
  body +=
      "</ul><p>Intervals hold the true mean with 95 % confidence over the seeds; an arm helps or hurts where "
      "0 is "
      "outside.</p>" +
      difference_svg(findings);
  for (const Finding& f : findings) {
    body += fmt::format(
        "<h2>{}</h2><div class=scroll><table><tr><th>arm<th>{}, %<th>points<th>95 %"
        "<th>McNemar's p<th>verdict",
        amount_of(f), f.imbalance > 1 ? "rare classes' recall" : "accuracy");
    for (const std::string& label : labels) body += "<th>" + escaped(label);
    body += "</tr>";
    for (const Comparison& c : f.arms) {
      body += fmt::format("<tr><td>{}<td>{:.2f}<td>{}<td>{}<td>{:.2g}<td>{}", escaped(c.arm), c.accuracy.mean,
                          signed_points(c.difference.mean), range(c.difference), c.mcnemar,
                          &c == &f.arms[0] ? "" : c.verdict);
      for (const nn::Interval& i : c.by_class)
        body += fmt::format("<td>{}{}", signed_points(i.mean), i.below(0) || i.above(0) ? "*" : "");
      body += "</tr>";
    }
    body += "</table></div>";
  }
  write_file(path, page(title, body + "<p>Classes: change of recall in points; * where its interval leaves "
                                      "0 out.</p>"));
}

nlohmann::json to_json(const Finding& finding, const std::vector<std::string>& labels) {
  nlohmann::json arms = nlohmann::json::array();
  const auto interval = [](const nn::Interval& i) {
    return std::isfinite(i.low) ? nlohmann::json{i.low, i.high} : nlohmann::json();
  };
  for (const Comparison& c : finding.arms) {
    nlohmann::json by_class;
    for (std::size_t k = 0; k < labels.size(); ++k) by_class[labels[k]] = c.by_class[k].mean;
    arms.push_back({{"arm", c.arm},
                    {"accuracy", c.accuracy.mean},
                    {"difference", c.difference.mean},
                    {"interval", interval(c.difference)},
                    {"difference_of_all", c.of_all.mean},
                    {"mcnemar", c.mcnemar},
                    {"verdict", c.verdict},
                    {"classes", by_class}});
  }
  return {{"images", finding.images},
          {"imbalance", finding.imbalance},
          {"seeds", finding.seeds},
          {"sentence", finding.sentence},
          {"arms", arms}};
}

}  // namespace doppel::apps
