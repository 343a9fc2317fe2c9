#include "base/remote/address.h"

#include <gtest/gtest.h>

#include "doppel/base/remote.h"
#include "error_of.h"

namespace doppel::remote {
namespace {

TEST(Address, IsAStoreAndWhatLiesInIt) {
  const auto whole = [](const std::string& path) {
    const auto address = address_of(path);
    return address ? address->root + " | " + address->key : "none";
  };
  EXPECT_EQ(whole("s3://bucket/a/b.tar"), "s3://bucket | a/b.tar");
  EXPECT_EQ(whole("s3:/bucket/a//b.tar/"), "s3://bucket | a/b.tar");  // as path functions leave it
  EXPECT_EQ(whole("gs://bucket"), "gs://bucket | ");
  EXPECT_EQ(whole("https://host:8080/x/../y/./z"), "https://host:8080 | y/z");
  EXPECT_EQ(whole("hf://datasets/owner/name/data/x.parquet"), "hf://datasets/owner/name | data/x.parquet");
  EXPECT_EQ(whole("hf://datasets/owner/name@v1"), "hf://datasets/owner/name@v1 | ");
  for (const char* local : {"", "s3", "s3:", "/s3://b", "./https:/x", "C:/x", "ftp://h/x", "https", "photos"})
    EXPECT_EQ(whole(local), "none") << local;
}

TEST(Address, ThatNamesNoStoreSaysSo) {
  EXPECT_NE(error_of([] { address_of("s3://"); }).find("names no bucket"), std::string::npos);
  EXPECT_NE(error_of([] { address_of("https://"); }).find("names no server"), std::string::npos);
  EXPECT_NE(error_of([] { address_of("s3://b/../../c/x"); }).find("leads out of its store"),
            std::string::npos);
  EXPECT_NE(error_of([] { address_of("hf://models/o/n/x"); }).find("hf://datasets/OWNER/NAME"),
            std::string::npos);
  const std::string secret = error_of([] { address_of("https://me:hush@host/x"); });
  EXPECT_NE(secret.find(".netrc"), std::string::npos);
  EXPECT_EQ(secret.find("hush"), std::string::npos);
}

TEST(Address, IsEncodedForAUrl) {
  EXPECT_EQ(url_path("a b/ä%41+~"), "a%20b/%C3%A4%2541%2B~");
  EXPECT_EQ(url_path("a%20b/100%", true), "a%20b/100%25");
  EXPECT_EQ(url_value("a/b&c=d"), "a%2Fb%26c%3Dd");
  EXPECT_EQ(url_decoded("a%20b%2"), "a b%2");
}

TEST(Address, QueriesAreKeptAndNotShown) {
  EXPECT_EQ(without_query("https://h/a.tar?sig=secret"), "https://h/a.tar");
  EXPECT_EQ(without_query("s3://b/what?.tar"), "s3://b/what?.tar");
  EXPECT_EQ(without_query("/tmp/what?"), "/tmp/what?");
}

TEST(Address, BytesAsPeopleSayThem) {
  EXPECT_EQ(bytes_of_text("64G"), std::uint64_t{64} << 30);
  EXPECT_EQ(bytes_of_text("1.5M"), 1536U << 10);
  EXPECT_EQ(bytes_of_text("512kiB"), 512U << 10);
  EXPECT_EQ(bytes_of_text("1000"), 1000U);
  for (const char* bad : {"", "G", "-1G", "5X", "1e30", "nan", "64 G"})
    EXPECT_NE(error_of([&] { (void)bytes_of_text(bad); }), "") << bad;
}

}  // namespace
}  // namespace doppel::remote
