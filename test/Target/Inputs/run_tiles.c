// Runs every tile of one target (-DTARGET="name") on codes of the full range and compares with the
// definition of the product and of the packing. Without a C library, so that any compiler links it
// for any target. Exits with the number of wrong tiles; needs -ffreestanding -nostdlib -static.

#include <stdbool.h>

typedef signed char i8;
typedef unsigned char u8;
typedef short i16;
typedef long index;

#define K 256
#define TILES 2
#define MAX_ROWS (16 * TILES)
#define MAX_OUTPUTS (4 * 16 * TILES)

typedef void Tile(void *x, void *w, void *out);

#define TILE(r, c)                                                                                 \
  extern Tile tile_##r##x##c __attribute__((weak)), nibble_##r##x##c __attribute__((weak)),        \
      crumb_##r##x##c __attribute__((weak)), codebook16_##r##x##c __attribute__((weak)),           \
      codebook4_##r##x##c __attribute__((weak)), sign_##r##x##c __attribute__((weak)),             \
      word_##r##x##c __attribute__((weak));
#define NNQ_DOT(...)
#define NNQ_TARGET(...)
#define NNQ_ROW(target, activation, encoding, dot, channels, tiles) tiles
#include "Targets.def"
#undef TILE

static u8 bytes[MAX_ROWS * K] __attribute__((aligned(64)));
static i16 words[MAX_ROWS * K] __attribute__((aligned(64)));
static i8 weights[MAX_OUTPUTS * K], values[MAX_OUTPUTS * K],
    packed[MAX_OUTPUTS * K] __attribute__((aligned(64)));
static int out[MAX_ROWS * MAX_OUTPUTS] __attribute__((aligned(64)));

static unsigned next(void) {
  static unsigned state = 1;
  state = state * 1664525u + 1013904223u;
  return state >> 24;
}

/// Mostly random, with runs of the extremes, where sums are largest.
static void fill(void) {
  for (index i = 0; i < MAX_ROWS * K; ++i) {
    bytes[i] = (i / K) % 5 == 0 ? 255 : (i / K) % 5 == 1 ? 128 : next();
    words[i] = (i / K) % 5 == 0 ? 32767 : (i / K) % 5 == 1 ? -32768 : (i16)(next() << 8 | next());
  }
  for (index i = 0; i < MAX_OUTPUTS * K; ++i)
    weights[i] = (i / K) % 7 == 0 ? -128 : (i / K) % 7 == 1 ? 127 : (i8)next();
}

enum Kind { Bytes, Nibbles, Crumbs, Codebook16, Codebook4, Signs, Words, Other };

/// The steps that share a byte, and what products come out multiplied by.
static const index stepsOf[] = {1, 2, 4, 2, 4, 8, 1};
static const int factorOf[] = {1, 16, 64, 1, 1, 64, 1};

/// Of a random byte: the bits that are packed, its highest, and the weight that they stand for.
static int codeOf(enum Kind kind, i8 weight) { return (u8)weight >> (8 - 8 / stepsOf[kind]); }

static i8 valueOf(enum Kind kind, i8 weight) {
  static const i8 four[] = {-127, -38, 0, 127};
  int code = codeOf(kind, weight);
  return kind == Codebook16  ? (i8)(8 * code * code - 60 * code - 15)
         : kind == Codebook4 ? four[code]
         : kind == Signs     ? (code ? -1 : 1)
                             : weight >> (8 - 8 / stepsOf[kind]);
}

/// packed(k, col, lane, k0) has weight(col * channels + lane, depth * (steps * k + step) + k0) in bits
/// 8 / steps * step on.
static void pack(enum Kind kind, index outputs, index depth) {
  i8 *to = packed;
  index steps = stepsOf[kind];
  for (index k = 0; k < K / depth; k += steps)
    for (index o = 0; o < outputs; ++o)
      for (index k0 = 0; k0 < depth; ++k0) {
        int byte = 0;
        for (index step = 0; step < steps; ++step)
          byte |= codeOf(kind, weights[o * K + depth * (k + step) + k0]) << 8 / steps * step;
        *to++ = (i8)byte;
      }
}

struct Dot {
  index depth;
  int isUnsigned;
};

#define NNQ_DOT(id, instruction, instructions, lanes, depth, rows, bits, isUnsigned)               \
  static const struct Dot id = {depth, isUnsigned};
#define NNQ_TARGET(...)
#define NNQ_ROW(...)
#include "Targets.def"

static int isWrong(Tile *tile, enum Kind kind, index rows, index columns, struct Dot dot,
                   index channels) {
  index m = rows * TILES, outputs = columns * TILES * channels;
  pack(kind, outputs, dot.depth);
  for (index i = 0; i < outputs * K; ++i)
    values[i] = valueOf(kind, weights[i]);
  tile(kind == Words ? (void *)words : bytes, packed, out);
  for (index i = 0; i < m; ++i)
    for (index o = 0; o < outputs; ++o) {
      int sum = 0;
      for (index k = 0; k < K; ++k) {
        u8 byte = bytes[i * K + k];
        int x = kind == Words ? words[i * K + k] : dot.isUnsigned ? byte : (i8)byte;
        sum += x * values[o * K + k];
      }
      if (out[i * outputs + o] != factorOf[kind] * sum)
        return 1;
    }
  return 0;
}

static bool same(const char *a, const char *b) {
  for (; *a && *a == *b; ++a)
    ++b;
  return *a == *b;
}

static enum Kind kindOf(const char *activation, const char *encoding) {
  bool hasBytes = same(encoding, "bytes");
  if (same(activation, "i16"))
    return hasBytes ? Words : Other;
  if (same(activation, "i8"))
    return hasBytes                       ? Bytes
           : same(encoding, "nibbles")    ? Nibbles
           : same(encoding, "crumbs")     ? Crumbs
           : same(encoding, "codebook16") ? Codebook16
           : same(encoding, "codebook4")  ? Codebook4
           : same(encoding, "signs")      ? Signs
                                          : Other;
  return Other;
}

static int run(void) {
  int wrong = 0;
  fill();
#define NNQ_DOT(...)
#define NNQ_TARGET(...)
#define TILE(r, c)                                                                                 \
  wrong += isWrong(kind == Bytes        ? tile_##r##x##c                                           \
                   : kind == Nibbles    ? nibble_##r##x##c                                         \
                   : kind == Crumbs     ? crumb_##r##x##c                                          \
                   : kind == Codebook16 ? codebook16_##r##x##c                                     \
                   : kind == Codebook4  ? codebook4_##r##x##c                                      \
                   : kind == Signs      ? sign_##r##x##c                                           \
                                        : word_##r##x##c,                                          \
                   kind, r, c, dotProduct, columnChannels);
#define NNQ_ROW(target, activation, encoding, dot, channels, tiles)                                \
  if (same(target, TARGET) && kindOf(#activation, #encoding) != Other) {                           \
    enum Kind kind = kindOf(#activation, #encoding);                                               \
    struct Dot dotProduct = dot;                                                                   \
    index columnChannels = channels;                                                               \
    tiles;                                                                                         \
  }
#include "Targets.def"
  return wrong;
}

static _Noreturn void finish(long code) {
#ifdef __x86_64__
  __asm__ volatile("syscall" ::"a"(60L), "D"(code));
#else
  register long number __asm__("x8") = 93, status __asm__("x0") = code;
  __asm__ volatile("svc 0" ::"r"(number), "r"(status));
#endif
  __builtin_unreachable();
}

#ifdef __x86_64__
__attribute__((force_align_arg_pointer))
#endif
_Noreturn void
_start(void) {
  finish(run());
}
