// HDF5 by its library, with what that brings: loaded when the first such file is met.
#define H5_USE_110_API  // of later versions, too
#include <hdf5.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <stdexcept>

#include "sources/hdf5_file.h"

namespace doppel::dataset {
namespace {

constexpr std::size_t kMostObjects = 10'000, kMostTexts = std::size_t{1} << 28;
constexpr std::size_t kCacheBytes = std::size_t{1} << 26, kCacheSlots = 12'421;
constexpr hsize_t kMostOfChunk = hsize_t{1} << 29;
constexpr H5Z_filter_t kLzf = 32'000;  // h5py's, which is unpacked beside the library

/// For as long as the library is called: Debian's has no lock of its own. What goes wrong becomes errors of
/// ours; the library would print it.
class InLibrary {
 public:
  InLibrary() : lock_(mutex()) { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

 private:
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  std::lock_guard<std::mutex> lock_;
};

/// One of the library's objects, closed at its end.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  Handle(Handle&& other) noexcept : id_(other.id_), close_(other.close_) { other.id_ = -1; }
  Handle& operator=(Handle&&) = delete;
  operator hid_t() const { return id_; }
  bool is_open() const { return id_ >= 0; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

void check(herr_t result, const char* what) {
  if (result < 0) fail(what);
}

herr_t keep_name(hid_t, const char* name, const H5O_info_t* info, void* to) {
  auto& names = *static_cast<std::vector<std::string>*>(to);
  if (info->type == H5O_TYPE_DATASET) names.emplace_back(name);
  return names.size() > kMostObjects ? 1 : 0;
}

/// IEEE's binary16, which the library has no name for.
bool is_half(hid_t type) {
  std::size_t sign, exponent, exponent_size, fraction, fraction_size;
  return H5Tget_size(type) == 2 &&
         H5Tget_fields(type, &sign, &exponent, &exponent_size, &fraction, &fraction_size) >= 0 &&
         sign == 15 && exponent == 10 && exponent_size == 5 && fraction == 0 && fraction_size == 10 &&
         H5Tget_ebias(type) == 15 && H5Tget_norm(type) == H5T_NORM_IMPLIED;
}

/// The library's numbers as ours; false where they are others.
bool set_number(hid_t type, NumberType& number) {
  const std::size_t size = H5Tget_size(type);
  if (size != 1 && size != 2 && size != 4 && size != 8) return false;
  number.bytes = static_cast<int>(size);
  const H5T_order_t order = H5Tget_order(type);
  if (size > 1 && order != H5T_ORDER_LE && order != H5T_ORDER_BE) return false;
  number.big_endian = size > 1 && order == H5T_ORDER_BE;
  if (H5Tget_class(type) == H5T_INTEGER) {
    if (H5Tget_precision(type) != 8 * size || H5Tget_offset(type) != 0) return false;
    number.kind = H5Tget_sign(type) == H5T_SGN_NONE ? NumberType::Kind::Unsigned : NumberType::Kind::Signed;
    return true;
  }
  number.kind = NumberType::Kind::Float;
  for (const hid_t known : {H5T_IEEE_F32LE, H5T_IEEE_F32BE, H5T_IEEE_F64LE, H5T_IEEE_F64BE})
    if (H5Tequal(type, known) > 0) return true;
  return is_half(type);
}

/// h5py's: an enumeration of FALSE and TRUE.
bool is_truth(hid_t type) {
  if (H5Tget_nmembers(type) != 2 || H5Tget_size(type) != 1) return false;
  for (unsigned k = 0; k < 2; ++k) {
    const std::unique_ptr<char, herr_t (*)(void*)> name(H5Tget_member_name(type, k), H5free_memory);
    signed char value = -1;
    if (!name || std::string(name.get()) != (k == 0 ? "FALSE" : "TRUE") ||
        H5Tget_member_value(type, k, &value) < 0 || value != static_cast<signed char>(k))
      return false;
  }
  return true;
}

void set_kind(hid_t type, ArrayFacts& facts) {
  using Kind = ArrayFacts::Kind;
  facts.kind = Kind::Unread;
  facts.problem = "it holds neither whole numbers, floats, texts, nor bytes of files";
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
    case H5T_FLOAT:
      if (set_number(type, facts.type)) facts.kind = Kind::Numbers;
      break;
    case H5T_ENUM: {
      const Handle base(H5Tget_super(type), H5Tclose);
      if (is_truth(type)) {
        facts.kind = Kind::Numbers;
        facts.type = {NumberType::Kind::Bool, 1, false};
      } else if (base.is_open() && set_number(base, facts.type)) {
        facts.kind = Kind::Numbers;
      }
      break;
    }
    case H5T_STRING:
      facts.kind = Kind::Texts;
      break;
    case H5T_VLEN: {
      const Handle base(H5Tget_super(type), H5Tclose);
      if (base.is_open() && H5Tget_class(base) == H5T_INTEGER && H5Tget_size(base) == 1)
        facts.kind = Kind::Files;
      break;
    }
    default:
      break;
  }
}

/// All texts of a dataset or an attribute, by what reads them in a type of memory.
template <class Read>
std::vector<std::string> texts_by(hid_t type, hid_t space, const Read& read) {
  const hssize_t points = H5Sget_simple_extent_npoints(space);
  if (points < 0 || static_cast<std::size_t>(points) > kMostTexts) fail("it has too many texts");
  const auto count = static_cast<std::size_t>(points);
  std::vector<std::string> texts(count);
  const Handle memory(H5Tcopy(type), H5Tclose);
  if (H5Tis_variable_str(type) > 0) {
    std::vector<char*> each(count, nullptr);
    check(read(memory, each.data()), "its texts can't be read");
    for (std::size_t i = 0; i < count; ++i) texts[i] = each[i] ? each[i] : "";
    H5Dvlen_reclaim(memory, space, H5P_DEFAULT, each.data());
    return texts;
  }
  const std::size_t size = H5Tget_size(type);
  if (size == 0 || (count > 0 && size > kMostTexts / count)) fail("its texts are too long");
  std::vector<char> each(count * size);
  check(read(memory, each.data()), "its texts can't be read");
  const bool spaces = H5Tget_strpad(type) == H5T_STR_SPACEPAD;
  for (std::size_t i = 0; i < count; ++i) {
    texts[i].assign(each.data() + i * size, size);
    if (const std::size_t end = texts[i].find('\0'); end != texts[i].npos) texts[i].resize(end);
    if (spaces) texts[i].erase(texts[i].find_last_not_of(' ') + 1);
  }
  return texts;
}

/// The texts of an attribute of names; none where there is no such thing.
std::vector<std::string> class_names_of(hid_t object) {
  for (const char* name : {"class_names", "classes", "label_names", "names"}) {
    if (H5Aexists(object, name) <= 0) continue;
    const Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
    if (!attribute.is_open()) continue;
    const Handle type(H5Aget_type(attribute), H5Tclose), space(H5Aget_space(attribute), H5Sclose);
    if (!type.is_open() || !space.is_open() || H5Tget_class(type) != H5T_STRING) continue;
    return texts_by(type, space, [&](hid_t memory, void* to) { return H5Aread(attribute, memory, to); });
  }
  return {};
}

class LibraryFile final : public Hdf5File {
 public:
  explicit LibraryFile(const char* path) : file_(opened(path)) {
    const Handle made(H5Fget_create_plist(file_), H5Pclose);
    hsize_t before = 0;
    begins_at_once_ = H5Pget_userblock(made, &before) >= 0 && before == 0;
    std::vector<std::string> names;
    check(H5Ovisit(file_, H5_INDEX_NAME, H5_ITER_INC, keep_name, &names), "its groups are damaged");
    if (names.size() > kMostObjects) fail("it holds more than 10,000 arrays");
    const std::vector<std::string> of_file = class_names_of(file_);
    for (const std::string& name : names) add(name, of_file);
  }
  ~LibraryFile() override {
    const InLibrary in_library;
    open_.clear();
    const Handle last(std::move(file_));
  }

