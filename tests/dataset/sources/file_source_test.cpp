#include "doppel/dataset/sources/file_source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dataset/written_files.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// Files that a test adds, each with a class by its name.
class NamedFiles final : public FileSource {
 public:
  explicit NamedFiles(const fs::path& root) : FileSource(root) {}
  void put(std::string_view path, std::string_view label) { add(path, class_of(label)); }
  using FileSource::sort_classes;
};

TEST(FileSource, ReadsBytesWithTheirLabel) {
  const TemporaryFolder folder;
  put_image(folder.path() / "a/1.png");
  NamedFiles source(folder.path());
  source.put("a/1.png", "cat");
  const Item item = source.read(0);
  EXPECT_EQ(item.encoded, read_file(folder.path() / "a/1.png"));
  EXPECT_EQ(item.sample.label, 0);
  EXPECT_EQ(source.name(0), (folder.path() / "a/1.png").string());
  source.prepare(0);
  put_text(folder.path() / "empty.png", "");
  source.put("empty.png", "cat");
  source.put("gone.png", "cat");
  source.prepare(2);  // read() will say
  EXPECT_NE(error_of([&] { (void)load(source, 1); }).find("empty.png: an empty file"), std::string::npos);
  EXPECT_NE(error_of([&] { (void)load(source, 2); }).find("gone.png"), std::string::npos);
}

TEST(FileSource, ClassesAreNumberedByValueOrByName) {
  NamedFiles numbers("/"), names("/");
  for (const char* label : {"10", "9", "b", "2", "a"}) numbers.put("x", label);
  const std::vector<int> moved = numbers.sort_classes();
  EXPECT_EQ(numbers.classes(), (std::vector<std::string>{"2", "9", "10", "a", "b"}));
  EXPECT_EQ(moved, (std::vector<int>{2, 1, 4, 0, 3}));
  EXPECT_EQ(numbers.label(0), 2);
  EXPECT_EQ(numbers.label(4), 3);
  names.put("x", "dog");
  names.put("y", "cat");
  names.put("z", "dog");
  EXPECT_EQ(names.label(2), 0);
  names.sort_classes();
  EXPECT_EQ(names.label(2), 1);
}

TEST(FileSource, NoPathLeavesItsFolder) {
  for (const char* bad : {"/etc/passwd", "../x.png", "a/../../x.png", "..", "a/..", ""})
    EXPECT_FALSE(error_of([&] { path_below("/data", bad); }).empty()) << bad;
  EXPECT_NE(error_of([] { path_below("/data", "../x"); }).find("'../x' leaves the folder /data"),
            std::string::npos);
  EXPECT_EQ(path_below("/data", "a/..b/c.png"), "/data/a/..b/c.png");
  NamedFiles source("/data");
  EXPECT_FALSE(error_of([&] { source.put("../x.png", "a"); }).empty());
}

TEST(FileSource, ImagesAreKnownByTheirEnding) {
  for (const char* file :
       {"1.jpg", "a/1.JPEG", "1.jpe", "1.jfif", "1.Png", "1.webp", "1.ppm", "1.pgm", "1.pnm", "1.bmp",
        "1.tif", "1.tiff", "1.gif", "1.HEIC", "1.heif", "1.avif", "1.jxl", "a.b.png", "a.txt.png"})
    EXPECT_TRUE(is_image_file(file)) << file;
  for (const char* file :
       {"1.svg", "png", "a.png/b", ".png", "a/._1.png", "1.png~", "1.pngx", "1.jpegs", "1.", ""})
    EXPECT_FALSE(is_image_file(file)) << file;
}

TEST(FileSource, AnImagesSizeIsKnownByItsHeader) {
  const TemporaryFolder folder;
  const Item file{read_file(put_image(folder.path() / "1.png", {31, 20})), {}};
  EXPECT_EQ(image_size(file), (Size{20, 31}));
  Item pixels;
  pixels.sample.image = cv::Mat(5, 7, CV_8UC1, cv::Scalar(0));
  EXPECT_EQ(image_size(pixels), (Size{5, 7}));
  EXPECT_FALSE(error_of([] { (void)image_size(Item{{1, 2, 3}, {}}); }).empty());
}

/// While alive, root is nobody, who owns the folder and can't read every file.
class AsPlainUser {
 public:
  explicit AsPlainUser(const fs::path& folder) {
    constexpr uid_t kNobody = 65534;
    if (!was_root_) return;
    EXPECT_EQ(::chown(folder.c_str(), kNobody, static_cast<gid_t>(-1)), 0);
    EXPECT_EQ(::seteuid(kNobody), 0);
  }
  ~AsPlainUser() {
    if (!was_root_) return;
    EXPECT_EQ(::seteuid(0), 0);
  }
  AsPlainUser(const AsPlainUser&) = delete;
  AsPlainUser& operator=(const AsPlainUser&) = delete;

 private:
  const bool was_root_ = ::geteuid() == 0;
};

TEST(FileSource, AFileThatCannotBeReadIsNamed) {
  const TemporaryFolder folder;
  const AsPlainUser user(folder.path());
  ::chmod(put_image(folder.path() / "secret.png").c_str(), 0);
  NamedFiles source(folder.path());
  source.put("secret.png", "a");
  EXPECT_NE(error_of([&] { (void)load(source, 0); }).find("secret.png: Permission denied"),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
