#include "doppel/dataset/sources/pascal_voc.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/png.h"
#include "error_of.h"
#include "sources/voc_layout.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
using VocBoxes = std::vector<augment::Box>;

std::string voc_box_text(const std::string& x0, const std::string& y0, const std::string& x1,
                         const std::string& y1) {
  return "<bndbox><xmin>" + x0 + "</xmin><ymin>" + y0 + "</ymin><xmax>" + x1 + "</xmax><ymax>" + y1 +
         "</ymax></bndbox>";
}

std::string voc_object_text(const std::string& name, const std::string& more = "") {
  return "<object><name>" + name + "</name>" + voc_box_text("3", "4", "20", "18") + more + "</object>";
}

class PascalVocFolder : public testing::Test {
 protected:
  const fs::path& root() const { return folder_.path(); }
  void put(const fs::path& file, std::string_view text) const {
    fs::create_directories((root() / file).parent_path());
    write_file(root() / file, text);
  }
  void image(const fs::path& file) const {
    fs::create_directories((root() / file).parent_path());
    write_file(root() / file, encode_png(cv::Mat(24, 32, CV_8UC1, cv::Scalar(9))));
  }
  void note(const fs::path& file, const std::string& filename, const std::string& inside) const {
    put(file, "<annotation><filename>" + filename + "</filename>" + inside + "</annotation>");
  }
  /// An image and its annotation.
  void pair(const std::string& name, const std::string& inside = voc_object_text("dog")) const {
    image("JPEGImages/" + name + ".png");
    note("Annotations/" + name + ".xml", name + ".png", inside);
  }
  std::string error(const std::string& split = "") const {
    return error_of([&] {
      const PascalVoc voc(root(), split);
      for (std::size_t i = 0; i < voc.size(); ++i) (void)load(voc, i);
    });
  }
  std::string remarks(const std::string& split = "") const {
    std::string all;
    for (const Remark& remark : PascalVoc(root(), split).remarks()) all += remark.text() + "\n";
    return all;
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(PascalVocFolder, BlanksAreNoPartOfNamesAndNumbers) {
  pair("a",
       "<object><name>\n  dog\n </name>" + voc_box_text(" 3 ", "\n4\n", "20.0", "1.8e1\t") + "</object>");
  pair("b");
  const PascalVoc voc(root());
  EXPECT_EQ(voc.classes(), std::vector<std::string>{"dog"});
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(load(voc, i).boxes, (VocBoxes{{2, 3, 20, 18, 0}}));
  EXPECT_EQ(remarks(), "");
}

TEST_F(PascalVocFolder, CornersArePutInOrder) {
  pair("a", "<object><name>dog</name>" + voc_box_text("20", "4", "3", "18") + "</object>");
  EXPECT_EQ(load(PascalVoc(root()), 0).boxes, (VocBoxes{{2, 3, 20, 18, 0}}));
  EXPECT_EQ(remarks(), "boxes whose corners were exchanged, put in order: 1 (Annotations/a.xml)\n");
}

TEST_F(PascalVocFolder, MarksAndElementsThatArentReadAreNamed) {
  pair("a", voc_object_text("dog",
                            "<difficult>1</difficult><truncated> 1 </truncated><occluded>0</occluded>"
                            "<pose>Unspecified</pose><polygon><x1>1</x1></polygon>") +
                voc_object_text("cat", "<pose>Left</pose><difficult>0</difficult>") + "<mood>good</mood>");
  EXPECT_EQ(PascalVoc(root()).classes(), (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(remarks(),
            "objects marked truncated, a mark that isn't kept: 1 (Annotations/a.xml)\n"
            "<polygon> in <object>, which isn't read: 1 (Annotations/a.xml)\n"
            "<pose> in <object>, which isn't read: 1 (Annotations/a.xml)\n"
            "<mood> in <annotation>, which isn't read: 1 (Annotations/a.xml)\n"
            "objects marked difficult, kept as all others: 1 (Annotations/a.xml)\n");
  const PascalVoc without(root(), "", {}, {.difficult = PascalVocOptions::Difficult::Drop});
  EXPECT_EQ(without.classes(), std::vector<std::string>{"cat"});
  EXPECT_EQ(without.remarks().back().what, "objects marked difficult, left out");
}

TEST_F(PascalVocFolder, ListsAreFoundInAnyCaseAndWithAnyLineEnds) {
  for (const char* name : {"a", "b", "c"}) pair(name);
  put("imagesets/main/Train.TXT",
      "\xef\xbb\xbf"
      "a\r\nb\r\n\r\n");
  put("imagesets/main/VAL.txt", "c\rc.png\r");
  EXPECT_EQ(PascalVoc::parts(root()), (std::vector<std::string>{"train", "val"}));
  EXPECT_EQ(PascalVoc(root(), "train").size(), 2U);
  EXPECT_EQ(PascalVoc(root(), "val").size(), 1U);
  EXPECT_EQ(remarks("val"), "names that VAL.txt holds twice, taken once: 1 (c.png)\n");
  EXPECT_NE(error("test").find("no list ImageSets/Main/test.txt (there are: train, val)"), std::string::npos);
}

TEST_F(PascalVocFolder, ListsForSegmentationAreRead) {
  pair("a");
  pair("b");
  put("ImageSets/Segmentation/train.txt", "a\n");
  EXPECT_EQ(PascalVoc(root(), "train").size(), 1U);
  EXPECT_EQ(remarks("train"), "annotations that no list of a part names, left out: 1 (Annotations/b.xml)\n");
}

TEST_F(PascalVocFolder, ListsOfOneNameAreKnownToBeUnread) {
  pair("a");
  for (const char* folder : {"Main", "Segmentation", "Layout"})
    put(std::string("ImageSets/") + folder + "/train.txt", "a\n");
  const VocLayout layout = voc_layout(root());
  EXPECT_EQ(layout.lists.at("train"), root() / "ImageSets/Main/train.txt");
  EXPECT_EQ(layout.unread_lists, (std::vector<fs::path>{root() / "ImageSets/Layout/train.txt",
                                                        root() / "ImageSets/Segmentation/train.txt"}));
}

TEST_F(PascalVocFolder, OneClasssListHoldsThatClass) {
  for (const char* name : {"a", "b 1", "c"}) pair(name);
  put("ImageSets/Main/dog_train.txt", "a  1\nb 1 -1\nc  0\n");
  const PascalVoc voc(root(), "dog_train");
  ASSERT_EQ(voc.size(), 2U);
  EXPECT_NE(voc.name(1).find("c.png"), std::string::npos);
  put("ImageSets/Main/train.txt", "a\nb 1\nc\n");
  EXPECT_EQ(PascalVoc(root(), "train").size(), 3U);
  put("ImageSets/Main/train.txt", "b 1\n");
  EXPECT_NE(PascalVoc(root(), "train").name(0).find("b 1.png"), std::string::npos);
}

TEST_F(PascalVocFolder, AListMayNotNameWhatIsntThere) {
  pair("a");
  put("ImageSets/Main/train.txt", "a\n\nx\n");
  const std::string what = error("train");
  EXPECT_NE(what.find("train.txt:3: there is no annotation 'x.xml' in "), std::string::npos) << what;
  put("ImageSets/Main/val.txt", "a\n");
  EXPECT_EQ(error("val"), "") << "another part's list is its own matter";
}

TEST_F(PascalVocFolder, BothKindsMayLieSideBySide) {
  image("train/a.jpg");
  note("train/a.xml", "a.jpg", voc_object_text("dog"));
  image("valid/b.PNG");
  note("valid/b.xml", "other.png", voc_object_text("cat"));
  EXPECT_TRUE(PascalVoc::is_voc(root()));
  EXPECT_EQ(PascalVoc::parts(root()), (std::vector<std::string>{"train", "valid"}));
  EXPECT_EQ(PascalVoc(root() / "train").size(), 1U);
  EXPECT_EQ(PascalVoc(root(), "valid").classes(), std::vector<std::string>{"cat"});
  EXPECT_EQ(remarks("valid"),
            "annotations whose <filename> isn't there, taken for the image of their own name: 1 (b)\n");
  EXPECT_EQ(remarks("train"), "");
}

TEST_F(PascalVocFolder, LabelMesAndCvatsXmlAreOthers) {
  put("a.xml", "<?xml version='1.0'?>\n<annotations><image/></annotations>");
  EXPECT_FALSE(PascalVoc::is_voc(root()));
  put("Annotations/b.xml", "<?xml version='1.0'?>\n<!-- by hand -->\n<annotation verified='yes'/>");
  EXPECT_TRUE(PascalVoc::is_voc(root()));
}

TEST_F(PascalVocFolder, ADamagedFileIsNamedWhicheverItIs) {
  for (const char* name : {"a", "b"})
    for (const std::string& text :
         {std::string(), std::string("\n"), std::string(20, '\0'), std::string("<html></html>")}) {
      pair("a");
      pair("b");
      put(std::string("Annotations/") + name + ".xml", text);
      EXPECT_TRUE(PascalVoc::is_voc(root()));
      const std::string what = error();
      EXPECT_NE(what.find(std::string("Annotations/") + name + ".xml: "), std::string::npos) << what;
    }
  put("Annotations/a.xml", "");
  put("Annotations/b.xml", "");
  EXPECT_TRUE(PascalVoc::is_voc(root()));
}

TEST_F(PascalVocFolder, FoldersAndEndingsMayDiffer) {
  image("images/a.JPG");
  note("annotations/xmls/a.XML", "C:\\photos\\a.jpg", voc_object_text("dog"));
  put("annotations/README", "");
  put("masks/a.txt", "");
  EXPECT_EQ(PascalVoc(root()).size(), 1U);
  EXPECT_EQ(remarks(),
            "files without an ending, which aren't read: 1 (README)\n"
            "folders beside the annotations that aren't read: 1 (masks)\n");
}

TEST_F(PascalVocFolder, HiddenFilesAreNobodysAnnotations) {
  pair("a");
  put("Annotations/._a.xml", std::string_view("\0\5\x16\7", 4));
  put("JPEGImages/._a.png", std::string_view("\0\5", 2));
  EXPECT_EQ(PascalVoc(root()).size(), 1U);
  EXPECT_EQ(remarks(), "");
}

TEST_F(PascalVocFolder, AnImageWithoutAnAnnotationIsCounted) {
  pair("a");
  pair("b");
  image("JPEGImages/c.png");
  put("ImageSets/Main/train.txt", "a\n");
  put("ImageSets/Main/val.txt", "b\n");
  EXPECT_EQ(remarks("train"), "images without an annotation, left out: 1 (JPEGImages/c.png)\n");
}

TEST_F(PascalVocFolder, ASizeMustBeTheImages) {
  pair("a", "<size><width>32</width><height> 24.0 </height></size>" + voc_object_text("dog"));
  EXPECT_EQ(error(), "");
  pair("a", "<size><width>320</width><height>240</height></size>" + voc_object_text("dog"));
  const std::string what = error();
  EXPECT_NE(what.find("Annotations/a.xml: <size> says 320 x 240"), std::string::npos) << what;
  EXPECT_NE(what.find("a.png is 32 x 24"), std::string::npos) << what;
  pair("a", "<size><width>0</width><height>0</height></size>" + voc_object_text("dog"));
  EXPECT_EQ(remarks(),
            "annotations whose <size> is 0, so that it can't be compared: 1 (Annotations/a.xml)\n");
}

TEST_F(PascalVocFolder, BoxesThatCantBeRightAreCounted) {
  pair("a", "<size><width>32</width><height>24</height></size><object><name>dog</name>" +
                voc_box_text("0", "0", "33", "24") + "</object>");
  EXPECT_EQ(remarks(),
            "boxes that begin before 1, from which this format counts: 1 (Annotations/a.xml)\n"
            "boxes that reach beyond the <size> of their image: 1 (Annotations/a.xml)\n");
}

TEST_F(PascalVocFolder, WhichImageIsMeantMustBeClear) {
  pair("a");
  pair("b");
  note("Annotations/b.xml", "a.png", voc_object_text("dog"));
  EXPECT_NE(error().find("b.xml: its <filename> names a.png, but there is b.png with its own name"),
            std::string::npos)
      << error();
  fs::remove(root() / "JPEGImages/b.png");
  EXPECT_NE(error().find("b.xml: it is of a.png, as is a.xml"), std::string::npos) << error();
  note("Annotations/b.xml", "", voc_object_text("dog"));
  EXPECT_NE(error().find("no image is called 'b'"), std::string::npos) << error();
  image("JPEGImages/b.png");
  image("JPEGImages/b.jpg");
  EXPECT_NE(error().find("could be its image"), std::string::npos) << error();
}

TEST_F(PascalVocFolder, ErrorsNameFileAndPlace) {
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
           {"<annotation>\n<object>\n</annotation>", "line 3: not whole XML"},
           {"<annotations/>", "its root is <annotations>"},
           {"<annotation>" + voc_object_text("a") + "<object><name>b</name></object></annotation>",
            "object 2: an <object> without <name> or <bndbox>"},
           {"<annotation><object><name>b</name><robndbox/></object></annotation>",
            "its <robndbox> isn't read"},
           {"<annotation><object><name>a</name>" + voc_box_text("1", "x2", "3", "4") +
                "</object></annotation>",
            "a box without a number for ymin: 'x2'"},
           {"<annotation><size><width>a</width></size></annotation>", "<size> needs whole numbers"}}) {
    pair("a");
    put("Annotations/a.xml", text);
    EXPECT_NE(error().find(expected), std::string::npos) << text << " gave: " << error();
    EXPECT_NE(error().find("a.xml: "), std::string::npos) << error();
  }
}

}  // namespace
}  // namespace doppel::dataset
