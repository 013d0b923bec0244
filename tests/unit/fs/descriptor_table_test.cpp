#include "support.hpp"

#include <fs/descriptor_table.hpp>

namespace hermit::fs {
namespace {

class TableTest : public test::NamespaceTest {
  protected:
    void SetUp() override {
        NamespaceTest::SetUp();
        table_ = new DescriptorTable;
        file_ = create("/f");
    }
    void TearDown() override {
        file_ = {};
        delete table_;
        NamespaceTest::TearDown();
    }
    DescriptorTable* table_ = nullptr;
    Ref<Descriptor> file_;
};

TEST_F(TableTest, LowestFreeNumber) {
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(*table_->add(file_, false), i);
    }
    EXPECT_OK(table_->close(70));
    EXPECT_OK(table_->close(3));
    EXPECT_EQ(*table_->add(file_, false), 3);
    EXPECT_EQ(*table_->add(file_, false), 70);
    EXPECT_EQ(*table_->add(file_, false), 100);
    EXPECT_EQ(*table_->add(file_, false, 500), 500);
    EXPECT_EQ(*table_->add(file_, false), 101);
}

TEST_F(TableTest, Limits) {
    EXPECT_ERROR(table_->add(file_, false, -1), Errc::kInvalidArgument);
    EXPECT_ERROR(table_->add(file_, false, 1024), Errc::kInvalidArgument);
    EXPECT_EQ(*table_->add(file_, false, 1023), 1023);
    EXPECT_ERROR(table_->add(file_, false, 1023), Errc::kTooManyDescriptors);
    for (int i = 0; i < 1023; ++i) {
        EXPECT_EQ(*table_->add(file_, false), i);
    }
    EXPECT_ERROR(table_->add(file_, false), Errc::kTooManyDescriptors);
}

TEST_F(TableTest, BadNumbers) {
    for (const int number : {-1, 0, 5, 1023, 1024, 1 << 30}) {
        EXPECT_ERROR(table_->get(number), Errc::kBadDescriptor);
        EXPECT_ERROR(table_->close(number), Errc::kBadDescriptor);
        EXPECT_ERROR(table_->duplicate_to(number, 7, false), Errc::kBadDescriptor);
        EXPECT_ERROR(table_->close_on_exec(number), Errc::kBadDescriptor);
    }
    EXPECT_EQ(*table_->add(file_, false), 0);
    EXPECT_ERROR(table_->duplicate_to(0, 1024, false), Errc::kBadDescriptor);
    EXPECT_ERROR(table_->duplicate_to(0, -1, false), Errc::kBadDescriptor);
}

TEST_F(TableTest, DuplicatesShareThePosition) {
    EXPECT_EQ(*table_->add(file_, false), 0);
    EXPECT_EQ(*table_->duplicate_to(0, 300, true), 300);
    EXPECT_TRUE(*table_->close_on_exec(300));
    EXPECT_FALSE(*table_->close_on_exec(0));
    EXPECT_OK((*table_->get(0))->seek(42, Whence::kStart));
    EXPECT_EQ(*(*table_->get(300))->seek(0, Whence::kCurrent), 42u);
    EXPECT_OK(table_->close(0));
    EXPECT_OK(table_->get(300));
    EXPECT_EQ(*table_->duplicate_to(300, 300, false), 300);
}

TEST_F(TableTest, TheLastUserEndsTheFile) {
    EXPECT_EQ(*table_->add(create("/g"), false), 0);
    EXPECT_EQ(*table_->add(create("/h"), false), 1);
    EXPECT_OK(names_->unlink(nullptr, "/g"));
    const auto before = test::counters().objects;
    EXPECT_EQ(*table_->duplicate_to(1, 0, false), 0); // closes /g: descriptor and node go
    EXPECT_EQ(test::counters().objects, before - 2);
}

TEST_F(TableTest, WithoutMemory) {
    test::counters().object_limit = test::counters().objects;
    EXPECT_ERROR(table_->add(file_, false), Errc::kOutOfMemory);
}

} // namespace
} // namespace hermit::fs
