"""Every drill, on the lab of this machine: its symptom, what the check says, and that it is mended."""
