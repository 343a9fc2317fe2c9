#include "formats/torch/stored_zip.h"

#include <gtest/gtest.h>

#include <fstream>

#include "dataset/temporary_folder.h"
#include "doppel/base/files.h"
#include "error_of.h"

namespace doppel::nn::torch {
namespace {

/// A ZIP archive by PKWARE's APPNOTE.
struct ZipBytes {
  static std::string number(std::uint64_t value, int size) {
    std::string text;
    for (int i = 0; i < size; ++i) text += static_cast<char>(value >> (8 * i));
    return text;
  }
  /// `large`: its numbers are 64-bit ones, in the extra field.
  void add(const std::string& name, const std::string& data, bool large = false, int method = 0) {
    const std::uint64_t size = data.size(), at = local.size();
    const std::string own_extra(12, 'x'),
        extra = large ? number(1, 2) + number(24, 2) + number(size, 8) + number(size, 8) + number(at, 8)
                      : number(0x7777, 2) + number(2, 2) + "zz";
    const auto or_large = [&](std::uint64_t n) { return number(large ? 0xffffffff : n, 4); };
    central += number(0x02014b50, 4) + std::string(6, '\0') + number(static_cast<std::uint64_t>(method), 2) +
               std::string(8, '\0') + or_large(size) + or_large(size) + number(name.size(), 2) +
               number(extra.size(), 2) + number(1, 2) + std::string(8, '\0') + or_large(at) + name + extra +
               "c";
    local += number(0x04034b50, 4) + std::string(22, '\0') + number(name.size(), 2) +
             number(own_extra.size(), 2) + name + own_extra + data;
    ++count;
  }
  std::string end(std::uint64_t entries, std::uint64_t size, std::uint64_t at,
                  const std::string& comment) const {
    return number(0x06054b50, 4) + std::string(4, '\0') + number(entries, 2) + number(entries, 2) +
           number(size, 4) + number(at, 4) + number(comment.size(), 2) + comment;
  }
  std::string bytes(const std::string& comment = "") const {
    return local + central + end(count, central.size(), local.size(), comment);
  }
  /// With the 64-bit end.
  std::string bytes64() const {
    const std::string record = number(0x06064b50, 4) + number(44, 8) + std::string(12, '\0') +
                               number(count, 8) + number(count, 8) + number(central.size(), 8) +
                               number(local.size(), 8),
                      locator = number(0x07064b50, 4) + number(0, 4) +
                                number(local.size() + central.size(), 8) + number(1, 4);
    return local + central + record + locator + end(0xffff, 0xffffffff, 0xffffffff, "");
  }
  std::string local, central;
  std::uint64_t count = 0;
};

TEST(StoredZip, EntriesAreFoundAndRead) {
  const dataset::TemporaryFolder folder;
  const auto path = folder.path() / "z";
  for (const bool large : {false, true}) {
    ZipBytes zip;
    zip.add("model/data.pkl", "pickle", large);
    zip.add("model/data/0", std::string("\0\1\2", 3), large);
    zip.add("model/empty", "", large);
    for (const std::string& bytes : {zip.bytes(), zip.bytes("a comment"), zip.bytes64()}) {
      write_file(path, bytes);
      StoredZip read(path);
      EXPECT_EQ(read.find("data.pkl"), "model/data.pkl");
      EXPECT_EQ(read.size("model/data.pkl"), 6U);
      const auto pickle = read.read("model/data.pkl");
      EXPECT_EQ(std::string(pickle.begin(), pickle.end()), "pickle");
      EXPECT_EQ(read.read("model/data/0"), (std::vector<unsigned char>{0, 1, 2}));
      EXPECT_TRUE(read.read("model/empty").empty());
      EXPECT_EQ(error_of([&] { read.find(".png"); }),
                path.string() + ": there is no .png in it: no PyTorch file");
      EXPECT_EQ(error_of([&] { read.read("data.pkl"); }), path.string() + ": there is no data.pkl in it");
    }
  }
}

TEST(StoredZip, WhatIsNoneOrDamagedIsRefused) {
  const dataset::TemporaryFolder folder;
  const auto path = folder.path() / "z";
  const auto error = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;  // hundreds of times, so not to the disk
    return error_of([&] {
      StoredZip zip(path);
      zip.read("a");
    });
  };
  ZipBytes zip, packed;
  zip.add("a", "text");
  packed.add("a", "text", false, 8);
  const std::string whole = zip.bytes();
  EXPECT_EQ(error(whole), "");
  EXPECT_NE(error("no archive at all, but long enough").find("no PyTorch file of 1.6"), std::string::npos);
  EXPECT_NE(error("").find("no PyTorch file of 1.6"), std::string::npos);
  EXPECT_NE(error(packed.bytes()).find("compressed"), std::string::npos);
  for (std::size_t n = 0; n < whole.size(); ++n) EXPECT_NE(error(whole.substr(0, n)), "") << n;
  // Any one byte that is another: read or refused, never a crash.
  for (std::size_t n = 0; n < whole.size(); ++n) {
    std::string damaged = whole;
    damaged[n] = static_cast<char>(damaged[n] ^ 0xff);
    error(damaged);
  }
  std::string lying = whole;
  lying.replace(lying.size() - 6, 4, ZipBytes::number(0x7fffffff, 4));  // where its directory is
  EXPECT_EQ(error(lying), path.string() + ": the archive is cut short");
  EXPECT_NE(error_of([&] { StoredZip(folder.path() / "none"); }).find("can't be opened"), std::string::npos);
}

}  // namespace
}  // namespace doppel::nn::torch