  const std::vector<Hdf5Dataset>& datasets() const override { return datasets_; }

  void read(std::size_t dataset, std::uint64_t first, std::uint64_t count,
            unsigned char* into) const override {
    const InLibrary in_library;
    const Handle space(H5Dget_space(open_[dataset]), H5Sclose), rows = selected(space, dataset, first, count);
    check(H5Dread(open_[dataset], types_[dataset], rows, space, H5P_DEFAULT, into),
          "it's damaged, or packed in a way that this HDF5 doesn't read");
  }

  std::vector<std::string> texts(std::size_t dataset) const override {
    const InLibrary in_library;
    const Handle space(H5Dget_space(open_[dataset]), H5Sclose);
    return texts_by(types_[dataset], space, [&](hid_t memory, void* to) {
      return H5Dread(open_[dataset], memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, to);
    });
  }

  std::vector<unsigned char> file(std::size_t dataset, std::uint64_t row) const override {
    const InLibrary in_library;
    const Handle space(H5Dget_space(open_[dataset]), H5Sclose),
        one = selected(space, dataset, row, 1), bytes(H5Tvlen_create(H5T_NATIVE_UCHAR), H5Tclose);
    hvl_t place{};
    check(H5Dread(open_[dataset], bytes, one, space, H5P_DEFAULT, &place), "it's damaged");
    const auto* begin = static_cast<const unsigned char*>(place.p);
    std::vector<unsigned char> copy;
    if (begin) copy.assign(begin, begin + place.len);
    H5Dvlen_reclaim(bytes, one, H5P_DEFAULT, &place);
    return copy;
  }

