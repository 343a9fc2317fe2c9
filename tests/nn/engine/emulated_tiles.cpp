// Written by Intel's Software Developer's Manual, volume 2: TILELOADD, TDPBF16PS and the others.
#include "emulated_tiles.h"

#include <signal.h>
#include <ucontext.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "engine/cpu_isa.h"

namespace doppel::nn::engine {
namespace {

struct Tiles {
  bool configured = false;
  std::uint8_t rows[8] = {};
  std::uint16_t line_bytes[8] = {};
  alignas(64) unsigned char lines[8][16][64] = {};
};
thread_local Tiles tiles;
struct sigaction before;

/// An instruction with a VEX prefix of three bytes, of the map that has the tiles'.
struct Instruction {
  int opcode, prefix;     ///< `prefix`: 0 none, 1 66, 2 F3, 3 F2
  int reg, rm, third;     ///< tiles, where there is no memory
  unsigned char* base;    ///< of memory; null: there is none
  std::ptrdiff_t stride;  ///< the index register times its scale
  const unsigned char* next;
};

long long register_of(const ucontext_t& context, int number) {
  constexpr int kPlaces[] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                             REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
  return context.uc_mcontext.gregs[kPlaces[number]];
}

/// Fills in memory's place, from the byte after ModRM on.
void read_place(const ucontext_t& context, int mod, int rm, bool high_base, bool high_index,
                const unsigned char* at, Instruction& made) {
  long long place = 0;
  bool has_base = true;
  int base = rm;
  if (rm == 4) {
    const int sib = *at++, index = (sib >> 3 & 7) | (high_index ? 8 : 0);
    base = sib & 7;
    if (index != 4) made.stride = register_of(context, index) << (sib >> 6);
    has_base = !(mod == 0 && base == 5);
  }
  const bool by_next = mod == 0 && rm == 5;
  if (has_base && !by_next) place = register_of(context, base | (high_base ? 8 : 0));
  if (mod == 1) {
    place += static_cast<signed char>(*at++);
  } else if (mod == 2 || by_next || !has_base) {
    std::int32_t far;
    std::memcpy(&far, at, sizeof(far));
    at += sizeof(far);
    place += far;
  }
  made.next = at;
  if (by_next) place += reinterpret_cast<long long>(at);
  made.base = reinterpret_cast<unsigned char*>(place);
}

bool read(const ucontext_t& context, Instruction& made) {
  const auto* at = reinterpret_cast<const unsigned char*>(context.uc_mcontext.gregs[REG_RIP]);
  constexpr int kVex = 0xc4, kMap = 2;
  if (at[0] != kVex || (at[1] & 0x1f) != kMap || (at[2] & 0x84) != 0) return false;
  const int modrm = at[4];
  made = {at[3], at[2] & 3, modrm >> 3 & 7, modrm & 7, ~(at[2] >> 3) & 7, nullptr, 0, at + 5};
  if (modrm >> 6 != 3)
    read_place(context, modrm >> 6, modrm & 7, (at[1] & 0x20) == 0, (at[1] & 0x40) == 0, at + 5, made);
  return true;
}

void configure(const unsigned char* memory) {
  tiles = {};
  tiles.configured = memory[0] == 1;
  std::memcpy(tiles.line_bytes, memory + 16, sizeof(tiles.line_bytes));
  std::memcpy(tiles.rows, memory + 48, sizeof(tiles.rows));
}

void move(const Instruction& i, bool load) {
  for (int row = 0; row < tiles.rows[i.reg]; ++row) {
    unsigned char *line = tiles.lines[i.reg][row], *memory = i.base + row * i.stride;
    if (load)
      std::memcpy(line, memory, tiles.line_bytes[i.reg]);
    else
      std::memcpy(memory, line, tiles.line_bytes[i.reg]);
  }
}

float upper_half(const unsigned char* number) {
  std::uint16_t bits;
  std::memcpy(&bits, number, sizeof(bits));
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

/// Even and odd places of a line are added up apart, and both to the sum at the end.
void add_product(int sums, int left, int right) {
  for (int m = 0; m < tiles.rows[sums]; ++m)
    for (int n = 0; n < tiles.line_bytes[sums] / 4; ++n) {
      float even = 0, odd = 0, sum;
      for (int k = 0; k < tiles.line_bytes[left] / 4; ++k) {
        const unsigned char *a = tiles.lines[left][m] + 4 * k, *b = tiles.lines[right][k] + 4 * n;
        even += upper_half(a) * upper_half(b);
        odd += upper_half(a + 2) * upper_half(b + 2);
      }
      std::memcpy(&sum, tiles.lines[sums][m] + 4 * n, sizeof(sum));
      sum += even + odd;
      std::memcpy(tiles.lines[sums][m] + 4 * n, &sum, sizeof(sum));
    }
}

/// False where it is none of theirs, or the tiles aren't configured.
bool execute(const Instruction& i) {
  constexpr int kConfigure = 0x49, kMove = 0x4b, kProduct = 0x5c;
  constexpr int kNone = 0, kStore = 2, kLoad = 3;
  if (i.opcode == kConfigure && i.prefix == kNone) {
    if (i.base)
      configure(i.base);
    else
      tiles = {};
    return true;
  }
  if (!tiles.configured) return false;
  if (i.opcode == kConfigure && i.prefix == kLoad && !i.base)
    std::memset(tiles.lines[i.reg], 0, sizeof(tiles.lines[i.reg]));
  else if (i.opcode == kMove && i.base && (i.prefix == kLoad || i.prefix == kStore))
    move(i, i.prefix == kLoad);
  else if (i.opcode == kProduct && i.prefix == kStore && !i.base)
    add_product(i.reg, i.rm, i.third);
  else
    return false;
  return true;
}

void handle(int, siginfo_t*, void* where) {
  auto& context = *static_cast<ucontext_t*>(where);
  Instruction instruction;
  if (read(context, instruction) && execute(instruction))
    context.uc_mcontext.gregs[REG_RIP] = reinterpret_cast<long long>(instruction.next);
  else
    sigaction(SIGILL, &before, nullptr);  // and it is raised again
}

}  // namespace

EmulatedTiles::EmulatedTiles() : emulates_(!multiplies_tiles()) {
  struct sigaction action = {};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO;
  if (emulates_) sigaction(SIGILL, &action, &before);
}

EmulatedTiles::~EmulatedTiles() {
  if (emulates_) sigaction(SIGILL, &before, nullptr);
}

}  // namespace doppel::nn::engine
