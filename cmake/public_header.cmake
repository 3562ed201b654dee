# Writes the header FROM to TO as it is installed: its includes of ours begin with admit/.
file(READ ${FROM} text)
string(REGEX REPLACE "#include \"([^\"]+)\"" "#include <admit/\\1>" text "${text}")
file(WRITE ${TO} "${text}")
