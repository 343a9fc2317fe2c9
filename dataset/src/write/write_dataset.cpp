#include "doppel/dataset/write/write_dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_set>

#include "doppel/base/cores.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/hash.h"
#include "doppel/base/interrupted.h"
#include "doppel/base/parallel.h"
#include "doppel/base/settings.h"
#include "doppel/dataset/order/fit_to.h"
#include "folder.h"
#include "format.h"
#include "journal.h"
#include "loader/workers.h"
#include "making.h"
#include "names.h"
#include "provenance.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> kImagesNames{"keep", "jpeg", "png", "webp"};

std::string_view name_of(WritePart::Role role) {
  switch (role) {
    case WritePart::Role::Train:
      return "train";
    case WritePart::Role::Valid:
      return "val";
    case WritePart::Role::Test:
      break;
  }
  return "test";
}

/// How many samples, and a hash of their names and classes.
std::string known_by(const Source& source) {
  std::uint64_t hash = kFnvBasis;
  for (std::size_t i = 0; i < source.size(); ++i) {
    hash = fnv1a(fmt::format("{}\n{}\n", name_of(source, i), source.label(i)), hash);
    for (const augment::LabelShare& share : source.label_shares(i))
      hash = fnv1a(fmt::format("{} {}\n", share.label, share.share), hash);
  }
  return fmt::format("{}, {:016x}", source.size(), hash);
}

/// What a run is known by, where it goes on.
std::vector<SettingText> settings_for(std::span<const WritePart> parts, const augment::Recipe& recipe,
                                      const WriteOptions& options, const std::string& data) {
  std::vector<SettingText> settings = settings_of(options);
  std::erase_if(settings,
                [](const SettingText& one) { return one.name == "threads"; });  // no byte depends on them
  settings.push_back({"data", data});
  settings.push_back({"recipe", recipe.yaml()});
  for (const WritePart& part : parts)
    settings.push_back({fmt::format("samples_{}", name_of(part.role)), known_by(*part.source)});
  settings.push_back({"classes", write::text_of_classes(parts[0].source->classes())});
  return settings;
}

void empty_folder(const fs::path& folder) {
  std::error_code ignored;
  for (const fs::path& one : fs::directory_iterator(folder, ignored)) fs::remove_all(one, ignored);
}

}  // namespace

void WriteOptions::fields(FieldVisitor& visit) {
  visit.choice({"format", {}, "", "what is written"}, format, kDataFormatNames);
  visit({"copies", {0}, "N", "augmented images of each of the training part"}, copies);
  visit({"originals", {}, "", "whether the training part's own images are written, too"}, originals);
  visit.choice({"images", {}, "", "what images are encoded as"}, images, kImagesNames);
  visit({"quality", {1, 100}, "N", "of JPEG and WebP"}, quality);
  visit.choice({"alpha", {}, "", "what becomes of transparency"}, alpha, kAlphaOverNames);
  visit({"seed", {}, "N", "of what is drawn"}, seed);
  visit({"shard", {1}, "N", "images in a shard"}, shard);
  visit({"threads", {0}, "N", "that work; 0: all cores", {}, MayDiffer::Yes}, threads);
}

