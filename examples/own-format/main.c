// Calls layer.mlir, compiled as `layer`, and prints all results. Each code must be the real value,
// rounded as its profile says.

#include <math.h>
#include <stdint.h>
#include <stdio.h>

enum { inputs = 9 * 13, results = 9 * 21 };

// Inputs, results, and memory for values in between: nnq.arena_bytes on the lowered function says
// how much.
void layer_run(const uint8_t *x, uint8_t *even, uint8_t *towardZero, float *real, void *arena);

static _Alignas(64) char arena[1024];

static int quantize(double rounded) {
  double code = rounded + 120;
  return code < 0 ? 0 : code > 255 ? 255 : (int)code;
}

int main(void) {
  uint8_t x[inputs], even[results], towardZero[results];
  float real[results];
  for (int i = 0; i < inputs; ++i)
    x[i] = (uint8_t)(i * 2654435761u >> 16);
  layer_run(x, even, towardZero, real, arena);

  int wrong = 0, differ = 0;
  for (int i = 0; i < results; ++i) {
    double scaled = real[i] / 8.0;
    wrong += even[i] != quantize(rint(scaled));
    wrong += towardZero[i] != quantize(trunc(scaled));
    differ += even[i] != towardZero[i];
    printf("%g: %d %d\n", real[i], even[i], towardZero[i]);
  }
  printf("%d codes, %d changed by the profile, %d wrong\n", 2 * results, differ, wrong);
  return wrong != 0;
}
