// What was found and isn't used, or is taken in a way that people should know.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace doppel::dataset {

/// One kind of thing, and how often it was met.
struct Remark {
  std::string what;                   ///< "files of a kind that isn't read (.gif)"
  std::size_t count = 0;              ///< how often; 0: it isn't counted
  std::vector<std::string> examples;  ///< the first few: paths, columns, lines
  /// In a line, of printable() text: "files of a kind that isn't read (.gif): 3 (cat/2.gif, …)".
  std::string text() const;
};

/// Counts as they are met, in that order.
class Remarks {
 public:
  /// Once more `what`, as `example` shows where it isn't empty.
  void add(std::string_view what, std::string_view example = {});
  /// All of another list, added to these.
  void add(const std::vector<Remark>& others);
  /// One that isn't counted.
  void say(std::string_view what);
  const std::vector<Remark>& list() const { return list_; }  ///< in the order in which they were first met

 private:
  Remark& named(std::string_view what);
  std::vector<Remark> list_;
};

/// Each as one that isn't counted, with its count in the text: what several parts of a data set find alike,
/// and would count twice where their remarks are added.
std::vector<Remark> said_once(const std::vector<Remark>& remarks);

}  // namespace doppel::dataset
