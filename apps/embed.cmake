# cmake -DFILES=a|b -DOUTPUT=x.cpp -P embed.cmake: the files as arrays, with what a browser calls their kind.
set(type_html "text/html; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_mjs "${type_js}")
set(type_svg "image/svg+xml")
string(REPLACE "|" ";" FILES "${FILES}")
set(arrays)
set(entries)
set(count 0)
foreach(file ${FILES})
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  get_filename_component(name ${file} NAME)
  string(REGEX MATCH "[a-z]+$" kind ${name})
  string(APPEND arrays "constexpr unsigned char kFile${count}[]{${bytes}0};\n")
  string(APPEND entries "    PageFile{\"${name}\", \"${type_${kind}}\", text_of(kFile${count})},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUTPUT} "// Made by embed.cmake.
#include <array>

#include \"serve/page.h\"

namespace doppel::apps {
namespace {
${arrays}
template <std::size_t N>
[[maybe_unused]] std::string_view text_of(const unsigned char (&bytes)[N]) {
  return {reinterpret_cast<const char*>(bytes), N - 1};
}
}  // namespace

std::span<const PageFile> page_files() {
  static const std::array<PageFile, ${count}> files{{
${entries}  }};
  return files;
}
}  // namespace doppel::apps
")
