"""The parts of bench/run: servers, loads, and the tables of what was found."""
