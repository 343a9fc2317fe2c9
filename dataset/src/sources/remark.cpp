#include "doppel/dataset/sources/remark.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "doppel/base/utf8.h"

namespace doppel::dataset {
namespace {

constexpr std::size_t kExamples = 3;

}  // namespace

std::string Remark::text() const {
  if (count == 0) return printable(what);
  const std::string some = fmt::format("{}", fmt::join(examples, ", "));
  const char* more = count > examples.size() ? ", …" : "";
  return printable(examples.empty() ? fmt::format("{}: {}", what, count)
                                    : fmt::format("{}: {} ({}{})", what, count, some, more));
}

Remark& Remarks::named(std::string_view what) {
  const auto found = std::ranges::find(list_, what, &Remark::what);
  if (found != list_.end()) return *found;
  list_.push_back({std::string(what), 0, {}});
  return list_.back();
}

void Remarks::add(std::string_view what, std::string_view example) {
  Remark& remark = named(what);
  ++remark.count;
  if (!example.empty() && remark.examples.size() < kExamples) remark.examples.emplace_back(example);
}

void Remarks::add(const std::vector<Remark>& others) {
  for (const Remark& other : others) {
    Remark& remark = named(other.what);
    remark.count += other.count;
    for (const std::string& example : other.examples)
      if (remark.examples.size() < kExamples) remark.examples.push_back(example);
  }
}

void Remarks::say(std::string_view what) { (void)named(what); }

std::vector<Remark> said_once(const std::vector<Remark>& remarks) {
  Remarks said;
  for (const Remark& remark : remarks) said.say(remark.text());
  return said.list();
}

}  // namespace doppel::dataset
