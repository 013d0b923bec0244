#include "support.hpp"

namespace hermit::fs {
namespace {

class PathTest : public test::NamespaceTest {
  protected:
    void SetUp() override {
        NamespaceTest::SetUp();
        make_directory("/a");
        make_directory("/a/b");
        create("/a/file");
    }
    void link(const char* target, const char* path) {
        EXPECT_OK(names_->make_symlink(target, nullptr, path));
    }
    std::string absolute(const char* path) {
        char text[kMaxPath];
        auto length = names_->absolute_path(path, text, sizeof(text));
        return length ? std::string{text, *length} : std::string{"(error)"};
    }
    Result<Ref<Node>> find(const char* path, LastLink last = LastLink::kFollow) {
        return names_->find(nullptr, path, last);
    }
};

TEST_F(PathTest, DotsAndSlashes) {
    EXPECT_EQ(absolute("/"), "/");
    EXPECT_EQ(absolute("//"), "/");
    EXPECT_EQ(absolute("/.."), "/");
    EXPECT_EQ(absolute("//a///b//"), "/a/b");
    EXPECT_EQ(absolute("/a/./b/../file"), "/a/file");
    EXPECT_EQ(absolute("a/b/.."), "/a");
    EXPECT_EQ(absolute("."), "/");
}

TEST_F(PathTest, Errors) {
    EXPECT_ERROR(find(""), Errc::kNotFound);
    EXPECT_ERROR(find("/missing"), Errc::kNotFound);
    EXPECT_ERROR(find("/missing/more"), Errc::kNotFound);
    EXPECT_ERROR(find("/a/file/more"), Errc::kNotDirectory);
    EXPECT_ERROR(find("/a/file/"), Errc::kNotDirectory);
    EXPECT_ERROR(find("/a/file/."), Errc::kNotDirectory);
    EXPECT_ERROR(find("/a/file/.."), Errc::kNotDirectory);
    EXPECT_ERROR(find(std::string(256, 'n').c_str()), Errc::kNameTooLong);
    EXPECT_ERROR(find(std::string(255, 'n').c_str()), Errc::kNotFound);
    std::string path;
    while (path.size() < 4094) {
        path += "./";
    }
    EXPECT_OK(find((path + ".").c_str()));
    EXPECT_ERROR(find((path + "./").c_str()), Errc::kNameTooLong);
}

TEST_F(PathTest, FollowsLinks) {
    link("/a", "/absolute");
    link("b/../file", "/a/relative");
    link("absolute/b", "/chain");
    EXPECT_EQ(absolute("/absolute/b"), "/a/b");
    EXPECT_EQ(absolute("/a/relative"), "/a/file");
    EXPECT_EQ(absolute("/chain/.."), "/a");
    EXPECT_TRUE((*find("/chain", LastLink::kKeep))->is_symlink());
    EXPECT_TRUE((*find("/chain/", LastLink::kKeep))->is_directory());
    EXPECT_ERROR(find("/a/relative/"), Errc::kNotDirectory);
}

TEST_F(PathTest, LinkLimit) {
    link("loop", "/loop");
    EXPECT_ERROR(find("/loop"), Errc::kTooManySymlinks);
    EXPECT_OK(find("/loop", LastLink::kKeep));
    link("/a/file", "/l0");
    for (int i = 1; i <= 40; ++i) {
        link(("l" + std::to_string(i - 1)).c_str(), ("/l" + std::to_string(i)).c_str());
    }
    EXPECT_OK(find("/l39")); // forty links
    EXPECT_ERROR(find("/l40"), Errc::kTooManySymlinks);
}

TEST_F(PathTest, RemovedCurrentDirectory) {
    EXPECT_OK(names_->change_directory(*find("/a/b")));
    EXPECT_EQ(current(), "/a/b");
    EXPECT_OK(names_->remove_directory(nullptr, "/a/b"));
    EXPECT_OK(find("."));
    EXPECT_ERROR(find(".."), Errc::kNotFound);
    EXPECT_ERROR(names_->open(nullptr, "new", test::creating(), 0644), Errc::kNotFound);
    char path[10];
    EXPECT_ERROR(names_->current_directory(path, sizeof(path)), Errc::kNotFound);
}

TEST_F(PathTest, CurrentDirectoryNeedsRoom) {
    char path[5];
    EXPECT_OK(names_->change_directory(*find("/a/b")));
    EXPECT_ERROR(names_->current_directory(path, 4), Errc::kOverflow);
    auto length = names_->current_directory(path, 5);
    ASSERT_TRUE(length);
    EXPECT_EQ(*length, 4u);
    EXPECT_STREQ(path, "/a/b");
    EXPECT_OK(names_->change_directory(*find("/")));
    EXPECT_ERROR(names_->current_directory(path, 1), Errc::kOverflow);
    ASSERT_TRUE(names_->current_directory(path, 2));
    EXPECT_STREQ(path, "/");
}

TEST_F(PathTest, StartsAtABase) {
    const Ref<Node> base = *find("/a");
    EXPECT_OK(names_->find(base.get(), "file"));
    EXPECT_OK(names_->find(base.get(), "/a/file"));
    EXPECT_ERROR(names_->find(find("/a/file")->get(), "x"), Errc::kNotDirectory);
    EXPECT_OK(names_->find(find("/a/file")->get(), "/a"));
}

} // namespace
} // namespace hermit::fs
