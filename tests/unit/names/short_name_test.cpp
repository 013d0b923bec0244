#include <gtest/gtest.h>

#include <short_name.hpp>

namespace hermit::names {
namespace {

TEST(ShortName, PlainNames) {
    EXPECT_EQ(short_name("main"), "main");
    EXPECT_EQ(short_name("__divti3"), "__divti3");
    EXPECT_EQ(short_name("_Zfoo"), "_Zfoo"); // cannot be demangled
    EXPECT_EQ(short_name("__fortran_MOD_solve"), "__fortran_MOD_solve");
    EXPECT_EQ(short_name(".hidden"), ".hidden");
}

TEST(ShortName, Variants) {
    EXPECT_EQ(short_name("solve.constprop.0"), "solve");
    EXPECT_EQ(short_name("solve.cold"), "solve.cold");
    EXPECT_EQ(short_name("_Z5solvei.part.0"), "solve");
    EXPECT_EQ(short_name("_Z5solvei.isra.0.cold"), "solve.cold");
}

TEST(ShortName, ParametersScopesAndTemplates) {
    EXPECT_EQ(short_name("_ZN6hermit5sched4wakeEPNS0_4TaskE"), "hermit::sched::wake");
    EXPECT_EQ(short_name("_ZN6hermit2mm12_GLOBAL__N_15startEv"), "hermit::mm::start");
    EXPECT_EQ(short_name("_ZNKSt6vectorIiSaIiEE4sizeEv"), "std::vector::size"); // … const
    EXPECT_EQ(short_name("_Z3addIiET_S0_S0_"), "add"); // int add<int>(int, int)
    EXPECT_EQ(short_name("_ZN3BoxIPFviEED2Ev"), "Box::~Box");
    EXPECT_EQ(short_name("_ZZ4mainENKUliE_clEi"), "main::{lambda}::operator()");
}

TEST(ShortName, Operators) {
    EXPECT_EQ(short_name("_ZlsRSoRK3Box"), "operator<<");
    EXPECT_EQ(short_name("_ZN3BoxclEv"), "Box::operator()");
    EXPECT_EQ(short_name("_ZN3BoxixEm"), "Box::operator[]");
    EXPECT_EQ(short_name("_ZN3BoxltERKS_"), "Box::operator<");
    EXPECT_EQ(short_name("_ZN3BoxssERKS_"), "Box::operator<=>");
    EXPECT_EQ(short_name("_ZNK3BoxcvbEv"), "Box::operator bool");
    EXPECT_EQ(short_name("_Znwm"), "operator new");
    EXPECT_EQ(short_name("_ZStlsISt11char_traitsIcEERSt13basic_ostreamIcT_ES5_PKc"),
              "std::operator<<");
    EXPECT_EQ(short_name("_Z11my_operatori"), "my_operator");
}

} // namespace
} // namespace hermit::names
