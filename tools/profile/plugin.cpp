// A plugin of QEMU's that counts the instructions of a guest by call stack.
//
//   -plugin FILE,functions=TABLE,entry=ADDRESS,output=RESULT
//
// TABLE lists the image's functions (functions.hpp); `entry` is the address of the instruction that
// follows the interrupt stubs, `pushq %rax` in interrupt_entry.S; RESULT is written when QEMU ends
// (call_tree.hpp).
#include "call_tracker.hpp"
#include "functions.hpp"
#include "instruction.hpp"
#include "qemu_plugin.hpp"

#include <array>
#include <charconv>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#define EXPORT extern "C" __attribute__((visibility("default")))

EXPORT int qemu_plugin_version;
int qemu_plugin_version = 4;

namespace hermit::profile {
namespace {

// The loader runs at its address plus this before the kernel's page tables are there (kAliasBase in
// loader/layout.hpp).
constexpr std::uint64_t kLoaderAlias = 0xFFFF'FF80'0000'0000;

// What an interrupt pushes, from where the first register is pushed to: vector, error code, then
// the processor's frame of rip, cs, rflags, rsp.
constexpr std::uint64_t kFrameFromFirstPush = 24;
constexpr std::uint64_t kStackPointerInFrame = 24;

// Alive until the process ends, for other threads may still run then.
CallTracker& tracker = *new CallTracker;
FunctionTable& functions = *new FunctionTable;
std::map<std::uint64_t, Block>& blocks = *new std::map<std::uint64_t, Block>; // by address
std::mutex& translating = *new std::mutex;
std::string& output_path = *new std::string;
std::uint64_t interrupt_entry = 0;
qemu_plugin_scoreboard* processors = nullptr;

Processor& processor(unsigned number) {
    return *static_cast<Processor*>(qemu_plugin_scoreboard_find(processors, number));
}

/// Eight bytes of the guest's memory; 0 if there is none.
std::uint64_t read_guest(std::uint64_t address) {
    thread_local GByteArray* const bytes = g_byte_array_new();
    std::uint64_t value = 0;
    if (qemu_plugin_read_memory_vaddr(address, bytes, sizeof(value))) {
        __builtin_memcpy(&value, bytes->data, sizeof(value));
    }
    return value;
}

void on_block(unsigned vcpu, void* data) {
    tracker.on_block(processor(vcpu), *static_cast<const Block*>(data));
}

void on_call(unsigned vcpu, qemu_plugin_meminfo_t, std::uint64_t address, void* data) {
    tracker.on_call(processor(vcpu), address, reinterpret_cast<std::uint64_t>(data));
}

void on_return(unsigned vcpu, qemu_plugin_meminfo_t, std::uint64_t address, void*) {
    tracker.on_return(processor(vcpu), address);
}

void on_interrupted(unsigned vcpu, qemu_plugin_meminfo_t, std::uint64_t address, void*) {
    const std::uint64_t frame = address + kFrameFromFirstPush;
    tracker.on_interrupted(processor(vcpu), read_guest(frame + kStackPointerInFrame));
}

/// For each of the five words that the instruction reads, the first of which is the frame's start.
void on_interrupt_return(unsigned vcpu, qemu_plugin_meminfo_t, std::uint64_t address, void*) {
    tracker.on_interrupt_return(processor(vcpu), read_guest(address + kStackPointerInFrame));
}

std::uint64_t linked_address(std::uint64_t address) {
    return address >= kLoaderAlias ? address - kLoaderAlias : address;
}

Block* block_at(std::uint64_t address) {
    const std::scoped_lock lock{translating};
    auto [found, is_new] = blocks.try_emplace(address);
    if (is_new) {
        Block& block = found->second;
        block.address = address;
        block.function = kOutside;
        if (const auto* const range = functions.find(linked_address(address))) {
            block.function = range->function;
            block.starts_function = range->start == linked_address(address);
            block.is_interrupt_entry = range->is_entry && block.starts_function;
            block.is_part_of_entry = address == interrupt_entry;
        }
    }
    return &found->second;
}

void watch_stack(qemu_plugin_insn* instruction) {
    std::array<std::uint8_t, 16> bytes;
    const std::size_t size = qemu_plugin_insn_data(instruction, bytes.data(), bytes.size());
    const std::uint64_t address = qemu_plugin_insn_vaddr(instruction);
    const std::uint64_t next = address + qemu_plugin_insn_size(instruction);
    switch (kind_of(std::span{bytes}.first(size))) {
    case Kind::kCall: // an indirect one reads its target, too
        qemu_plugin_register_vcpu_mem_cb(instruction, on_call, QEMU_PLUGIN_CB_NO_REGS,
                                         QEMU_PLUGIN_MEM_W, reinterpret_cast<void*>(next));
        return;
    case Kind::kReturn:
        qemu_plugin_register_vcpu_mem_cb(instruction, on_return, QEMU_PLUGIN_CB_NO_REGS,
                                         QEMU_PLUGIN_MEM_R, nullptr);
        return;
    case Kind::kInterruptReturn:
        qemu_plugin_register_vcpu_mem_cb(instruction, on_interrupt_return, QEMU_PLUGIN_CB_NO_REGS,
                                         QEMU_PLUGIN_MEM_R, nullptr);
        return;
    case Kind::kOther:
        break;
    }
    if (address == interrupt_entry) {
        qemu_plugin_register_vcpu_mem_cb(instruction, on_interrupted, QEMU_PLUGIN_CB_NO_REGS,
                                         QEMU_PLUGIN_MEM_W, nullptr);
    }
}

void on_translation(qemu_plugin_id_t, qemu_plugin_tb* translated) {
    Block* const block = block_at(qemu_plugin_tb_vaddr(translated));
    const qemu_plugin_u64 function{processors, offsetof(Processor, function)};
    const qemu_plugin_u64 counter{processors, offsetof(Processor, instructions)};
    qemu_plugin_register_vcpu_tb_exec_cond_cb(translated, on_block, QEMU_PLUGIN_CB_NO_REGS,
                                              QEMU_PLUGIN_COND_NE, function, block->function,
                                              block);
    const std::size_t count = qemu_plugin_tb_n_insns(translated);
    for (std::size_t i = 0; i < count; ++i) {
        // Each by itself, for a fault may end the block before its last one.
        qemu_plugin_insn* const instruction = qemu_plugin_tb_get_insn(translated, i);
        qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(instruction, QEMU_PLUGIN_INLINE_ADD_U64,
                                                            counter, 1);
        if (block->function != kOutside) {
            watch_stack(instruction);
        }
    }
}

void on_exit(qemu_plugin_id_t, void*) {
    for (int number = 0; number < qemu_plugin_num_vcpus(); ++number) {
        tracker.settle(processor(static_cast<unsigned>(number)));
    }
    std::ofstream output{output_path};
    tracker.tree().write(output);
    output << "end\n"; // so that a torn file is known as one
}

/// False if an argument is missing or wrong.
bool read_arguments(std::span<char*> arguments) {
    for (const std::string_view argument : arguments) {
        const std::size_t equals = argument.find('=');
        const std::string_view name = argument.substr(0, equals);
        const std::string value{equals == argument.npos ? "" : argument.substr(equals + 1)};
        if (name == "functions") {
            std::ifstream file{value};
            if (!functions.read(file)) {
                return false;
            }
        } else if (name == "entry") {
            std::from_chars(value.data(), value.data() + value.size(), interrupt_entry, 16);
        } else if (name == "output") {
            output_path = value;
        }
    }
    return interrupt_entry != 0 && !output_path.empty();
}

} // namespace
} // namespace hermit::profile

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t*, int count,
                               char** arguments) {
    using namespace hermit::profile;
    if (!read_arguments({arguments, static_cast<std::size_t>(count)})) {
        return 1;
    }
    processors = qemu_plugin_scoreboard_new(sizeof(Processor));
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    qemu_plugin_register_atexit_cb(id, on_exit, nullptr);
    return 0;
}
