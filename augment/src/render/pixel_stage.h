// Pixel ops as stages over rows of planar floats in [0, 1].
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <memory_resource>
#include <utility>

#include "doppel/augment/plan/op.h"
#include "op_families.h"

namespace doppel::augment {

/// One row of up to three colour planes.
struct PixelRow {
  int y = 0, width = 0, planes = 0;
  std::array<float*, 3> plane{};
  int band = 0;  ///< the number of these planes among an image's groups: see band_groups()
  /// Names a plane's noise: groups have theirs.
  int noise_plane(int c) const { return 8 * band + c; }
};

/// Columns [first, last) of a row.
struct ColumnSpan {
  int first = 0, last = 0;
  bool empty() const { return first >= last; }
};

/// Changes rows in place. A stage knows its op and what it needed of the whole image, nothing else: rows
/// may come in any order, and any strip can be computed alone.
class PixelStage {
 public:
  virtual ~PixelStage() = default;
  virtual void run(const PixelRow& row) const = 0;
  /// Where run() may change row y; it reads nothing else.
  virtual ColumnSpan touched(int /*y*/, int width) const { return {0, width}; }
  /// Takes the stage that follows into itself, which then needn't run; false where it can't.
  virtual bool join(const PixelStage& /*next*/) { return false; }
  /// True where each channel's result is a function of that channel's value alone: such stages collapse to a
  /// table.
  virtual bool is_table() const { return false; }
  /// Of a table: true where all channels have the same.
  virtual bool is_one_table() const { return false; }
  /// True where run_bytes does the same from interleaved 8-bit pixels to others, or in place: what only
  /// covers pixels needs no floats.
  virtual bool takes_bytes() const { return false; }
  virtual void run_bytes(const std::uint8_t* /*in*/, std::uint8_t* /*out*/, int /*channels*/, int /*y*/,
                         int /*width*/) const {}
  /// True where run_bytes rounds anew: at most one stage of a program may.
  virtual bool rounds_bytes() const { return false; }

 protected:
  static void copy_bytes(const std::uint8_t* in, int count, std::uint8_t* out) {
    if (in != out) std::copy_n(in, count, out);
  }
};

/// What an op must know of the whole image as it is before it.
enum class ImageNeed { Nothing, Means, Histogram };
ImageNeed need_of(const Op& op);

struct ImageStats {
  std::array<double, 3> mean{};                               ///< per channel, in [0, 1]
  std::array<double, 3> deviation{};                          ///< per channel
  std::array<double, 3> sky{};                                ///< mean over the top third
  std::array<std::array<std::uint32_t, 256>, 3> histogram{};  ///< of levels, where asked for
  double luma(int planes) const {
    return planes == 1 ? mean[0] : 0.299 * mean[0] + 0.587 * mean[1] + 0.114 * mean[2];
  }
};

struct DestroyStage {
  void operator()(PixelStage* stage) const { stage->~PixelStage(); }
};
using StagePtr = std::unique_ptr<PixelStage, DestroyStage>;

/// What a stage is made from.
struct StageContext {
  Size size;
  int planes = 3;
  const ImageStats& stats;
  std::pmr::memory_resource* memory;

  template <class Stage, class... Arguments>
  StagePtr make(Arguments&&... arguments) const {
    return StagePtr(new (memory->allocate(sizeof(Stage), alignof(Stage)))
                        Stage(std::forward<Arguments>(arguments)...));
  }
};

/// The stage of a Pixel op; null where the op does nothing (Hsv on grey) or is not computed here (Normalize
/// belongs to the writer). One factory per family, each in its own file of stages/; op_families.h says whose
/// is which. Only the tone family's stages are tables.
StagePtr make_stage(const Op& op, const StageContext& context);

StagePtr tone_stage(const Op& op, const StageContext& context);
StagePtr color_stage(const Op& op, const StageContext& context);
StagePtr noise_stage(const Op& op, const StageContext& context);
StagePtr cover_stage(const Op& op, const StageContext& context);
StagePtr light_stage(const Op& op, const StageContext& context);
StagePtr weather_stage(const Op& op, const StageContext& context);

/// Numbers that a scratch row has room for beyond its width: whole vectors may be written.
inline constexpr std::size_t kScratchPadding = 16;

/// A row of floats for a stage's own use, one per `slot` (0 to 3) and thread; undefined content.
float* scratch_row(int slot, int width);

}  // namespace doppel::augment
