// Built with HERMIT_LOG_LEVEL=kInfo.
#include <base/log.hpp>

#include <gtest/gtest.h>

namespace hermit {
namespace {

TEST(LogLevel, WhatIsNotCompiledIsNotLogged) {
    testing::internal::CaptureStderr();
    log::debug("of debugging {}", 1);
    log::info("of interest {}", 2);
    log::warning("to worry about {}", 3);
    log::error("wrong {}", 4);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "of interest 2\nto worry about 3\nwrong 4\n");
}

} // namespace
} // namespace hermit
