#include "base/remote/remote_place.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

#include "doppel/base/files.h"
#include "doppel/base/random_file.h"
#include "error_of.h"
#include "remote/remote_setup.h"
#include "zip_bytes.h"

namespace doppel {
namespace {

using test::ObjectServer;
using test::RemoteSetup;
using test::ServerOptions;

std::string text_of(const std::vector<unsigned char>& bytes) { return {bytes.begin(), bytes.end()}; }

std::string read_text(const std::string& path) { return text_of(read_file(path)); }

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const FolderEntry& entry : list_folder(folder))
    names.push_back(entry.path.filename().string() + (entry.is_folder ? "/" : ""));
  std::ranges::sort(names);
  return names;
}

/// A bucket behind a server that behaves.
class Remote : public testing::Test {
 protected:
  void serve(ServerOptions options = {}) {
    server_.reset();
    server_ = std::make_unique<ObjectServer>(setup_.objects(), std::move(options));
    setup_.set("AWS_ENDPOINT_URL", server_->address());
  }
  std::string http(const std::string& path) const { return server_->address() + "/" + path; }

  RemoteSetup setup_;
  std::unique_ptr<ObjectServer> server_;
};

TEST_F(Remote, ObjectsAreReadAsFilesAre) {
  const std::string big = RemoteSetup::noise(9'000'001);
  setup_.put("b/big.bin", big);
  setup_.put("b/a b+é&.txt", "odd");
  setup_.put("b/empty", "");
  serve();
  EXPECT_TRUE(is_file("s3://b/big.bin"));
  EXPECT_FALSE(is_folder("s3://b/big.bin"));
  EXPECT_FALSE(is_there("s3://b/nothing"));
  EXPECT_EQ(size_of_file("s3://b/big.bin"), big.size());
  EXPECT_TRUE(read_text("s3://b/big.bin") == big);
  EXPECT_EQ(read_text("s3://b/a b+é&.txt"), "odd");
  EXPECT_EQ(read_text("s3://b/empty"), "");
  EXPECT_EQ(text_of(read_head("s3://b/big.bin", 10)), big.substr(0, 10));
  EXPECT_EQ(text_of(read_head("s3://b/nothing", 10)), "");

  const RandomFile file("s3://b/big.bin");
  EXPECT_TRUE(file.is_far());
  std::vector<unsigned char> part(70'000);
  for (const std::size_t at : {0UL, 4'194'300UL, big.size() - part.size()}) {
    file.read(at, part);
    EXPECT_TRUE(text_of(part) == big.substr(at, part.size())) << at;
  }
  EXPECT_NE(error_of([&] { file.read(big.size() - 10, part); }).find("ends 69990 bytes too early"),
            std::string::npos);

  FileStream stream("s3://b/big.bin");
  std::string streamed;
  std::vector<unsigned char> piece(1'000'000);
  while (const std::size_t got = stream.read(piece))
    streamed.append(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(got));
  EXPECT_TRUE(streamed == big);
}

TEST_F(Remote, SeveralPartsAreReadToTheByte) {
  const std::string bytes = RemoteSetup::noise(5'000'000);
  setup_.put("b/x", bytes);
  serve();
  const RandomFile file("s3://b/x");
  const std::uint64_t before = server_->bytes();
  std::vector<std::vector<unsigned char>> parts(3, std::vector<unsigned char>(1000));
  const std::array<std::uint64_t, 3> places{1'000'000, 1'002'000, 4'999'000};
  std::vector<FileRange> ranges;
  for (std::size_t k = 0; k < parts.size(); ++k) ranges.push_back({places[k], parts[k]});
  file.read_all(ranges);
  for (std::size_t k = 0; k < parts.size(); ++k)
    EXPECT_TRUE(text_of(parts[k]) == bytes.substr(places[k], parts[k].size())) << k;
  EXPECT_EQ(server_->bytes() - before, 3000U);
  file.fetch(2'000'000, 500, true);
  file.fetch(2'000'000, 500, true);  // is on its way
  file.read_all(std::array{FileRange{2'000'000, std::span(parts[0]).first(500)}});
  EXPECT_EQ(server_->bytes() - before, 3500U);
  file.read(3'000'000, parts[0]);  // alone: what lies behind it comes along
  file.read(3'001'000, parts[0]);
  EXPECT_TRUE(text_of(parts[0]) == bytes.substr(3'001'000, 1000));
  EXPECT_LT(server_->bytes() - before, 300'000U);
}

TEST_F(Remote, FoldersAreWhatNamesHaveInCommon) {
  for (int i = 0; i < 120; ++i)
    setup_.put("b/many/" + std::to_string(1000 + i), "x");  // three pages of a list
  setup_.put("b/many/below/y", "y");
  setup_.put("b/top", "z");
  serve();
  EXPECT_EQ(names_in("s3://b"), (std::vector<std::string>{"many/", "top"}));
  EXPECT_EQ(names_in("s3://b/many").size(), 121U);
  EXPECT_TRUE(is_folder("s3://b/many/below"));
  EXPECT_FALSE(is_there("s3://b/man"));
  EXPECT_NE(error_of([] { list_folder("s3://b/nothing"); }).find("there is no such folder"),
            std::string::npos);
  EXPECT_NE(error_of([] { list_folder("s3://nobucket/x"); }).find("NoSuchBucket"), std::string::npos);
}

TEST_F(Remote, AKnownFolderIsAskedForOnce) {
  for (int i = 0; i < 40; ++i) setup_.put("b/f/" + std::to_string(i), "x");
  serve();
  const PlacedPath held = placed("s3://b/f");
  EXPECT_TRUE(is_folder("s3://b/f"));
  const std::uint64_t before = server_->requests();
  for (int i = 0; i < 80; ++i) EXPECT_EQ(is_file("s3://b/f/" + std::to_string(i)), i < 40);
  EXPECT_LE(server_->requests() - before, 1U);
}

TEST_F(Remote, ArchivesOnTheNetworkAreFoldersToo) {
  setup_.put("b/x.zip", zip_bytes({{.name = "a/1.txt", .data = "one"},
                                   {.name = "a/2.txt", .data = "two", .pack = true}}));
  serve();
  EXPECT_EQ(names_in("s3://b/x.zip/a"), (std::vector<std::string>{"1.txt", "2.txt"}));
  EXPECT_EQ(read_text("s3://b/x.zip/a/2.txt"), "two");
}

TEST_F(Remote, RequestsAreSignedByWhoWeAre) {
  setup_.put("b/f/x y", "signed");
  serve({.key = "AK", .secret = "S/K+", .token = "T"});
  const std::string nobody = error_of([] { read_file("s3://b/f/x y"); });
  EXPECT_NE(nobody.find("403"), std::string::npos);
  EXPECT_NE(nobody.find("$AWS_ACCESS_KEY_ID"), std::string::npos);
  setup_.set("AWS_ACCESS_KEY_ID", "AK");
  setup_.set("AWS_SECRET_ACCESS_KEY", "S/K+");
  setup_.set("AWS_SESSION_TOKEN", "T");
  EXPECT_EQ(read_text("s3://b/f/x y"), "signed");
  EXPECT_EQ(names_in("s3://b/f"), (std::vector<std::string>{"x y"}));
  setup_.set("AWS_SECRET_ACCESS_KEY", "other");
  const std::string wrong = error_of([] { read_file("s3://b/f/x y"); });
  EXPECT_NE(wrong.find("SignatureDoesNotMatch; asked with the credentials of $AWS_ACCESS_KEY_ID"),
            std::string::npos)
      << wrong;
  EXPECT_EQ(wrong.find("other"), std::string::npos);
}

TEST_F(Remote, ABadServerGivesTheSameBytes) {
  const std::string bytes = RemoteSetup::noise(3'000'000);
  setup_.put("b/x", bytes);
  RemoteOptions options = remote_options();
  options.deadline = std::chrono::seconds(60);
  set_remote(options);
  serve({.fails = 0.2, .truncates = 0.3, .seed = 5});
  const RandomFile file("s3://b/x");
  const std::uint64_t before = remote_counts().retries;
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (unsigned t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      std::mt19937 random(t);
      std::vector<unsigned char> part(90'000);
      for (int i = 0; i < 20; ++i) {
        const std::size_t at = random() % (bytes.size() - part.size());
        file.read(at, part);
        if (text_of(part) != bytes.substr(at, part.size())) ++wrong;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(remote_counts().retries, before);
}

TEST_F(Remote, AStalledAnswerIsAskedForAgain) {
  setup_.put("b/x", RemoteSetup::noise(100'000));
  serve({.stalls = 0.7, .seed = 3});
  const std::uint64_t before = remote_counts().retries;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(read_text("s3://b/x") == RemoteSetup::noise(100'000));
  EXPECT_GT(remote_counts().retries, before);
}

TEST_F(Remote, WhatNeverComesIsAnErrorWithinTheDeadline) {
  RemoteOptions options = remote_options();
  options.deadline = std::chrono::milliseconds(1000);
  set_remote(options);
  setup_.put("b/x", "x");
  serve({.fails = 1});
  const auto begun = std::chrono::steady_clock::now();
  const std::string error = error_of([] { read_file("s3://b/x"); });
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(3));
  EXPECT_NE(error.find("s3://b/x: nothing came"), std::string::npos) << error;
  EXPECT_NE(error.find("503"), std::string::npos) << error;
  const int port = server_->port();
  server_.reset();
  setup_.set("AWS_ENDPOINT_URL", "http://127.0.0.1:" + std::to_string(port));
  EXPECT_NE(error_of([] { read_file("s3://b/x"); }).find("nothing came from 127.0.0.1:"), std::string::npos);
}

TEST_F(Remote, WhatComesByteByByteIsAnErrorWithinTheDeadlines) {
  RemoteOptions options = remote_options();
  options.deadline = std::chrono::milliseconds(600);
  set_remote(options);
  setup_.put("b/x", RemoteSetup::noise(2'000));
  serve({.instead = [](const test::WebRequest& request, test::WebAnswer& answer) {
    if (request.path != "/b/x" || !request.headers.contains("range")) return false;
    const std::string at = request.headers.at("range").substr(6);
    const std::string first = at.substr(0, at.find('-'));
    answer = {206, {{"Content-Range", "bytes " + first + "-" + first + "/2000"}, {"ETag", "1"}}, "x"};
    return true;
  }});
  const auto begun = std::chrono::steady_clock::now();
  const std::string error = error_of([] { read_file("s3://b/x"); });
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
  EXPECT_NE(error.find("s3://b/x: 127.0.0.1"), std::string::npos) << error;
  EXPECT_NE(error.find(" only sent "), std::string::npos) << error;
}

TEST_F(Remote, WhatChangesWhileItIsReadIsAnError) {
  setup_.put("b/x", RemoteSetup::noise(2'000'000));
  serve();
  const RandomFile file("s3://b/x");
  std::vector<unsigned char> part(1000);
  file.read(0, part);
  setup_.put("b/x", RemoteSetup::noise(2'000'000, 2));
  EXPECT_NE(error_of([&] { file.read(1'500'000, part); }).find("s3://b/x: it has changed since"),
            std::string::npos);
  setup_.put("b/x", RemoteSetup::noise(500'000, 2));
  EXPECT_NE(error_of([&] { file.read(1'700'000, part); }).find("it has changed since"), std::string::npos);
}

TEST_F(Remote, WebServersWithPagesAreFolders) {
  setup_.put("d/a/1.txt", "one");
  setup_.put("d/a/b c.txt", "two");
  setup_.put("d/x.txt", "three");
  serve({.pages = true});
  EXPECT_EQ(names_in(http("d")), (std::vector<std::string>{"a/", "x.txt"}));
  EXPECT_EQ(names_in(http("d/a")), (std::vector<std::string>{"1.txt", "b c.txt"}));
  EXPECT_EQ(read_text(http("d/a/b c.txt")), "two");
  EXPECT_TRUE(is_folder(http("d/a")));
  EXPECT_FALSE(is_there(http("d/nothing")));
}

TEST_F(Remote, AServerWithoutRangesGivesSmallFilesWhole) {
  const std::string bytes = RemoteSetup::noise(300'000);
  setup_.put("d/x", bytes);
  serve({.ranges = false, .tags = false});
  std::vector<unsigned char> part(1000);
  const RandomFile file(http("d/x"));
  file.read(200'000, part);
  EXPECT_TRUE(text_of(part) == bytes.substr(200'000, part.size()));
  EXPECT_TRUE(read_text(http("d/x")) == bytes);
}

TEST_F(Remote, ARedirectToAnotherServerIsNotFollowed) {
  setup_.put("d/x", "here");
  serve({.instead = [](const test::WebRequest& request, test::WebAnswer& answer) {
    if (request.path == "/away")
      answer = {302, {{"Location", "http://elsewhere.invalid/x"}}, "<html>moved</html>"};
    else if (request.path == "/near")
      answer = {302, {{"Location", "/d/x"}}, ""};
    else if (request.path == "/d/words")  // most servers say it in words as well
      answer = {302, {{"Location", "x"}}, "<html>moved</html>"};
    else if (request.path == "/round")
      answer = {302, {{"Location", "/round"}}, ""};
    else
      return false;
    return true;
  }});
  EXPECT_EQ(read_text(http("near")), "here");
  EXPECT_EQ(read_text(http("d/words")), "here");
  const std::string away = error_of([&] { read_file(http("away")); });
  EXPECT_NE(away.find("sends us to another server, elsewhere.invalid, which isn't followed"),
            std::string::npos)
      << away;
  EXPECT_NE(error_of([&] { read_file(http("round")); }).find("without an end"), std::string::npos);
}

TEST_F(Remote, WhatFollowsAQuestionMarkIsSentAndNotShown) {
  serve({.instead = [](const test::WebRequest& request, test::WebAnswer& answer) {
    const bool known = request.target == "/d/x?a=b&sig=secret";
    answer = known ? test::WebAnswer{200, {{"ETag", "1"}}, "here"} : test::WebAnswer{403, {}, "no"};
    return true;
  }});
  const std::string path = without_query(http("d/x?a=b&sig=secret"));
  EXPECT_EQ(path, http("d/x"));
  EXPECT_EQ(read_text(path), "here");
  const std::string wrong = without_query(http("d/y?sig=hush"));
  EXPECT_EQ(error_of([&] { read_file(wrong); }).find("hush"), std::string::npos);
}

TEST_F(Remote, WhatIsTooLongToBeReadAtOnceIsRefused) {
  // 64 GiB and a byte, of which the server has as much as is asked for first.
  serve({.instead = [](const test::WebRequest& request, test::WebAnswer& answer) {
    if (request.path != "/b/vast") return false;
    const std::string range = request.headers.contains("range") ? request.headers.at("range") : "bytes=0-9";
    const std::size_t last = std::stoul(range.substr(range.find('-') + 1));
    answer = {206,
              {{"Content-Range", "bytes 0-" + std::to_string(last) + "/68719476737"}, {"ETag", "1"}},
              std::string(last + 1, 'x')};
    return true;
  }});
  EXPECT_EQ(size_of_file("s3://b/vast"), 68'719'476'737U);
  EXPECT_NE(
      error_of([] { read_file("s3://b/vast"); }).find("68719476737 bytes are too many to be read at once"),
      std::string::npos);
  EXPECT_EQ(read_head("s3://b/vast", 3).size(), 3U);
}

}  // namespace
}  // namespace doppel
