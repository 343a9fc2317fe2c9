// Decodes all JPEGs below a folder whole, by libjpeg-turbo and nothing else: what a loader that reads files
// can reach at most without knowing what will be needed. Prints images/s, the median of rounds. usage:
// decode_whole FOLDER THREADS
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include <jpeglib.h>

namespace {

using Bytes = std::vector<unsigned char>;

void decode(const std::vector<Bytes>& files, std::size_t first, std::size_t step) {
  jpeg_decompress_struct jpeg;
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&jpeg);
  Bytes pixels;
  for (std::size_t i = first; i < files.size(); i += step) {
    jpeg_mem_src(&jpeg, files[i].data(), files[i].size());
    jpeg_read_header(&jpeg, TRUE);
    jpeg_start_decompress(&jpeg);
    const std::size_t stride =
        std::size_t{jpeg.output_width} * static_cast<std::size_t>(jpeg.output_components);
    pixels.resize(stride * jpeg.output_height);
    while (jpeg.output_scanline < jpeg.output_height) {
      unsigned char* row = pixels.data() + stride * jpeg.output_scanline;
      jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
  }
  jpeg_destroy_decompress(&jpeg);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::vector<Bytes> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[1])) {
    if (entry.path().extension() != ".jpg") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    files.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  const auto threads = static_cast<std::size_t>(std::max(1, std::atoi(argv[2])));
  std::vector<double> rates;
  for (int round = 0; round < 5; ++round) {
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> crew;
    for (std::size_t t = 0; t < threads; ++t) crew.emplace_back([&, t] { decode(files, t, threads); });
    for (auto& thread : crew) thread.join();
    rates.push_back(static_cast<double>(files.size()) /
                    std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::ranges::sort(rates);
  std::printf("%.0f\n", rates[rates.size() / 2]);
}
