#include "dicom_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "doppel/base/error.h"
#include "image_size.h"
#include "numbers_of_pixels.h"

namespace doppel {
namespace {

using DicomBytes = std::span<const unsigned char>;

constexpr std::uint32_t kUndefined = 0xffffffff, kItem = 0xfffee000, kItemEnd = 0xfffee00d,
                        kSequenceEnd = 0xfffee0dd, kPixels = 0x7fe00010, kFloatPixels = 0x7fe00008,
                        kDoublePixels = 0x7fe00009, kShared = 0x52009229, kPerFrame = 0x52009230,
                        kTransformation = 0x00289145;
constexpr std::size_t kPreamble = 132;

[[noreturn]] void throw_damaged_dicom() { throw Error("not a whole DICOM: it ends early, or is damaged"); }

struct DicomElement {
  std::uint32_t tag = 0;
  std::string_view kind;   ///< "US", "SQ"; empty where the file doesn't say
  std::size_t at = 0;      ///< where its value begins
  std::uint32_t size = 0;  ///< of the value
};

/// Whose numbers these are.
enum class DicomScope { Top, Shared, Frame, OtherFrame, Other };

/// Walks over a data set, and notes what it says of the image.
class DicomWalk {
 public:
  DicomWalk(DicomBytes bytes, int frame, DicomForm& form) : bytes_(bytes), frame_(frame), form_(form) {}
  void read();

 private:
  DicomElement element(std::size_t at, bool says_kind) const;
  std::size_t read_set(std::size_t at, std::size_t end, DicomScope scope, bool says_kind, int level);
  std::size_t read_items(const DicomElement& sequence, DicomScope scope, bool says_kind, int level);
  void note(const DicomElement& one, DicomScope scope);
  void note_top(const DicomElement& one);
  void note_pixels(const DicomElement& one);
  void note_fragments(std::size_t at);

  std::uint32_t number(std::size_t at, std::size_t count) const {
    return number_at(bytes_, at, count, order_);
  }
  std::uint32_t tag_at(std::size_t at) const { return number(at, 2) << 16 | number(at + 2, 2); }
  int short_of(const DicomElement& one) const {
    return one.size >= 2 ? static_cast<int>(number(one.at, 2)) : 0;
  }
  std::string_view text_of(const DicomElement& one) const {
    std::string_view text = as_text(bytes_.subspan(one.at, one.size));
    constexpr std::string_view kSpace(" \0", 2);
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
    return text.substr(0, text.find_last_not_of(kSpace) + 1);
  }
  double decimal_of(const DicomElement& one) const {
    const std::string_view text = text_of(one);
    const std::size_t plus = text.starts_with('+') ? 1 : 0;
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data() + plus, text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size())
      throw Error(fmt::format("not a whole DICOM: \"{}\" where a number belongs", text));
    return value;
  }

