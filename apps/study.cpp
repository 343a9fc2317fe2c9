// doppel study DATA --out RUN
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <tuple>
#include <utility>

#include "begun_run.h"
#include "command.h"
#include "common_options.h"
#include "doppel/base/clock.h"
#include "doppel/base/cores.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/utf8.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/nn/study/experiment.h"
#include "folder_lock.h"
#include "group_options.h"
#include "live_line.h"
#include "report/study_report.h"
#include "settings_options.h"
#include "step_log.h"
#include "stopping.h"
#include "telling.h"

namespace doppel::apps {
namespace {

namespace fs = std::filesystem;

/// Amounts of real images, the most first.
std::vector<std::size_t> amounts(const std::string& text, std::size_t all, std::size_t classes) {
  std::vector<std::size_t> amounts;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const double v = parse_real(part).value_or(0);
    if (v <= 0)
      throw UsageError(fmt::format("--fractions are numbers above 0, with commas between; not '{}'", part));
    const double images = v <= 1 ? v * static_cast<double>(all) : std::min(v, static_cast<double>(all));
    amounts.push_back(std::max<std::size_t>(classes, static_cast<std::size_t>(std::lround(images))));
  }
  std::ranges::sort(amounts, std::greater());
  amounts.erase(std::unique(amounts.begin(), amounts.end()), amounts.end());
  return amounts;
}

std::string counted(std::size_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

nn::StudySetup study_setup(const CommandLine& line) {
  const auto data = line.get<std::string>("data");
  dataset::OpenedData opened = open_told(data, data_options(line));
  for (dataset::SourcePtr* part : {&opened.train, &opened.test})
    if (*part) *part = labelled(*part, data);
  tell_unused_valid(opened);
  const nn::TrainTest parts = train_and_test(opened);
  if (parts.train->classes().size() < 2)
    throw Error("a study compares classifiers: it needs two classes or more");
  nn::StudySetup setup;
  setup.data = recorded_path(data);
  setup.train = parts.train;
  setup.test = parts.test;
  setup.info = describe_data(*parts.train, 0, alpha_of(line));
  fit_images_to_gan(setup.info);
  setup.recipe_name = nn::recipe_for(line.get<std::string>("recipe"), setup.info);
  setup.recipe = augment::Recipe::load(setup.recipe_name);
  read_settings(line, "study", [&](FieldVisitor& visit) { setup.classifying.fields(visit); });
  setup.classifying.network = network_text(setup.classifying.network);
  if (!line.has("precision") && !nn::has_bf16()) setup.classifying.precision = nn::Precision::F32;
  check_precision(setup.classifying.precision);
  setup.gan = nn::gan_preset(line.get<std::string>("preset"), setup.info.input);
  setup.gan.steps = line.get<std::uint64_t>("gan-steps");
  setup.gan.threads = setup.classifying.threads;
  setup.gan.precision = setup.classifying.precision;
  return setup;
}

std::string minutes(double seconds) {
  return seconds < 90 ? fmt::format("{:.0f} seconds", seconds) : fmt::format("{:.0f} minutes", seconds / 60);
}

/// A result that isn't known yet.
struct Job {
  std::size_t images;
  std::uint64_t seed;
  const nn::Arm* arm;
  int rank = 0;  ///< of the process whose it is
};

/// All of one seed before the next: what is finished can be compared early. Of several processes each next
/// result is that of whoever has the least to do; those that need the same GAN are together.
std::vector<Job> jobs_of(const nn::Study& run, const nn::StudySetup& setup,
                         const std::vector<std::size_t>& images, const std::vector<std::uint64_t>& seeds,
                         const std::vector<nn::Arm>& arms, int world) {
  std::vector<Job> jobs;
  std::vector<std::uint64_t> steps(static_cast<std::size_t>(world));  // that each process has to do
  const auto least = [&] { return std::ranges::min_element(steps); };
  for (const std::uint64_t seed : seeds)
    for (const std::size_t n : images) {
      auto whose = least();
      std::set<int> gans;  // that are there, or will be, by the imbalance
      for (const nn::Arm& arm : arms) {
        if (run.find(n, seed, arm.name)) continue;
        if (run.has_gan(n, seed, arm.imbalance)) gans.insert(arm.imbalance);
        const bool gan = arm.generated != nn::Arm::Generated::None;
        const auto of = gan ? whose : least();
        *of += static_cast<std::uint64_t>(arm.times) * setup.classifying.steps;
        if (gan && gans.insert(arm.imbalance).second) *of += setup.gan.steps;
        jobs.push_back({n, seed, &arm, static_cast<int>(of - steps.begin())});
      }
    }
  return jobs;
}

/// Seconds, by short tries: of all that this process has to do, of one classifier, and of one GAN.
struct Budget {
  double all = 0, classifier = 0, gan = 0;
  std::uint64_t results = 0;
};

/// Classifiers and GANs.
struct Work {
  std::uint64_t results = 0, classifiers = 0, gans = 0;
};

/// Of a process, or where `rank` is -1 of all.
Work work_of(const std::vector<Job>& jobs, const nn::Study& run, int rank) {
  Work work;
  std::set<std::tuple<std::size_t, std::uint64_t, int>> gans;
  for (const Job& job : jobs) {
    if (rank >= 0 && job.rank != rank) continue;
    ++work.results;
    work.classifiers += static_cast<std::uint64_t>(job.arm->times);
    if (job.arm->generated != nn::Arm::Generated::None &&
        !run.has_gan(job.images, job.seed, job.arm->imbalance))
      gans.emplace(job.images, job.seed, job.arm->imbalance);
  }
  work.gans = gans.size();
  return work;
}

/// What is left to do, and how long that takes.
Budget print_budget(const nn::StudySetup& setup, const nn::Study& run, const std::vector<Job>& jobs,
                    const std::string& what) {
  Budget budget;
  const Work own = work_of(jobs, run, 0), all = work_of(jobs, run, -1);
  budget.results = own.results;
  constexpr std::uint64_t kTried = 20, kTriedGan = 8;
  nn::ClassifierOptions classifying = setup.classifying;
  classifying.steps = kTried;
  classifying.recipe = setup.recipe;
  const auto try_classifier = [&] {
    const auto start = Clock::now();
    nn::Classifier(setup.info, setup.train, classifying);
    return seconds_since(start);
  };
  try_classifier();  // kernels are made at the first
  if (own.classifiers > 0)
    budget.classifier = try_classifier() / kTried * static_cast<double>(setup.classifying.steps);
  if (own.gans > 0) {
    const auto gan =
        nn::make_generative_model(setup.info.input, static_cast<int>(setup.info.classes.size()), setup.gan);
    const std::vector<float> black(
        static_cast<std::size_t>(setup.gan.batch) * static_cast<std::size_t>(setup.info.input.count()), 0.F);
    const std::vector<int> labels(static_cast<std::size_t>(setup.gan.batch), 0);
    gan->step(black, labels);
    const auto start = Clock::now();
    for (std::uint64_t i = 0; i < kTriedGan; ++i) gan->step(black, labels);
    budget.gan = seconds_since(start) / kTriedGan * static_cast<double>(setup.gan.steps);
  }
  budget.all =
      budget.classifier * static_cast<double>(own.classifiers) + budget.gan * static_cast<double>(own.gans);
  std::cerr << fmt::format(
      "{}; to do: classifiers of {} steps, {} in all, and {} GANs of {} steps: about {}. Ctrl-C stops; the "
      "same command goes on.\n",
      what, setup.classifying.steps, all.classifiers, all.gans, setup.gan.steps, minutes(budget.all));
  return budget;
}

/// Where a study is, and how long the rest takes: by the budget at first, then by how that has held.
class StudyLine {
 public:
  StudyLine(const Budget& budget, StepLog log) : budget_(budget), log_(std::move(log)) {}
  /// `cost`: of what comes next, by the budget.
  void begin(const std::string& what, double cost) {
    what_ = fmt::format("result {} of {}: {}", ++number_, budget_.results, what);
    cost_ = cost;
    begun_ = Clock::now();
  }
  /// Of the classifier, or GAN, that is being trained.
  void step(std::size_t done, std::size_t all) {
    live_.show([&] {
      return fmt::format("{}, step {} of {}, {} left", what_, done, all, clock_text(seconds_left()));
    });
    if (log_.is_due())
      log_.add({{"step", done}, {"of", all}, {"what", what_}, {"seconds_left", seconds_left()}});
  }
  void end(const nlohmann::ordered_json& result) {
    live_.end();
    spent_ += cost_;
    log_.add(result);
  }
  /// The last line of the log.
  void finished(bool whole) { log_.add({{"end", whole ? "done" : "stopped"}}); }

 private:
  double seconds_left() const {
    const double passed = std::chrono::duration<double>(begun_ - start_).count(),
                 pace = spent_ > 0 ? passed / spent_ : 1;
    return std::max(1.0, (budget_.all - spent_) * pace - seconds_since(begun_));
  }

  const Budget& budget_;
  LiveLine live_;
  std::string what_;
  std::uint64_t number_ = 0;
  double spent_ = 0, cost_ = 0;  ///< seconds, by the budget
  Clock::time_point start_ = Clock::now(), begun_;
  StepLog log_;
};

/// This process's results; false where it was stopped.
bool run_all(nn::Study& run, const std::vector<Job>& jobs, int rank, const Budget& budget, StudyLine& live) {
  for (const auto& [n, seed, arm, whose] : jobs) {
    if (is_told_to_stop()) return false;
    if (whose != rank) continue;
    const auto start = Clock::now();
    const bool gan = arm->generated != nn::Arm::Generated::None && !run.has_gan(n, seed, arm->imbalance);
    live.begin(fmt::format("{} images, seed {}, {}", n, seed, arm->name),
               budget.classifier * arm->times + (gan ? budget.gan : 0));
    const nn::StudyResult& r = run.result(n, seed, *arm);
    live.end({{"result", arm->name},
              {"images", n},
              {"seed", seed},
              {"accuracy", r.accuracy},
              {"seconds", seconds_since(start)}});
    std::cerr << fmt::format("{:>7} images  seed {}  {:<32} {:6.2f} %  {:.0f} s\n", n, seed, arm->name,
                             100 * r.accuracy, seconds_since(start));
  }
  return true;
}

/// What dropping each transform did, in words: where the rest is better without it, it hurts.
void print_audit(const Finding& finding, const std::vector<std::string>& labels) {
  for (const Comparison& c : finding.arms) {
    if (&c == &finding.arms[0]) continue;
    const char* verdict = c.difference.above(0)   ? "hurts: better without it"
                          : c.difference.below(0) ? "helps: worse without it"
                                                  : "no evidence";
    fmt::print("{:<32} {:+.2f} points, {}", c.arm, c.difference.mean, verdict);
    for (std::size_t k = 0; k < c.by_class.size(); ++k)
      if (c.by_class[k].above(0) && c.by_class[k].mean >= 1)
        fmt::print("; class {} gains {:.1f} without it", printable(labels[k]), c.by_class[k].mean);
    fmt::print("\n");
  }
}

/// All processes take the first one's shards.
void agree_on_shards(nn::StudySetup& setup, nn::Group& group) {
  std::string shards = std::to_string(std::clamp(usable_cores(), 2, 16));
  group.share(shards);
  setup.classifying.shards = std::stoi(shards);
}

/// All processes know of the same jobs.
void agree_on(const std::vector<Job>& jobs, nn::Group& group) {
  std::string text;
  for (const Job& job : jobs)
    text += fmt::format("{}: {} images, seed {}, {}; ", job.rank, job.images, job.seed, job.arm->name);
  group.agree("what is to be done", text);
}

/// Of all processes none was stopped.
bool is_whole(bool own, nn::Group& group) {
  double stops = own ? 0 : 1;
  group.sum(std::span<double>(&stops, 1));
  return stops == 0;
}

/// What --imbalance says; empty where it isn't said.
std::vector<int> imbalances(const CommandLine& line) {
  std::vector<int> factors;
  if (!line.has("imbalance")) return factors;
  const auto text = line.get<std::string>("imbalance");
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const double v = parse_real(part).value_or(0);
    if (!(v >= 2 && v <= 100000 && v == std::floor(v)))
      throw UsageError(
          fmt::format("--imbalance are whole numbers from 2 to 100000, with commas between; not '{}'", part));
    factors.push_back(static_cast<int>(v));
  }
  if (factors.empty()) throw UsageError("--imbalance says no number");
  return factors;
}

/// What is asked instead of everything: one thing at most.
void check_one_question(const CommandLine& line) {
  std::string asked;
  for (const char* option : {"imbalance", "mixing", "audit"}) {
    if (!line.has(option)) continue;
    if (!asked.empty()) throw UsageError(fmt::format("{} and --{} exclude each other", asked, option));
    asked = fmt::format("--{}", option);
  }
}

/// Arms that are compared with each other, list by list.
std::vector<std::vector<nn::Arm>> compared_arms(const CommandLine& line, const nn::StudySetup& setup) {
  const bool with_gan = setup.gan.steps > 0;
  check_one_question(line);
  if (line.has("mixing")) {
    if (!with_gan) throw UsageError("--mixing asks about a GAN's images: --gan-steps must be above 0");
    return {nn::mixing_arms()};
  }
  std::vector<std::vector<nn::Arm>> lists;
  for (const int factor : imbalances(line)) lists.push_back(nn::imbalance_arms(factor, with_gan));
  if (lists.empty())
    lists.push_back(line.has("audit") ? nn::audit_arms(setup.recipe) : nn::study_arms(with_gan));
  return lists;
}

int run_study(const CommandLine& line) {
  GroupMember member(line, {.stop = &is_told_to_stop(), .apart = true});
  nn::StudySetup setup = study_setup(line);
  const fs::path out = line.get<std::string>("out");
  const bool audit = line.has("audit");
  const auto images =
      amounts(line.has("imbalance") && !line.has("fractions") ? "1" : line.get<std::string>("fractions"),
              setup.train->size(), setup.info.classes.size());
  std::vector<std::uint64_t> seeds;
  for (int s = 1; s <= line.get<int>("seeds"); ++s) seeds.push_back(static_cast<std::uint64_t>(s));
  const std::vector<std::vector<nn::Arm>> compared = compared_arms(line, setup);
  std::vector<nn::Arm> arms;
  for (const auto& list : compared) arms.insert(arms.end(), list.begin(), list.end());
  if (member.is_first()) check_begins(out, RunKind::Study, true);
  member.meet();
  nn::Group* const group = member.group();
  if (group) agree_on_shards(setup, *group);
  const FolderLock lock = member.is_first() ? FolderLock(out, !group) : FolderLock();
  nn::Study run(setup, out, group);
  const std::vector<Job> jobs = jobs_of(run, setup, images, seeds, arms, member.world());
  if (group) agree_on(jobs, *group);
  Budget budget;
  StepLog log;
  if (member.is_first()) {
    budget = print_budget(setup, run, jobs,
                          fmt::format("{} x {} x {}", counted(arms.size(), "arm"),
                                      counted(images.size(), "amount"), counted(seeds.size(), "seed")));
    log = StepLog(out, "study", true, {{"results", budget.results}});
  }
  StudyLine live(budget, std::move(log));
  setup.progress = [&](std::size_t done, std::size_t all) {
    check_stopped();
    if (group) group->check();
    live.step(done, all);
  };
  setup.classifying.on_phase = [&](const std::string&, const std::string& unit) {
    return unit == "steps" ? setup.progress : [](std::size_t, std::size_t) { check_stopped(); };
  };
  stop_on_signals();
  bool whole = false;
  try {
    whole = run_all(run, jobs, member.rank(), budget, live);
  } catch (const Stopped&) {}
  if (group) whole = is_whole(whole, *group);
  run.collect();
  live.finished(whole);
  if (!member.is_first()) return whole ? 0 : 1;
  std::vector<Finding> findings;
  nlohmann::json json = nlohmann::json::array();
  for (const std::size_t n : images)
    for (const auto& list : compared) {
      Finding finding = find_out(run, n, seeds, list, setup.info.classes);
      if (finding.arms.empty()) continue;
      json.push_back(to_json(finding, setup.info.classes));
      fmt::print("{} real images, {} seeds: {} {:.2f} %\n", n, finding.seeds.size(), finding.arms[0].arm,
                 finding.arms[0].accuracy.mean);
      if (audit)
        print_audit(finding, setup.info.classes);
      else
        fmt::print("  {}\n", finding.sentence);
      findings.push_back(std::move(finding));
    }
  const std::string name = audit ? "audit" : "study";
  if (!findings.empty()) {
    write_study_report(out / (name + ".html"), fmt::format("{} on {}", audit ? "Audit" : "Study", setup.data),
                       {{"recipe", setup.recipe_name},
                        {"network", setup.classifying.network},
                        {"steps of a classifier", std::to_string(setup.classifying.steps)},
                        {"steps of a GAN", std::to_string(setup.gan.steps)},
                        {"share of generated images", fmt::format("{}", setup.classifying.share)},
                        {"test images", std::to_string(setup.test->size())}},
                       findings, setup.info.classes);
    write_file(out / (name + ".svg"), difference_svg(findings));
    write_file(out / (name + "_findings.json"), json.dump(1) + "\n");
    fmt::print("{}\n", (out / (name + ".html")).string());
  }
  write_json(line, json);
  if (!whole) std::cerr << "stopped; the same command goes on from here\n";
  return whole ? 0 : 1;
}

std::vector<OptionGroup> study_options() {
  OptionLister lister;
  lister.heading("The classifiers");
  nn::ClassifierOptions().fields(lister);
  std::vector<OptionGroup> groups = std::move(lister.groups);
  option_named(groups, "net").kind = net_option("", "").kind;
  auto& classifiers = groups.front().options;
  classifiers.insert(
      classifiers.begin(),
      recipe_option("auto", "that they are augmented with: a file or a preset; auto: by the data"));
  const Option precision = taken(groups, "precision"), threads = taken(groups, "threads");
  groups.insert(
      groups.begin(),
      {"The study",
       {{"out", folder(), "the study's folder", Presence::Needed},
        {"fractions", Text{.placeholder = "A,B,...", .initial = "1,0.1,0.01"},
         "amounts of real images: shares up to 1, or numbers above"},
        {"seeds", Whole{.initial = 5, .least = 1}, "repetitions, each with other images and weights"},
        {"imbalance", Text{.placeholder = "N,..."},
         "instead: half of the classes, others for each seed, have one image in N; what helps them?"},
        {"mixing", Flag{}, "instead: several ways of mixing a GAN's images in, all with the same steps"},
        {"audit", Flag{}, "instead: leave out one transform at a time, and name those that hurt"},
        json_option()}});
  add_options(groups, "The GANs",
              {preset_option("known networks and settings"),
               {"gan-steps", Whole{.initial = 3000}, "batches that each learns from; 0: no GAN"}});
  groups.push_back(data_group());
  groups.back().options.push_back(alpha_option());
  add_options(groups, "Machine", {precision, threads});
  groups.push_back(group_group());
  return groups;
}

}  // namespace

Command study_command() {
  return {.name = "study",
          .brief = "find out whether augmentation or a GAN helps on your data",
          .about =
              "Tells whether augmentation, and whether images of a GAN, help a classifier of this data: "
              "the same network trained with and without, on several amounts of data and seeds.",
          .words = {data_word()},
          .groups = study_options(),
          .examples = {"study sample:digits --fractions 100 --seeds 2 --steps 10 --gan-steps 10 --out study"},
          .run = run_study};
}

}  // namespace doppel::apps