  Hdf5Chunk chunk(std::size_t dataset, const std::vector<std::uint64_t>& place) const override {
    const InLibrary in_library;
    const std::vector<hsize_t> at(place.begin(), place.end());
    // Where it lies, H5Dget_chunk_info_by_coord() says only after a look at all chunks.
    hsize_t bytes = 0;
    Hdf5Chunk chunk;
    if (H5Dget_chunk_storage_size(open_[dataset], at.data(), &bytes) < 0 || bytes == 0) return chunk;
    if (bytes > kMostOfChunk) fail("a chunk of it is damaged");
    chunk.packed.resize(bytes);
    check(H5Dread_chunk(open_[dataset], H5P_DEFAULT, at.data(), &chunk.left_out, chunk.packed.data()),
          "a chunk of it is damaged");
    return chunk;
  }

 private:
  static Handle opened(const char* path) {
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_file_locking(access, false, true);  // it's only read, also where a system has no locks
    Handle file(H5Fopen(path, H5F_ACC_RDONLY, access), H5Fclose);
    if (!file.is_open()) fail("it's no HDF5 file, is damaged, or was cut off");
    return file;
  }

  void add(const std::string& name, const std::vector<std::string>& names_of_file) {
    const Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
    H5Pset_chunk_cache(access, kCacheSlots, kCacheBytes, 1);
    Handle dataset(H5Dopen2(file_, name.c_str(), access), H5Dclose);
    if (!dataset.is_open()) fail("its array " + name + " is damaged");
    Handle type(H5Dget_type(dataset), H5Tclose);
    const Handle space(H5Dget_space(dataset), H5Sclose), made(H5Dget_create_plist(dataset), H5Pclose);
    const int rank = space.is_open() ? H5Sget_simple_extent_ndims(space) : -1;
    if (!type.is_open() || !made.is_open() || rank < 0) fail("its array " + name + " is damaged");
    Hdf5Dataset one;
    one.facts.inner = name;
    std::vector<hsize_t> sizes(static_cast<std::size_t>(rank));
    if (rank > 0) H5Sget_simple_extent_dims(space, sizes.data(), nullptr);
    one.facts.shape.assign(sizes.begin(), sizes.end());
    set_kind(type, one.facts);
    set_place(dataset, made, one);
    one.class_names = class_names_of(dataset);
    if (one.class_names.empty()) one.class_names = names_of_file;
    datasets_.push_back(std::move(one));
    open_.push_back(std::move(dataset));
    types_.push_back(std::move(type));
  }

