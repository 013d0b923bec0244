"""Boot media for Hermitage images: GRUB on a disc, a USB stick or a TFTP server."""
