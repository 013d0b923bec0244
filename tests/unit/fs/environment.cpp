#include "support.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>

namespace hermit::fs::test {
namespace {

std::mutex counting;

void* allocate(std::size_t bytes) {
    const std::lock_guard guard{counting};
    if (counters().objects >= counters().object_limit) {
        return nullptr;
    }
    ++counters().objects;
    return std::malloc(bytes);
}

void release(void* block) {
    const std::lock_guard guard{counting};
    counters().objects -= block != nullptr ? 1 : 0;
    std::free(block);
}

void* allocate_page() {
    const std::lock_guard guard{counting};
    if (counters().pages >= counters().page_limit) {
        return nullptr;
    }
    ++counters().pages;
    void* const page = std::aligned_alloc(kPageBytes, kPageBytes);
    std::memset(page, 0xA5, kPageBytes); // frames come with old contents
    return page;
}

void release_page(void* page) {
    const std::lock_guard guard{counting};
    --counters().pages;
    std::free(page);
}

void wait(const std::uint32_t* word, std::uint32_t expected) {
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, nullptr, nullptr, 0);
}
void wake(const std::uint32_t* word, unsigned count) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}
std::uint64_t realtime_ns() { return counters().time_ns; }
void fill_random(void* bytes, std::size_t count) { std::memset(bytes, 0x42, count); }
MemoryFigures memory() { return {1 << 20, 1 << 19}; }

} // namespace

Counters& counters() {
    static Counters the_counters;
    return the_counters;
}

void FileSystemTest::SetUp() {
    counters() = {};
    set_environment({allocate, release, allocate_page, release_page, wait, wake, realtime_ns,
                     fill_random, memory});
}

void FileSystemTest::TearDown() {
    EXPECT_EQ(counters().objects, 0);
    EXPECT_EQ(counters().pages, 0);
}

void NamespaceTest::SetUp() {
    FileSystemTest::SetUp();
    names_ = new Namespace;
    ASSERT_TRUE(names_->initialize());
}

void NamespaceTest::TearDown() {
    delete names_;
    FileSystemTest::TearDown();
}

Ref<Descriptor> NamespaceTest::open(const char* path, OpenOptions options, Mode mode) {
    auto descriptor = names_->open(nullptr, path, options, mode);
    EXPECT_TRUE(descriptor) << path;
    return descriptor ? *descriptor : Ref<Descriptor>{};
}
Ref<Descriptor> NamespaceTest::create(const char* path) { return open(path, creating()); }
void NamespaceTest::make_directory(const char* path) {
    EXPECT_OK(names_->make_directory(nullptr, path, 0755));
}
bool NamespaceTest::exists(const char* path) {
    return static_cast<bool>(names_->find(nullptr, path, LastLink::kKeep));
}
std::string NamespaceTest::current() {
    char path[kMaxPath];
    auto length = names_->current_directory(path, sizeof(path));
    return length ? std::string{path, *length} : std::string{"(error)"};
}

OpenOptions reading() {
    OpenOptions options;
    options.read = true;
    return options;
}
OpenOptions creating() {
    OpenOptions options;
    options.read = options.write = options.create = true;
    return options;
}

std::string contents(Descriptor& descriptor) {
    std::string all;
    char piece[100];
    std::uint64_t offset = 0;
    while (true) {
        auto count = descriptor.read_at(offset, piece, sizeof(piece));
        if (!count || *count == 0) {
            return all;
        }
        all.append(piece, *count);
        offset += *count;
    }
}

void put(Descriptor& descriptor, const std::string& text) {
    auto count = descriptor.write(text.data(), text.size());
    ASSERT_TRUE(count);
    EXPECT_EQ(*count, text.size());
}

} // namespace hermit::fs::test