namespace write {
namespace {

using nlohmann::json;

void add_classes(const augment::Sample& sample, std::set<int>& classes) {
  if (sample.label >= 0) classes.insert(sample.label);
  for (const augment::LabelShare& share : sample.label_shares) classes.insert(share.label);
  for (const augment::Box& box : sample.boxes) classes.insert(box.label);
  for (const augment::RotatedBox& box : sample.rotated_boxes) classes.insert(box.label);
  for (const augment::Outline& outline : sample.outlines) classes.insert(outline.label);
}

/// No image could be.
struct NothingWritten : Error {
  using Error::Error;
};

/// One part, and the names of its images.
struct Part {
  std::string name;
  const Source& source;
  Wanted wanted;
  StemList stems;
  std::size_t first = 0;      ///< of all parts' samples
  std::size_t per_shard = 1;  ///< samples
  std::uint32_t shards() const {
    return static_cast<std::uint32_t>((source.size() + per_shard - 1) / per_shard);
  }
};

/// A sample's images, made and ready to be booked.
struct Done {
  std::size_t index = 0;
  std::vector<Made> made;
  std::vector<Shown> shown;
  std::vector<std::vector<SideFile>> side_files;
  std::vector<json> records;
  json line;
};

class Run {
 public:
  Run(std::span<const WritePart> parts, const augment::Recipe& recipe, const fs::path& out,
      const WriteOptions& options, const SetFacts& facts, const OnProgress& progress)
      : out_(out),
        options_(options),
        facts_(facts),
        format_(make_format(options.format, facts)),
        maker_(recipe, options, options.format == DataFormat::Pack ? Rare::ToPng : Rare::Keep),
        files_(out),
        journal_(hidden_folder(out) / "journal.jsonl", out) {
    std::unordered_set<std::string> taken;
    for (const WritePart& part : parts) {
      const bool train = part.role == WritePart::Role::Train;
      const Wanted wanted{.original = !train || options.originals, .copies = train ? options.copies : 0};
      if (!format_->shares_folder()) taken.clear();
      parts_.push_back({std::string(name_of(part.role)), *part.source, wanted,
                        StemList(*part.source, wanted.copies, taken), all_});
      const std::size_t each = static_cast<std::size_t>(wanted.copies) + wanted.original;
      parts_.back().per_shard = std::max<std::size_t>(1, static_cast<std::size_t>(options.shard) / each);
      all_ += part.source->size();
    }
    if (journal_.lines() > all_) journal_.shorten(all_);
    if (const std::size_t whole = whole_shards(journal_.lines()); whole < journal_.lines())
      journal_.shorten(whole);
    if (!is_unchanged(progress)) {
      // Copies may show other samples, too: all are made again.
      report_.remarks.push_back(
          {.what = "the data set isn't what it was when this folder was begun: all is made again",
           .count = 0,
           .examples = {}});
      journal_.shorten(0);
    }
    report_.kept = journal_.lines();
  }

  WriteReport run(const OnProgress& progress) {
    write_all(progress);
    format_->finish(out_, [this](const std::string& part, const TakeImage& take) {
      journal_.each([&](const json& line) {
        if (line["part"] == part)
          for (const json& image : line["images"]) take(image);
      });
    });
    Provenance provenance(out_);
    count(report_, provenance);
    provenance.finish();
    std::error_code ignored;
    fs::remove_all(hidden_folder(out_) / "unfinished", ignored);
    return std::move(report_);
  }

 private:
  /// How many of the first `samples` are in shards that are whole.
  std::size_t whole_shards(std::size_t samples) const {
    if (samples == all_ || format_->shard_path({parts_[0].name}).empty()) return samples;
    const Part& part = part_of(samples);
    return samples - (samples - part.first) % part.per_shard;
  }

  const Part& part_of(std::size_t sample) const {
    std::size_t k = parts_.size() - 1;
    while (parts_[k].first > sample) --k;
    return parts_[k];
  }

  /// False where a sample that was written before has become another one, or can be read by now.
  bool is_unchanged(const OnProgress& progress) const {
    std::vector<std::uint64_t> known_by;
    journal_.each([&](const json& line) { known_by.push_back(line.value("known_by", std::uint64_t{0})); });
    std::atomic<bool> same = true;
    std::atomic<std::size_t> done = 0;
    std::mutex telling;
    for_all(known_by.size(), [&](std::size_t sample) {
      if (!same) return;
      const Part& part = part_of(sample);
      std::uint64_t now = 0;
      try {
        now = fingerprint_of(part.source.read(sample - part.first));
      } catch (const Interrupted&) { throw; } catch (const std::exception&) {
      }  // it couldn't be read then either, or it is another one
      if (now != known_by[sample]) same = false;
      const std::size_t count = ++done;
      if (const std::lock_guard lock(telling); progress) progress(std::min(count, all_), all_);
    });
    return same;
  }

  void write_all(const OnProgress& progress) {
    const auto tell = [&](std::size_t done) {
      if (progress) progress(done, all_);
    };
    tell(journal_.lines());
    const int threads = options_.threads > 0 ? options_.threads : usable_cores();
    allow_threads(threads);
    ThreadArena(threads).run([&] {
      for_all_in_order(
          journal_.lines(), all_, static_cast<std::size_t>(3 * threads + 1),
          [&](std::size_t sample) { return make(sample); },
          [&](Done done) {
            add(done);
            tell(done.index + 1);
          });
    });
  }

