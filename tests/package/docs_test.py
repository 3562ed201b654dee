"""The code that the pages show is code that is compiled and run."""

import os
import re
import unittest
from pathlib import Path

SOURCE = Path(os.environ["ADMIT_SOURCE_DIR"])
BUILT = ["tests/package/consumer", "examples"]


class Snippets(unittest.TestCase):
    def test_are_parts_of_programs(self):
        programs = [file.read_text() for folder in BUILT for file in (SOURCE / folder).iterdir()]
        for page in ("README.md", "docs/library.md"):
            text = (SOURCE / page).read_text()
            snippets = re.findall(r"^```(?:cpp|cmake)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
            self.assertTrue(snippets, page)
            for snippet in snippets:
                self.assertTrue(any(snippet in program for program in programs),
                                f"{page} shows what no program has:\n{snippet}")

    def test_links_lead_to_files(self):
        for page in [SOURCE / "README.md", *(SOURCE / "docs").glob("*.md")]:
            for target in re.findall(r"\]\(([\w./-]+)[)#]", page.read_text()):
                self.assertTrue((page.parent / target).exists(), f"{page}: {target}")


if __name__ == "__main__":
    unittest.main()
