#include "backtrace.hpp"

#include <mm/memory.hpp>
#include <names/function_names.hpp>
#include <unwind/unwinder.hpp>

extern "C" {
extern const char __eh_frame_hdr_start[];
extern const char __eh_frame_hdr_end[];
extern const char __eh_frame_start[];
extern const char __eh_frame_end[];
}

namespace hermit::init {
namespace {

constinit names::FunctionNames function_names;

/// Memory as the unwinder may read it: what is mapped.
struct MappedMemory {
    bool read(std::uint64_t address, std::uint64_t& value) {
        if (!mm::is_readable(VirtAddr{address})) {
            return false;
        }
        __builtin_memcpy(&value, reinterpret_cast<const void*>(address), sizeof(value));
        return true;
    }
};

} // namespace

void use_function_names(const boot::BootInfo& info) {
    const boot::PhysicalRange& range = info.function_names;
    const auto* const table = mm::direct(PhysAddr{range.start}).as<const std::uint8_t>();
    function_names = names::FunctionNames{{table, range.bytes}};
}

unwind::Registers registers_of(const arch::InterruptFrame& frame) {
    using R = unwind::Register;
    unwind::Registers registers;
    registers[R::rax] = frame.rax;
    registers[R::rbx] = frame.rbx;
    registers[R::rcx] = frame.rcx;
    registers[R::rdx] = frame.rdx;
    registers[R::rsi] = frame.rsi;
    registers[R::rdi] = frame.rdi;
    registers[R::rbp] = frame.rbp;
    registers[R::rsp] = frame.rsp;
    registers[R::r8] = frame.r8;
    registers[R::r9] = frame.r9;
    registers[R::r10] = frame.r10;
    registers[R::r11] = frame.r11;
    registers[R::r12] = frame.r12;
    registers[R::r13] = frame.r13;
    registers[R::r14] = frame.r14;
    registers[R::r15] = frame.r15;
    registers[R::rip] = frame.rip;
    return registers;
}

void walk_stack(const unwind::Registers& registers, FrameVisitor visit) {
    const unwind::Image image{unwind::Section::between(__eh_frame_hdr_start, __eh_frame_hdr_end),
                              unwind::Section::between(__eh_frame_start, __eh_frame_end)};
    MappedMemory memory;
    unsigned number = 0;
    unwind::backtrace(image, memory, registers, [&](const unwind::Frame& frame) {
        TextBuffer<200> text;
        if (const auto place = function_names.find(frame.instruction())) {
            format_to(text, "{}+0x{:x}", +place->name, place->offset);
        }
        visit(number++, VirtAddr{frame.instruction()}, text.c_str());
    });
}

} // namespace hermit::init
