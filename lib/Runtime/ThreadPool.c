/* The pool: one number says which job is open and how many threads are in it, one counter hands out
 * its iterations.
 *
 * A job is open while its caller hands out iterations. Threads enter an open job and leave it when
 * no iterations are left. The caller works like the rest, then closes the job and waits for those
 * inside; one that the system has not scheduled meanwhile never entered, and is not missed. */

#define _POSIX_C_SOURCE 200809L /* C11 alone knows no signal masks. */

#include "nnq/Runtime/ThreadPool.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

/* The state: number of the job, whether it is open, threads inside other than the caller. */
#define INSIDE UINT64_C(0x7fffffff)
#define OPEN UINT64_C(0x80000000)
#define JOB_SHIFT 32

/* Looks at a number before going to sleep: some ten microseconds, longer than the gap between two
 * layers. */
enum { SPINS = 2000 };

/* Pieces per thread. More balance better, fewer keep neighbouring iterations on one core. */
enum { PIECES = 8 };

struct nnq_pool {
  /* Of the open job. Written before it opens, read inside. */
  nnq_task task;
  void *args;
  int64_t count, piece;

  _Alignas(64) _Atomic uint64_t state;
  _Alignas(64) _Atomic int64_t next; /* the first iteration not handed out */

  /* Sleepers look at the state once more after they said that they sleep, and wakers change it
   * before they look for sleepers. */
  _Alignas(64) atomic_int idle;
  atomic_bool caller_sleeps, stop;
  pthread_mutex_t mutex;
  pthread_cond_t work, done;

  int workers;
  pthread_t threads[];
};

static void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("isb");
#endif
}

static void work(nnq_pool *pool) {
  int64_t count = pool->count, piece = pool->piece;
  for (;;) {
    int64_t begin = atomic_fetch_add_explicit(&pool->next, piece, memory_order_relaxed);
    if (begin >= count)
      return;
    pool->task(pool->args, begin, count - begin < piece ? count : begin + piece);
  }
}

static bool is_new(uint64_t state, uint64_t last_job) {
  return (state & OPEN) && state >> JOB_SHIFT != last_job;
}

/* Waits for a job other than `last_job`, which is left, and enters it. False: the pool ends. */
static bool enter(nnq_pool *pool, uint64_t *last_job) {
  int spins = 0;
  while (!atomic_load(&pool->stop)) {
    uint64_t state = atomic_load(&pool->state);
    if (is_new(state, *last_job)) {
      if (atomic_compare_exchange_weak(&pool->state, &state, state + 1)) {
        *last_job = state >> JOB_SHIFT;
        return true;
      }
    } else if (spins++ < SPINS) {
      relax();
    } else {
      pthread_mutex_lock(&pool->mutex);
      atomic_fetch_add(&pool->idle, 1);
      while (!is_new(atomic_load(&pool->state), *last_job) && !atomic_load(&pool->stop))
        pthread_cond_wait(&pool->work, &pool->mutex);
      atomic_fetch_sub(&pool->idle, 1);
      pthread_mutex_unlock(&pool->mutex);
      spins = 0;
    }
  }
  return false;
}

static void leave(nnq_pool *pool) {
  uint64_t left = atomic_fetch_sub(&pool->state, 1) - 1;
  if ((left & (OPEN | INSIDE)) == 0 && atomic_load(&pool->caller_sleeps)) {
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_signal(&pool->done);
    pthread_mutex_unlock(&pool->mutex);
  }
}

static void *run_worker(void *argument) {
  nnq_pool *pool = argument;
  uint64_t last_job = 0; /* the first job is 1 */
  while (enter(pool, &last_job)) {
    work(pool);
    leave(pool);
  }
  return NULL;
}

static void wait_until_empty(nnq_pool *pool) {
  for (int spins = 0; spins < SPINS; ++spins) {
    if ((atomic_load(&pool->state) & INSIDE) == 0)
      return;
    relax();
  }
  pthread_mutex_lock(&pool->mutex);
  atomic_store(&pool->caller_sleeps, true);
  while ((atomic_load(&pool->state) & INSIDE) != 0)
    pthread_cond_wait(&pool->done, &pool->mutex);
  atomic_store(&pool->caller_sleeps, false);
  pthread_mutex_unlock(&pool->mutex);
}

nnq_pool *nnq_pool_create(int threads) {
  int wanted = threads > 1 ? threads - 1 : 0;
  size_t size = sizeof(nnq_pool) + (size_t)wanted * sizeof(pthread_t);
  nnq_pool *pool = aligned_alloc(64, (size + 63) / 64 * 64);
  if (!pool)
    return NULL;
  atomic_init(&pool->state, 0);
  atomic_init(&pool->next, 0);
  atomic_init(&pool->idle, 0);
  atomic_init(&pool->caller_sleeps, false);
  atomic_init(&pool->stop, false);
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->work, NULL);
  pthread_cond_init(&pool->done, NULL);
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (pool->workers = 0; pool->workers < wanted; ++pool->workers)
    if (pthread_create(&pool->threads[pool->workers], NULL, run_worker, pool) != 0)
      break;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return pool;
}

int nnq_pool_threads(const nnq_pool *pool) { return pool ? pool->workers + 1 : 1; }

void nnq_pool_parallel_for(void *opaque, nnq_task task, void *args, int64_t count) {
  nnq_pool *pool = opaque;
  if (count <= 0)
    return;
  if (!pool || pool->workers == 0 || count == 1) {
    task(args, 0, count);
    return;
  }
  int64_t pieces = (int64_t)(pool->workers + 1) * PIECES;
  pool->task = task;
  pool->args = args;
  pool->count = count;
  pool->piece = (count - 1) / pieces + 1;
  atomic_store_explicit(&pool->next, 0, memory_order_relaxed);
  uint64_t job = (uint32_t)(atomic_load(&pool->state) >> JOB_SHIFT) + UINT64_C(1);
  atomic_store(&pool->state, (job << JOB_SHIFT) | OPEN);
  if (atomic_load(&pool->idle) > 0) {
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->mutex);
  }
  work(pool);
  atomic_fetch_and(&pool->state, ~OPEN);
  wait_until_empty(pool);
}

void nnq_pool_destroy(nnq_pool *pool) {
  if (!pool)
    return;
  pthread_mutex_lock(&pool->mutex);
  atomic_store(&pool->stop, true);
  pthread_cond_broadcast(&pool->work);
  pthread_mutex_unlock(&pool->mutex);
  for (int i = 0; i < pool->workers; ++i)
    pthread_join(pool->threads[i], NULL);
  pthread_cond_destroy(&pool->work);
  pthread_cond_destroy(&pool->done);
  pthread_mutex_destroy(&pool->mutex);
  free(pool);
}
