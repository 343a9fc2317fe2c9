#include "sources/tar.h"

#include <gtest/gtest.h>

#include <map>

#include "dataset/sources/tar_bytes.h"
#include "dataset/temporary_folder.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

/// Walks a tar, and gives each file's content by its name; other members' types.
struct Walk {
  explicit Walk(const std::filesystem::path& path) {
    const RandomFile file(path);
    TarReader reader(file);
    while (const TarMember* member = reader.next()) {
      const auto bytes =
          member->type == '0' ? reader.bytes_of(member->content) : std::vector<unsigned char>();
      contents[member->name] = member->type == '0' ? std::string(bytes.begin(), bytes.end())
                                                   : std::string(1, member->type) + ">" + member->link;
    }
    marked = reader.has_end_mark(), joined = reader.is_joined(), more = reader.has_more();
  }
  std::map<std::string, std::string> contents;
  bool marked = false, joined = false, more = false;
};
using Contents = std::map<std::string, std::string>;

class Tar : public testing::Test {
 protected:
  Walk walk(const TarBytes& tar) { return Walk(tar.write(folder_.path() / "x.tar")); }
  std::string error(const TarBytes& tar) {
    return error_of([&] { walk(tar); });
  }
  TemporaryFolder folder_;
};

TEST_F(Tar, LongNamesAreReadInEveryForm) {
  const std::string name = std::string(120, 'n') + "/b.png";
  EXPECT_EQ(walk(TarBytes().pax("path", name).member("short", "1").end()).contents, (Contents{{name, "1"}}));
  EXPECT_EQ(walk(TarBytes().member("././@LongLink", name + '\0', 'L').member("short", "1").end()).contents,
            (Contents{{name, "1"}}));
  EXPECT_EQ(walk(TarBytes().member("././@LongLink", name, 'K').link("a", "short").end()).contents,
            (Contents{{"a", "1>" + name}}));
  EXPECT_EQ(walk(TarBytes().pax("linkpath", name).link("a", "short").member("b", "2").end()).contents,
            (Contents{{"a", "1>" + name}, {"b", "2"}}));
}

TEST_F(Tar, HeadersForAllMembersHoldUntilOneForItsOwn) {
  EXPECT_EQ(walk(TarBytes().pax("comment", "x", 'g').member("a", "1").end()).contents,
            (Contents{{"a", "1"}}));
  const TarBytes all =
      TarBytes().pax("size", "2", 'g').pax("path", "b").member("a", "12").member("c", "34").end();
  EXPECT_EQ(walk(all).contents, (Contents{{"b", "12"}, {"c", "34"}}));
}

TEST_F(Tar, LinksFoldersAndDevicesHaveNoContentWhateverTheirSizeSays) {
  TarBytes tar;
  for (const char type : {'2', '3', '4', '5', '6'}) tar.link(std::string(1, type), "to", type, 700);
  tar.member("old/", "", '\0').member("7", "contiguous", '7').member("v7", "1", '\0').end();
  EXPECT_EQ(walk(tar).contents, (Contents{{"2", "2>to"},
                                          {"3", "3>"},
                                          {"4", "4>"},
                                          {"5", "5>"},
                                          {"6", "6>"},
                                          {"old/", "5>"},
                                          {"7", "contiguous"},
                                          {"v7", "1"}}));
}

TEST_F(Tar, AHardLinkMayHaveContentOfItsOwn) {
  // As pax allows; old tars give the size alone.
  EXPECT_EQ(walk(TarBytes().member("a", "12").link("b", "a", '1', 2).raw("12").pad().member("c", "3").end())
                .contents,
            (Contents{{"a", "12"}, {"b", "12"}, {"c", "3"}}));
  EXPECT_EQ(walk(TarBytes().member("a", "12").link("b", "a", '1', 2).member("c", "3").end()).contents,
            (Contents{{"a", "12"}, {"b", "1>a"}, {"c", "3"}}));
  EXPECT_EQ(walk(TarBytes().member("a", "12").link("b", "a", '1', 2).end()).contents,
            (Contents{{"a", "12"}, {"b", "1>a"}}));
}

