/* Threads for compiled models: a parallel-for to pass to NAME_run_parallel. C, POSIX threads,
 * nothing else.
 *
 * A program that has threads of its own passes its own parallel-for instead; then it needs nothing
 * of this. */

#ifndef NNQ_RUNTIME_THREADPOOL_H
#define NNQ_RUNTIME_THREADPOOL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef NNQ_PARALLEL_FOR
#define NNQ_PARALLEL_FOR
/** Does the iterations begin <= i < end. */
typedef void (*nnq_task)(void *args, int64_t begin, int64_t end);
/** Calls `task` so that each of the iterations 0 <= i < count is done once, from any threads in any
 * order, and returns when all are. */
typedef void (*nnq_parallel_for)(void *pool, nnq_task task, void *args, int64_t count);
#endif

typedef struct nnq_pool nnq_pool;

/** A pool in which at most `threads` threads work, the calling one included: threads - 1 are
 * started, or fewer if the system refuses. They take no signals. NULL: out of memory. */
nnq_pool *nnq_pool_create(int threads);

/** The threads that work, the calling one included; 1 for NULL. */
int nnq_pool_threads(const nnq_pool *pool);

/** An nnq_parallel_for. The calling thread works too and returns when all is done; idle threads
 * watch for work for some microseconds, then sleep. A thread that comes late is not waited for. One
 * call at a time for each pool, and none from inside a task. A pool of NULL does all on the calling
 * thread. */
void nnq_pool_parallel_for(void *pool, nnq_task task, void *args, int64_t count);

/** Ends the threads and frees the pool. Nothing may be running on it. */
void nnq_pool_destroy(nnq_pool *pool);

#ifdef __cplusplus
}
#endif

#endif
