#include "sources/xml_file.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

TEST(XmlFile, SaysItsElementAndWhereItIsDamaged) {
  const TemporaryFolder folder;
  const auto good = put_text(folder.path() / "a.xml",
                             "\xef\xbb\xbf<?xml version=\"1.0\"?>\n<annotations><a/></annotations>");
  pugi::xml_document document;
  load_xml(good, document);
  EXPECT_TRUE(document.child("annotations").child("a"));
  EXPECT_TRUE(xml_begins_with(good, "annotations"));
  EXPECT_FALSE(xml_begins_with(good, "annotation"));
  const auto bad = put_text(folder.path() / "b.xml", "<a>\n<b>\n</a>");
  EXPECT_NE(error_of([&] { load_xml(bad, document); }).find("line 3"), std::string::npos)
      << error_of([&] { load_xml(bad, document); });
}

TEST(XmlFile, IsWholeAndEndsWithItsRoot) {
  const TemporaryFolder folder;
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
           {"", "the file is empty"},
           {" \n", "the file is empty"},
           {std::string(9, '\0'), "the file holds nothing but zero bytes"},
           {"<a/>\n" + std::string(3, '\0'), "line 2: not whole XML: a zero byte"},
           {"<a/>\n<a></a>", "line 2: not whole XML: something follows the end, </a>"},
           {"<a>\n</a>\n>", "line 2: not whole XML: something follows the end, </a>"},
           {"a,b", "line 1: not XML: it begins with other text"},
           {"<!-- -->", "not XML: it holds no element"},
           {"<a b=c/>", "an attribute that isn't name=\"value\""},
           {"<a>\n<b></a>", "line 2: not whole XML: a closing tag that isn't that of what is open"}}) {
    const auto file = put_text(folder.path() / "a.xml", text);
    pugi::xml_document document;
    const std::string what = error_of([&] { load_xml(file, document); });
    EXPECT_NE(what.find(expected), std::string::npos) << text << ": " << what;
  }
  std::string wide("\xff\xfe", 2);
  for (const char c : std::string_view("<a/>\n<!-- x -->\n")) wide += {c, '\0'};
  pugi::xml_document document;
  load_xml(put_text(folder.path() / "a.xml", wide), document);
  EXPECT_TRUE(document.child("a"));
}

}  // namespace
}  // namespace doppel::dataset