  /// Makes a sample's images and, where they are files, writes them.
  Done make(std::size_t sample) const {
    const Part& part = part_of(sample);
    const std::size_t index = sample - part.first;
    Done done;
    done.index = sample;
    done.line = {{"part", part.name}, {"index", index}, {"source", name_of_sample(part, index)}};
    done.line["files"] = json::array();
    done.line["images"] = json::array();
    std::uint64_t fingerprint = 0;
    try {
      done.made = maker_.make(part.source, index, part.wanted, fingerprint);
      done.line["known_by"] = fingerprint;
      describe(part, index, done);
    } catch (const UsageError&) { throw; } catch (const Interrupted&) {
      throw;
    } catch (const std::exception& error) {
      done.made.clear();
      done.line["images"] = json::array();
      done.line["unreadable"] = error.what();
      done.line["known_by"] = fingerprint;
      return done;
    }
    if (format_->shard_path({part.name}).empty()) store(done);
    return done;
  }

  static std::string name_of_sample(const Part& part, std::size_t index) {
    return name_of(part.source, index);
  }

  void describe(const Part& part, std::size_t index, Done& done) const {
    Losses losses;
    std::erase_if(done.made, [&](const Made& made) { return format_->leaves_out(made.sample, losses); });
    std::set<int> classes;
    for (const Made& made : done.made) {
      add_classes(made.sample, classes);
      count_losses(format_->holds(), made.sample, losses);
      const Shown shown{
          part.name, part.stems.image(index, made.copy), made.ending, made.size, made.channels, &made.sample};
      done.shown.push_back(shown);
      done.side_files.push_back(format_->side_files(shown, losses));
      done.records.push_back(format_->record(shown, losses));
      json image{{"file", format_->image_path(shown)},
                 {"copy", made.copy},
                 {"size", {made.size.height, made.size.width, made.channels}}};
      if (made.copy > 0) {
        image["stream"] = {made.stream.seed, made.stream.epoch, made.stream.index};
        image["plan"] = made.plan;
      }
      if (!done.records.back().is_null()) image["record"] = done.records.back();
      done.line["images"].push_back(std::move(image));
    }
    if (!losses.empty()) done.line["losses"] = losses;
    if (format_->names() == Format::Names::Used && !classes.empty()) done.line["classes"] = classes;
  }

  void store(Done& done) const {
    for (std::size_t i = 0; i < done.shown.size(); ++i) {
      const auto put = [&](const std::string& path, const std::vector<unsigned char>& bytes) {
        files_.write(path, bytes);
        done.line["files"].push_back({path, bytes.size()});
      };
      put(format_->image_path(done.shown[i]), done.made[i].bytes);
      for (const SideFile& file : done.side_files[i]) put(file.path, file.bytes);
    }
  }

  /// In order, one at a time.
  void add(Done& done) {
    const Part& part = part_of(done.index);
    const std::size_t index = done.index - part.first;
    ShardPlace place{part.name, static_cast<std::uint32_t>(index / part.per_shard), part.shards()};
    const std::string path = format_->shard_path(place);
    if (path.empty()) return journal_.append(text_of(done.line), 1);
    if (!shard_) {
      make_folder((out_ / path).parent_path());
      shard_ = format_->open_shard(out_ / path, place);
    }
    for (std::size_t i = 0; i < done.shown.size(); ++i)
      shard_->add({done.shown[i], done.made[i].bytes, done.side_files[i], done.records[i]});
    waiting_.push_back(std::move(done.line));
    if ((index + 1) % part.per_shard != 0 && index + 1 != part.source.size()) return;
    const std::uint64_t size = shard_->finish();
    shard_.reset();
    std::string text;
    for (json& line : waiting_) {
      line["files"].push_back({path, size});
      text += text_of(line);
    }
    journal_.append(text, waiting_.size());
    waiting_.clear();
  }

  static std::string text_of(const json& line) {
    return line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  }

  /// Goes once through all that was written.
  void count(WriteReport& report, Provenance& provenance) const {
    for (const Part& part : parts_) report.parts.push_back({part.name});
    std::map<std::string, Remark> met;
    std::unordered_set<std::string> shards;
    std::set<int> classes;
    journal_.each([&](const json& line) {
      provenance.add(line);
      if (line.contains("classes")) classes.insert(line["classes"].begin(), line["classes"].end());
      auto& part =
          *std::ranges::find(report.parts, line["part"].get<std::string>(), &WriteReport::Part::name);
      for (const json& file : line["files"])
        if (format_->shard_path({part.name}).empty() || shards.insert(file[0]).second)
          report.bytes += file[1].get<std::uint64_t>();
      if (line.contains("unreadable")) {
        constexpr std::size_t kNamed = 100;
        if (++report.unreadable_count <= kNamed) report.unreadable.push_back(line["unreadable"]);
        return;
      }
      ++part.samples;
      part.images += line["images"].size();
      report.images += line["images"].size();
      if (!line.contains("losses")) return;
      for (const auto& [what, number] : line["losses"].items()) {
        Remark& remark = met[what];
        remark.what = what;
        remark.count += number.get<std::size_t>();
        constexpr std::size_t kExamples = 3;
        if (remark.examples.size() < kExamples) remark.examples.push_back(line["source"]);
      }
    });
    for (auto& [what, remark] : met) report.remarks.push_back(std::move(remark));
    const std::vector<Remark> lost = lost_names(classes);
    report.remarks.insert(report.remarks.end(), lost.begin(), lost.end());
    if (report.images == 0)
      throw NothingWritten(
          report.unreadable.empty()
              ? "no image could be written: none has what the format sorts by"
              : fmt::format("no image could be written; the first: {}", report.unreadable[0]));
  }