TEST_F(Tar, SparseFilesHaveTheirZeros) {
  const std::string whole = std::string(512, 'a') + std::string(512, '\0') + "bc" + std::string(10, '\0');
  const std::string stored = std::string(512, 'a') + "bc";
  const auto old = [](std::string& header) {
    header.replace(257, 8, std::string_view("ustar  \0", 8));
    header.replace(386, 48,
                   std::string_view("00000000000\00000000001000\00000000002000\00000000000002\0", 48));
    header.replace(483, 12, std::string_view("00000002014\0", 12));
  };
  EXPECT_EQ(walk(TarBytes().member("a", stored, 'S', old).member("b", "1").end()).contents,
            (Contents{{"a", whole}, {"b", "1"}}));
  const auto pax = [&](const std::string& records, const std::string& content) {
    return walk(TarBytes()
                    .member("pax", records, 'x')
                    .member("GNUSparseFile.7/a", content)
                    .member("b", "1")
                    .end())
        .contents;
  };
  const std::string size = TarBytes::record("GNU.sparse.size", "1036"),
                    name = TarBytes::record("GNU.sparse.name", "a");
  EXPECT_EQ(pax(name + size + TarBytes::record("GNU.sparse.map", "0,512,1024,2"), stored),
            (Contents{{"a", whole}, {"b", "1"}}));
  std::string listed = "2\n0\n512\n1024\n2\n";
  listed.resize(512);
  EXPECT_EQ(pax(name + TarBytes::record("GNU.sparse.major", "1") + TarBytes::record("GNU.sparse.minor", "0") +
                    TarBytes::record("GNU.sparse.realsize", "1036"),
                listed + stored),
            (Contents{{"a", whole}, {"b", "1"}}));
}

TEST_F(Tar, SparseFilesThatCantBeReadAreNamed) {
  const auto with = [&](const std::string& records) {
    return error(TarBytes().member("pax", records, 'x').member("a.png", "12").end());
  };
  const std::string size = TarBytes::record("GNU.sparse.size", "100");
  for (const std::string& problem : {with(size + TarBytes::record("GNU.sparse.map", "0,3")),
                                     with(size + TarBytes::record("GNU.sparse.map", "99,2")),
                                     with(size + TarBytes::record("GNU.sparse.major", "1")),
                                     with(size + TarBytes::record("GNU.sparse.major", "2")),
                                     error(TarBytes().member("a.png", "12", 'S').end())})
    EXPECT_NE(problem.find("x.tar:a.png: a sparse"), std::string::npos) << problem;
  // A file of zeros alone that is larger than any image is found where it's read.
  const std::string huge =
      TarBytes::record("GNU.sparse.size", "99999999999999") + TarBytes::record("GNU.sparse.map", "");
  EXPECT_NE(error(TarBytes().member("pax", huge, 'x').member("a.png", "").end()).find("99999999999999 bytes"),
            std::string::npos);
}

TEST_F(Tar, TarsThatWereJoinedAreReadOn) {
  const Walk joined =
      walk(TarBytes().member("a", "1").end().raw(std::string(9000, '\0')).pad().member("b", "2").end());
  EXPECT_EQ(joined.contents, (Contents{{"a", "1"}, {"b", "2"}}));
  EXPECT_TRUE(joined.joined && joined.marked && !joined.more);
  const Walk more = walk(TarBytes().member("a", "1").end().raw(std::string(600, 'x')));
  EXPECT_TRUE(!more.joined && more.more);
  const Walk bare = walk(TarBytes().member("a", "1"));
  EXPECT_TRUE(!bare.marked && !bare.more);
  EXPECT_EQ(walk(TarBytes().member("a", "1").raw("\0")).contents, (Contents{{"a", "1"}}));
}

TEST_F(Tar, WhatIsNoTarOrCutSaysWhere) {
  const auto has = [](const std::string& problem, std::string_view part) {
    EXPECT_NE(problem.find(part), problem.npos) << problem;
  };
  has(error(TarBytes().raw(std::string(2048, 'x'))), "x.tar: byte 0: not a tar header");
  has(error(TarBytes().raw("\x1f\x8b\x08" + std::string(2048, 'x'))), "compressed by gzip");
  has(error(TarBytes().raw("\xfd"
                           "7zXZ" +
                           std::string(2048, 'x'))),
      "compressed by xz");
  has(error(TarBytes().member("a", "1").raw(std::string(512, 'x'))), "byte 1024: not a tar header");
  has(error(TarBytes().member("a", "1").raw(std::string(100, 'x'))), "byte 1024: a header of 100 bytes");
  has(error(TarBytes().raw(TarBytes().member("a/b.png", std::string(3000, 'x')).text().substr(0, 1000))),
      "x.tar:a/b.png: 3000 bytes of content, but the file ends after 488: truncated");
  has(error(TarBytes().pax("size", std::to_string(~std::uint64_t{0})).member("a", "1").end()), "x.tar:a: ");
  has(error(TarBytes().member("pax", std::string(70000, 'p'), 'x')),
      "x.tar: byte 0: a damaged extended header");
  has(error(TarBytes().member("a", "1", '0', [](std::string& h) { h[126] = '9'; }).end()),
      "x.tar:a: bytes 124");
}

TEST_F(Tar, ContentsAreTheSameThroughTheWindowAndWithout) {
  // Large and small members in turn, so that headers lie anywhere in what one read brings.
  TarBytes tar;
  Contents expected;
  for (std::size_t i = 0; i < 60; ++i) {
    const std::string name = "m" + std::to_string(i);
    expected[name] = std::string(i * i * 7 % 9001, static_cast<char>('a' + i % 26));
    tar.member(name, expected[name]);
  }
  EXPECT_EQ(walk(tar.end()).contents, expected);
}

}  // namespace
}  // namespace doppel::dataset
