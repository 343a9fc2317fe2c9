// Which samples show which class.
#pragma once

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "images.h"

namespace doppel::apps {

/// The classes of all parts, by images' labels and by the objects in them, without reading a pixel. Found out
/// once, when that is first asked for; any thread may ask.
class ClassIndex {
 public:
  /// `images` must outlive it.
  explicit ClassIndex(const Images& images) : images_(images) {}
  /// The images of a class, by number. Throws UsageError where there is none.
  const std::vector<std::size_t>& of(const std::string& name) const;
  /// Of each input its parts, and of these each class: {"name", "images": of it or with such an object,
  /// "objects"}.
  nlohmann::json counts() const;

 private:
  /// What was found out.
  struct Found {
    std::map<std::string, std::vector<std::size_t>, std::less<>> images;
    nlohmann::json counts;
  };
  const Found& found() const;
  const Images& images_;
  mutable std::once_flag once_;
  mutable Found found_;
};

/// The parts of an input that it has: a name and a source each.
std::vector<std::pair<std::string, dataset::SourcePtr>> parts_of(const dataset::OpenedData& input);

}  // namespace doppel::apps
