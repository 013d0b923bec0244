#include "emulator.hpp"

#include <arch/cpu.hpp>
#include <arch/cpuid.hpp>
#include <arch/features.hpp>
#include <base/address.hpp>
#include <mm/memory.hpp>

#include <cstdint>

namespace hermit::init {
namespace {

/// The name that leaf 0x40000000 gives for QEMU without hardware virtualisation: "TCGTCGTCGTCG".
bool is_emulated() {
    constexpr std::uint32_t kName = 0x54474354, kNext = 0x43544743, kLast = 0x47435447;
    if (!arch::features().hypervisor) {
        return false;
    }
    const arch::CpuidResult leaf = arch::cpuid(0x4000'0000);
    return leaf.ebx == kName && leaf.ecx == kNext && leaf.edx == kLast;
}

/// What three quarters of 512 entries can hold, in the direct map, where most machines have memory.
constexpr std::uint64_t kPage = 4096;
constexpr VirtAddr kFirst{mm::kDirectMap + 4 * kMiB};
constexpr unsigned kPages = 400;

unsigned readable_pages() {
    unsigned count = 0;
    while (count < kPages && mm::is_readable(kFirst + count * kPage)) {
        ++count;
    }
    return count;
}

void read(unsigned pages) {
    for (unsigned i = 0; i < pages; ++i) {
        static_cast<void>(*(kFirst + i * kPage).as<const volatile char>());
    }
}

} // namespace

void widen_emulated_tlb() {
    if (!is_emulated()) {
        return;
    }
    // A table that was full doubles when all is forgotten. What is read last is in use when its
    // size is considered the next time, and keeps it.
    const unsigned pages = readable_pages();
    for (unsigned entries = 64; entries < 512; entries *= 2) {
        read(pages);
        arch::invalidate_all();
    }
    read(pages);
}

} // namespace hermit::init
