#include "hdf5.h"

#include <fmt/format.h>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/plug_in.h"
#include "doppel/base/random_file.h"
#include "hdf5_chunks.h"
#include "hdf5_file.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// What the arrays of a file share.
struct OpenedHdf5 {
  std::unique_ptr<Hdf5File> library;
  RandomFile beside;  ///< the same file, for what is read without the library
};

/// One of its arrays.
class Hdf5Array final : public Array {
  /// What `act` returns; an error gets the array's name.
  auto with_name(const auto& act) const {
    try {
      return act();
    } catch (const std::runtime_error& error) { throw Error(fmt::format("{}: {}", name(), error.what())); }
  }

 public:
  Hdf5Array(std::shared_ptr<const OpenedHdf5> file, std::size_t number)
      : Array(file->library->datasets()[number].facts), file_(std::move(file)), number_(number) {
    const Hdf5Dataset& dataset = file_->library->datasets()[number_];
    facts_.name = fmt::format("{}: {}", file_->beside.path().string(), facts_.inner);
    if (facts_.kind != ArrayFacts::Kind::Numbers) return;
    const std::uint64_t bytes = bytes_of(facts_.shape, static_cast<std::uint64_t>(facts_.type.bytes));
    if (Hdf5Chunks::can_read(dataset)) chunks_ = std::make_unique<Hdf5Chunks>(*file_->library, number_);
    if (!dataset.offset) return;
    offset_ = *dataset.offset;
    if (bytes > file_->beside.size() || *offset_ > file_->beside.size() - bytes)
      throw Error("its numbers would lie beyond the file's end");
  }
  void read(std::uint64_t first, std::span<unsigned char> into) const override {
    if (offset_) return file_->beside.read(*offset_ + first * facts_.bytes_of_row(), into);
    with_name([&] {
      if (chunks_)
        chunks_->read(first, into);
      else
        file_->library->read(number_, first, into.size() / facts_.bytes_of_row(), into.data());
      return 0;
    });
  }
  std::uint64_t rows_in_one() const override {
    return chunks_ ? file_->library->datasets()[number_].chunk.front() : 1;
  }
  void prepare(std::uint64_t row) const override {
    if (offset_) file_->beside.fetch(*offset_ + row * facts_.bytes_of_row(), facts_.bytes_of_row());
  }
  std::vector<std::string> texts() const override {
    if (facts_.kind != ArrayFacts::Kind::Texts) return Array::texts();
    return with_name([&] { return file_->library->texts(number_); });
  }
  std::vector<unsigned char> file(std::uint64_t row) const override {
    if (facts_.kind != ArrayFacts::Kind::Files) return Array::file(row);
    return with_name([&] { return file_->library->file(number_, row); });
  }
  std::vector<std::string> class_names() const override {
    return file_->library->datasets()[number_].class_names;
  }

 private:
  std::shared_ptr<const OpenedHdf5> file_;
  std::size_t number_;
  std::optional<std::uint64_t> offset_;       ///< where its numbers lie, one behind the other
  std::unique_ptr<const Hdf5Chunks> chunks_;  ///< where they lie in chunks
};

OpenHdf5 find_library() {
  return reinterpret_cast<OpenHdf5>(plug_in_function("libdoppel_hdf5.so", "doppel_hdf5_open"));
}

std::unique_ptr<Hdf5File> opened(const fs::path& file) {
  static const OpenHdf5 open = find_library();
  if (!open) throw Error("this build reads no HDF5: install libhdf5-dev and build again");
  std::string problem;
  std::unique_ptr<Hdf5File> library(open(file.c_str(), problem));
  if (!library) throw Error(problem);
  return library;
}

/// Looks at the file before the library does.
void check_head(const fs::path& file) {
  constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n";
  const std::vector<unsigned char> head = read_head(file, 2048);
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  if (text.starts_with("MATLAB"))
    throw Error("MATLAB's files aren't read: their arrays are turned round; save it as .npy or HDF5");
  for (const std::size_t at : {0U, 512U, 1024U})
    if (text.size() > at && text.substr(at).starts_with(kSignature)) return;
  throw Error("isn't an HDF5 file: it doesn't begin with \\x89HDF");
}

}  // namespace

std::vector<ArrayPtr> hdf5_arrays(const fs::path& file) {
  std::vector<ArrayPtr> arrays;
  std::string name = file.string();
  try {
    RandomFile beside(file);
    check_head(file);
    const std::shared_ptr<const OpenedHdf5> shared(new OpenedHdf5{opened(file), std::move(beside)});
    const auto& datasets = shared->library->datasets();
    for (std::size_t k = 0; k < datasets.size(); ++k) {
      name = fmt::format("{}: {}", file.string(), datasets[k].facts.inner);
      arrays.push_back(std::make_shared<Hdf5Array>(shared, k));
    }
  } catch (const Error& error) {
    const std::string what = error.what();
    throw Error(what.find(file.string()) != what.npos ? what : fmt::format("{}: {}", name, what));
  }
  return arrays;
}

}  // namespace doppel::dataset
