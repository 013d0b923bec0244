#include "own_process.hpp"

#include <link.h>
#include <pthread.h>
#include <ucontext.h>
#include <unwind.h>

#include <unwind/byte_reader.hpp>

namespace hermit::unwind::test {

namespace {

Section section_at(uint64_t begin, uint64_t end) {
    return Section::between(reinterpret_cast<const void*>(begin),
                            reinterpret_cast<const void*>(end));
}

/// .eh_frame has no program header: it reaches from where .eh_frame_hdr says to its segment's end.
int find_sections(dl_phdr_info* info, size_t, void* out) {
    Image& image = *static_cast<Image*>(out);
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const auto& header = info->dlpi_phdr[i];
        if (header.p_type != PT_GNU_EH_FRAME)
            continue;
        const uint64_t begin = info->dlpi_addr + header.p_vaddr;
        image.eh_frame_hdr = section_at(begin, begin + header.p_memsz);
    }
    ByteReader reader(image.eh_frame_hdr);
    reader.skip(4);
    const uint64_t field = reader.address();
    const uint64_t begin =
        field + static_cast<uint64_t>(int64_t{static_cast<int32_t>(reader.u32())});
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const auto& header = info->dlpi_phdr[i];
        const uint64_t segment = info->dlpi_addr + header.p_vaddr;
        if (header.p_type != PT_LOAD || begin - segment >= header.p_filesz)
            continue;
        image.eh_frame = section_at(begin, segment + header.p_filesz);
    }
    return 1; // the first object is the program
}

_Unwind_Reason_Code collect(_Unwind_Context* context, void* out) {
    static_cast<std::vector<uint64_t>*>(out)->push_back(_Unwind_GetIP(context));
    return _URC_NO_REASON;
}

} // namespace

Image own_image() {
    Image image;
    dl_iterate_phdr(find_sections, &image);
    return image;
}

OwnStack::OwnStack() {
    pthread_attr_t attributes;
    void* base = nullptr;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return;
    pthread_attr_getstack(&attributes, &base, &size);
    pthread_attr_destroy(&attributes);
    low_ = reinterpret_cast<uint64_t>(base);
    high_ = low_ + size;
}

// A saved register may lie where AddressSanitizer sees no variable.
[[gnu::no_sanitize_address]] bool OwnStack::read(uint64_t address, uint64_t& value) const {
    if (address < low_ || address > high_ - sizeof value || address % sizeof value != 0)
        return false;
    value = *reinterpret_cast<const volatile uint64_t*>(address);
    return true;
}

Registers interrupted_registers(const void* context) {
    // In the order of enum Register.
    constexpr int kOrder[] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
                              REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
                              REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
    const auto& saved = static_cast<const ucontext_t*>(context)->uc_mcontext.gregs;
    Registers registers;
    for (size_t i = 0; i < kRegisterCount; ++i) {
        registers.at(i) = static_cast<uint64_t>(saved[kOrder[i]]);
    }
    return registers;
}

[[gnu::noinline]] std::vector<uint64_t> reference_backtrace() {
    std::vector<uint64_t> frames;
    _Unwind_Backtrace(collect, &frames);
    frames.erase(frames.begin()); // this function
    return frames;
}

} // namespace hermit::unwind::test
