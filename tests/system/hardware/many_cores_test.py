"""APIC IDs above 255: 288 cores. QEMU wants an interrupt remapping unit for them."""

import unittest

from images import main
from machine import MachineTest


class ManyCores(MachineTest):
    def test_288(self):
        found, log = self.run_machine("-smp", "288", "-machine", "q35,kernel-irqchip=split", "-device",
                                      "intel-iommu,intremap=on,eim=on")
        self.assertEqual(found, 288, log)
        self.assertRegex(log, "APIC in use: +x2APIC\n")


if __name__ == "__main__":
    main()
