#include <unwind/unwinder.hpp>

#include <optional>

#include <unwind/byte_reader.hpp>
#include <unwind/cfa_program.hpp>
#include <unwind/expression.hpp>
#include <unwind/frame_description.hpp>
#include <unwind/frame_table.hpp>

namespace hermit::unwind {

namespace {

/// Applies the rules of one row to one frame's registers.
class Restorer {
  public:
    Restorer(const Section& eh_frame, MemoryRef memory, const Registers& callee)
        : eh_frame_(eh_frame), memory_(memory), callee_(callee) {}

    [[nodiscard]] Status restore(const Row& row, Registers& caller) {
        if (const Status status = find_cfa(row.cfa); status != Status::kOk)
            return status;
        for (size_t i = 0; i < kRegisterCount; ++i) {
            caller.at(i) = callee_.at(i);
            if (const Status status = find_register(row.registers[i], caller.at(i));
                status != Status::kOk) {
                return status;
            }
        }
        const auto sp = static_cast<size_t>(Register::rsp);
        if (row.registers[sp].kind == RegisterRule::Kind::kUnspecified)
            caller.at(sp) = cfa_;
        return Status::kOk;
    }

  private:
    Status find_cfa(const CfaRule& rule) {
        switch (rule.kind) {
        case CfaRule::Kind::kRegisterAndOffset:
            cfa_ = callee_.at(rule.base) + rule.value;
            return Status::kOk;
        case CfaRule::Kind::kExpression: return expression(rule.value, std::nullopt, cfa_);
        case CfaRule::Kind::kUnspecified: break;
        }
        return Status::kBadCfi;
    }

    Status find_register(const RegisterRule& rule, uint64_t& value) const {
        using Kind = RegisterRule::Kind;
        switch (rule.kind) {
        case Kind::kUnspecified:
        case Kind::kUndefined:
        case Kind::kSameValue: return Status::kOk;
        case Kind::kAtOffset: return load(cfa_ + rule.value, value);
        case Kind::kIsOffset: value = cfa_ + rule.value; return Status::kOk;
        case Kind::kInRegister: value = callee_.at(rule.value); return Status::kOk;
        case Kind::kIsExpression: return expression(rule.value, cfa_, value);
        case Kind::kAtExpression: {
            uint64_t address = 0;
            const Status status = expression(rule.value, cfa_, address);
            return status == Status::kOk ? load(address, value) : status;
        }
        }
        return Status::kBadCfi;
    }

    Status load(uint64_t address, uint64_t& value) const {
        return memory_.read(address, value) ? Status::kOk : Status::kUnreadable;
    }

    Status expression(uint64_t address, std::optional<uint64_t> initial, uint64_t& value) const {
        ByteReader reader = ByteReader::at(eh_frame_, address);
        return evaluate(reader.take(reader.uleb()), callee_, memory_, initial, value);
    }

    const Section& eh_frame_;
    MemoryRef memory_;
    const Registers& callee_;
    uint64_t cfa_ = 0;
};

} // namespace

Status Unwinder::step() {
    const uint64_t pc = frame().instruction();
    FrameDescription description;
    if (const Status status = find_frame(image_, pc, memory_, description); status != Status::kOk) {
        return status == Status::kNoFde && !is_return_address_ ? step_from_bad_call() : status;
    }
    const CommonInformation& common = description.common;
    if (common.return_column >= kRegisterCount)
        return Status::kBadCfi;

    Row row;
    if (const Status status = row_at(description, pc, memory_, row); status != Status::kOk) {
        return status;
    }
    if (row.registers[common.return_column].kind == RegisterRule::Kind::kUndefined) {
        return Status::kEndOfStack;
    }

    Registers caller;
    Restorer restorer(image_.eh_frame, memory_, registers_);
    if (const Status status = restorer.restore(row, caller); status != Status::kOk)
        return status;
    caller[Register::rip] = caller.at(common.return_column);
    if (caller[Register::rip] == 0)
        return Status::kEndOfStack;

    registers_ = caller;
    is_return_address_ = !common.is_signal_frame;
    return Status::kOk;
}

/// An interrupted RIP in no function mostly comes from a call through a null or wild pointer, which
/// has pushed its return address and done nothing else. Believed only if it lies in a function.
Status Unwinder::step_from_bad_call() {
    uint64_t return_address = 0;
    FrameDescription ignored;
    if (!memory_.read(registers_[Register::rsp], return_address) ||
        find_frame(image_, return_address - 1, memory_, ignored) != Status::kOk) {
        return Status::kNoFde;
    }
    registers_[Register::rip] = return_address;
    registers_[Register::rsp] += sizeof return_address;
    is_return_address_ = true;
    return Status::kOk;
}

} // namespace hermit::unwind
