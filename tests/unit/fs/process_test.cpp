#include "support.hpp"

#include <fs/process.hpp>

namespace hermit::fs {
namespace {

class Recorder final : public ConsoleSink {
  public:
    void write(const char* bytes, std::size_t count) override { text.append(bytes, count); }
    std::string text;
};

/// The process is made once and never taken down, so one test checks it all.
TEST(Process, StandardStreamsAndDevices) {
    static Recorder output;
    static Recorder error;
    class Setup : public test::FileSystemTest {
      public:
        using FileSystemTest::SetUp;
        void TestBody() override {}
    } setup;
    setup.SetUp();
    ASSERT_TRUE(initialize(output, error));

    char bytes[4] = {1, 2, 3, 4};
    EXPECT_EQ(*(*descriptors().get(0))->read(bytes, 4), 0u);
    EXPECT_ERROR((*descriptors().get(0))->write("x", 1), Errc::kBadDescriptor);
    EXPECT_EQ(*(*descriptors().get(1))->write("out", 3), 3u);
    EXPECT_EQ(*(*descriptors().get(2))->write("err", 3), 3u);
    EXPECT_EQ(output.text, "out");
    EXPECT_EQ(error.text, "err");
    EXPECT_ERROR((*descriptors().get(1))->seek(0, Whence::kCurrent), Errc::kNotSeekable);
    EXPECT_EQ((*descriptors().get(1))->attributes()->mode & kTypeMask, kTypeCharacter);
    EXPECT_FALSE((*descriptors().get(1))->is_terminal());

    const auto open = [](const char* path) {
        auto options = test::creating();
        options.create = false;
        options.truncate = true;
        return *names().open(nullptr, path, options, 0);
    };
    EXPECT_EQ(*open("/dev/null")->read(bytes, 4), 0u);
    EXPECT_EQ(*open("/dev/null")->write(bytes, 4), 4u);
    EXPECT_EQ(*open("/dev/null")->seek(100, Whence::kStart), 0u);
    EXPECT_EQ(*open("/dev/zero")->read(bytes, 4), 4u);
    EXPECT_EQ(bytes[3], 0);
    EXPECT_ERROR(open("/dev/full")->write(bytes, 4), Errc::kNoSpace);
    EXPECT_EQ(*open("/dev/urandom")->read(bytes, 4), 4u);
    EXPECT_EQ(bytes[0], 0x42);
    EXPECT_EQ(*open("/dev/tty")->write("!", 1), 1u);
    EXPECT_EQ(output.text, "out!");
    EXPECT_EQ((*names().find(nullptr, "/tmp"))->attributes().mode, kTypeDirectory | 01777);
}

} // namespace
} // namespace hermit::fs
