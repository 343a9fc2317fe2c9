#include "codec/png_chunks.h"

#include <gtest/gtest.h>

#include <string>

namespace doppel {
namespace {

using namespace std::literals;

/// A chunk, whose checksum nobody reads.
std::string chunk(std::string_view kind, std::string_view content) {
  std::string bytes{'\0', '\0', static_cast<char>(content.size() >> 8), static_cast<char>(content.size())};
  return bytes.append(kind).append(content).append(4, '\0');
}

/// A PNG of these chunks between its first and its last.
std::string png_of(std::string_view chunks) {
  return "\x89PNG\r\n\x1a\n"s + chunk("IHDR", std::string(13, '\1')) + std::string(chunks) +
         chunk("IEND", "");
}

PngChunks chunks_of(std::string_view png) {
  return png_chunks({reinterpret_cast<const unsigned char*>(png.data()), png.size()});
}

/// An EXIF block that holds an orientation alone.
std::string exif(char orientation) {
  return "MM\0*\0\0\0\10\0\1\1\x12\0\3\0\0\0\1\0"s + orientation + "\0\0\0\0\0\0"s;
}

/// The block as ImageMagick and others write it into texts.
std::string as_digits(std::string_view bytes) {
  std::string text = "\nexif\n      " + std::to_string(bytes.size()) + "\n";
  for (const char c : bytes) {
    text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    text += "0123456789abcdef"[c & 15];
  }
  return text + "\n";
}

TEST(PngChunks, OrientationIsReadFromItsChunkAndFromTexts) {
  EXPECT_EQ(chunks_of(png_of("")).orientation, 1);
  for (const char k : {'\1', '\3', '\6', '\10'}) {
    EXPECT_EQ(chunks_of(png_of(chunk("eXIf", exif(k)))).orientation, k);
    const std::string text = as_digits("Exif\0\0"s + exif(k));
    EXPECT_EQ(chunks_of(png_of(chunk("tEXt", "Raw profile type exif\0"s + text))).orientation, k);
    EXPECT_EQ(chunks_of(png_of(chunk("tEXt", "Raw profile type APP1\0"s + text))).orientation, k);
  }
  EXPECT_EQ(chunks_of(png_of(chunk("tEXt", "Comment\0"s + as_digits(exif('\6'))))).orientation, 1);
}

TEST(PngChunks, FramesOfAnAnimationAreCounted) {
  EXPECT_EQ(chunks_of(png_of("")).frames, 1);
  // The default image is a frame of the animation where a frame's control comes before its pixels, else one
  // more.
  const std::string five = chunk("acTL", "\0\0\0\5\0\0\0\0"sv);
  const std::string control = chunk("fcTL", std::string(26, '\0')), pixels = chunk("IDAT", "x");
  EXPECT_EQ(chunks_of(png_of(five + control + pixels)).frames, 5);
  EXPECT_EQ(chunks_of(png_of(five + pixels + control)).frames, 6);
}

TEST(PngChunks, ACutFileIsReadAsFarAsItGoes) {
  const std::string whole = png_of(chunk("eXIf", exif('\6')));
  const std::size_t end = whole.size() - chunk("IEND", "").size();
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const int orientation = chunks_of(whole.substr(0, size)).orientation;
    EXPECT_TRUE(orientation == 1 || (orientation == 6 && size + 4 >= end)) << size;
  }
  EXPECT_EQ(chunks_of(whole).orientation, 6);
}

}  // namespace
}  // namespace doppel
