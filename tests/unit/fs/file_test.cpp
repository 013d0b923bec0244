#include "support.hpp"

#include <fs/page_tree.hpp>

#include <thread>
#include <vector>

namespace hermit::fs {
namespace {

using FileTest = test::NamespaceTest;
using test::contents;
using test::put;

TEST_F(FileTest, PositionMoves) {
    const auto file = create("/f");
    put(*file, "hello world");
    EXPECT_EQ(*file->seek(-5, Whence::kEnd), 6u);
    char text[20] = {};
    EXPECT_EQ(*file->read(text, sizeof(text)), 5u);
    EXPECT_STREQ(text, "world");
    EXPECT_EQ(*file->read(text, sizeof(text)), 0u);
    EXPECT_EQ(*file->seek(-1, Whence::kCurrent), 10u);
    EXPECT_ERROR(file->seek(-11, Whence::kCurrent), Errc::kInvalidArgument);
    EXPECT_ERROR(file->seek(INT64_MAX, Whence::kEnd), Errc::kOverflow);
    EXPECT_EQ(*file->seek(0, Whence::kCurrent), 10u);
}

TEST_F(FileTest, HoleBehindTheEnd) {
    const auto file = create("/f");
    put(*file, "ab");
    EXPECT_OK(file->seek(5, Whence::kStart));
    put(*file, "c");
    EXPECT_EQ(contents(*file), std::string("ab\0\0\0c", 6));
}

TEST_F(FileTest, TruncateAndExtend) {
    const auto file = create("/f");
    put(*file, "abcdef");
    EXPECT_OK(file->resize(2));
    EXPECT_OK(file->resize(4));
    EXPECT_EQ(contents(*file), std::string("ab\0\0", 4));
    EXPECT_ERROR(file->resize(PageTree::kMaxBytes + 1), Errc::kFileTooLarge);
    auto options = test::creating();
    options.truncate = true;
    open("/f", options);
    EXPECT_EQ(file->attributes()->size, 0u);
    EXPECT_ERROR(open("/f", test::reading())->resize(1), Errc::kInvalidArgument);
}

TEST_F(FileTest, AppendWritesAtTheEnd) {
    const auto file = create("/f");
    auto options = test::creating();
    options.append = true;
    const auto log = open("/f", options);
    put(*log, "1");
    put(*file, "AB");
    put(*log, "2");
    EXPECT_EQ(contents(*file), "AB2");
    EXPECT_EQ(*log->seek(0, Whence::kCurrent), 3u);
    log->set_status(false, false);
    EXPECT_OK(log->seek(0, Whence::kStart));
    put(*log, "x");
    EXPECT_EQ(contents(*file), "xB2");
}

TEST_F(FileTest, AccessModes) {
    create("/f");
    auto options = test::reading();
    const auto reader = open("/f", options);
    EXPECT_ERROR(reader->write("x", 1), Errc::kBadDescriptor);
    EXPECT_ERROR(reader->write_at(0, "x", 1), Errc::kBadDescriptor);
    options.read = false;
    options.write = true;
    char byte;
    EXPECT_ERROR(open("/f", options)->read(&byte, 1), Errc::kBadDescriptor);
    const auto root = open("/", test::reading());
    EXPECT_ERROR(root->read(&byte, 1), Errc::kIsDirectory);
    EXPECT_ERROR(root->write(&byte, 1), Errc::kBadDescriptor);
}

TEST_F(FileTest, FullMemory) {
    const auto file = create("/f");
    const std::vector<char> data(3 * kPageBytes, 'd');
    test::counters().page_limit = 3;
    EXPECT_EQ(*file->write(data.data(), data.size()), 2 * kPageBytes);
    EXPECT_ERROR(file->write(data.data(), data.size()), Errc::kNoSpace);
    EXPECT_EQ(file->attributes()->size, 2 * kPageBytes);
    EXPECT_EQ(*file->write(data.data(), 0), 0u);
}

TEST_F(FileTest, ReservedRangesCannotFail) {
    const auto file = create("/f");
    EXPECT_OK(file->node()->reserve(kPageBytes - 1, kPageBytes));
    EXPECT_EQ(file->attributes()->size, 2 * kPageBytes - 1);
    test::counters().page_limit = test::counters().pages;
    const std::vector<char> data(kPageBytes, 'd');
    EXPECT_EQ(*file->write_at(kPageBytes - 1, data.data(), kPageBytes), kPageBytes);
    EXPECT_ERROR(file->node()->reserve(kPageBytes, 10 * kPageBytes), Errc::kNoSpace);
    EXPECT_ERROR((*names_->find(nullptr, "/"))->reserve(0, 1), Errc::kInvalidArgument);
}

TEST_F(FileTest, Times) {
    auto& now = test::counters().time_ns;
    now = 10;
    const auto file = create("/f");
    now = 20;
    put(*file, "x");
    EXPECT_EQ(file->attributes()->modified_ns, 20);
    EXPECT_EQ(file->attributes()->accessed_ns, 10);
    now = 30;
    contents(*file);
    EXPECT_EQ(file->attributes()->accessed_ns, 30);
    EXPECT_EQ(file->attributes()->modified_ns, 20);
    now = 40;
    file->node()->set_permissions(0600);
    EXPECT_EQ(file->attributes()->changed_ns, 40);
    EXPECT_EQ(file->attributes()->mode, kTypeRegular | 0600);
    file->node()->set_times(kTimeOmitted, 7);
    EXPECT_EQ(file->attributes()->accessed_ns, 30);
    EXPECT_EQ(file->attributes()->modified_ns, 7);
    now = 50;
    create("/g");
    EXPECT_EQ((*names_->find(nullptr, "/"))->attributes().modified_ns, 50);
}

TEST_F(FileTest, ThreadsAppendWholeRecords) {
    auto options = test::creating();
    options.append = true;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            const auto file = open("/log", options);
            const std::string record(7, static_cast<char>('a' + t));
            for (int i = 0; i < 1000; ++i) {
                put(*file, record);
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    const std::string all = contents(*open("/log", test::reading()));
    ASSERT_EQ(all.size(), 4 * 1000 * 7u);
    for (std::size_t i = 0; i < all.size(); i += 7) {
        EXPECT_EQ(all.substr(i, 7), std::string(7, all[i]));
    }
}

} // namespace
} // namespace hermit::fs
