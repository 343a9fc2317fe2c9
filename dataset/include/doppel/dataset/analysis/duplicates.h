// The same image twice: in one data set, or in two that should have nothing in common.
#pragma once

#include <array>
#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace doppel::dataset {

/// Compares each image that it's shown with all before. Exact: the same bytes. Near: thumbnails (16x16,
/// grey) that differ by less than 2 % of the range on average, as after another encoding, size or slight
/// change; found by 64-bit difference hashes no more than 3 bits apart. Flat images have no near ones.
/// Memory: about 400 bytes an image.
class DuplicateFinder {
 public:
  /// Two images that are alike.
  struct Pair {
    std::string a;          ///< name of the one that was shown first
    std::string b;          ///< name of the other
    bool exact = false;     ///< the same bytes; else near
    bool conflict = false;  ///< their labels differ
    bool across = false;    ///< they are of different parts
    friend bool operator==(const Pair&, const Pair&) = default;
  };
  /// What is compared of an image; may be made by any thread.
  struct Fingerprint {
    std::uint64_t content = 0;                  ///< of its bytes
    std::uint64_t shape = 0;                    ///< the difference hash; 0 for a flat image
    std::array<std::uint8_t, 256> thumbnail{};  ///< 16x16, grey, row by row
  };
  /// `bytes`: the file, or the pixels where there is none; `image`: the image. Images that aren't of 8
  /// bits are compared by their bytes alone.
  static Fingerprint fingerprint(std::span<const unsigned char> bytes, const cv::Mat& image);

  /// `part` tells train from test. Pairs are found with the first image that is alike.
  void add(const Fingerprint& print, std::string name, int label, int part = 0);
  const std::vector<Pair>& pairs() const { return pairs_; }  ///< in the order that they were found

 private:
  struct Seen {
    Fingerprint print;
    std::string name;
    int label, part;
  };
  void pair_with(std::size_t earlier, bool exact);

  std::vector<Seen> seen_;
  std::unordered_map<std::uint64_t, std::size_t> contents_;
  std::unordered_multimap<std::uint64_t, std::size_t> bands_;  ///< by number and 16 bits of the hash
  std::vector<Pair> pairs_;
};

}  // namespace doppel::dataset