  /// Where its numbers lie, and whether they can be read.
  void set_place(hid_t dataset, hid_t made, Hdf5Dataset& one) const {
    const auto refuse = [&](std::string why) {
      one.facts.kind = ArrayFacts::Kind::Unread;
      one.facts.problem = std::move(why);
    };
    const H5D_layout_t layout = H5Pget_layout(made);
    if (layout == H5D_VIRTUAL || H5Pget_external_count(made) > 0)
      return refuse("its numbers lie in other files, which aren't followed");
    const int filters = H5Pget_nfilters(made);
    std::vector<int> packing;
    bool plain = true;
    for (int k = 0; k < filters; ++k) {
      unsigned flags = 0, settings = 0;
      std::size_t count = 0;
      std::array<char, 64> called{};
      const H5Z_filter_t filter = H5Pget_filter2(made, static_cast<unsigned>(k), &flags, &count, nullptr,
                                                 called.size(), called.data(), &settings);
      if (filter < 0 || (filter != kLzf && H5Zfilter_avail(filter) <= 0))
        return refuse("it's packed by " + std::string(called.data(), strnlen(called.data(), called.size())) +
                      " (HDF5's filter " + std::to_string(filter) +
                      "), which this HDF5 doesn't have: rewrite it with gzip");
      packing.push_back(filter);
      plain = plain && (filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE || filter == kLzf);
    }
    if (one.facts.kind != ArrayFacts::Kind::Numbers) return;
    if (!begins_at_once_) return;
    const haddr_t offset = layout == H5D_CONTIGUOUS ? H5Dget_offset(dataset) : HADDR_UNDEF;
    if (offset != HADDR_UNDEF) one.offset = offset;
    if (layout != H5D_CHUNKED || !plain) return;
    std::vector<hsize_t> chunk(one.facts.shape.size());
    if (H5Pget_chunk(made, static_cast<int>(chunk.size()), chunk.data()) < 0) return;
    one.chunk.assign(chunk.begin(), chunk.end());
    one.packing = std::move(packing);
  }

  /// Selects rows in `space`; what comes back is the memory for them.
  Handle selected(hid_t space, std::size_t dataset, std::uint64_t first, std::uint64_t count) const {
    const auto& shape = datasets_[dataset].facts.shape;
    std::vector<hsize_t> from(shape.size(), 0), size(shape.begin(), shape.end());
    from[0] = first;
    size[0] = count;
    check(H5Sselect_hyperslab(space, H5S_SELECT_SET, from.data(), nullptr, size.data(), nullptr),
          "it has no such rows");
    Handle memory(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr), H5Sclose);
    if (!memory.is_open()) fail("it has no such rows");
    return memory;
  }

  Handle file_;
  bool begins_at_once_ =
      true;  ///< no block of a user's lies before it: versions differ in what offsets count
  std::vector<Hdf5Dataset> datasets_;
  std::vector<Handle> open_, types_;
};

}  // namespace
}  // namespace doppel::dataset

extern "C" __attribute__((visibility("default"))) doppel::dataset::Hdf5File* doppel_hdf5_open(
    const char* path, std::string& problem) {
  const doppel::dataset::InLibrary in_library;
  try {
    return new doppel::dataset::LibraryFile(path);
  } catch (const std::exception& error) {
    problem = error.what();
    return nullptr;
  }
}
