#include <arch/extended_state.hpp>

#include <arch/cpuid.hpp>
#include <arch/features.hpp>
#include <arch/registers.hpp>
#include <base/memory.hpp>

namespace hermit::arch {
namespace {

constexpr std::size_t kLegacyBytes = 512; // FXSAVE; the XSAVE header follows it
constexpr std::size_t kHeaderBytes = 64;

std::size_t area_bytes = kLegacyBytes;

void write_xcr0(std::uint64_t value) {
    asm volatile("xsetbv"
                 :
                 : "c"(0), "a"(static_cast<std::uint32_t>(value)),
                   "d"(static_cast<std::uint32_t>(value >> 32)));
}

} // namespace

void enable_extended_state() {
    write_cr0((read_cr0() & ~(cr0::kEM | cr0::kTS)) | cr0::kMP | cr0::kNE | cr0::kWP);
    std::uint64_t control = read_cr4() | cr4::kOSFXSR | cr4::kOSXMMEXCPT;
    if (features().fsgsbase) {
        control |= cr4::kFSGSBASE;
    }
    if (features().xsave) {
        control |= cr4::kOSXSAVE;
    }
    write_cr4(control);
    if (features().xsave) {
        std::uint64_t components = xcr0::kX87 | xcr0::kSSE | xcr0::kAVX | xcr0::kAVX512;
        const std::uint64_t supported = cpuid(0xD).eax;
        if ((supported & xcr0::kAVX512) != xcr0::kAVX512) {
            components &= ~xcr0::kAVX512;
        }
        write_xcr0(components & supported);
        area_bytes = cpuid(0xD).ebx; // for what XCR0 now enables
    }
    asm volatile("fninit");
    const std::uint32_t mxcsr = 0x1F80; // all exceptions masked, round to nearest
    asm volatile("ldmxcsr %0" : : "m"(mxcsr));
}

std::size_t extended_state_bytes() { return area_bytes; }

void save_extended_state(void* area) {
    if (features().xsave) {
        // XRSTOR refuses a header with stray bits, and XSAVE does not write all of it.
        hermit_memset(static_cast<char*>(area) + kLegacyBytes, 0, kHeaderBytes);
        asm volatile("xsave64 (%0)" : : "r"(area), "a"(~0u), "d"(~0u) : "memory");
    } else {
        asm volatile("fxsave64 (%0)" : : "r"(area) : "memory");
    }
}

void restore_extended_state(const void* area) {
    if (features().xsave) {
        asm volatile("xrstor64 (%0)" : : "r"(area), "a"(~0u), "d"(~0u) : "memory");
    } else {
        asm volatile("fxrstor64 (%0)" : : "r"(area) : "memory");
    }
}

} // namespace hermit::arch
