// The environment of the file system's unit tests: counted memory that can run out, a settable
// clock, and the machine's futexes so that threads really wait.
#pragma once

#include <fs/namespace.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace hermit::fs::test {

struct Counters {
    std::int64_t objects = 0;
    std::int64_t pages = 0;
    std::int64_t object_limit = INT64_MAX;
    std::int64_t page_limit = INT64_MAX;
    std::uint64_t time_ns = 1'000'000'000;
};
Counters& counters();

/// Sets the environment up and checks at the end that all memory was given back.
class FileSystemTest : public ::testing::Test {
  protected:
    void SetUp() override;
    void TearDown() override;
};

/// With an empty tree but for /dev, as a test wants it.
class NamespaceTest : public FileSystemTest {
  protected:
    void SetUp() override;
    void TearDown() override;

    Ref<Descriptor> open(const char* path, OpenOptions options, Mode mode = 0644);
    Ref<Descriptor> create(const char* path);
    void make_directory(const char* path);
    bool exists(const char* path);
    std::string current();

    Namespace* names_ = nullptr;
};

OpenOptions reading();
OpenOptions creating();

std::string contents(Descriptor& descriptor);
void put(Descriptor& descriptor, const std::string& text);

} // namespace hermit::fs::test

#define EXPECT_ERROR(expression, expected)                                                         \
    do {                                                                                           \
        auto&& outcome = (expression);                                                             \
        EXPECT_FALSE(static_cast<bool>(outcome)) << #expression;                                   \
        if (!outcome) {                                                                            \
            EXPECT_EQ(outcome.error().code, expected) << #expression;                              \
        }                                                                                          \
    } while (false)
#define EXPECT_OK(expression) EXPECT_TRUE(static_cast<bool>(expression)) << #expression
