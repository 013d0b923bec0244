// The part of QEMU's plugin interface that the profiler uses, version 4 (QEMU 9.2 and later).
// [qemu/tcg-plugins] "API". Distributions package no header for it.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {

struct qemu_plugin_tb;         // a block of guest code that is being translated
struct qemu_plugin_insn;       // one of its instructions
struct qemu_plugin_scoreboard; // an array with one element for each virtual processor
struct qemu_info_t;

/// One 64-bit field of a scoreboard's elements.
struct qemu_plugin_u64 {
    qemu_plugin_scoreboard* score;
    std::size_t offset;
};

enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_CB_R_REGS, QEMU_PLUGIN_CB_RW_REGS };
enum qemu_plugin_mem_rw { QEMU_PLUGIN_MEM_R = 1, QEMU_PLUGIN_MEM_W, QEMU_PLUGIN_MEM_RW };
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64, QEMU_PLUGIN_INLINE_STORE_U64 };
enum qemu_plugin_cond {
    QEMU_PLUGIN_COND_NEVER,
    QEMU_PLUGIN_COND_ALWAYS,
    QEMU_PLUGIN_COND_EQ,
    QEMU_PLUGIN_COND_NE,
};

using qemu_plugin_id_t = std::uint64_t;
using qemu_plugin_meminfo_t = std::uint32_t;
using qemu_plugin_vcpu_tb_trans_cb_t = void (*)(qemu_plugin_id_t, qemu_plugin_tb*);
using qemu_plugin_vcpu_udata_cb_t = void (*)(unsigned vcpu, void*);
using qemu_plugin_vcpu_mem_cb_t = void (*)(unsigned vcpu, qemu_plugin_meminfo_t,
                                           std::uint64_t address, void*);
using qemu_plugin_udata_cb_t = void (*)(qemu_plugin_id_t, void*);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, qemu_plugin_vcpu_tb_trans_cb_t);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, qemu_plugin_udata_cb_t, void*);

void qemu_plugin_register_vcpu_tb_exec_cond_cb(qemu_plugin_tb*, qemu_plugin_vcpu_udata_cb_t,
                                               qemu_plugin_cb_flags, qemu_plugin_cond,
                                               qemu_plugin_u64, std::uint64_t, void*);
void qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(qemu_plugin_insn*, qemu_plugin_op,
                                                         qemu_plugin_u64, std::uint64_t);
void qemu_plugin_register_vcpu_mem_cb(qemu_plugin_insn*, qemu_plugin_vcpu_mem_cb_t,
                                      qemu_plugin_cb_flags, qemu_plugin_mem_rw, void*);

std::size_t qemu_plugin_tb_n_insns(const qemu_plugin_tb*);
std::uint64_t qemu_plugin_tb_vaddr(const qemu_plugin_tb*);
qemu_plugin_insn* qemu_plugin_tb_get_insn(const qemu_plugin_tb*, std::size_t);
std::uint64_t qemu_plugin_insn_vaddr(const qemu_plugin_insn*);
std::size_t qemu_plugin_insn_size(const qemu_plugin_insn*);
std::size_t qemu_plugin_insn_data(const qemu_plugin_insn*, void* to, std::size_t bytes);

qemu_plugin_scoreboard* qemu_plugin_scoreboard_new(std::size_t element_bytes);
void* qemu_plugin_scoreboard_find(qemu_plugin_scoreboard*, unsigned vcpu);
int qemu_plugin_num_vcpus();
void qemu_plugin_outs(const char*);

/// GLib's array of bytes, which QEMU hands memory over in; [glib] "Byte Arrays". QEMU has loaded
/// GLib.
struct GByteArray {
    std::uint8_t* data;
    unsigned size;
};
GByteArray* g_byte_array_new();
bool qemu_plugin_read_memory_vaddr(std::uint64_t address, GByteArray* to, std::size_t bytes);

} // extern "C"
