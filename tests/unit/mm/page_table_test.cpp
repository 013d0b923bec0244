#include <page_table.hpp>

#include <arch/paging.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <vector>

namespace hermit::mm {
namespace {

using arch::PageAttributes;
using arch::PageTableEntry;
using Format = arch::PageTableFormat;

constexpr std::uint64_t kPage = 4 * kKiB;

/// Page tables in host memory. Every table has a made-up address; using a table that was never
/// made, or is no longer in use, fails.
class FakeMachine {
  public:
    PhysAddr make_table() {
        const PhysAddr address{next_};
        next_ += kPage;
        tables_.emplace(address.value(), std::vector<PageTableEntry>(512));
        return address;
    }
    /// What the processor does when a page is read or written. [intel/vol3] §4.8.
    void note_use(PhysAddr table, unsigned index, bool is_written) {
        PageTableEntry& entry = at(table).at(index);
        entry = PageTableEntry{entry.value() | 1 << 5 | (is_written ? 1 << 6 : 0)};
    }
    void drop_table(PhysAddr address) { ASSERT_EQ(tables_.erase(address.value()), 1u); }
    std::vector<PageTableEntry>& at(PhysAddr address) { return tables_.at(address.value()); }
    std::size_t count() const { return tables_.size(); }

    std::size_t tables_left = SIZE_MAX;
    std::function<void()> before_store = [] {};

  private:
    std::map<std::uint64_t, std::vector<PageTableEntry>> tables_;
    std::uint64_t next_ = 0x1'0000'0000'0000;
};

struct FakeMemory {
    FakeMachine* machine;
    PageTableEntry load(PhysAddr table, unsigned index) const {
        return machine->at(table).at(index);
    }
    void store(PhysAddr table, unsigned index, PageTableEntry entry) const {
        machine->at(table).at(index) = entry;
        machine->before_store();
    }
};
struct FakeSource {
    FakeMachine* machine;
    Result<PhysAddr> allocate_table() const {
        if (machine->tables_left == 0) {
            return Error{Errc::kOutOfMemory, "no table left"};
        }
        --machine->tables_left;
        return machine->make_table();
    }
};
static_assert(PageTableFormatPolicy<Format>);
static_assert(TableMemory<FakeMemory, PageTableEntry>);
static_assert(TableSource<FakeSource>);

struct Collector {
    std::size_t limit = SIZE_MAX;
    std::map<std::uint64_t, std::pair<std::uint64_t, std::uint64_t>> pages; // page: frame, bytes
    std::vector<PhysAddr> tables;
    bool full() const { return pages.size() + tables.size() >= limit; }
    void page(VirtAddr page, PhysAddr frame, std::uint64_t bytes) {
        EXPECT_TRUE(pages.emplace(page.value(), std::pair{frame.value(), bytes}).second);
    }
    void table(VirtAddr, PhysAddr frame) { tables.push_back(frame); }
};

class PageTableTest : public testing::Test {
  protected:
    using Table = PageTable<Format, FakeMemory, FakeSource>;

    /// The translation of an address, or nothing.
    std::optional<Mapping<PageAttributes>> at(std::uint64_t address) {
        auto mapping = table.translate(VirtAddr{address});
        return mapping ? std::optional{*mapping} : std::nullopt;
    }
    std::uint64_t size_at(std::uint64_t address) {
        const auto mapping = at(address);
        return mapping ? mapping->page_bytes : 0;
    }
    void unmap(std::uint64_t start, std::uint64_t bytes, Collector& collector) {
        auto reached = table.unmap(VirtAddr{start}, bytes, collector);
        ASSERT_TRUE(reached);
        EXPECT_EQ(reached->value(), start + bytes);
        for (const PhysAddr dropped : collector.tables) {
            machine.drop_table(dropped);
        }
        collector.tables.clear();
    }
    /// The entry that covers an address in the table at a level.
    PageTableEntry entry_at(VirtAddr address, unsigned level) {
        PhysAddr at_level = table.root();
        for (unsigned at = Format::kTopLevel; at > level; --at) {
            at_level = machine.at(at_level).at(Format::index(address.value(), at)).address(at);
        }
        return machine.at(at_level).at(Format::index(address.value(), level));
    }
    /// The table that it points to.
    PhysAddr pieces_of(VirtAddr address, unsigned level) {
        return entry_at(address, level).table_address();
    }
    auto record() {
        return [this](VirtAddr page, std::uint64_t bytes) { changed[page.value()] = bytes; };
    }