  DicomBytes bytes_;
  int frame_;
  DicomForm& form_;
  ByteOrder order_ = ByteOrder::Little;
  bool has_pixels_ = false;
  DicomScope slope_from_ = DicomScope::Top;
};

DicomElement DicomWalk::element(std::size_t at, bool says_kind) const {
  if (at + 8 > bytes_.size()) throw_damaged_dicom();
  DicomElement one{.tag = tag_at(at), .kind = {}, .at = at + 8};
  const bool is_mark = one.tag >> 16 == 0xfffe;
  if (!says_kind || is_mark) {
    one.size = number(at + 4, 4);
  } else {
    one.kind = as_text(bytes_.subspan(at + 4, 2));
    one.size = number(at + 6, 2);
    for (const std::string_view is_long :
         {"OB", "OW", "OF", "OD", "OL", "OV", "SQ", "UN", "UT", "UC", "UR", "SV", "UV"}) {
      if (one.kind != is_long) continue;
      if (at + 12 > bytes_.size()) throw_damaged_dicom();
      one.size = number(at + 8, 4);
      one.at = at + 12;
    }
  }
  if (one.size != kUndefined && one.size > bytes_.size() - one.at) throw_damaged_dicom();
  return one;
}

void DicomWalk::read() {
  // The file's own head is always little-endian and says each element's kind.
  std::size_t at = kPreamble;
  while (at + 8 <= bytes_.size() && number(at, 2) == 2) {
    const DicomElement one = element(at, true);
    if (one.size == kUndefined) throw_damaged_dicom();
    if (one.tag == 0x00020010) form_.syntax = text_of(one);
    at = one.at + one.size;
  }
  if (form_.syntax == "1.2.840.10008.1.2.1.99")
    throw Error("a DICOM that is deflated as a whole, which isn't read");
  if (form_.syntax == "1.2.840.10008.1.2.2") form_.order = order_ = ByteOrder::Big;
  read_set(at, bytes_.size(), DicomScope::Top, form_.syntax != "1.2.840.10008.1.2", 0);
  if (!has_pixels_) throw Error("a DICOM without an image");
}

/// Returns where it ends.
std::size_t DicomWalk::read_set(std::size_t at, std::size_t end, DicomScope scope, bool says_kind,
                                int level) {
  constexpr int kMostLevels = 16;
  if (level > kMostLevels) throw_damaged_dicom();
  while (at + 8 <= end) {
    const DicomElement one = element(at, says_kind);
    if (one.tag == kItemEnd || one.tag == kSequenceEnd) return one.at;
    const bool is_pixels = one.tag == kPixels || one.tag == kFloatPixels || one.tag == kDoublePixels;
    if (is_pixels && scope == DicomScope::Top) {
      note_pixels(one);
      return end;
    }
    const bool is_known = one.tag == kShared || one.tag == kPerFrame || one.tag == kTransformation;
    if (one.size == kUndefined || one.kind == "SQ" || (is_known && one.kind.empty())) {
      const bool inner_kinds = says_kind && one.kind != "UN";
      at = read_items(one, scope, inner_kinds, level + 1);
    } else {
      note(one, scope);
      at = one.at + one.size;
    }
  }
  return end;
}

std::size_t DicomWalk::read_items(const DicomElement& sequence, DicomScope scope, bool says_kind, int level) {
  const std::size_t end = sequence.size == kUndefined ? bytes_.size() : sequence.at + sequence.size;
  std::size_t at = sequence.at;
  for (int i = 0; at + 8 <= end; ++i) {
    const DicomElement item = element(at, says_kind);
    if (item.tag == kSequenceEnd) return item.at;
    if (item.tag != kItem) throw_damaged_dicom();
    const DicomScope inner = sequence.tag == kShared && scope == DicomScope::Top ? DicomScope::Shared
                             : sequence.tag == kPerFrame && scope == DicomScope::Top
                                 ? (i == frame_ ? DicomScope::Frame : DicomScope::OtherFrame)
                             : sequence.tag == kTransformation && scope != DicomScope::Top
                                 ? scope
                                 : DicomScope::Other;
    const std::size_t item_end = item.size == kUndefined ? end : item.at + item.size;
    const std::size_t stopped = read_set(item.at, item_end, inner, says_kind, level);
    at = item.size == kUndefined ? stopped : item_end;
  }
  return end;
}

void DicomWalk::note(const DicomElement& one, DicomScope scope) {
  if (scope == DicomScope::Other) return;
  if (one.tag == 0x00281052 || one.tag == 0x00281053) {
    // A frame's own count more than those of all, and these more than what the file says outside of them.
    if (one.size == 0) return;
    const double number = decimal_of(one);
    if (number != (one.tag == 0x00281052 ? 0 : 1)) form_.rescaled = true;
    if (scope == DicomScope::OtherFrame || scope < slope_from_) return;
    slope_from_ = scope;
    (one.tag == 0x00281052 ? form_.intercept : form_.slope) = number;
  } else if (scope == DicomScope::Top) {
    note_top(one);
  }
}

void DicomWalk::note_top(const DicomElement& one) {
  switch (one.tag) {
    case 0x00280002:
      form_.samples = short_of(one);
      break;
    case 0x00280004:
      form_.photometric = text_of(one);
      break;
    case 0x00280006:
      form_.planes = short_of(one) == 1;
      break;
    case 0x00280008:
      form_.frames = static_cast<int>(std::clamp(decimal_of(one), 1., 1e9));
      break;
    case 0x00280010:
      form_.size.height = short_of(one);
      break;
    case 0x00280011:
      form_.size.width = short_of(one);
      break;
    case 0x00280100:
      form_.allocated = short_of(one);
      break;
    case 0x00280101:
      form_.stored = short_of(one);
      break;
    case 0x00280102:
      form_.high = short_of(one);
      break;
    case 0x00280103:
      form_.is_signed = short_of(one) == 1;
      break;
    default:
      break;
  }
}

void DicomWalk::note_pixels(const DicomElement& one) {
  has_pixels_ = true;
  form_.numbers = one.tag == kFloatPixels    ? DicomForm::Numbers::Floats
                  : one.tag == kDoublePixels ? DicomForm::Numbers::Doubles
                                             : DicomForm::Numbers::Whole;
  if (one.size == kUndefined)
    note_fragments(one.at);
  else
    form_.pixels = bytes_.subspan(one.at, one.size);
}

/// The first item says where frames begin, or nothing; each of the others is a piece of one.
void DicomWalk::note_fragments(std::size_t at) {
  bool first = true;
  while (at + 8 <= bytes_.size()) {
    const DicomElement item = element(at, false);
    if (item.tag == kSequenceEnd) break;
    if (item.tag != kItem || item.size == kUndefined) throw_damaged_dicom();
    if (!first) form_.fragments.push_back(bytes_.subspan(item.at, item.size));
    for (std::size_t i = 0; first && i + 4 <= item.size; i += 4)
      form_.starts.push_back(number(item.at + i, 4));
    first = false;
    at = item.at + item.size;
  }
  if (form_.fragments.empty()) throw_damaged_dicom();
}

void check_dicom(const DicomForm& form) {
  const bool grey = form.photometric == "MONOCHROME1" || form.photometric == "MONOCHROME2";
  constexpr std::array<std::string_view, 5> kColors{"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"};
  const bool is_color = std::ranges::find(kColors, form.photometric) != kColors.end();
  if (form.samples != (grey ? 1 : 3) || (!grey && !is_color))
    throw Error(fmt::format("a DICOM of {} with {} samples a pixel, which isn't read", form.photometric,
                            form.samples));
  if (form.numbers != DicomForm::Numbers::Whole) return;
  const bool bits = (form.allocated == 8 || form.allocated == 16 || form.allocated == 32) &&
                    form.stored >= 1 && form.stored <= form.allocated && form.high < form.allocated &&
                    form.high + 1 >= form.stored;
  if (!bits || (form.samples == 3 && (form.allocated > 16 || form.has_units())))
    throw Error(fmt::format("a DICOM of {} with {} of {} bits a sample, which isn't read", form.photometric,
                            form.stored, form.allocated));
}

}  // namespace

DicomPacking DicomForm::packing() const {
  using enum DicomPacking;
  constexpr std::string_view kRoot = "1.2.840.10008.1.2.";
  if (!is_packed()) return None;
  if (!syntax.starts_with(kRoot)) return Unread;
  const std::string_view tail = std::string_view(syntax).substr(kRoot.size());
  if (tail == "5") return Runs;
  if (tail == "4.50" || (tail == "4.51" && allocated == 8)) return Jpeg;
  if (tail == "4.57" || tail == "4.70") return LosslessJpeg;
  if (tail == "4.80" || tail == "4.81") return JpegLs;
  if (tail == "4.90" || tail == "4.91") return Jpeg2000;
  return Unread;
}

DicomForm dicom_form(std::span<const unsigned char> bytes, const DecodeOptions& options) {
  DicomForm form;
  DicomWalk(bytes, options.frame, form).read();
  if (form.numbers != DicomForm::Numbers::Whole)
    form.allocated = form.stored = form.numbers == DicomForm::Numbers::Floats ? 32 : 64;
  check_dicom(form);
  check_size(form.size.width, form.size.height, options.max_pixels);
  check_frame("DICOM", options.frame, form.frames);
  return form;
}

}  // namespace doppel
