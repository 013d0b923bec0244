#include "support.hpp"

#include <set>
#include <thread>
#include <vector>

namespace hermit::fs {
namespace {

using test::contents;
using test::put;

class NamesTest : public test::NamespaceTest {
  protected:
    Result<void> rename(const char* from, const char* to) {
        return names_->rename(nullptr, from, nullptr, to);
    }
    Result<void> unlink(const char* path) { return names_->unlink(nullptr, path); }
    Result<void> rmdir(const char* path) { return names_->remove_directory(nullptr, path); }
    Result<void> mkdir(const char* path) { return names_->make_directory(nullptr, path, 0777); }
    Attributes stat(const char* path) { return (*names_->find(nullptr, path))->attributes(); }
};

TEST_F(NamesTest, OpenOptions) {
    auto options = test::creating();
    options.exclusive = true;
    open("/f", options);
    EXPECT_ERROR(names_->open(nullptr, "/f", options, 0), Errc::kExists);
    EXPECT_ERROR(names_->open(nullptr, "/g/", test::creating(), 0), Errc::kIsDirectory);
    EXPECT_ERROR(names_->open(nullptr, "/g", test::reading(), 0), Errc::kNotFound);
    EXPECT_ERROR(names_->open(nullptr, "/", test::creating(), 0), Errc::kIsDirectory);
    options = test::reading();
    options.directory = true;
    EXPECT_ERROR(names_->open(nullptr, "/f", options, 0), Errc::kNotDirectory);
    EXPECT_OK(names_->open(nullptr, "/", options, 0));
    EXPECT_OK(names_->make_symlink("f", nullptr, "/link"));
    options = test::reading();
    options.no_follow = true;
    EXPECT_ERROR(names_->open(nullptr, "/link", options, 0), Errc::kTooManySymlinks);
    options = test::creating();
    options.exclusive = true;
    EXPECT_OK(names_->make_symlink("nowhere", nullptr, "/dangling"));
    EXPECT_ERROR(names_->open(nullptr, "/dangling", options, 0), Errc::kExists);
    EXPECT_OK(names_->open(nullptr, "/dangling", test::creating(), 0));
    EXPECT_TRUE(exists("/nowhere"));
}

TEST_F(NamesTest, ModesAndMask) {
    names_->set_umask(027);
    open("/f", test::creating(), 0666);
    EXPECT_EQ(stat("/f").mode, kTypeRegular | 0640);
    EXPECT_OK(mkdir("/d"));
    EXPECT_EQ(stat("/d").mode, kTypeDirectory | 0750);
    EXPECT_EQ(names_->set_umask(0), 027u);
}

TEST_F(NamesTest, DirectoriesCountLinks) {
    EXPECT_EQ(stat("/").links, 2u);
    EXPECT_OK(mkdir("/d"));
    EXPECT_OK(mkdir("/d/e/"));
    EXPECT_EQ(stat("/").links, 3u);
    EXPECT_EQ(stat("/d").links, 3u);
    EXPECT_OK(rename("/d/e", "/e"));
    EXPECT_EQ(stat("/").links, 4u);
    EXPECT_EQ(stat("/d").links, 2u);
    EXPECT_EQ(stat("/e").links, 2u);
    EXPECT_OK(names_->change_directory(*names_->find(nullptr, "/e")));
    EXPECT_EQ(current(), "/e");
    EXPECT_OK(rmdir("/d"));
    EXPECT_EQ(stat("/").links, 3u);
}

TEST_F(NamesTest, MakeAndRemoveErrors) {
    create("/f");
    EXPECT_OK(mkdir("/d"));
    EXPECT_OK(mkdir("/d/e"));
    EXPECT_ERROR(mkdir("/d"), Errc::kExists);
    EXPECT_ERROR(mkdir("/f/"), Errc::kExists);
    EXPECT_ERROR(mkdir("/"), Errc::kExists);
    EXPECT_ERROR(mkdir("/d/."), Errc::kExists);
    EXPECT_ERROR(mkdir("/x/y"), Errc::kNotFound);
    EXPECT_ERROR(rmdir("/f"), Errc::kNotDirectory);
    EXPECT_ERROR(rmdir("/d"), Errc::kDirectoryNotEmpty);
    EXPECT_ERROR(rmdir("/d/e/."), Errc::kInvalidArgument);
    EXPECT_ERROR(rmdir("/d/e/.."), Errc::kDirectoryNotEmpty);
    EXPECT_ERROR(rmdir("/"), Errc::kBusy);
    EXPECT_ERROR(rmdir("/x"), Errc::kNotFound);
    EXPECT_OK(rmdir("/d/e/"));
    EXPECT_ERROR(unlink("/d"), Errc::kPermission);
    EXPECT_ERROR(unlink("/f/"), Errc::kNotDirectory);
    EXPECT_ERROR(unlink("/x"), Errc::kNotFound);
    EXPECT_OK(unlink("/f"));
    EXPECT_FALSE(exists("/f"));
}

TEST_F(NamesTest, HardLinks) {
    const auto file = create("/f");
    put(*file, "text");
    EXPECT_OK(names_->link(nullptr, "/f", nullptr, "/g", LastLink::kKeep));
    EXPECT_EQ(stat("/g").links, 2u);
    EXPECT_EQ(stat("/g").inode, stat("/f").inode);
    EXPECT_OK(unlink("/f"));
    EXPECT_EQ(contents(*open("/g", test::reading())), "text");
    EXPECT_OK(unlink("/g"));
    EXPECT_EQ(file->attributes()->links, 0u);
    EXPECT_EQ(contents(*file), "text"); // lives on while it is open
    EXPECT_ERROR(names_->link(nullptr, "/", nullptr, "/h", LastLink::kKeep), Errc::kPermission);
    EXPECT_ERROR(names_->link(nullptr, "/x", nullptr, "/h", LastLink::kKeep), Errc::kNotFound);
}

TEST_F(NamesTest, RenameReplaces) {
    put(*create("/f"), "new");
    const auto old = create("/g");
    put(*old, "old");
    EXPECT_OK(rename("/f", "/g"));
    EXPECT_FALSE(exists("/f"));
    EXPECT_EQ(contents(*open("/g", test::reading())), "new");
    EXPECT_EQ(contents(*old), "old");
    EXPECT_OK(rename("/g", "/g"));
    EXPECT_OK(names_->link(nullptr, "/g", nullptr, "/h", LastLink::kKeep));
    EXPECT_OK(rename("/g", "/h")); // two names of one file: nothing happens
    EXPECT_TRUE(exists("/g"));
    EXPECT_TRUE(exists("/h"));
}

TEST_F(NamesTest, RenameErrors) {
    create("/f");
    for (const char* const path : {"/d", "/d/e", "/empty", "/full", "/full/x"}) {
        EXPECT_OK(mkdir(path));
    }
    EXPECT_ERROR(rename("/d", "/d/e/f"), Errc::kInvalidArgument);
    EXPECT_ERROR(rename("/d", "/d/f"), Errc::kInvalidArgument);
    EXPECT_ERROR(rename("/d/e", "/d"), Errc::kDirectoryNotEmpty);
    EXPECT_ERROR(rename("/f", "/d"), Errc::kIsDirectory);
    EXPECT_ERROR(rename("/d", "/f"), Errc::kNotDirectory);
    EXPECT_ERROR(rename("/d", "/full"), Errc::kDirectoryNotEmpty);
    EXPECT_ERROR(rename("/f", "/g/"), Errc::kNotDirectory);
    EXPECT_ERROR(rename("/x", "/y"), Errc::kNotFound);
    EXPECT_ERROR(rename("/d/.", "/y"), Errc::kInvalidArgument);
    EXPECT_ERROR(rename("/", "/y"), Errc::kBusy);
    EXPECT_OK(rename("/d", "/empty"));
    EXPECT_TRUE(exists("/empty/e"));
    EXPECT_OK(rename("/empty", "/moved/"));
    EXPECT_TRUE(exists("/moved/e"));
}

TEST_F(NamesTest, RenameWithoutMemoryChangesNothing) {
    create("/f");
    create("/g");
    test::counters().object_limit = test::counters().objects;
    EXPECT_ERROR(rename("/f", "/g"), Errc::kNoSpace);
    EXPECT_ERROR(rename("/f", "/h"), Errc::kNoSpace);
    EXPECT_TRUE(exists("/f"));
    EXPECT_TRUE(exists("/g"));
    EXPECT_ERROR(mkdir("/d"), Errc::kNoSpace);
    EXPECT_ERROR(names_->open(nullptr, "/n", test::creating(), 0), Errc::kNoSpace);
}

TEST_F(NamesTest, Symlinks) {
    EXPECT_OK(names_->make_symlink("some/where", nullptr, "/l"));
    char text[20];
    auto length = names_->read_symlink(nullptr, "/l", text, sizeof(text));
    ASSERT_TRUE(length);
    EXPECT_EQ(std::string(text, *length), "some/where");
    EXPECT_EQ(*names_->read_symlink(nullptr, "/l", text, 4), 4u);
    EXPECT_ERROR(names_->read_symlink(nullptr, "/", text, 4), Errc::kInvalidArgument);
    EXPECT_ERROR(names_->make_symlink("x", nullptr, "/l"), Errc::kExists);
    EXPECT_ERROR(names_->make_symlink("", nullptr, "/m"), Errc::kNotFound);
    EXPECT_EQ((*names_->find(nullptr, "/l", LastLink::kKeep))->attributes().size, 10u);
    EXPECT_OK(rename("/l", "/m"));
    EXPECT_OK(unlink("/m"));
}

class Collector final : public DirectorySink {
  public:
    bool take(const DirectoryItem& item) override {
        if (names.size() == room) {
            return false;
        }
        names.emplace_back(item.name, item.length);
        return true;
    }
    std::vector<std::string> names;
    std::size_t room = 1000000;
};

TEST_F(NamesTest, ListingGoesOnThroughChanges) {
    EXPECT_OK(mkdir("/d"));
    for (int i = 0; i < 100; ++i) {
        create(("/d/" + std::to_string(i)).c_str());
    }
    const auto directory = open("/d", test::reading());
    Collector collector;
    collector.room = 30;
    EXPECT_OK(directory->list(collector));
    EXPECT_EQ(collector.names.size(), 30u);
    for (int i = 0; i < 50; ++i) {
        EXPECT_OK(unlink(("/d/" + std::to_string(i)).c_str()));
    }
    create("/d/late");
    collector.room = 1000;
    EXPECT_OK(directory->list(collector));
    const std::set<std::string> all(collector.names.begin(), collector.names.end());
    EXPECT_EQ(all.size(), collector.names.size()); // none twice
    EXPECT_EQ(all.size(), 2u + 28 + 50 + 1);
    EXPECT_OK(directory->seek(0, Whence::kStart));
    Collector again;
    EXPECT_OK(directory->list(again));
    EXPECT_EQ(again.names.size(), 2u + 50 + 1);
    EXPECT_EQ(again.names[0], ".");
    EXPECT_EQ(again.names[1], "..");
}

TEST_F(NamesTest, ManyNames) {
    for (int i = 0; i < 5000; ++i) {
        create(("/" + std::to_string(i)).c_str());
    }
    for (int i = 0; i < 5000; i += 2) {
        EXPECT_OK(unlink(("/" + std::to_string(i)).c_str()));
    }
    for (int i = 0; i < 5000; ++i) {
        EXPECT_EQ(exists(("/" + std::to_string(i)).c_str()), i % 2 == 1);
    }
}

TEST_F(NamesTest, ThreadsShareTheTree) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([this, t] {
            const std::string mine = "/t" + std::to_string(t);
            for (int i = 0; i < 500; ++i) {
                put(*create(mine.c_str()), "x");
                EXPECT_OK(rename(mine.c_str(), "/shared"));
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_TRUE(exists("/shared"));
    EXPECT_EQ(stat("/shared").links, 1u);
}

} // namespace
} // namespace hermit::fs