    static constexpr PageAttributes kData{.writable = true};
    static constexpr PageAttributes kCode{.executable = true};

    FakeMachine machine;
    Table table{machine.make_table(), FakeMemory{&machine}, FakeSource{&machine}};
    std::map<std::uint64_t, std::uint64_t> changed;
};

TEST_F(PageTableTest, UsesTheLargestPagesThatFit) {
    // From 4 KiB below 1 GiB to 2 MiB + 4 KiB above 2 GiB.
    const std::uint64_t start = kGiB - kPage;
    const std::uint64_t bytes = kPage + kGiB + 2 * kMiB + kPage;
    ASSERT_TRUE(table.map(VirtAddr{start}, PhysAddr{start}, bytes, kData));
    EXPECT_EQ(size_at(start), kPage);
    EXPECT_EQ(size_at(kGiB + 5), kGiB);
    EXPECT_EQ(size_at(2 * kGiB), 2 * kMiB);
    EXPECT_EQ(size_at(2 * kGiB + 2 * kMiB), kPage);
    EXPECT_EQ(size_at(start + bytes), 0u);
    EXPECT_EQ(size_at(start - 1), 0u);
    EXPECT_EQ(at(kGiB + 12345)->address.value(), kGiB + 12345);
    EXPECT_EQ(table.mapped_bytes(VirtAddr{}, 8 * kGiB), bytes);
    EXPECT_EQ(table.mapped_bytes(VirtAddr{kGiB + kPage}, kPage), kPage);
}

TEST_F(PageTableTest, PhysicalAlignmentAndLimitDecideOnSize) {
    ASSERT_TRUE(table.map(VirtAddr{}, PhysAddr{kPage}, 2 * kMiB, kData));
    EXPECT_EQ(size_at(0), kPage);
    ASSERT_TRUE(table.map(VirtAddr{kGiB}, PhysAddr{kGiB}, kGiB, kData, arch::Size2M::kLevel));
    EXPECT_EQ(size_at(kGiB), 2 * kMiB);
}

TEST_F(PageTableTest, UpperHalfUpToTheLastByte) {
    const std::uint64_t start = 0 - 4 * kMiB;
    ASSERT_TRUE(table.map(VirtAddr{start}, PhysAddr{0}, 4 * kMiB, kData));
    EXPECT_EQ(at(UINT64_MAX)->address.value(), 4 * kMiB - 1);
    Collector collector;
    ASSERT_TRUE(table.unmap(VirtAddr{start}, 4 * kMiB, collector));
    EXPECT_EQ(collector.pages.size(), 2u);
    EXPECT_FALSE(at(start));
}

TEST_F(PageTableTest, AddressesThatAreNotCanonicalAreNotMapped) {
    EXPECT_FALSE(at(0x0000'8000'0000'0000));
    EXPECT_FALSE(at(0xFFFF'7FFF'FFFF'FFFF));
}

TEST_F(PageTableTest, MappingWhatIsMappedFailsAndChangesNothing) {
    ASSERT_TRUE(table.map(VirtAddr{4 * kMiB}, PhysAddr{0}, kPage, kData));
    auto again = table.map(VirtAddr{}, PhysAddr{kGiB}, 8 * kMiB, kData);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Errc::kExists);
    EXPECT_FALSE(at(0));
    EXPECT_EQ(at(4 * kMiB)->address.value(), 0u);
    EXPECT_FALSE(table.map_page(VirtAddr{4 * kMiB}, PhysAddr{0}, kData, arch::Size2M::kLevel));
    EXPECT_FALSE(table.map_page(VirtAddr{4 * kMiB}, PhysAddr{0}, kData, arch::Size4K::kLevel));
    EXPECT_TRUE(table.map_page(VirtAddr{6 * kMiB}, PhysAddr{0}, kData, arch::Size2M::kLevel));
    EXPECT_FALSE(table.map_page(VirtAddr{6 * kMiB}, PhysAddr{0}, kData, arch::Size4K::kLevel));
}

TEST_F(PageTableTest, UnmapSplitsLargePagesAtItsEdges) {
    ASSERT_TRUE(table.map(VirtAddr{}, PhysAddr{0}, 2 * kGiB, kData));
    Collector collector;
    unmap(kGiB - kPage, 2 * kPage, collector);
    EXPECT_EQ(collector.pages, (decltype(collector.pages){{kGiB - kPage, {kGiB - kPage, kPage}},
                                                          {kGiB, {kGiB, kPage}}}));
    EXPECT_FALSE(at(kGiB));
    EXPECT_FALSE(at(kGiB - 1));
    EXPECT_EQ(size_at(kGiB - 2 * kPage), kPage);
    EXPECT_EQ(size_at(kGiB + 2 * kMiB), 2 * kMiB);
    EXPECT_EQ(at(kGiB + 5 * kMiB)->address.value(), kGiB + 5 * kMiB);
    EXPECT_EQ(at(0)->attributes, kData);
}

TEST_F(PageTableTest, UnmapGivesTablesBack) {
    const std::size_t before = machine.count();
    ASSERT_TRUE(table.map(VirtAddr{kGiB + kPage}, PhysAddr{0}, 3 * kPage, kData));
    EXPECT_EQ(machine.count(), before + 3);
    Collector collector;
    unmap(0, 8 * kGiB, collector);
    EXPECT_EQ(machine.count(), before + 1) << "the table under the root stays";
    ASSERT_TRUE(table.map(VirtAddr{kGiB}, PhysAddr{0}, kGiB, kData));
    EXPECT_EQ(size_at(kGiB), kGiB);
}

TEST_F(PageTableTest, AFullCollectorStopsAndUnmapGoesOnFromThere) {
    ASSERT_TRUE(table.map(VirtAddr{}, PhysAddr{kPage}, 4 * kMiB, kData));
    std::uint64_t start = 0;
    std::size_t pages = 0;
    int rounds = 0;
    while (start != kGiB) {
        Collector collector;
        collector.limit = 7;
        auto reached = table.unmap(VirtAddr{start}, kGiB - start, collector);
        ASSERT_TRUE(reached);
        ASSERT_LE(collector.pages.size() + collector.tables.size(), 7u);
        start = reached->value();
        pages += collector.pages.size();
        for (const PhysAddr dropped : collector.tables) {
            machine.drop_table(dropped);
        }
        ASSERT_LT(++rounds, 400);
    }
    EXPECT_EQ(pages, 1024u);
    EXPECT_EQ(machine.count(), 2u);
}

TEST_F(PageTableTest, ProtectReportsWhatMustBeFlushed) {
    ASSERT_TRUE(table.map(VirtAddr{}, PhysAddr{0}, 4 * kMiB, kData));
    ASSERT_TRUE(table.protect(VirtAddr{2 * kMiB}, 4 * kKiB, {}, record()));
    EXPECT_EQ(changed, (decltype(changed){{2 * kMiB, kPage}}));
    EXPECT_FALSE(at(2 * kMiB)->attributes.writable);
    EXPECT_TRUE(at(2 * kMiB + kPage)->attributes.writable);
    changed.clear();
    ASSERT_TRUE(table.protect(VirtAddr{2 * kMiB}, 4 * kKiB, kData, record()));
    EXPECT_TRUE(changed.empty()) << "more rights need no flush";
}

TEST_F(PageTableTest, ProtectionNoneKeepsTheFrame) {
    ASSERT_TRUE(table.map(VirtAddr{}, PhysAddr{kGiB}, 4 * kMiB, kData));
    ASSERT_TRUE(table.protect(VirtAddr{}, 3 * kMiB, {.readable = false}, record()));
    EXPECT_FALSE(at(0)->attributes.readable);
    EXPECT_EQ(table.mapped_bytes(VirtAddr{}, 4 * kMiB), 4 * kMiB);
    EXPECT_EQ(table.vacancy(VirtAddr{}).level, 0u);
    ASSERT_TRUE(table.protect(VirtAddr{kPage}, kPage, kCode, record()));
    EXPECT_EQ(at(kPage)->attributes, kCode);
    EXPECT_EQ(at(kPage)->address.value(), kGiB + kPage);
    Collector collector;
    unmap(0, 4 * kMiB, collector);
    std::uint64_t bytes = 0;
    for (const auto& [page, piece] : collector.pages) {
        EXPECT_EQ(piece.first, kGiB + page);
        bytes += piece.second;
    }
    EXPECT_EQ(bytes, 4 * kMiB);
}

TEST_F(PageTableTest, VacancyIsAtTheHighestLevelThatIsFree) {
    EXPECT_EQ(table.vacancy(VirtAddr{}).level, Format::kTopLevel);
    ASSERT_TRUE(table.map_page(VirtAddr{}, PhysAddr{0}, kData, arch::Size4K::kLevel));
    EXPECT_EQ(table.vacancy(VirtAddr{}).level, 0u);
    EXPECT_EQ(table.vacancy(VirtAddr{kPage}).level, arch::Size4K::kLevel);
    EXPECT_EQ(table.vacancy(VirtAddr{2 * kMiB}).level, arch::Size2M::kLevel);
    EXPECT_EQ(table.vacancy(VirtAddr{kGiB}).level, arch::Size1G::kLevel);
}

/// With k tables left, for every k: either it works, or every translation is the old one. And at
/// each store, each translation is the old or the new one.
TEST_F(PageTableTest, OldOrNewAtEveryStepAndOldOnFailure) {
    const std::vector<std::uint64_t> probes{
        0,    kPage,           2 * kMiB - kPage, 2 * kMiB, kGiB - kPage,
        kGiB, kGiB + 2 * kMiB, 3 * kGiB - kPage, 3 * kGiB, 513 * kGiB};
    using Snapshot = std::vector<std::optional<std::pair<std::uint64_t, std::uint64_t>>>;
    const auto operations = std::vector<std::function<bool(Table&)>>{
        [](Table& t) {
            return static_cast<bool>(
                t.map(VirtAddr{3 * kGiB + kPage}, PhysAddr{kPage}, 600 * kGiB, kCode));
        },
        [](Table& t) {
            Collector ignored;
            return static_cast<bool>(t.unmap(VirtAddr{kPage}, 3 * kGiB - 2 * kPage, ignored));
        },
        [](Table& t) {
            return static_cast<bool>(
                t.protect(VirtAddr{kPage}, 2 * kGiB, kCode, [](VirtAddr, std::uint64_t) {}));
        },
        [](Table& t) { return static_cast<bool>(t.split(VirtAddr{kPage}, 3 * kGiB - 2 * kPage)); },
        [](Table& t) {
            return static_cast<bool>(
                t.map_page(VirtAddr{513 * kGiB}, PhysAddr{kPage}, kCode, arch::Size4K::kLevel));
        },
        [](Table& t) {
            return static_cast<bool>(
                t.map_page(VirtAddr{3 * kGiB}, PhysAddr{kGiB}, kCode, arch::Size1G::kLevel));
        },
        [](Table& t) {
            // To pieces and together again: the translations never change.
            Collector ignored;
            return t.split(VirtAddr{kPage}, kPage) &&
                   t.join(VirtAddr{}, arch::Size2M::kLevel, ignored) &&
                   t.join(VirtAddr{}, arch::Size1G::kLevel, ignored);
        }};
    for (std::size_t operation = 0; operation < operations.size(); ++operation) {
        bool done = false;
        for (std::size_t left = 0; !done; ++left) {
            ASSERT_LT(left, 20u);
            FakeMachine fresh;
            Table tested{fresh.make_table(), FakeMemory{&fresh}, FakeSource{&fresh}};
            ASSERT_TRUE(tested.map(VirtAddr{}, PhysAddr{0}, 3 * kGiB, kData));
            const auto snapshot = [&] {
                Snapshot all;
                for (const std::uint64_t probe : probes) {
                    auto mapping = tested.translate(VirtAddr{probe});
                    all.push_back(
                        mapping ? std::optional{std::pair{
                                      mapping->address.value(),
                                      PageTableEntry::page(PhysAddr{0}, mapping->attributes, 1)
                                          .value()}}
                                : std::nullopt);
                }
                return all;
            };
            const Snapshot before = snapshot();
            fresh.tables_left = left;
            std::set<std::size_t> changed_probes;
            Snapshot current = before;
            fresh.before_store = [&] {
                const Snapshot now = snapshot();
                for (std::size_t i = 0; i < probes.size(); ++i) {
                    if (now[i] != current[i]) {
                        EXPECT_TRUE(changed_probes.insert(i).second)
                            << "probe " << i << " changed twice";
                    }
                }
                current = now;
            };
            done = operations[operation](tested);
            fresh.before_store = [] {};
            if (!done) {
                EXPECT_EQ(snapshot(), before) << "operation " << operation << ", " << left;
            }
        }
    }
}

/// Against a map from page to frame, in two gibibytes around a gibibyte boundary.
TEST_F(PageTableTest, RandomOperationsAgree) {
    std::mt19937 random{11};
    constexpr std::uint64_t kBase = kGiB - 8 * kMiB;
    constexpr std::uint64_t kPages = 16 * kMiB / kPage;
    struct Expected {
        std::uint64_t frame;
        PageAttributes attributes;
    };
    std::map<std::uint64_t, Expected> model;
    const PageAttributes choices[] = {{}, kData, kCode, {.readable = false}};
    for (int step = 0; step < 400; ++step) {
        const std::uint64_t unit = random() % 2 == 0 ? 1 : 512;
        const std::uint64_t first = random() % (kPages / unit) * unit;
        std::uint64_t count = (1 + random() % 6) * (random() % 2 == 0 ? 1 : unit);
        count = std::min(count, kPages - first);
        const VirtAddr start{kBase + first * kPage};
        const PageAttributes attributes = choices[random() % 4];
        const auto begin = model.lower_bound(first);
        const auto end = model.lower_bound(first + count);
        switch (random() % 3) {
        case 0: {
            const std::uint64_t frame = (1 + random() % 64) * 512 + (random() % 2 == 0 ? 0 : 3);
            const bool done = static_cast<bool>(
                table.map(start, PhysAddr{frame * kPage}, count * kPage, attributes));
            ASSERT_EQ(done, begin == end);
            for (std::uint64_t i = 0; done && i < count; ++i) {
                model[first + i] = {frame + i, attributes};
            }
            break;
        }
        case 1: {
            Collector collector;
            unmap(start.value(), count * kPage, collector);
            std::map<std::uint64_t, std::uint64_t> pages;
            for (const auto& [page, piece] : collector.pages) {
                for (std::uint64_t i = 0; i < piece.second / kPage; ++i) {
                    pages[(page - kBase) / kPage + i] = piece.first / kPage + i;
                }
            }
            std::map<std::uint64_t, std::uint64_t> expected;
            for (auto entry = begin; entry != end; ++entry) {
                expected[entry->first] = entry->second.frame;
            }
            ASSERT_EQ(pages, expected);
            model.erase(begin, end);
            break;
        }
        case 2:
            ASSERT_TRUE(table.protect(start, count * kPage, attributes, record()));
            for (auto entry = begin; entry != end; ++entry) {
                entry->second.attributes = attributes;
            }
        }
        for (std::uint64_t page = 0; page < kPages; ++page) {
            const auto mapping = at(kBase + page * kPage);
            const auto expected = model.find(page);
            ASSERT_EQ(mapping.has_value(), expected != model.end()) << page;
            if (mapping) {
                ASSERT_EQ(mapping->address.value() / kPage, expected->second.frame);
                ASSERT_EQ(mapping->attributes, expected->second.attributes);
            }
        }
        ASSERT_EQ(table.mapped_bytes(VirtAddr{kBase}, kPages * kPage), model.size() * kPage);
    }
    Collector rest;
    unmap(0, 4 * kGiB, rest);
    EXPECT_EQ(machine.count(), 2u) << "a table was lost";
}

TEST_F(PageTableTest, JoinsWhatSplittingHasCut) {
    for (const unsigned level : {arch::Size2M::kLevel, arch::Size1G::kLevel}) {
        const std::uint64_t bytes = Format::bytes_of(level);
        const std::uint64_t piece = bytes / 512;
        const std::uint64_t start = 8 * kGiB;
        Collector collector;
        ASSERT_TRUE(table.map(VirtAddr{start}, PhysAddr{start}, bytes, kData));
        EXPECT_FALSE(table.join(VirtAddr{start}, level, collector)) << "it is one page already";
        ASSERT_TRUE(table.protect(VirtAddr{start + 7 * piece}, piece, kCode, record()));
        ASSERT_EQ(size_at(start), piece);
        EXPECT_FALSE(table.join(VirtAddr{start}, level, collector)) << "rights differ";
        ASSERT_TRUE(table.protect(VirtAddr{start + 7 * piece}, piece, kData, record()));

        // While it joins, every translation stays as it is.
        const std::size_t tables = machine.count();
        bool stored = false;
        machine.before_store = [&] {
            stored = true;
            for (std::uint64_t at_piece = 0; at_piece < 512; ++at_piece) {
                const auto mapping = at(start + at_piece * piece + 5);
                ASSERT_TRUE(mapping);
                ASSERT_EQ(mapping->address.value(), start + at_piece * piece + 5);
                ASSERT_EQ(mapping->attributes, kData);
            }
        };
        ASSERT_TRUE(table.join(VirtAddr{start + 9 * piece}, level, collector));
        machine.before_store = [] {};
        EXPECT_TRUE(stored);
        EXPECT_EQ(size_at(start), bytes);
        ASSERT_EQ(collector.tables.size(), 1u);
        machine.drop_table(collector.tables[0]);
        EXPECT_EQ(machine.count(), tables - 1);
        Collector rest;
        unmap(start, bytes, rest);
    }
}

TEST_F(PageTableTest, JoinsPagesThatWereUsed) {
    for (const unsigned level : {arch::Size2M::kLevel, arch::Size1G::kLevel}) {
        const std::uint64_t bytes = Format::bytes_of(level);
        const VirtAddr start{4 * kGiB};
        Collector collector;
        ASSERT_TRUE(table.map(start, PhysAddr{4 * kGiB}, bytes, kData));
        ASSERT_TRUE(table.split(start + kPage, kPage));
        if (level == arch::Size1G::kLevel) {
            ASSERT_TRUE(table.join(start, arch::Size2M::kLevel, collector));
        }
        const auto pieces = pieces_of(start, level);
        machine.note_use(pieces, 3, false);
        machine.note_use(pieces, 200, true);
        ASSERT_TRUE(table.join(start, level, collector));
        EXPECT_EQ(size_at(start.value()), bytes);
        // Noted for the whole page, too: the processor need not do it again.
        EXPECT_EQ(entry_at(start, level).value() & 0x60, 0x60u);
        Collector rest;
        unmap(start.value(), bytes, rest);
    }
}

TEST_F(PageTableTest, JoinsOnlyWhatLiesInARow) {
    Collector collector;
    EXPECT_FALSE(table.join(VirtAddr{}, arch::Size2M::kLevel, collector)) << "nothing is there";
    ASSERT_TRUE(table.map(VirtAddr{}, PhysAddr{kPage}, 2 * kMiB, kData));
    EXPECT_FALSE(table.join(VirtAddr{}, arch::Size2M::kLevel, collector)) << "not aligned";
    ASSERT_TRUE(table.map(VirtAddr{2 * kMiB}, PhysAddr{4 * kMiB}, kMiB, kData));
    ASSERT_TRUE(table.map(VirtAddr{3 * kMiB}, PhysAddr{8 * kMiB}, kMiB, kData));
    EXPECT_FALSE(table.join(VirtAddr{2 * kMiB}, arch::Size2M::kLevel, collector)) << "a gap";
    ASSERT_TRUE(table.map(VirtAddr{4 * kMiB}, PhysAddr{16 * kMiB}, 2 * kMiB - kPage, kData));
    EXPECT_FALSE(table.join(VirtAddr{4 * kMiB}, arch::Size2M::kLevel, collector)) << "a hole";
    EXPECT_TRUE(collector.tables.empty());
}

TEST(PageTableEntry, MemoryTypes) {
    // Bits 4 and 3, PCD and PWT, select one of the first four entries of the page attribute table.
    const auto selected = [](PageAttributes attributes) {
        const auto entry = PageTableEntry::page(PhysAddr{0x200000}, attributes, 2);
        EXPECT_EQ(entry.attributes(), attributes);
        return entry.value() >> 3 & 3;
    };
    EXPECT_EQ(selected({.writable = true}), 0u);
    EXPECT_EQ(selected({.writable = true, .write_combining = true}), 1u);
    EXPECT_EQ(selected({.writable = true, .uncached = true}), 3u);
}

} // namespace
} // namespace hermit::mm
