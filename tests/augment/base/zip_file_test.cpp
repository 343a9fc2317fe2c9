#include "doppel/base/zip_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "error_of.h"
#include "zip_bytes.h"

namespace doppel {
namespace {

namespace fs = std::filesystem;
using dataset::TemporaryFolder;

/// Nothing is flushed to disk, as write_file() does, and as some file systems do with a file that is cut to
/// nothing and written again.
fs::path put_archive(const fs::path& file, std::string_view bytes) {
  fs::remove(file);
  std::ofstream(file, std::ios::binary) << bytes;
  return file;
}

std::string text_in_zip(const ZipFile& zip, std::string_view name) {
  const std::size_t index = zip.find(name);
  if (index == zip.size()) return "(not there)";
  const std::vector<unsigned char> bytes = zip.read(index);
  return {bytes.begin(), bytes.end()};
}

std::string meow_40_times() {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "meow\n";
  return text;
}

/// What opening an archive of these bytes, and reading all of it, complains about.
std::string complaint_about(const std::string& bytes) {
  static const TemporaryFolder folder;
  const fs::path path = put_archive(folder.path() / "x.zip", bytes);
  return error_of([&] {
    const ZipFile zip(path);
    for (std::size_t i = 0; i < zip.size(); ++i) (void)zip.read(i);
  });
}

TEST(ZipFile, WhatOtherProgramsWriteIsRead) {
  for (const char* name : {"python_stored.zip", "python_deflated_zip64.zip", "python_descriptors.zip",
                           "infozip.zip", "infozip_link.zip", "bsdtar.zip", "jar.zip", "prepended.zip"}) {
    const ZipFile zip(fs::path(DOPPEL_AUGMENT_DATA) / "zips" / name);
    EXPECT_EQ(text_in_zip(zip, "cat/1.txt"), meow_40_times()) << name;
    EXPECT_EQ(text_in_zip(zip, "dög/2.txt"), "woof") << name;
    EXPECT_EQ(zip.find("cat"), zip.size());
    EXPECT_EQ(zip[zip.first_from("cat/1")].name, "cat/1.txt");
    EXPECT_EQ(zip.left_out().size(), name == std::string("infozip_link.zip") ? 1U : 0U) << name;
  }
  const ZipFile stream(fs::path(DOPPEL_AUGMENT_DATA) / "zips/infozip_stream.zip");
  EXPECT_EQ(text_in_zip(stream, "-"), meow_40_times());
}

TEST(ZipFile, WhatIsPackedOtherwiseOrEncryptedIsNamedEntryByEntry) {
  const std::pair<const char*, const char*> cases[] = {
      {"python_bzip2.zip", "python_bzip2.zip/cat/1.txt: it is packed by bzip2; only Deflate is read"},
      {"python_lzma.zip", "cat/1.txt: it is packed by LZMA; only Deflate is read"},
      {"infozip_encrypted.zip", "cat/1.txt: it is encrypted"}};
  for (const auto& [name, says] : cases) {
    const ZipFile zip(fs::path(DOPPEL_AUGMENT_DATA) / "zips" / name);
    EXPECT_NE(error_of([&] { (void)text_in_zip(zip, "cat/1.txt"); }).find(says), std::string::npos) << name;
  }
  EXPECT_NE(complaint_about(zip_bytes({{.name = "a", .data = "b", .method = 9}})).find("packed by Deflate64"),
            std::string::npos);
  EXPECT_NE(
      complaint_about(zip_bytes({{.name = "a", .data = "b", .method = 77}})).find("packed by method 77"),
      std::string::npos);
}

TEST(ZipFile, HeadsAndStreamsGiveTheSameBytes) {
  const TemporaryFolder folder;
  std::string data;
  for (int i = 0; data.size() < 300'000; ++i) data += std::to_string(i * 7919);
  const ZipFile zip(
      put_archive(folder.path() / "x.zip", zip_bytes({{.name = "a", .data = data},
                                                      {.name = "b", .data = data, .pack = true},
                                                      {.name = "c", .data = ""},
                                                      {.name = "d", .data = "", .pack = true}})));
  EXPECT_EQ(zip[1].method, ZipFile::kDeflate);
  EXPECT_LT(zip[1].packed_size, data.size());
  for (const std::size_t i : {0U, 1U}) {
    const std::vector<unsigned char> head = zip.head(i, 1000), whole = zip.read(i);
    EXPECT_EQ(std::string(head.begin(), head.end()), data.substr(0, 1000));
    EXPECT_EQ(std::string(whole.begin(), whole.end()), data);
    for (const std::size_t step : {1000U, 77'777U}) {
      ZipStream stream(zip, i);
      std::string text;
      std::vector<unsigned char> part(step);
      for (std::size_t got = step; got == step;) {
        got = stream.read(part);
        text.append(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(got));
      }
      EXPECT_EQ(text, data);
    }
  }
  for (const std::size_t i : {2U, 3U}) {
    EXPECT_TRUE(zip.read(i).empty());
    EXPECT_TRUE(zip.head(i, 10).empty());
  }
  std::vector<unsigned char> stored(10);
  zip.file().read(zip.data_at(0), stored);
  EXPECT_EQ(std::string(stored.begin(), stored.end()), data.substr(0, 10));
  EXPECT_NE(error_of([&] { (void)zip.read(1, 1000); }).find("more than 1000 bytes"), std::string::npos);
}

TEST(ZipFile, ManyThreadsReadAtOnce) {
  const TemporaryFolder folder;
  std::vector<ZipMember> members;
  for (int i = 0; i < 200; ++i)
    members.push_back(
        {.name = std::to_string(i), .data = std::string(2000, static_cast<char>(i)), .pack = i % 2 == 0});
  const ZipFile zip(put_archive(folder.path() / "x.zip", zip_bytes(members)));
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (int& count : wrong)
    threads.emplace_back([&] {
      for (const ZipMember& member : members) count += text_in_zip(zip, member.name) != member.data;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

TEST(ZipFile, NamesAreCleanedAndThoseThatLeaveItAreLeftOut) {
  const TemporaryFolder folder;
  const ZipFile zip(
      put_archive(folder.path() / "x.zip", zip_bytes({{.name = "./a//b.txt", .data = "1"},
                                                      {.name = "c\\d.txt", .data = "2"},
                                                      {.name = "\x81"
                                                               "ber.txt",
                                                       .data = "3"},
                                                      {.name = "../up", .data = "4"},
                                                      {.name = "e/../../up", .data = "4"},
                                                      {.name = "/root", .data = "4"},
                                                      {.name = "C:\\x", .data = "4"},
                                                      {.name = std::string("n\0x", 3), .data = "4"},
                                                      {.name = "link", .data = "a", .unix_mode = 0120777},
                                                      {.name = "f/", .data = ""},
                                                      {.name = "f/", .data = ""}})));
  std::string names;
  for (std::size_t i = 0; i < zip.size(); ++i) names += std::string(zip[i].name) + "\n";
  EXPECT_EQ(names, "a/b.txt\nc/d.txt\nf/\nüber.txt\n");
  EXPECT_EQ(text_in_zip(zip, "über.txt"), "3");
  EXPECT_EQ(std::ranges::count(zip.left_out(), "names that leave the archive", &ZipFile::LeftOut::why), 5);
  EXPECT_EQ(std::ranges::count(zip.left_out(), "links, which aren't followed", &ZipFile::LeftOut::why), 1);
}

TEST(ZipFile, LiesAndDamageAreNamed) {
  const std::string meow = meow_40_times();
  const std::pair<std::string, const char*> cases[] = {
      {zip_bytes({{.name = "a", .data = "b"}, {.name = "a", .data = "c"}}), "it holds two files called a"},
      {zip_bytes({{.name = "a", .data = "bbbb"}, {.name = "c", .data = "d", .at = 0}}),
       "lie over each other"},
      {zip_bytes({{.name = "a", .data = "b", .at = 4000}}), "beyond the end"},
      {zip_bytes({{.name = "a", .data = "b", .packed_size = 4000}}), "beyond the end"},
      {zip_bytes({{.name = "a", .data = "b", .size = 4000}}), "stored, but of two sizes, 4000 and 1"},
      {zip_bytes({{.name = "a", .data = meow, .pack = true, .size = 4'000'000'000}}),
       "can't unpack to 4000000000"},
      {zip_bytes({{.name = "a", .data = meow, .pack = true, .size = 199}}),
       "to more bytes than its directory says"},
      {zip_bytes({{.name = "a", .data = meow, .pack = true, .size = 201}}),
       "to fewer bytes than its directory says"},
      {zip_bytes({{.name = "a", .data = meow, .crc = 1}}), "its bytes have changed (CRC-32)"},
      {zip_bytes({{.name = "a", .data = meow, .pack = true, .crc = 1}}), "its bytes have changed (CRC-32)"},
      {zip_bytes({{.name = "a", .data = meow, .method = 8}}), "damaged or cut short"},
      {zip_bytes({{.name = "abc", .data = meow}, {.name = "b", .data = "1", .at = 100}}), "over each other"},
      {zip_bytes({{.name = "a", .data = meow, .size = 190, .packed_size = 190, .at = 3}}),
       "no such entry lies where its directory says"},
      {"", "no ZIP archive"},
      {"PK\x03\x04 and no more", "no ZIP archive"},
      {std::string(100'000, 'x'), "no ZIP archive"}};
  for (const auto& [bytes, says] : cases)
    EXPECT_NE(complaint_about(bytes).find(says), std::string::npos) << says << ": " << complaint_about(bytes);
}

TEST(ZipFile, WhatIsPutBeforeOrBehindAnArchiveDoesntMatter) {
  const TemporaryFolder folder;
  const std::vector<ZipMember> members{{.name = "a", .data = "meow"}};
  for (const std::string& bytes : {zip_bytes(members, "a comment"), zip_bytes(members, "", "#!/bin/sh\n"),
                                   zip_bytes(members) + "junk", zip_bytes(members, zip_bytes({}))}) {
    const ZipFile zip(put_archive(folder.path() / "x.zip", bytes));
    EXPECT_EQ(text_in_zip(zip, "a"), "meow");
  }
  EXPECT_EQ(ZipFile(put_archive(folder.path() / "x.zip", zip_bytes({}))).size(), 0U);
}

TEST(ZipFile, WhereverItIsCutOrChangedItIsAnErrorOrAnArchive) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "x.zip";
  for (const char* name : {"python_deflated_zip64.zip", "infozip.zip"}) {
    const std::vector<unsigned char> whole = read_file(fs::path(DOPPEL_AUGMENT_DATA) / "zips" / name);
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(at)),
          changed(whole.begin(), whole.end());
      changed[at] = static_cast<char>(~changed[at]);
      EXPECT_FALSE(complaint_about(cut).empty()) << at;
      (void)complaint_about(changed);
    }
  }
}

TEST(ZipFile, ADirectoryAsLargeAsAFileWithHolesTakesNoMemory) {
  const TemporaryFolder folder;
  const fs::path path = put_archive(folder.path() / "x.zip", "");
  constexpr std::uint64_t kSize = 0xfffffff0;
  fs::resize_file(path, kSize);
  std::ofstream(path, std::ios::binary | std::ios::app)
      << little_endian(0x06054b50, 4) + std::string(4, '\0') + little_endian(1, 2) + little_endian(1, 2) +
             little_endian(kSize, 4) + little_endian(0, 4) + little_endian(0, 2);
  EXPECT_NE(error_of([&] { ZipFile zip(path); }).find("its directory is damaged"), std::string::npos);
}

}  // namespace
}  // namespace doppel
