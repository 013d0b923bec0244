#include <unwind/cfa_program.hpp>

#include <cstddef>

namespace hermit::unwind {

namespace {

/// Call frame instructions [dwarf/5] §7.24, and two of GNU's.
enum Opcode : uint8_t {
    kNop = 0x00,
    kSetLoc = 0x01,
    kAdvanceLoc1 = 0x02,
    kAdvanceLoc2 = 0x03,
    kAdvanceLoc4 = 0x04,
    kOffsetExtended = 0x05,
    kRestoreExtended = 0x06,
    kUndefined = 0x07,
    kSameValue = 0x08,
    kRegister = 0x09,
    kRememberState = 0x0a,
    kRestoreState = 0x0b,
    kDefCfa = 0x0c,
    kDefCfaRegister = 0x0d,
    kDefCfaOffset = 0x0e,
    kDefCfaExpression = 0x0f,
    kExpression = 0x10,
    kOffsetExtendedSf = 0x11,
    kDefCfaSf = 0x12,
    kDefCfaOffsetSf = 0x13,
    kValOffset = 0x14,
    kValOffsetSf = 0x15,
    kValExpression = 0x16,
    kGnuArgsSize = 0x2e,
    kGnuNegativeOffsetExtended = 0x2f,
    // These carry an operand in their lower six bits.
    kAdvanceLoc = 0x40,
    kOffset = 0x80,
    kRestore = 0xc0,
};

constexpr uint8_t kOperandMask = 0x3f;

/// Compilers nest one level, around an early return.
constexpr size_t kMaxRemembered = 4;

class CfaProgram {
  public:
    CfaProgram(const CommonInformation& common, uint64_t begin, uint64_t pc, MemoryRef memory)
        : common_(common), location_(begin), pc_(pc), memory_(memory) {}

    [[nodiscard]] Status run(ByteReader instructions, Row& out) {
        execute(common_.instructions);
        initial_ = row_;
        execute(instructions);
        out = row_;
        return status_;
    }

  private:
    using Kind = RegisterRule::Kind;

    void execute(ByteReader code) {
        while (status_ == Status::kOk && !code.at_end() && location_ <= pc_) {
            execute_one(code);
            if (!code.ok())
                fail();
        }
    }

    void execute_one(ByteReader& code) {
        const uint8_t byte = code.u8();
        const uint8_t operand = byte & kOperandMask;
        switch (byte & ~kOperandMask) {
        case kAdvanceLoc: advance(operand); break;
        case kOffset: set(operand, Kind::kAtOffset, factored(code.uleb())); break;
        case kRestore: restore(operand); break;
        default: execute_extended(byte, code);
        }
    }

    void execute_extended(uint8_t opcode, ByteReader& code) {
        switch (opcode) {
        case kNop: break;
        case kSetLoc: set_location(code); break;
        case kAdvanceLoc1: advance(code.u8()); break;
        case kAdvanceLoc2: advance(code.u16()); break;
        case kAdvanceLoc4: advance(code.u32()); break;

        case kDefCfa: define_cfa(code.uleb(), code); break;
        case kDefCfaSf: define_cfa_factored(code.uleb(), code); break;
        case kDefCfaRegister: set_cfa(code.uleb(), row_.cfa.value); break;
        case kDefCfaOffset: set_cfa(row_.cfa.base, code.uleb()); break;
        case kDefCfaOffsetSf: set_cfa(row_.cfa.base, factored(code.sleb())); break;
        case kDefCfaExpression: row_.cfa = {CfaRule::Kind::kExpression, 0, expression(code)}; break;

        case kRememberState: remember(); break;
        case kRestoreState: recall(); break;
        case kRestoreExtended: restore(code.uleb()); break;

        // Bytes of arguments on the stack: of interest only to who lands in this frame.
        case kGnuArgsSize: (void)code.uleb(); break;

        default: define_register(opcode, code.uleb(), code);
        }
    }

    void define_register(uint8_t opcode, uint64_t number, ByteReader& code) {
        switch (opcode) {
        case kUndefined: set(number, Kind::kUndefined, 0); break;
        case kSameValue: set(number, Kind::kSameValue, 0); break;
        case kOffsetExtended: set(number, Kind::kAtOffset, factored(code.uleb())); break;
        case kOffsetExtendedSf: set(number, Kind::kAtOffset, factored(code.sleb())); break;
        case kGnuNegativeOffsetExtended:
            set(number, Kind::kAtOffset, 0 - factored(code.uleb()));
            break;
        case kValOffset: set(number, Kind::kIsOffset, factored(code.uleb())); break;
        case kValOffsetSf: set(number, Kind::kIsOffset, factored(code.sleb())); break;
        case kRegister: set(number, Kind::kInRegister, known_register(code.uleb())); break;
        case kExpression: set(number, Kind::kAtExpression, expression(code)); break;
        case kValExpression: set(number, Kind::kIsExpression, expression(code)); break;
        default: fail();
        }
    }

    void advance(uint64_t delta) { location_ += delta * common_.code_alignment; }

    void set_location(ByteReader& code) {
        constexpr uint64_t kNoDataBase = 0;
        const Status status = common_.pointer_encoding.read(code, kNoDataBase, memory_, location_);
        if (status != Status::kOk)
            status_ = status;
    }

    void define_cfa(uint64_t base, ByteReader& code) { set_cfa(base, code.uleb()); }
    void define_cfa_factored(uint64_t base, ByteReader& code) {
        set_cfa(base, factored(code.sleb()));
    }

    void set_cfa(uint64_t base, uint64_t offset) {
        row_.cfa = {CfaRule::Kind::kRegisterAndOffset, static_cast<uint8_t>(known_register(base)),
                    offset};
    }

    /// Rules for registers that are not followed (vector, x87, segment) are read and dropped.
    void set(uint64_t number, Kind kind, uint64_t value) {
        if (number < kRegisterCount)
            row_.registers[number] = {kind, value};
    }

    void restore(uint64_t number) {
        if (number < kRegisterCount)
            row_.registers[number] = initial_.registers[number];
    }

    void remember() {
        if (depth_ < remembered_.size()) {
            remembered_[depth_++] = row_;
        } else {
            fail();
        }
    }

    void recall() {
        if (depth_ > 0) {
            row_ = remembered_[--depth_];
        } else {
            fail();
        }
    }

    /// Unsigned arithmetic wraps where lying input would overflow.
    [[nodiscard]] uint64_t factored(uint64_t offset) const {
        return offset * static_cast<uint64_t>(common_.data_alignment);
    }
    [[nodiscard]] uint64_t factored(int64_t offset) const {
        return factored(static_cast<uint64_t>(offset));
    }

    [[nodiscard]] uint64_t known_register(uint64_t number) {
        if (number < kRegisterCount)
            return number;
        fail();
        return 0;
    }

    /// Passes over an expression block and returns where its length field lies.
    [[nodiscard]] static uint64_t expression(ByteReader& code) {
        const uint64_t address = code.address();
        code.skip(code.uleb());
        return address;
    }

    void fail() { status_ = Status::kBadCfi; }

    const CommonInformation& common_;
    uint64_t location_;
    uint64_t pc_;
    MemoryRef memory_;
    Status status_ = Status::kOk;
    Row row_;
    Row initial_;
    std::array<Row, kMaxRemembered> remembered_;
    size_t depth_ = 0;
};

} // namespace

Status row_at(const FrameDescription& frame, uint64_t pc, MemoryRef memory, Row& out) {
    return CfaProgram(frame.common, frame.begin, pc, memory).run(frame.instructions, out);
}

} // namespace hermit::unwind
