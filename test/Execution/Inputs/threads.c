/* Two threads, each with an arena and results of its own, run one model RUNS times at once; every
 * result must be the first one's. */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern void RUN(const void *in, void *out, void *arena);

static unsigned char in[INPUT_BYTES] __attribute__((aligned(64))),
    want[OUTPUT_BYTES] __attribute__((aligned(64)));

struct Worker {
  unsigned char out[OUTPUT_BYTES] __attribute__((aligned(64)));
  unsigned char arena[ARENA] __attribute__((aligned(64)));
  int wrong;
};

static void *work(void *argument) {
  struct Worker *self = argument;
  for (int i = 0; i < RUNS; ++i) {
    memset(self->out, i, OUTPUT_BYTES);
    RUN(in, self->out, self->arena);
    self->wrong += memcmp(self->out, want, OUTPUT_BYTES) != 0;
  }
  return 0;
}

static struct Worker workers[2];

int main(void) {
  for (int i = 0; i < INPUT_BYTES; ++i)
    in[i] = (unsigned char)(i * 37 + i / 256 * 11);
  RUN(in, want, workers[0].arena);
  pthread_t threads[2];
  for (int i = 0; i < 2; ++i)
    if (pthread_create(&threads[i], 0, work, &workers[i]))
      return 3;
  for (int i = 0; i < 2; ++i)
    pthread_join(threads[i], 0);
  printf("%d and %d of %d runs differ\n", workers[0].wrong, workers[1].wrong, RUNS);
  return workers[0].wrong || workers[1].wrong;
}
