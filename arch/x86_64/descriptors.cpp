#include <arch/descriptors.hpp>

#include <arch/cpu.hpp>
#include <sync/per_core.hpp>

namespace hermit::arch {
namespace {

/// [intel/vol3] §7.7, 64-bit task-state segment.
struct [[gnu::packed]] TaskStateSegment {
    std::uint32_t reserved0 = 0;
    std::uint64_t rsp[3] = {};
    std::uint64_t reserved1 = 0;
    std::uint64_t ist[7] = {};
    std::uint64_t reserved2 = 0;
    std::uint16_t reserved3 = 0;
    std::uint16_t io_map_base = sizeof(TaskStateSegment); // beyond the limit: no map
};
static_assert(sizeof(TaskStateSegment) == 104);

constexpr std::uint64_t kCode64 = 0x00AF'9B00'0000'FFFF; // present, code, accessed, long mode
constexpr std::uint64_t kData = 0x00CF'9300'0000'FFFF;   // present, writable, accessed

struct Descriptors {
    std::uint64_t entry[5] = {0, kCode64, kData, 0, 0};
};

HERMIT_PER_CORE PerCore<TaskStateSegment> task_state;
HERMIT_PER_CORE PerCore<Descriptors> descriptors;

void move_page_fault_stack(std::int64_t bytes) {
    task_state.local().ist[static_cast<unsigned>(InterruptStack::kPageFault) - 1] +=
        static_cast<std::uint64_t>(bytes);
}

constexpr std::int64_t kHalfStack = kInterruptStackBytes / 2;

} // namespace

void call_on_exception_stack(void (*function)(void*), void* argument) {
    const std::uint64_t top =
        task_state.local().ist[static_cast<unsigned>(InterruptStack::kException) - 1];
    const auto here = reinterpret_cast<std::uint64_t>(__builtin_frame_address(0));
    if (top == 0 || (here <= top && here > top - kInterruptStackBytes)) {
        function(argument);
    } else {
        asm volatile("movq %0, %%rsp\n\t"
                     "callq *%1"
                     :
                     : "r"(top), "r"(function), "D"(argument)
                     : "memory");
    }
    __builtin_unreachable();
}

void split_page_fault_stack() { move_page_fault_stack(-kHalfStack); }

void join_page_fault_stack() { move_page_fault_stack(kHalfStack); }

void load_descriptors(const InterruptStackTops& stacks) {
    TaskStateSegment& tss = task_state.local();
    for (unsigned i = 0; i < kInterruptStacks; ++i) {
        tss.ist[i] = stacks.top[i];
    }
    Descriptors& table = descriptors.local();
    const auto base = reinterpret_cast<std::uint64_t>(&tss);
    // Available 64-bit TSS, two entries long. [intel/vol3] §7.2.3.
    table.entry[3] = (sizeof(tss) - 1) | ((base & 0xFF'FFFF) << 16) | (std::uint64_t{0x89} << 40) |
                     ((base >> 24 & 0xFF) << 56);
    table.entry[4] = base >> 32;

    const TablePointer pointer{sizeof(table) - 1, reinterpret_cast<std::uint64_t>(&table)};
    asm volatile("lgdt %0\n\t"
                 "pushq %1\n\t"
                 "leaq 1f(%%rip), %%rax\n\t"
                 "pushq %%rax\n\t"
                 "lretq\n"
                 "1:\n\t"
                 "movl %2, %%eax\n\t"
                 "movl %%eax, %%ds\n\t"
                 "movl %%eax, %%es\n\t"
                 "movl %%eax, %%ss\n\t"
                 "ltr %w3"
                 :
                 : "m"(pointer), "i"(kCodeSelector), "i"(kDataSelector), "r"(kTssSelector)
                 : "rax", "memory");
}

InterruptStackTops interrupt_stacks_of(unsigned core) {
    const TaskStateSegment& tss = task_state.on(per_core_distance_of(core));
    InterruptStackTops stacks;
    for (unsigned i = 0; i < kInterruptStacks; ++i) {
        stacks.top[i] = tss.ist[i];
    }
    return stacks;
}

} // namespace hermit::arch