  /// Of classes, `used` ones those that samples are of.
  std::vector<Remark> lost_names(const std::set<int>& used) const {
    Remarks lost;
    for (std::size_t k = 0; k < facts_.classes.size(); ++k) {
      if (format_->names() == Format::Names::None)
        lost.add("names of classes, which the format has no place for", facts_.classes[k]);
      else if (format_->names() == Format::Names::Used && !used.contains(static_cast<int>(k)))
        lost.add("classes of no sample, which the format has no place for", facts_.classes[k]);
    }
    return lost.list();
  }

  const fs::path& out_;
  const WriteOptions& options_;
  const SetFacts& facts_;
  std::unique_ptr<Format> format_;
  Maker maker_;
  FileWriter files_;
  Journal journal_;
  std::vector<Part> parts_;
  std::size_t all_ = 0;
  std::unique_ptr<Archive> shard_;
  std::vector<json> waiting_;  ///< for their shard to be whole
  WriteReport report_;
};

/// Before anything is written: is the format of use at all? Asks the first samples, of which one is enough.
void check_format_holds(const Source& source, const SetFacts& facts, DataFormat format) {
  const auto wanted = make_format(format, facts);
  std::string refusal;
  constexpr std::size_t kAsked = 64;
  for (std::size_t i = 0; i < std::min(kAsked, source.size()); ++i) {
    try {
      refusal = wanted->refusal(source.read(i).sample);
      if (refusal.empty()) return;
    } catch (const Error&) { continue; }  // unreadable: the others will tell
  }
  if (!refusal.empty())
    throw UsageError(fmt::format("{}: {}", kDataFormatNames[static_cast<std::size_t>(format)], refusal));
}

}  // namespace
}  // namespace write

WriteReport write_dataset(std::span<const WritePart> parts, const augment::Recipe& recipe,
                          const fs::path& out, const WriteOptions& options, const std::string& data,
                          const OnProgress& progress) {
  WriteOptions checked = options;
  FieldValidator validator("doppel augment");
  checked.fields(validator);
  std::size_t samples = 0;
  for (const WritePart& part : parts) samples += part.source->size();
  if (samples == 0) throw Error("the data set is empty: there is nothing to write");
  if (options.copies == 0 && !options.originals)
    throw UsageError("no copies and no originals: nothing would be written of the training part");
  for (const augment::Transform& transform : recipe.transforms())
    if (normalizes(transform))
      throw UsageError(
          "the recipe has Normalize or Standardize, whose numbers no image's file can hold: leave it out; "
          "trainers normalise what they read");
  write::SetFacts facts{
      parts[0].source->classes(), {}, false, parts[0].source->number_names(), options.range};
  for (std::size_t i = 0; i < parts[0].source->size() && !facts.has_labels; ++i)
    facts.has_labels = is_labelled(*parts[0].source, i);
  for (const WritePart& part : parts) facts.parts.emplace_back(name_of(part.role));
  augment::Recipe bound = recipe;
  bound.bind_labels(facts.classes);
  write::check_format_holds(*parts[0].source, facts, options.format);
  std::error_code ignored;
  const bool is_there = fs::exists(out, ignored), fresh = !is_there || fs::is_empty(out, ignored);
  const auto take_back = [&] {
    if (fresh) empty_folder(out);
    if (!is_there) fs::remove(out, ignored);
  };
  try {
    write::prepare_folder(out, data, settings_for(parts, recipe, options, data));
    return write::Run(parts, bound, out, options, facts, progress).run(progress);
  } catch (const write::NothingWritten&) {
    take_back();
    throw;
  } catch (const UsageError&) {  // the same command can't go on
    take_back();
    throw;
  } catch (...) {
    if (!is_there) fs::remove(out, ignored);  // where nothing is in it
    throw;
  }
}

}  // namespace doppel::dataset
