#include <fs/generated_file.hpp>

#include "support.hpp"

#include <string>

namespace hermit::fs::test {
namespace {

class GeneratedFiles : public FileSystemTest {};

void write_number(TextSink& sink, unsigned subject) { format_to(sink, "number {}\n", subject); }

std::string read_all(Descriptor& file, std::size_t piece) {
    std::string text;
    char buffer[64];
    for (;;) {
        auto done = file.read(buffer, piece);
        EXPECT_TRUE(done);
        if (!done || *done == 0) {
            return text;
        }
        text.append(buffer, *done);
    }
}

TEST_F(GeneratedFiles, SaysWhatTheWriterWrites) {
    Ref<Node> node{new GeneratedFile{write_number, 17}};
    OpenOptions options;
    options.read = true;
    auto file = node->open(options);
    ASSERT_TRUE(file);
    EXPECT_EQ(read_all(**file, 64), "number 17\n");
    EXPECT_EQ(*(*file)->seek(7, Whence::kStart), 7u);
    EXPECT_EQ(read_all(**file, 1), "17\n");
    char digit = 0;
    EXPECT_EQ(*(*file)->read_at(8, &digit, 1), 1u);
    EXPECT_EQ(digit, '7');
    EXPECT_EQ(*(*file)->read_at(100, &digit, 1), 0u);
    EXPECT_FALSE((*file)->seek(-1, Whence::kStart));
}

TEST_F(GeneratedFiles, CannotBeWritten) {
    Ref<Node> node{new GeneratedFile{write_number, 1}};
    OpenOptions options;
    options.write = true;
    auto file = node->open(options);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, Errc::kAccess);
    EXPECT_FALSE(node->resize(0));
}

} // namespace
} // namespace hermit::fs::test
