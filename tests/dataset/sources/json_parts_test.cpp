#include "sources/json_parts.h"

#include <gtest/gtest.h>

#include "dataset/temporary_folder.h"
#include "doppel/base/files.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

/// "key[": a list begins, "key[2]=text", "key=text".
std::vector<std::string> parts_of(std::string_view text) {
  const TemporaryFolder folder;
  write_file(folder.path() / "a.json", text);
  JsonParts parts(folder.path() / "a.json");
  std::vector<std::string> all;
  while (const auto part = parts.next()) {
    const std::string key(part->key), inside(part->text);
    if (part->kind == JsonPart::Kind::List) all.push_back(key + "[");
    if (part->kind == JsonPart::Kind::Element)
      all.push_back(key + "[" + std::to_string(part->place) + "]=" + inside);
    if (part->kind == JsonPart::Kind::Value) all.push_back(key + "=" + inside);
  }
  EXPECT_FALSE(parts.next());
  return all;
}

TEST(JsonParts, AreMembersAndElements) {
  using Parts = std::vector<std::string>;
  EXPECT_EQ(parts_of("{}"), Parts());
  EXPECT_EQ(parts_of(" {\"a\" : [ ] , \"b\":[1 ,{\"x\":[2,{}]},\"]\\\"}\", null]\n} \n"),
            (Parts{"a[", "b[", "b[0]=1", "b[1]={\"x\":[2,{}]}", "b[2]=\"]\\\"}\"", "b[3]=null"}));
  EXPECT_EQ(parts_of("\xef\xbb\xbf{\"a\":{\"b\":[]},\"c\":-1.5e3}"), (Parts{"a={\"b\":[]}", "c=-1.5e3"}));
  std::string wide = "\xff\xfe";
  for (const char c : std::string("{\"a\":[1,2]}")) wide += c, wide += '\0';
  EXPECT_EQ(parts_of(wide), (Parts{"a[", "a[0]=1", "a[1]=2"}));
}

TEST(JsonParts, AreWholeWhereverTheFileIsCut) {
  // Elements of many lengths, in a file of several chunks, and one that is longer than a chunk.
  std::string text = "{\"a\":[";
  std::vector<std::string> elements;
  for (std::size_t k = 0; k < 3000; ++k)
    elements.push_back("{\"x\":\"" + std::string(k % 997, "ab,]}\xc3"[k % 6]) + "\",\"y\":[1,2,3]}");
  elements.push_back("[" + std::string(3 << 20, '1') + "]");
  for (const std::string& one : elements) text += (text.back() == '[' ? "" : ", ") + one;
  const std::vector<std::string> parts = parts_of(text + "]}");
  ASSERT_EQ(parts.size(), elements.size() + 1);
  for (std::size_t k = 0; k < elements.size(); ++k)
    ASSERT_EQ(parts[k + 1], "a[" + std::to_string(k) + "]=" + elements[k]);
}

TEST(JsonParts, ThatAreWrongHaveALine) {
  const std::string deep = std::string(2000, '[') + std::string(2000, ']');
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
           {"", "an empty file"},
           {" [1]", "not a JSON object"},
           {"{\n\"a\"", "line 2: a colon after \"a\""},
           {"{\n\"a\": [1,\n\n{\"b\": 2}", "line 4: the file ends within a list"},
           {"{\n\"a\": [1,\n\n{\"b\": 2", "line 4: the file ends within what begins here"},
           {"{\"a\": \"b", "line 1: the file ends within a text"},
           {"{\"a\": [1 2]}", "a comma, or the list's end"},
           {"{\"a\": [1,]}", "a value is missing"},
           {"{\"a\": 1 \"b\": 2}", "a comma, or the object's end"},
           {"{\"a\": 1}\n}", "line 1: something follows"},
           {"{\"a\": }", "a value is missing"},
           {"{a: 1}", "a member's name"},
           {"{\"a\": [" + deep + "]}", "1,024 deep"},
           {"{\"a\": 1", "ends before its object does"}}) {
    const std::string error = error_of([&] { (void)parts_of(text); });
    EXPECT_NE(error.find(expected), error.npos) << text.substr(0, 50) << " gave: " << error;
  }
  const TemporaryFolder folder;
  EXPECT_NE(error_of([&] { JsonParts(folder.path() / "none.json"); }).find("No such file"),
            std::string::npos);
  EXPECT_NE(error_of([&] { (void)JsonParts(folder.path()).next(); }).find("directory"), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
