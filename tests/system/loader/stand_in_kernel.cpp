// Stands for the kernel behind the loader: says on the debug port what it was handed, and ends
// QEMU.
#include <arch/cpu.hpp>
#include <boot/boot_info.hpp>

extern "C" {
extern const char __image_start[];
extern const char __text_start[];
extern char hermit_boot_stack_top[];
[[noreturn]] void hermit_kernel_entry(hermit::boot::BootInfo* info);
}

namespace hermit {
namespace {

constexpr std::uint64_t kDirectMap = 0xFFFF'8000'0000'0000;
constexpr std::uint16_t kOutput = 0x500;
constexpr std::uint16_t kExit = 0x504;

volatile std::uint64_t zeroed[100];
volatile std::uint64_t initialised = 0x1234'5678'9ABC'DEF0;
// Makes the image larger than the distance by which the test moves it.
[[gnu::used]] const char filler[5 << 20] = {1};

void print(const char* text) {
    while (*text != '\0') {
        arch::out8(kOutput, static_cast<std::uint8_t>(*text++));
    }
}

void print(const char* name, std::uint64_t value) {
    print(name);
    print(" ");
    for (int shift = 60; shift >= 0; shift -= 4) {
        arch::out8(kOutput, static_cast<std::uint8_t>("0123456789abcdef"[(value >> shift) & 15]));
    }
    print("\n");
}

std::uint64_t read_cr0() {
    std::uint64_t value;
    asm volatile("mov %%cr0, %0" : "=r"(value));
    return value;
}

std::uint64_t read_cr3() {
    std::uint64_t value;
    asm volatile("mov %%cr3, %0" : "=r"(value));
    return value;
}

std::uint64_t read_cr4() {
    std::uint64_t value;
    asm volatile("mov %%cr4, %0" : "=r"(value));
    return value;
}

} // namespace
} // namespace hermit

void hermit_kernel_entry(hermit::boot::BootInfo* info) {
    using namespace hermit;
    const auto here = reinterpret_cast<std::uint64_t>(__builtin_frame_address(0));
    const auto top = reinterpret_cast<std::uint64_t>(hermit_boot_stack_top);
    zeroed[99] = zeroed[99] + initialised;
    const auto* root = reinterpret_cast<const std::uint64_t*>(kDirectMap + info->root_table);
    std::uint64_t root_entries = 0;
    for (unsigned i = 0; i < 512; ++i) {
        root_entries += root[i] != 0 ? 1 : 0;
    }
    std::uint64_t usable = 0;
    for (std::uint32_t i = 0; i < info->memory_range_count; ++i) {
        if (info->memory[i].kind == boot::MemoryKind::kUsable) {
            usable += info->memory[i].bytes;
        }
    }
    const auto* text = reinterpret_cast<const std::uint64_t*>(__text_start);
    const auto* alias = reinterpret_cast<const std::uint64_t*>(kDirectMap + info->image_physical);

    print("version", info->version);
    print("image", info->image_physical);
    print("info", reinterpret_cast<std::uint64_t>(info) - kDirectMap);
    print("data", zeroed[99]);
    print("stack", here < top && top - here < 4096);
    print("same_text", *text == *alias);
    print("root", info->root_table == read_cr3());
    print("root_entries", root_entries);
    print("usable", usable);
    print("direct_map", info->direct_map_bytes);
    print("rsdp", *reinterpret_cast<const std::uint64_t*>(kDirectMap + info->rsdp));
    print("cr0", read_cr0());
    print("cr4", read_cr4());
    print("efer", arch::read_msr(0xC000'0080));
    print("truncated", info->command_line_truncated);
    print("command_line ");
    print(info->command_line);
    arch::out32(kExit, 0x10);
    arch::halt_forever();
}
