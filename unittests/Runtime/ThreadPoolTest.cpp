// The pool: every iteration once, for any number of threads, and under many short jobs.

#include "nnq/Runtime/ThreadPool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace {

struct DestroyPool {
  void operator()(nnq_pool *pool) const { nnq_pool_destroy(pool); }
};
using Pool = std::unique_ptr<nnq_pool, DestroyPool>;

/// Counts how often each iteration is done.
struct Counts {
  explicit Counts(int64_t size) : done(size) {}

  static void add(void *self, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      static_cast<Counts *>(self)->done[i].fetch_add(1, std::memory_order_relaxed);
  }
  bool all(int times) const {
    for (const std::atomic<int> &count : done)
      if (count != times)
        return false;
    return true;
  }

  std::vector<std::atomic<int>> done;
};

class ThreadPool : public testing::TestWithParam<int> {};

TEST_P(ThreadPool, DoesEachIterationOnce) {
  Pool pool(nnq_pool_create(GetParam()));
  for (int64_t count : {1, 2, 3, 7, 64, 1000}) {
    Counts counts(count);
    nnq_pool_parallel_for(pool.get(), Counts::add, &counts, count);
    EXPECT_TRUE(counts.all(1)) << count;
  }
}

TEST_P(ThreadPool, IsDoneWhenItReturns) {
  Pool pool(nnq_pool_create(GetParam()));
  Counts counts(5);
  for (int round = 1; round <= 20000; ++round) {
    nnq_pool_parallel_for(pool.get(), Counts::add, &counts, 5);
    ASSERT_TRUE(counts.all(round)) << round;
  }
}

TEST_P(ThreadPool, WakesThreadsThatSleep) {
  Pool pool(nnq_pool_create(GetParam()));
  Counts counts(64);
  for (int round = 1; round <= 20; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    nnq_pool_parallel_for(pool.get(), Counts::add, &counts, 64);
    ASSERT_TRUE(counts.all(round));
  }
}

INSTANTIATE_TEST_SUITE_P(Threads, ThreadPool, testing::Values(0, 1, 2, 3, 8));

TEST(ThreadPool, UsesAllThreads) {
  constexpr int threads = 3;
  Pool pool(nnq_pool_create(threads));
  ASSERT_EQ(nnq_pool_threads(pool.get()), threads);
  // Each iteration waits until as many are under way as there are threads.
  std::atomic<int> arrived{0};
  auto wait = [](void *arrived, int64_t begin, int64_t end) {
    auto &count = *static_cast<std::atomic<int> *>(arrived);
    for (count += int(end - begin); count < threads;)
      std::this_thread::yield();
  };
  nnq_pool_parallel_for(pool.get(), wait, &arrived, threads);
  EXPECT_EQ(arrived, threads);
}

TEST(ThreadPool, DoesNothingForNoIterations) {
  Pool pool(nnq_pool_create(2));
  auto fail = [](void *, int64_t, int64_t) { FAIL(); };
  nnq_pool_parallel_for(pool.get(), fail, nullptr, 0);
}

TEST(ThreadPool, RunsOnTheCallerWithoutAPool) {
  Counts counts(10);
  nnq_pool_parallel_for(nullptr, Counts::add, &counts, 10);
  EXPECT_TRUE(counts.all(1));
  EXPECT_EQ(nnq_pool_threads(nullptr), 1);
  nnq_pool_destroy(nullptr);
}

TEST(ThreadPool, IsDestroyedWhileItsThreadsStart) {
  for (int round = 0; round < 200; ++round)
    Pool(nnq_pool_create(4));
}

TEST(ThreadPool, RunsBesideAnotherPool) {
  auto run = [] {
    Pool pool(nnq_pool_create(3));
    Counts counts(100);
    for (int round = 1; round <= 2000; ++round)
      nnq_pool_parallel_for(pool.get(), Counts::add, &counts, 100);
    EXPECT_TRUE(counts.all(2000));
  };
  std::thread other(run);
  run();
  other.join();
}

} // namespace
