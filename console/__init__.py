"""The console's static files. A package, so that it is found wherever its layer lies: see sluice/dialects/console."""
