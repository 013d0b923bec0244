// What programs can read about the machine, in the files where other systems have it.
#pragma once

namespace hermit::init {

/// Makes /sys/devices/system/cpu: which cores are threads of one, and which share a package.
/// libgomp reads it for OMP_PLACES=cores and sockets. Thread context, when all cores run.
void make_machine_files();

} // namespace hermit::init
