"""The local cloud: the real template, deployed by the real SAM CLI into an emulator on this machine."""
