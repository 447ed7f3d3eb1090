"""The seven Lambda functions of the lab, each to be read as a lesson."""
