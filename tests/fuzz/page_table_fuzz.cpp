// Random operations on page tables, with tables running out now and then and the processor noting
// what is used, against a map from page to frame. An operation that fails must leave all
// translations as they were; at the end no table may be left.
#include "input.hpp"

#include <page_table.hpp>

#include <arch/paging.hpp>

#include <array>
#include <map>
#include <memory>
#include <vector>

using namespace hermit;
using namespace hermit::mm;
using arch::PageAttributes;
using arch::PageTableEntry;
using fuzz::check;
using fuzz::Input;

namespace {

constexpr std::uint64_t kPage = 4096;
// A window around a gibibyte boundary, small enough to be compared page by page.
constexpr std::uint64_t kBase = kGiB - 4 * kMiB;
constexpr std::uint64_t kPages = 8 * kMiB / kPage;

struct Tables {
    using Contents = std::array<PageTableEntry, 512>;
    std::map<std::uint64_t, std::unique_ptr<Contents>> live;
    std::uint64_t next = std::uint64_t{1} << 40;
    int until_failure = -1; // tables that can still be made; negative: all

    PhysAddr make() {
        const PhysAddr address{next};
        next += kPage;
        live.emplace(address.value(), std::make_unique<Contents>());
        return address;
    }
    Contents& at(PhysAddr address) {
        const auto found = live.find(address.value());
        check(found != live.end(), "a table is in use");
        return *found->second;
    }
};

struct Memory {
    Tables* tables;
    PageTableEntry load(PhysAddr table, unsigned index) const { return tables->at(table)[index]; }
    void store(PhysAddr table, unsigned index, PageTableEntry entry) const {
        tables->at(table)[index] = entry;
    }
};

struct Source {
    Tables* tables;
    Result<PhysAddr> allocate_table() const {
        if (tables->until_failure >= 0 && tables->until_failure-- == 0) {
            return Error{Errc::kOutOfMemory, "no table left"};
        }
        return tables->make();
    }
};

struct Collector {
    std::size_t limit = SIZE_MAX;
    std::map<std::uint64_t, std::uint64_t> frames; // by page
    std::vector<PhysAddr> tables;
    std::size_t pages = 0;
    bool full() const { return pages + tables.size() >= limit; }
    void page(VirtAddr page, PhysAddr frame, std::uint64_t bytes) {
        ++pages;
        for (std::uint64_t offset = 0; offset < bytes; offset += kPage) {
            check(frames.emplace(page.value() + offset, frame.value() + offset).second,
                  "a page is reported once");
        }
    }
    void table(VirtAddr, PhysAddr frame) { tables.push_back(frame); }
};

struct Expected {
    std::uint64_t frame;
    PageAttributes attributes;
};
using Model = std::map<std::uint64_t, Expected>; // by page
using Table = PageTable<arch::PageTableFormat, Memory, Source>;

void compare(const Table& table, const Model& model, std::uint64_t start, std::uint64_t end) {
    for (std::uint64_t page = start; page < end; page += kPage) {
        auto mapping = table.translate(VirtAddr{page + 7});
        const auto expected = model.find(page);
        check(static_cast<bool>(mapping) == (expected != model.end()), "what is mapped");
        if (mapping) {
            check(mapping->address.value() == expected->second.frame + 7, "the frame");
            check(mapping->attributes == expected->second.attributes, "the attributes");
        }
    }
    check(table.mapped_bytes(VirtAddr{kBase}, kPages * kPage) == model.size() * kPage,
          "the sum of mapped bytes");
}

/// What the processor does when it uses a page: sets the accessed bit, and the dirty bit.
void use(Tables& tables, PhysAddr root, std::uint64_t address, bool is_written) {
    PhysAddr table = root;
    for (unsigned level = 4; level > 0; --level) {
        PageTableEntry& entry = tables.at(table)[arch::PageTableFormat::index(address, level)];
        if (!entry.is_present()) {
            return;
        }
        if (entry.is_page(level)) {
            entry = PageTableEntry{entry.value() | 1 << 5 | (is_written ? 1 << 6 : 0)};
            return;
        }
        table = entry.address(level);
    }
}

/// Whether the small pages of 2 MiB could be one.
bool is_joinable(const Table& table, const Model& model, std::uint64_t start) {
    const auto first = model.find(start);
    auto mapping = table.translate(VirtAddr{start});
    if (first == model.end() || !mapping || mapping->page_bytes != kPage ||
        !is_aligned(first->second.frame, 2 * kMiB)) {
        return false;
    }
    for (std::uint64_t offset = 0; offset < 2 * kMiB; offset += kPage) {
        const auto piece = model.find(start + offset);
        if (piece == model.end() || piece->second.frame != first->second.frame + offset ||
            piece->second.attributes != first->second.attributes) {
            return false;
        }
    }
    return true;
}

void join(Table& table, Tables& tables, const Model& model, std::uint64_t start) {
    Collector collector;
    const bool expected = is_joinable(table, model, start);
    const bool done = table.join(VirtAddr{start}, arch::Size2M::kLevel, collector);
    check(done == expected, "join");
    check(collector.tables.size() == (done ? 1 : 0), "the table of the pieces comes back");
    for (const PhysAddr dropped : collector.tables) {
        check(tables.live.erase(dropped.value()) == 1, "a table comes back once");
    }
    auto mapping = table.translate(VirtAddr{start});
    check(!done || (mapping && mapping->page_bytes == 2 * kMiB), "it is one page now");
}

/// Unmaps, in several rounds when the collector is small. Returns false if tables ran out.
bool unmap(Table& table, Tables& tables, Model& model, std::uint64_t start, std::uint64_t end,
           std::size_t limit) {
    while (start < end) {
        Collector collector;
        collector.limit = limit;
        auto reached = table.unmap(VirtAddr{start}, end - start, collector);
        if (!reached) {
            return false;
        }
        check(reached->value() >= start && reached->value() <= end, "unmap stays in the range");
        // A table whose last page filled the collector is left to the next round.
        check(reached->value() > start || collector.pages > 0, "unmap goes on");
        check(collector.pages + collector.tables.size() <= limit, "the collector's limit is kept");
        for (const auto& [page, frame] : collector.frames) {
            const auto expected = model.find(page);
            check(expected != model.end() && expected->second.frame == frame, "an unmapped page");
            model.erase(expected);
        }
        check(model.lower_bound(start) == model.lower_bound(reached->value()),
              "all is unmapped up to there");
        for (const PhysAddr dropped : collector.tables) {
            check(tables.live.erase(dropped.value()) == 1, "a table comes back once");
        }
        start = reached->value();
    }
    return true;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const PageAttributes kChoices[] = {
        {}, {.writable = true}, {.executable = true}, {.readable = false}};
    Input input{data, size};
    Tables tables;
    Table table{tables.make(), Memory{&tables}, Source{&tables}};
    Model model;
    for (int step = 0; step < 60 && !input.empty(); ++step) {
        const unsigned operation = input.byte();
        const std::uint64_t unit = operation % 2 == 0 ? 1 : 512;
        const std::uint64_t first = input.below(static_cast<unsigned>(kPages / unit)) * unit;
        std::uint64_t count = (1 + input.byte() % 6) * (operation / 2 % 2 == 0 ? 1 : unit);
        count = count < kPages - first ? count : kPages - first;
        const std::uint64_t start = kBase + first * kPage;
        const std::uint64_t end = start + count * kPage;
        const PageAttributes attributes = kChoices[input.byte() % 4];
        if (operation >= 240) {
            tables.until_failure = -1;
            use(tables, table.root(), start, operation % 4 == 1);
            if (operation % 4 > 1) {
                join(table, tables, model, align_down(start, 2 * kMiB));
            }
            compare(table, model, align_down(start, 2 * kMiB), align_up(end, 2 * kMiB));
            continue;
        }
        tables.until_failure = operation >= 224 ? static_cast<int>(input.byte() % 4) : -1;
        const bool can_fail = tables.until_failure >= 0;
        switch (operation / 4 % 4) {
        case 0: {
            const std::uint64_t frame =
                ((1 + input.byte() % 64) * 512 + (input.byte() % 2 == 0 ? 0 : 3)) * kPage;
            const bool is_free = model.lower_bound(start) == model.lower_bound(end);
            const auto done = table.map(VirtAddr{start}, PhysAddr{frame}, end - start, attributes);
            check(done ? is_free : !is_free || can_fail, "map");
            for (std::uint64_t page = start; done && page < end; page += kPage) {
                model[page] = {frame + (page - start), attributes};
            }
            break;
        }
        case 1:
            check(unmap(table, tables, model, start, end,
                        operation >= 128 ? 3 + input.byte() % 8 : SIZE_MAX) ||
                      can_fail,
                  "unmap");
            break;
        case 2: {
            const auto done = table.protect(
                VirtAddr{start}, end - start, attributes, [&](VirtAddr page, std::uint64_t bytes) {
                    check(page.value() + bytes > start && page.value() < end,
                          "a changed page is in the range");
                });
            check(done || can_fail, "protect");
            for (auto entry = model.lower_bound(start);
                 done && entry != model.end() && entry->first < end; ++entry) {
                entry->second.attributes = attributes;
            }
            break;
        }
        default: {
            const unsigned level = operation % 2 == 0 ? 1 : 2;
            const std::uint64_t bytes = arch::PageTableFormat::bytes_of(level);
            const std::uint64_t page = align_down(start, bytes);
            const std::uint64_t frame = (1 + input.byte() % 64) * bytes;
            const bool is_free = model.lower_bound(page) == model.lower_bound(page + bytes);
            const auto done = table.map_page(VirtAddr{page}, PhysAddr{frame}, attributes, level);
            // An empty table in the way of a large page is told as a page that is there.
            check(done ? is_free : !is_free || can_fail || level == 2, "map_page");
            for (std::uint64_t offset = 0; done && offset < bytes; offset += kPage) {
                model[page + offset] = {frame + offset, attributes};
            }
        }
        }
        // What lies around the range, and now and then all.
        const std::uint64_t size_2m = 2 * kMiB;
        if (step % 16 == 0) {
            compare(table, model, kBase, kBase + kPages * kPage);
        } else {
            compare(table, model, align_down(start, size_2m), start + kPage);
            compare(table, model, end - kPage, align_up(end, size_2m));
        }
    }
    compare(table, model, kBase, kBase + kPages * kPage);
    tables.until_failure = -1;
    check(unmap(table, tables, model, 0, 4 * kGiB, SIZE_MAX), "unmap at the end");
    check(model.empty(), "nothing is mapped at the end");
    check(tables.live.size() <= 2, "no table is left but the root's and the one below it");
    return 0;
}
